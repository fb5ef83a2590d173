/* Section 1.7: the close status. */

/* The query with a buffer of this length: all that it writes, and whether the buffer was left alone. */
static void note_query(HINTERNET socket, DWORD room)
{
    USHORT status = 0xcc;
    char reason[256];
    DWORD length = 0xcccc, code;
    memset(reason, 0x7e, sizeof reason);
    code = WinHttpWebSocketQueryCloseStatus(socket, &status, room == 0 ? NULL : reason, room, &length);
    note("%lu status=%u length=%lu", (unsigned long)code, (unsigned)status, (unsigned long)length);
    note(reason[0] == 0x7e ? "untouched" : "written");
    if (code == 0)
        note_bytes(reason, length);
}

static void b1_7_1(void)
{
    HINTERNET socket = at("/echo");
    note_query(socket, 123);
    line("open");
    WinHttpCloseHandle(socket);
    socket = at("/one-close");
    receive(socket, 64);
    note_query(socket, 123);
    line("not read");
    receive(socket, 64);
    note_query(socket, 123);
    line("read");
    WinHttpCloseHandle(socket);
}

static void b1_7_2(void)
{
    chat_at(ALL, "/close-on-release");
    note_code(finish(chat.socket, 1000, NULL));
    note_query(chat.socket, 123);
    release();
    await(WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, 1);
    note_query(chat.socket, 123);
    line("");
    end_chat();
}

static void note_bad_queries(HINTERNET socket)
{
    USHORT status;
    char reason[8];
    DWORD length;
    note_code(WinHttpWebSocketQueryCloseStatus(socket, NULL, reason, sizeof reason, &length));
    note_code(WinHttpWebSocketQueryCloseStatus(socket, &status, reason, sizeof reason, NULL));
    note_code(WinHttpWebSocketQueryCloseStatus(socket, &status, NULL, 1, &length));
}

static void b1_7_3(void)
{
    HINTERNET socket = at("/echo");
    note_bad_queries(socket);
    line("open");
    note_code(finish(socket, 1000, NULL));
    note_bad_queries(socket);
    line("closed");
    WinHttpCloseHandle(socket);
}

/* The queries with buffers of these lengths after a close frame was read. */
static void query_line(const char *path, DWORD first, DWORD second)
{
    HINTERNET socket = at(path);
    receive(socket, 64);
    note_query(socket, first);
    note_query(socket, second);
    line(path + 1);
    WinHttpCloseHandle(socket);
}

static void b1_7_4(void)
{
    query_line("/close-status-3000", 0, 0);
}

static void b1_7_5(void)
{
    query_line("/close-ten", 0, 0);
}

static void b1_7_6(void)
{
    query_line("/close-ten", 9, 1);
}

static void b1_7_7(void)
{
    query_line("/close-ten", 10, 10);
}

static void b1_7_8(void)
{
    query_line("/close-empty", 123, 0);
}

/* A close frame that is none: what the read says, the query, and what the server sees. */
static void refused_close_line(const char *path)
{
    HINTERNET socket = at(path);
    receive(socket, 200);
    note_status(socket);
    WinHttpCloseHandle(socket);
    seen(-1);
    line(path + 1);
}

static void b1_7_9(void)
{
    refused_close_line("/close-one-byte");
    refused_close_line("/close-126");
}

static void b1_7_10(void)
{
    refused_close_line("/close-status-0");
    refused_close_line("/close-status-999");
    refused_close_line("/close-status-1004");
    refused_close_line("/close-status-1005");
    refused_close_line("/close-status-1006");
    refused_close_line("/close-status-1015");
    refused_close_line("/close-status-2999");
    refused_close_line("/close-status-5000");
    refused_close_line("/close-status-65535");
    query_line("/close-status-3000", 123, 123);
    query_line("/close-status-4999", 123, 123);
}

static void b1_7_11(void)
{
    refused_close_line("/close-not-utf8");
    refused_close_line("/close-no-fin");
}

static void b1_7_12(void)
{
    HINTERNET socket = at("/end");
    receive(socket, 64);
    note_query(socket, 123);
    line("");
    WinHttpCloseHandle(socket);
}

static const struct row close_status_rows[] = {
    { "b1.7.1", b1_7_1 }, { "b1.7.2", b1_7_2 }, { "b1.7.3", b1_7_3 }, { "b1.7.4", b1_7_4 }, { "b1.7.5", b1_7_5 },
    { "b1.7.6", b1_7_6 }, { "b1.7.7", b1_7_7 }, { "b1.7.8", b1_7_8 }, { "b1.7.9", b1_7_9 }, { "b1.7.10", b1_7_10 },
    { "b1.7.11", b1_7_11 }, { "b1.7.12", b1_7_12 }, { NULL, NULL },
};

/* Section 1.6: shutdown and close. */

#define REASON_123 "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123"

/* A close, what the peer has answered, and what the server has seen. */
static void close_line(const char *situation, const char *path, USHORT status, const char *reason)
{
    HINTERNET socket = at(path);
    note_code(finish(socket, status, reason));
    note_status(socket);
    WinHttpCloseHandle(socket);
    seen(-1);
    line(situation);
}

static void b1_6_1(void)
{
    HINTERNET socket = at("/echo");
    note_code(finish(socket, 1000, REASON_123));
    note_status(socket);
    line("close");
    WinHttpCloseHandle(socket);
    socket = at("/echo");
    note_code(shut(socket, 1000, REASON_123));
    line("shutdown");
    WinHttpCloseHandle(socket);
}

static void b1_6_2(void)
{
    HINTERNET socket = at("/echo");
    note("shutdown=%lu", (unsigned long)shut(socket, 1000, REASON_123 "4"));
    note("close=%lu", (unsigned long)finish(socket, 1000, REASON_123 "4"));
    note_echo(socket);
    line("124 bytes");
    note("shutdown=%lu", (unsigned long)WinHttpWebSocketShutdown(socket, 1000, NULL, 1));
    note("close=%lu", (unsigned long)WinHttpWebSocketClose(socket, 1000, NULL, 1));
    note_echo(socket);
    line("NULL");
    WinHttpCloseHandle(socket);
}

static void b1_6_3(void)
{
    close_line("", "/echo", 1000, "");
}

static void b1_6_4(void)
{
    static const USHORT statuses[] = { 0, 1, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65535 };
    HINTERNET socket = at("/echo");
    size_t index;
    for (index = 0; index < sizeof statuses / sizeof *statuses; index++)
        note("%u=%lu", (unsigned)statuses[index], (unsigned long)shut(socket, statuses[index], NULL));
    line("shutdown");
    for (index = 0; index < sizeof statuses / sizeof *statuses; index++)
        note("%u=%lu", (unsigned)statuses[index], (unsigned long)finish(socket, statuses[index], NULL));
    line("close");
    WinHttpCloseHandle(socket);
}

static void b1_6_5(void)
{
    close_line("", "/echo", 1005, NULL);
}

static void b1_6_6(void)
{
    HINTERNET socket = at("/echo");
    note("shutdown=%lu", (unsigned long)shut(socket, 1005, "why"));
    note("close=%lu", (unsigned long)finish(socket, 1005, "why"));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_6_7(void)
{
    HINTERNET socket = at("/echo");
    note("shutdown=%lu", (unsigned long)shut(socket, 1000, "\xff"));
    note("close=%lu", (unsigned long)finish(socket, 1000, "\xff"));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_6_8(void)
{
    close_line("", "/echo", 1000, "bye");
}

static void b1_6_9(void)
{
    close_line("", "/answer-4001", 1000, "bye");
}

static void b1_6_10(void)
{
    close_line("", "/answer-empty", 1000, "bye");
}

static void b1_6_11(void)
{
    HINTERNET socket;
    close_line("unread", "/data-then-close", 1000, "bye");
    socket = at("/data-then-close");
    receive(socket, 4);
    note_code(finish(socket, 1000, "bye"));
    line("half read");
    WinHttpCloseHandle(socket);
    socket = at("/data-then-close");
    note_code(shut(socket, 1000, "bye"));
    note_code(finish(socket, 1000, "bye"));
    line("shut down");
    WinHttpCloseHandle(socket);
}

static void b1_6_12(void)
{
    HINTERNET socket;
    close_line("unread", "/close-stay", 4002, "ours");
    socket = at("/close-stay");
    receive(socket, 64);
    note_code(finish(socket, 4002, "ours"));
    note_status(socket);
    WinHttpCloseHandle(socket);
    seen(-1);
    line("read");
}

static void b1_6_13(void)
{
    HINTERNET socket = at("/echo");
    note_code(shut(socket, 4002, "first"));
    note_code(finish(socket, 4003, "second"));
    note_status(socket);
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_6_14(void)
{
    HINTERNET socket = at("/echo");
    note("%lu", (unsigned long)finish(socket, 1000, NULL));
    note("%lu", (unsigned long)finish(socket, 1000, NULL));
    line("close twice");
    note("%lu", (unsigned long)shut(socket, 1000, NULL));
    line("shutdown after close");
    WinHttpCloseHandle(socket);
    socket = at("/echo");
    note("%lu", (unsigned long)shut(socket, 1000, NULL));
    note("%lu", (unsigned long)shut(socket, 1000, NULL));
    line("shutdown twice");
    WinHttpCloseHandle(socket);
}

static void b1_6_15(void)
{
    HINTERNET socket = at("/close-stay");
    receive(socket, 64);
    note_code(shut(socket, 1000, NULL));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_6_16(void)
{
    HINTERNET socket = at("/answer-end");
    note_code(finish(socket, 1000, NULL));
    line("ended");
    WinHttpCloseHandle(socket);
    socket = at("/answer-reset");
    note_code(finish(socket, 1000, NULL));
    line("reset");
    WinHttpCloseHandle(socket);
}

static void b1_6_17(void)
{
    HINTERNET socket = at("/silent");
    note_code(set_option(socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, 50));
    note_code(finish(socket, 1000, NULL));
    note_status(socket);
    WinHttpCloseHandle(socket);
    line("");
}

static void b1_6_18(void)
{
    HINTERNET socket = at("/echo");
    note_code(put(socket, BINARY_FRAGMENT, "begun"));
    note_code(finish(socket, 1000, NULL));
    WinHttpCloseHandle(socket);
    line("");
}

static void b1_6_19(void)
{
    HINTERNET socket = at("/silent");
    note_code(close_handle(socket));
    seen(-1);
    line("");
}

static void b1_6_20(void)
{
    HINTERNET socket = at("/echo");
    note_code(shut(socket, 1000, NULL));
    line("synchronous");
    WinHttpCloseHandle(socket);
    chat_at(ALL, "/echo");
    note_code(shut(chat.socket, 1000, NULL));
    line("asynchronous");
    end_chat();
}

static void b1_6_21(void)
{
    HINTERNET socket = at("/masked");
    receive(socket, 64);
    note("shutdown=%lu", (unsigned long)shut(socket, 1000, NULL));
    note("close=%lu", (unsigned long)finish(socket, 1000, NULL));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_6_22(void)
{
    HINTERNET socket = at("/close-and-drop");
    await_server(1);
    receive(socket, 64);
    note_code(finish(socket, 1000, NULL));
    line("");
    WinHttpCloseHandle(socket);
}

static const struct row close_rows[] = {
    { "b1.6.1", b1_6_1 }, { "b1.6.2", b1_6_2 }, { "b1.6.3", b1_6_3 }, { "b1.6.4", b1_6_4 }, { "b1.6.5", b1_6_5 },
    { "b1.6.6", b1_6_6 }, { "b1.6.7", b1_6_7 }, { "b1.6.8", b1_6_8 }, { "b1.6.9", b1_6_9 }, { "b1.6.10", b1_6_10 },
    { "b1.6.11", b1_6_11 }, { "b1.6.12", b1_6_12 }, { "b1.6.13", b1_6_13 }, { "b1.6.14", b1_6_14 },
    { "b1.6.15", b1_6_15 }, { "b1.6.16", b1_6_16 }, { "b1.6.17", b1_6_17 }, { "b1.6.18", b1_6_18 },
    { "b1.6.19", b1_6_19 }, { "b1.6.20", b1_6_20 }, { "b1.6.21", b1_6_21 }, { "b1.6.22", b1_6_22 }, { NULL, NULL },
};

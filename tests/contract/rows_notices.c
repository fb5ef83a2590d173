/* Section 2.2: what notices carry. */

static void b2_2_1(void)
{
    chat_at(ALL, "/silent");
    note_code(finish(chat.socket, 1000, NULL));
    note_code(close_handle(chat.socket));
    await_of(CLOSING, 1, WEBSOCKET);
    report(FAILED_NOTICE, 0);
    line("");
    chat.socket = NULL;
    end_chat();
}

static void b2_2_2(void)
{
    chat_at(ALL, "/stall");
    note_code(send_much(chat.socket));
    note_code(close_handle(chat.socket));
    await_of(CLOSING, 1, WEBSOCKET);
    report(ENDS, 0);
    line("");
    release();
    chat.socket = NULL;
    end_chat();
}

static void b2_2_3(void)
{
    ask_at(ALL, "/echo", TRUE);
    chat_exchange();
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, SOCKET_CONTEXT);
    await(CREATED, 3);
    report(CREATED, WITH_KIND);
    line("");
    end_chat();
}

static void b2_2_4(void)
{
    DWORD_PTR context = 4;
    ask_at(ALL, "/echo", TRUE);
    chat_exchange();
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, SOCKET_CONTEXT);
    await(CREATED, 3);
    report(CREATED | WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, WITH_CONTEXT);
    forget();
    put(chat.socket, BINARY, "x");
    report(SENT, WITH_CONTEXT);
    WinHttpSetOption(chat.socket, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
    forget();
    put(chat.socket, BINARY, "x");
    report(SENT, WITH_CONTEXT);
    line("");
    end_chat();
}

static void b2_2_5(void)
{
    /* Without handle notices nobody knows when the last callback has been, so the session keeps its own. */
    chat_at(0x097e0000 | HANDLE_NOTICES, "/echo");
    note_code(shut(chat.socket, 1000, NULL));
    await(SHUT, 1);
    note_code(finish(chat.socket, 1000, NULL));
    await(CLOSED, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

static void drop_line(const char *path)
{
    chat_at(ALL, path);
    note_code(receive_later(chat.socket));
    release();
    await(RECEIVED | FAILED_NOTICE, 1);
    report(ENDS, WITH_LENGTH);
    line(path + 1);
    end_chat();
}

static void b2_2_6(void)
{
    drop_line("/end-on-release");
    drop_line("/reset");
}

static void b2_2_7(void)
{
    chat_at(ALL, "/end-on-release");
    note_code(receive_later(chat.socket));
    release();
    await(RECEIVED | FAILED_NOTICE, 1);
    forget();
    note_code(finish(chat.socket, 1000, NULL));
    await(CLOSED | FAILED_NOTICE, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

static void b2_2_8(void)
{
    chat_at(ALL, "/reset");
    release();
    await_server(1);
    note_code(put(chat.socket, BINARY, "x"));
    await(SENT | FAILED_NOTICE, 1);
    report(ENDS, WITH_THREAD);
    line("");
    end_chat();
}

static DWORD inside_code;
static USHORT inside_status;

static void query_inside(HINTERNET handle, DWORD status, const void *information)
{
    char reason[123];
    DWORD length;
    (void)information;
    if (status == RECEIVED)
        inside_code = WinHttpWebSocketQueryCloseStatus(handle, &inside_status, reason, sizeof reason, &length);
}

static void b2_2_9(void)
{
    chat_at(ALL, "/close-1000");
    inside_code = 0xcccc;
    set_hook(query_inside);
    note_code(receive_later(chat.socket));
    /* The event comes after the hook. */
    while (inside_code == 0xcccc && WaitForSingleObject(told_event, PATIENCE) == WAIT_OBJECT_0) {
    }
    report(ENDS, 0);
    note("inside: %lu %u", (unsigned long)inside_code, (unsigned)inside_status);
    note_status(chat.socket);
    line("");
    end_chat();
}

static void b2_2_10(void)
{
    open_session(ALL);
    chat.connection = connect_nobody(chat.session);
    chat.request = open_request(chat.connection, NULL, "/hello", 0);
    note_code(begin_request());
    await(FAILED_NOTICE | WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    report(WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, 0);
    report(FAILED_NOTICE | WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, WITH_LENGTH);
    line("");
    end_chat();
}

static void b2_2_11(void)
{
    ask_at(ALL, "/nothing", FALSE);
    chat_exchange();
    report(RESPONSE_STEPS | FAILED_NOTICE, 0);
    line("");
    end_chat();
}

static void b2_2_12(void)
{
    chat_at(ALL, "/same-segment");
    note_code(receive_later(chat.socket));
    await(RECEIVED, 1);
    report(ENDS, WITH_THREAD);
    line("");
    end_chat();
}

static void b2_2_13(void)
{
    chat_at(ALL, "/silent");
    note_code(put(chat.socket, BINARY, "small"));
    report(ENDS, WITH_THREAD);
    line("small");
    end_chat();
    chat_at(ALL, "/stall");
    note_code(send_much(chat.socket));
    note_code(send_much(chat.socket));
    line("large");
    release();
    await(SENT, 1);
    end_chat();
}

static void b2_2_14(void)
{
    chat_at(ALL, "/stall");
    note_code(send_much(chat.socket));
    note_code(finish(chat.socket, 1000, NULL));
    release();
    await(SENT | FAILED_NOTICE, 1);
    await(CLOSED | FAILED_NOTICE, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

#define AGAIN 200

/* How deep callbacks of this thread are in one another. */
static THREAD_LOCAL int depth;
static int deepest, again;

static void send_inside(HINTERNET handle, DWORD status, const void *information)
{
    (void)information;
    if (status != SENT)
        return;
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (++again < AGAIN)
        put(handle, BINARY, "again");
    depth--;
}

static void b2_2_15(void)
{
    chat_at(ALL, "/silent");
    deepest = again = 0;
    set_hook(send_inside);
    note_code(put(chat.socket, BINARY, "first"));
    await(SENT, AGAIN);
    note("%u sent, %s", (unsigned)count_told(SENT, NOTHING), deepest < AGAIN / 4 ? "bounded" : "not bounded");
    line("");
    end_chat();
}

static DWORD inside_receive;

static void receive_inside(HINTERNET handle, DWORD status, const void *information)
{
    const WINHTTP_WEB_SOCKET_STATUS *read = (const WINHTTP_WEB_SOCKET_STATUS *)information;
    if (status == RECEIVED && read->eBufferType == TEXT_FRAGMENT)
        inside_receive |= receive_later(handle);
}

static void b2_2_16(void)
{
    chat_at(ALL, "/three-frames");
    inside_receive = 0;
    set_hook(receive_inside);
    note_code(receive_later(chat.socket));
    await(RECEIVED, 3);
    report(ENDS, 0);
    note("inside=%lu", (unsigned long)inside_receive);
    line("");
    end_chat();
}

static DWORD inside_option;
static HINTERNET inside_socket;

static void upgrade_inside(HINTERNET handle, DWORD status, const void *information)
{
    (void)information;
    if (status == WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE) {
        inside_socket = WinHttpWebSocketCompleteUpgrade(handle, SOCKET_CONTEXT);
        inside_option = set_option(inside_socket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 20000);
        inside_code = code_of(WinHttpCloseHandle(handle));
    }
}

static void b2_2_17(void)
{
    ask_at(ALL, "/echo", TRUE);
    set_hook(upgrade_inside);
    inside_code = 0xcccc;
    chat_exchange();
    /* Of the request: its last word comes after the hook has returned. */
    await_of(CLOSING, 1, REQUEST);
    set_hook(NULL);
    chat.socket = inside_socket;
    chat.request = NULL;
    note("option=%lu close=%lu", (unsigned long)inside_option, (unsigned long)inside_code);
    forget();
    note_code(put(chat.socket, TEXT_MESSAGE, "hello"));
    note_code(receive_later(chat.socket));
    await(RECEIVED, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

static void b2_2_18(void)
{
    WCHAR text[64];
    DWORD length = sizeof text;
    open_session(ALL);
    chat.connection = WinHttpConnect(chat.session, L"localhost", port, 0);
    chat.request = upgrade_request(chat.connection, "/echo");
    chat_exchange();
    report(WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, 0);
    line("name");
    SetLastError(1234);
    WinHttpQueryHeaders(chat.request, WINHTTP_QUERY_STATUS_TEXT, NULL, text, &length, NULL);
    note_code(GetLastError());
    line("last error");
    forget();
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, SOCKET_CONTEXT);
    await(CREATED, 1);
    report(CREATED, WITH_CONTEXT);
    line("context");
    end_chat();
}

static const struct row notices_rows[] = {
    { "b2.2.1", b2_2_1 }, { "b2.2.2", b2_2_2 }, { "b2.2.3", b2_2_3 }, { "b2.2.4", b2_2_4 }, { "b2.2.5", b2_2_5 },
    { "b2.2.6", b2_2_6 }, { "b2.2.7", b2_2_7 }, { "b2.2.8", b2_2_8 }, { "b2.2.9", b2_2_9 }, { "b2.2.10", b2_2_10 },
    { "b2.2.11", b2_2_11 }, { "b2.2.12", b2_2_12 }, { "b2.2.13", b2_2_13 }, { "b2.2.14", b2_2_14 },
    { "b2.2.15", b2_2_15 }, { "b2.2.16", b2_2_16 }, { "b2.2.17", b2_2_17 }, { "b2.2.18", b2_2_18 }, { NULL, NULL },
};

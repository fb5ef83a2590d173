/* Section 2.4: what public programs rely on in asynchronous mode. */

/* No callback: each call of a request waits until it is done. */
static void b2_4_1(void)
{
    memset(&chat, 0, sizeof chat);
    chat.session = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    chat.connection = WinHttpConnect(chat.session, host, port, 0);
    chat.request = upgrade_request(chat.connection, "/echo");
    note_code(begin_request());
    note_code(receive_response(chat.request));
    note("status=%lu", (unsigned long)status_of(chat.request));
    note("complete=%lu", (unsigned long)complete(chat.request));
    line("");
    WinHttpCloseHandle(chat.request);
    WinHttpCloseHandle(chat.connection);
    WinHttpCloseHandle(chat.session);
}

static volatile LONG others;

static VOID CALLBACK count_other(HINTERNET handle, DWORD_PTR context, DWORD status, LPVOID information, DWORD length)
{
    (void)context;
    (void)length;
    if (status == CLOSING)
        record(handle, context, status, information, length);
    else
        others = others + 1;
}

static void b2_4_2(void)
{
    WINHTTP_STATUS_CALLBACK former;
    chat_at(ALL, "/silent");
    others = 0;
    former = WinHttpSetStatusCallback(chat.socket, count_other, SENT | HANDLE_NOTICES, 0);
    note(former == record ? "former" : "another");
    note_code(put(chat.socket, BINARY, "x"));
    note_code(shut(chat.socket, 1000, NULL));
    report(ENDS, 0);
    note("second=%ld", (long)others);
    line("");
    end_chat();
}

static void b2_4_3(void)
{
    ask_at(ALL, "/echo", TRUE);
    note_code(close_handle(chat.session));
    chat.session = NULL;
    chat_exchange();
    report(RESPONSE_STEPS, 0);
    line("");
    end_chat();
}

static void b2_4_4(void)
{
    chat_at(ALL, "/silent");
    note_code(receive_later(chat.socket));
    note_code(finish(chat.socket, 1000, NULL));
    forget();
    note_code(close_handle(chat.socket));
    /* Before WinHttpCloseHandle has returned. */
    report(ENDS, 0);
    line("");
    await_of(CLOSING, 1, WEBSOCKET);
    chat.socket = NULL;
    end_chat();
}

static void b2_4_5(void)
{
    size_t index, wrong = 0;
    open_session(ALL);
    chat.connection = connect_nobody(chat.session);
    chat.request = open_request(chat.connection, NULL, "/hello", 0);
    forget();
    note_code(begin_request());
    await(FAILED_NOTICE, 1);
    note_code(close_handle(chat.request));
    await_of(CLOSING, 1, REQUEST);
    for (index = 0; index < told_count; index++)
        wrong += told[index].context != REQUEST_CONTEXT;
    report(CLOSING, WITH_KIND);
    note("%u without the context", (unsigned)wrong);
    line("");
    chat.request = NULL;
    end_chat();
}

static const char optional[] = "the body";

static void check_optional(HINTERNET handle, DWORD status, const void *information)
{
    (void)handle;
    if (status == WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE)
        inside_code = information == optional ? 1 : information == NULL ? 0 : 2;
}

static void b2_4_6(void)
{
    ask_at(ALL, "/request", FALSE);
    set_hook(check_optional);
    note_code(begin_request());
    await(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    set_hook(NULL);
    report(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, WITH_LENGTH);
    line("without data");
    end_chat();

    open_session(ALL);
    chat.connection = WinHttpConnect(chat.session, host, port, 0);
    chat.request = open_request(chat.connection, L"POST", "/request", 0);
    inside_code = 0xcccc;
    set_hook(check_optional);
    note_code(code_of(WinHttpSendRequest(chat.request, NULL, 0, (void *)(uintptr_t)optional, 8, 8, REQUEST_CONTEXT)));
    while (inside_code == 0xcccc && WaitForSingleObject(told_event, PATIENCE) == WAIT_OBJECT_0) {
    }
    report(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, WITH_LENGTH);
    note(inside_code == 1 ? "lpOptional" : inside_code == 0 ? "NULL" : "another pointer");
    line("with data");
    end_chat();
}

static void b2_4_7(void)
{
    WINHTTP_STATUS_CALLBACK former;
    HINTERNET socket;
    chat_at(ALL, "/silent");
    former = WinHttpSetStatusCallback(chat.socket, NULL, ALL, 0);
    note(former == record ? "former" : "another");
    socket = chat.socket;
    note_code(close_handle(socket));
    note_code(close_handle(chat.request));
    note_code(close_handle(chat.connection));
    note_code(close_handle(chat.session));
    /* The other three. The session is the last of all. */
    await(CLOSING, 3);
    report(ALL, WITH_KIND);
    line("");
    memset(&chat, 0, sizeof chat);
}

static volatile BOOL hook_returns;
static volatile BOOL closing_came_early;

static void close_inside(HINTERNET handle, DWORD status, const void *information)
{
    (void)information;
    if (status == RECEIVED) {
        inside_code = close_handle(handle);
        hook_returns = TRUE;
    } else if (status == CLOSING && !hook_returns) {
        closing_came_early = TRUE;
    }
}

static void b2_4_8(void)
{
    chat_at(ALL, "/text-10");
    hook_returns = closing_came_early = FALSE;
    set_hook(close_inside);
    note_code(receive_later(chat.socket));
    await_of(CLOSING, 1, WEBSOCKET);
    report(ENDS | CLOSING, 0);
    note("close=%lu %s", (unsigned long)inside_code, closing_came_early ? "early" : "after the callback");
    line("");
    chat.socket = NULL;
    end_chat();
}

static void b2_4_9(void)
{
    chat_at(ALL, "/echo");
    note_code(put(chat.socket, BINARY, NULL));
    note_code(WinHttpWebSocketReceive(chat.socket, room, sizeof room, NULL, NULL));
    await(RECEIVED, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

static void b2_4_10(void)
{
    chat_at(ALL, "/silent");
    note_code(shut(chat.socket, 1000, NULL));
    line("");
    end_chat();
}

static void b2_4_11(void)
{
    char number[64];
    DWORD forgiven = SECURITY_FLAG_IGNORE_UNKNOWN_CA;
    chat_at(ALL, "/silent");
    note_code(WinHttpWebSocketSend(chat.socket, BINARY, much, 16384));
    report(ENDS, WITH_THREAD);
    line("plain");
    end_chat();

    ask("/tls?kind=good", number, sizeof number);
    if (strcmp(number, "none") == 0) {
        note("skipped: no openssl");
        line("tls");
        return;
    }
    open_session(ALL);
    chat.connection = WinHttpConnect(chat.session, L"localhost", (INTERNET_PORT)atoi(number), 0);
    chat.request = open_request(chat.connection, NULL, "/silent", WINHTTP_FLAG_SECURE);
    WinHttpSetOption(chat.request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
    WinHttpSetOption(chat.request, WINHTTP_OPTION_SECURITY_FLAGS, &forgiven, sizeof forgiven);
    chat_exchange();
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, SOCKET_CONTEXT);
    forget();
    note_code(WinHttpWebSocketSend(chat.socket, BINARY, much, 16384));
    report(ENDS, WITH_THREAD);
    line("tls");
    end_chat();
}

static void b2_4_12(void)
{
    ask_at(ALL, "/refuse-403", TRUE);
    chat_exchange();
    note("complete=%lu", (unsigned long)complete(chat.request));
    forget();
    note_code(close_handle(chat.request));
    await(CLOSING, 1);
    note_code(close_handle(chat.connection));
    await(CLOSING, 2);
    note_code(close_handle(chat.session));
    await(CLOSING, 3);
    report(CLOSING, WITH_KIND);
    line("");
    memset(&chat, 0, sizeof chat);
}

static const struct row relied_on_rows[] = {
    { "b2.4.1", b2_4_1 }, { "b2.4.2", b2_4_2 }, { "b2.4.3", b2_4_3 }, { "b2.4.4", b2_4_4 }, { "b2.4.5", b2_4_5 },
    { "b2.4.6", b2_4_6 }, { "b2.4.7", b2_4_7 }, { "b2.4.8", b2_4_8 }, { "b2.4.9", b2_4_9 }, { "b2.4.10", b2_4_10 },
    { "b2.4.11", b2_4_11 }, { "b2.4.12", b2_4_12 }, { NULL, NULL },
};

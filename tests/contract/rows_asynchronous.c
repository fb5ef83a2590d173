/* Section 2.1: the sequences of asynchronous mode. */

/* Memory of receives that may end late. */
static char room[65536];
static DWORD room_read;
static WINHTTP_WEB_SOCKET_BUFFER_TYPE room_type;

static DWORD receive_later(HINTERNET socket)
{
    return WinHttpWebSocketReceive(socket, room, sizeof room, &room_read, &room_type);
}

static DWORD send_much(HINTERNET socket)
{
    return WinHttpWebSocketSend(socket, BINARY, much, MUCH);
}

#define RECEIVED WINHTTP_CALLBACK_STATUS_READ_COMPLETE
#define SENT WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE
#define CLOSED WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE
#define SHUT WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE
#define FAILED_NOTICE WINHTTP_CALLBACK_STATUS_REQUEST_ERROR
#define CLOSING WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING
#define CREATED WINHTTP_CALLBACK_STATUS_HANDLE_CREATED
#define RESPONSE_STEPS (WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE | WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED | WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE)
#define REQUEST_STEPS (WINHTTP_CALLBACK_FLAG_CONNECT_TO_SERVER | WINHTTP_CALLBACK_FLAG_SEND_REQUEST | WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE)

static void b2_1_1(void)
{
    ask_at(ALL, "/hello", FALSE);
    report(CREATED, 0);
    line("");
    end_chat();
}

static void b2_1_2(void)
{
    HINTERNET request;
    ask_at(ALL, "/echo", TRUE);
    note_code(set_option(chat.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 15));
    note_code(begin_request());
    await(FAILED_NOTICE | WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    report(FAILED_NOTICE | WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, WITH_LENGTH);
    line("asynchronous");
    end_chat();
    request = upgrade_request(connection, "/echo");
    note_code(set_option(request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 15));
    note_code(send_request(request));
    line("synchronous");
    WinHttpCloseHandle(request);
}

static void b2_1_3(void)
{
    ask_at(ALL, "/hello", FALSE);
    note_code(begin_request());
    await(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | FAILED_NOTICE, 1);
    report(REQUEST_STEPS | FAILED_NOTICE, 0);
    line("");
    end_chat();
}

static void b2_1_4(void)
{
    ask_at(ALL, "/echo", TRUE);
    chat_exchange();
    report(RESPONSE_STEPS | FAILED_NOTICE, WITH_THREAD);
    line("");
    end_chat();
}

static void b2_1_5(void)
{
    ask_at(ALL, "/echo", TRUE);
    chat_exchange();
    forget();
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, SOCKET_CONTEXT);
    await(CREATED, 1);
    report(ALL, 0);
    line("");
    end_chat();
}

static void b2_1_6(void)
{
    chat_at(ALL, "/echo");
    note_code(close_handle(chat.request));
    await_of(CLOSING, 1, REQUEST);
    report(ALL, WITH_KIND);
    line("closed");
    forget();
    note_code(put(chat.socket, TEXT_MESSAGE, "hello"));
    note_code(receive_later(chat.socket));
    await(RECEIVED, 1);
    report(ALL, WITH_KIND);
    line("goes on");
    chat.request = NULL;
    end_chat();
}

static void b2_1_7(void)
{
    chat_at(ALL, "/silent");
    note_code(put(chat.socket, TEXT_MESSAGE, "hello"));
    report(ALL, WITH_THREAD | WITH_LENGTH);
    forget();
    note_code(put(chat.socket, BINARY_FRAGMENT, "hi"));
    report(ALL, WITH_THREAD | WITH_LENGTH);
    line("");
    end_chat();
}

static void b2_1_8(void)
{
    chat_at(ALL, "/stall");
    note_code(send_much(chat.socket));
    note_code(put(chat.socket, BINARY, "second"));
    release();
    await(SENT, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

static void b2_1_9(void)
{
    chat_at(ALL, "/text-10");
    room_read = 0xcccc;
    room_type = (WINHTTP_WEB_SOCKET_BUFFER_TYPE)0xcc;
    note_code(receive_later(chat.socket));
    await(RECEIVED | FAILED_NOTICE, 1);
    report(ENDS, WITH_LENGTH);
    note_bytes(room, 10);
    note(room_read == 0xcccc && (int)room_type == 0xcc ? "untouched" : "written");
    line("");
    end_chat();
}

static void b2_1_10(void)
{
    chat_at(ALL, "/after-release");
    note_code(receive_later(chat.socket));
    note_code(receive_later(chat.socket));
    release();
    await(RECEIVED, 1);
    report(ENDS, 0);
    line("");
    end_chat();
}

static void b2_1_11(void)
{
    chat_at(ALL, "/silent");
    note_code(shut(chat.socket, 1000, "bye"));
    report(ALL, WITH_THREAD | WITH_LENGTH);
    line("");
    end_chat();
}

static void b2_1_12(void)
{
    chat_at(ALL, "/close-on-release");
    note_code(receive_later(chat.socket));
    note_code(shut(chat.socket, 1000, "bye"));
    report(ALL, WITH_THREAD);
    line("shutdown");
    forget();
    release();
    await(RECEIVED, 1);
    report(ENDS, WITH_LENGTH);
    note_status(chat.socket);
    note("receive=%lu", (unsigned long)receive_later(chat.socket));
    line("receive");
    forget();
    note_code(finish(chat.socket, 1000, NULL));
    report(ALL, WITH_THREAD | WITH_LENGTH);
    line("close");
    end_chat();
}

static void b2_1_13(void)
{
    chat_at(ALL, "/close-on-release");
    note_code(finish(chat.socket, 1000, NULL));
    note("%u before", (unsigned)count_told(ENDS, NOTHING));
    release();
    await(CLOSED | FAILED_NOTICE, 1);
    report(ENDS, WITH_LENGTH);
    line("");
    end_chat();
}

static void b2_1_14(void)
{
    chat_at(ALL, "/close-on-release");
    note_code(receive_later(chat.socket));
    note_code(finish(chat.socket, 1000, "bye"));
    report(ALL, WITH_THREAD | WITH_LENGTH);
    note_status(chat.socket);
    line("close");
    forget();
    release();
    await(CLOSED | FAILED_NOTICE, 1);
    report(ENDS, 0);
    note_status(chat.socket);
    line("answered");
    end_chat();
}

static void b2_1_15(void)
{
    chat_at(ALL, "/silent");
    note_code(receive_later(chat.socket));
    note_code(finish(chat.socket, 1000, NULL));
    note_code(close_handle(chat.socket));
    await_of(CLOSING, 1, WEBSOCKET);
    report(ALL, 0);
    line("");
    chat.socket = NULL;
    end_chat();
}

static void b2_1_16(void)
{
    chat_at(ALL, "/silent");
    note_code(receive_later(chat.socket));
    note_code(close_handle(chat.socket));
    await_of(CLOSING, 1, WEBSOCKET);
    report(ALL, 0);
    line("");
    chat.socket = NULL;
    end_chat();
}

static void b2_1_17(void)
{
    chat_at(ALL, "/silent");
    note_code(close_handle(chat.socket));
    await_of(CLOSING, 1, WEBSOCKET);
    report(ENDS | HANDLE_NOTICES, WITH_KIND);
    line("");
    chat.socket = NULL;
    end_chat();
}

/* The event of option 99 is in b3.7. */
static void b2_1_18(void)
{
    chat_at(ALL, "/silent");
    note_code(close_handle(chat.socket));
    note_code(close_handle(chat.request));
    note_code(close_handle(chat.connection));
    await(CLOSING, 3);
    forget();
    note_code(close_handle(chat.session));
    await(CLOSING, 1);
    report(HANDLE_NOTICES, WITH_KIND);
    line("");
    memset(&chat, 0, sizeof chat);
}

static void b2_1_19(void)
{
    ask_at(ALL, "/never", TRUE);
    note_code(begin_request());
    await(WINHTTP_CALLBACK_STATUS_REQUEST_SENT, 1);
    note("%u before", (unsigned)count_told(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, NOTHING));
    release();
    await(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | FAILED_NOTICE, 1);
    note_code(receive_response(chat.request));
    report(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | FAILED_NOTICE, 0);
    report(RESPONSE_STEPS, WITH_THREAD);
    line("");
    end_chat();
}

static const struct row asynchronous_rows[] = {
    { "b2.1.1", b2_1_1 }, { "b2.1.2", b2_1_2 }, { "b2.1.3", b2_1_3 }, { "b2.1.4", b2_1_4 }, { "b2.1.5", b2_1_5 },
    { "b2.1.6", b2_1_6 }, { "b2.1.7", b2_1_7 }, { "b2.1.8", b2_1_8 }, { "b2.1.9", b2_1_9 }, { "b2.1.10", b2_1_10 },
    { "b2.1.11", b2_1_11 }, { "b2.1.12", b2_1_12 }, { "b2.1.13", b2_1_13 }, { "b2.1.14", b2_1_14 },
    { "b2.1.15", b2_1_15 }, { "b2.1.16", b2_1_16 }, { "b2.1.17", b2_1_17 }, { "b2.1.18", b2_1_18 },
    { "b2.1.19", b2_1_19 }, { NULL, NULL },
};

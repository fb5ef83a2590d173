/* Section 1.1: handles. */

static HINTERNET bogus(void)
{
    return (HINTERNET)(ULONG_PTR)0x1234;
}

/* What the five functions of a WebSocket say of a handle. */
static void note_five(HINTERNET handle)
{
    char buffer[8];
    DWORD read = 0;
    USHORT status = 0;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    note("send=%lu", (unsigned long)put(handle, BINARY, "x"));
    note("receive=%lu", (unsigned long)WinHttpWebSocketReceive(handle, buffer, sizeof buffer, &read, &type));
    note("shutdown=%lu", (unsigned long)shut(handle, 1000, NULL));
    note("close=%lu", (unsigned long)finish(handle, 1000, NULL));
    note("query=%lu", (unsigned long)WinHttpWebSocketQueryCloseStatus(handle, &status, buffer, sizeof buffer, &read));
}

static DWORD complete(HINTERNET request)
{
    HINTERNET socket;
    SetLastError(0);
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    if (socket == NULL)
        return GetLastError();
    WinHttpCloseHandle(socket);
    return 0;
}

static DWORD close_handle(HINTERNET handle)
{
    SetLastError(0);
    return code_of(WinHttpCloseHandle(handle));
}

/* Whether a WebSocket still works. */
static void note_echo(HINTERNET socket)
{
    note_code(put(socket, TEXT_MESSAGE, "hello"));
    receive(socket, 64);
}

static void b1_1_1(void)
{
    note_five(NULL);
    line("null");
    note_five(bogus());
    line("bogus");
}

static void b1_1_2(void)
{
    note("complete=%lu close=%lu", (unsigned long)complete(NULL), (unsigned long)close_handle(NULL));
    line("null");
    note("complete=%lu close=%lu", (unsigned long)complete(bogus()), (unsigned long)close_handle(bogus()));
    line("bogus");
}

static void b1_1_3(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    note_five(session);
    line("session");
    note_five(connection);
    line("connection");
    note_five(request);
    line("request");
    WinHttpCloseHandle(request);
}

static void b1_1_4(void)
{
    note_code(complete(session));
    line("");
}

static void b1_1_5(void)
{
    HINTERNET socket = at("/echo");
    char buffer[64];
    DWORD length = sizeof buffer;
    note("headers=%lu", (unsigned long)code_of(WinHttpQueryHeaders(socket, WINHTTP_QUERY_RAW_HEADERS, NULL, buffer, &length, NULL)));
    note("read=%lu", (unsigned long)code_of(WinHttpReadData(socket, buffer, sizeof buffer, &length)));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_1_6(void)
{
    HINTERNET socket = at("/echo");
    note("close=%lu", (unsigned long)close_handle(socket));
    note_five(socket);
    note("again=%lu", (unsigned long)close_handle(socket));
    line("");
}

static void b1_1_7(void)
{
    HINTERNET first = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    HINTERNET second = WinHttpConnect(first, host, port, 0);
    HINTERNET socket = socket_of(upgrade_request(second, "/echo"));
    note_code(close_handle(second));
    note_code(close_handle(first));
    note_echo(socket);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_1_8(void)
{
    HINTERNET request = upgrade_request(connection, "/echo"), socket;
    note_code(exchange(request));
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    note_code(close_handle(request));
    note_echo(socket);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_1_9(void)
{
    note("session=%lu", (unsigned long)code_of(WinHttpSetOption(session, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)));
    note("connection=%lu", (unsigned long)code_of(WinHttpSetOption(connection, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)));
    line("");
}

/* Bad arguments, whatever the state. */
static void note_bad_arguments(HINTERNET handle)
{
    char buffer[8];
    DWORD read = 0;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    note("send=%lu", (unsigned long)WinHttpWebSocketSend(handle, BINARY, NULL, 1));
    note("receive=%lu", (unsigned long)WinHttpWebSocketReceive(handle, NULL, 0, &read, &type));
    note("shutdown=%lu", (unsigned long)WinHttpWebSocketShutdown(handle, 1000, NULL, 1));
    note("close=%lu", (unsigned long)WinHttpWebSocketClose(handle, 1000, NULL, 1));
    note("query=%lu", (unsigned long)WinHttpWebSocketQueryCloseStatus(handle, NULL, buffer, sizeof buffer, &read));
}

static void b1_1_10(void)
{
    HINTERNET socket = at("/echo");
    note_code(shut(socket, 1000, NULL));
    note_bad_arguments(socket);
    line("shut down");
    note_code(finish(socket, 1000, NULL));
    note_bad_arguments(socket);
    line("closed");
    WinHttpCloseHandle(socket);
}

static void b1_1_11(void)
{
    note_bad_arguments(NULL);
    line("");
}

static const struct row handles_rows[] = {
    { "b1.1.1", b1_1_1 }, { "b1.1.2", b1_1_2 }, { "b1.1.3", b1_1_3 }, { "b1.1.4", b1_1_4 }, { "b1.1.5", b1_1_5 },
    { "b1.1.6", b1_1_6 }, { "b1.1.7", b1_1_7 }, { "b1.1.8", b1_1_8 }, { "b1.1.9", b1_1_9 }, { "b1.1.10", b1_1_10 },
    { "b1.1.11", b1_1_11 }, { NULL, NULL },
};

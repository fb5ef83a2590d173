/* Section 1.2: the opening handshake. */

/* A header of the request as text, or the code. */
static DWORD request_header(HINTERNET request, const WCHAR *name, WCHAR *text, DWORD room)
{
    DWORD length = room * sizeof *text;
    text[0] = 0;
    return code_of(WinHttpQueryHeaders(request, WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, name, text, &length, NULL));
}

static DWORD response_header(HINTERNET request, const WCHAR *name, WCHAR *text, DWORD room)
{
    DWORD length = room * sizeof *text;
    text[0] = 0;
    return code_of(WinHttpQueryHeaders(request, WINHTTP_QUERY_CUSTOM, name, text, &length, NULL));
}

static DWORD query_status(HINTERNET request)
{
    DWORD status = 0, length = sizeof status;
    return code_of(WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &status, &length, NULL));
}

/* Whether a response is accepted: the codes of sending and receiving, or of the upgrade. */
static void note_upgrade(HINTERNET request)
{
    DWORD code = send_request(request);
    note("send=%lu", (unsigned long)code);
    if (code == 0)
        note("receive=%lu", (unsigned long)receive_response(request));
    note("complete=%lu", (unsigned long)complete(request));
    WinHttpCloseHandle(request);
}

static void upgrade_line(const char *path)
{
    note_upgrade(upgrade_request(connection, path));
    line(path + 1);
}

/* A connection to a port where nobody listens. */
static HINTERNET connect_nobody(HINTERNET parent)
{
    char number[64];
    ask("/closed-port", number, sizeof number);
    return WinHttpConnect(parent, host, (INTERNET_PORT)atoi(number), 0);
}

static void b1_2_1(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    note_code(query_status(request));
    line("unsent");
    note_code(send_request(request));
    note_code(query_status(request));
    line("sent");
    WinHttpCloseHandle(request);
}

static void note_key(HINTERNET request)
{
    WCHAR text[64];
    note("key=%lu", (unsigned long)request_header(request, L"Sec-WebSocket-Key", text, 64));
    note("version=%lu", (unsigned long)request_header(request, L"Sec-WebSocket-Version", text, 64));
    note_wide(text);
}

static void b1_2_2(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    note_key(request);
    line("before");
    note_code(send_request(request));
    note_key(request);
    line("after");
    WinHttpCloseHandle(request);
}

static void b1_2_3(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    DWORD available = 0xcccc;
    note_code(exchange(request));
    note_code(code_of(WinHttpQueryDataAvailable(request, &available)));
    note("available=%lu", (unsigned long)available);
    line("");
    WinHttpCloseHandle(request);
}

static void b1_2_4(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    DWORD value = 0, length = sizeof value;
    note_code(exchange(request));
    note(WinHttpQueryHeaders(request, WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER, NULL, &value, &length, NULL)
        ? "succeeds" : "fails");
    line("");
    WinHttpCloseHandle(request);
}

static void b1_2_5(void)
{
    HINTERNET request = upgrade_request(connection, "/echo"), socket;
    note_code(exchange(request));
    SetLastError(1234);
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    note("last=%lu", (unsigned long)GetLastError());
    note(socket == NULL ? "NULL" : "handle");
    line("");
    WinHttpCloseHandle(socket);
    WinHttpCloseHandle(request);
}

static void b1_2_6(void)
{
    static const char *const paths[] = { "/refuse-200", "/refuse-403", "/refuse-404", "/refuse-500" };
    size_t index;
    for (index = 0; index < 4; index++) {
        HINTERNET request = upgrade_request(connection, paths[index]);
        note_code(exchange(request));
        note("status=%lu", (unsigned long)status_of(request));
        line(paths[index] + 1);
        WinHttpCloseHandle(request);
    }
}

static void b1_2_7(void)
{
    upgrade_line("/refuse-200");
    upgrade_line("/refuse-403");
    upgrade_line("/refuse-404");
    upgrade_line("/refuse-500");
}

static void b1_2_8(void)
{
    HINTERNET request = open_request(connection, NULL, "/always-101", 0);
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    note("complete=%lu", (unsigned long)complete(request));
    line("");
    WinHttpCloseHandle(request);
}

static void b1_2_9(void)
{
    HINTERNET nobody = connect_nobody(session), request = upgrade_request(connection, "/echo");
    note("complete=%lu", (unsigned long)complete(request));
    line("unsent");
    WinHttpCloseHandle(request);
    note_upgrade(upgrade_request(nobody, "/echo"));
    line("refused");
    WinHttpCloseHandle(nobody);
}

static void b1_2_10(void)
{
    HINTERNET request = upgrade_request(connection, "/echo"), socket;
    note_code(send_request(request));
    note("complete=%lu", (unsigned long)complete(request));
    line("first");
    WinHttpCloseHandle(request);

    request = upgrade_request(connection, "/echo");
    note_code(exchange(request));
    WinHttpCloseHandle(WinHttpWebSocketCompleteUpgrade(request, 0));
    note_code(send_request(request));
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    note_echo(socket);
    line("upgraded before");
    WinHttpCloseHandle(socket);
    WinHttpCloseHandle(request);
}

static void b1_2_11(void)
{
    HINTERNET request = upgrade_request(connection, "/echo"), socket;
    note_code(exchange(request));
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    note("second=%lu", (unsigned long)complete(request));
    line("");
    WinHttpCloseHandle(socket);
    WinHttpCloseHandle(request);
}

static void b1_2_12(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    WCHAR first[64], second[64];
    note_code(exchange(request));
    request_header(request, L"Sec-WebSocket-Key", first, 64);
    WinHttpCloseHandle(WinHttpWebSocketCompleteUpgrade(request, 0));
    note_code(exchange(request));
    request_header(request, L"Sec-WebSocket-Key", second, 64);
    note(memcmp(first, second, sizeof(WCHAR) * 24) == 0 ? "the same key" : "a new key");
    line("upgraded");
    WinHttpCloseHandle(request);

    request = open_request(connection, NULL, "/hello", 0);
    note_code(exchange(request));
    note_code(exchange(request));
    line("another response");
    WinHttpCloseHandle(request);

    /* An upgrade is under way until the server answers. */
    ask_at(ALL, "/never", TRUE);
    note_code(begin_request());
    note_code(begin_request());
    line("running");
    release();
    end_chat();
}

static void b1_2_13(void)
{
    upgrade_line("/accept-missing");
    upgrade_line("/accept-wrong");
}

static void b1_2_14(void)
{
    upgrade_line("/no-upgrade");
    upgrade_line("/no-connection");
}

static void b1_2_15(void)
{
    upgrade_line("/other-case");
    upgrade_line("/tokens");
}

static void b1_2_16(void)
{
    upgrade_line("/protocol-chat");
    upgrade_line("/extension");
}

static void protocol_line(const char *path)
{
    HINTERNET request = upgrade_request(connection, path);
    WCHAR text[64];
    note_code(code_of(WinHttpAddRequestHeaders(request, L"Sec-WebSocket-Protocol: superchat, chat", (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD)));
    note_code(exchange(request));
    note_code(response_header(request, L"Sec-WebSocket-Protocol", text, 64));
    note_wide(text);
    note("complete=%lu", (unsigned long)complete(request));
    line(path + 1);
    WinHttpCloseHandle(request);
}

static void b1_2_17(void)
{
    protocol_line("/protocol-chat");
    protocol_line("/echo");
}

static void b1_2_18(void)
{
    HINTERNET request = upgrade_request(connection, "/to-echo"), socket = socket_of(request);
    note_echo(socket);
    line("default");
    WinHttpCloseHandle(socket);

    request = upgrade_request(connection, "/to-echo");
    note_code(set_option(request, WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("never");
    WinHttpCloseHandle(request);

    request = open_request(connection, NULL, "/hops?left=10", 0);
    note_code(exchange(request));
    line("ten");
    WinHttpCloseHandle(request);

    request = open_request(connection, NULL, "/loop", 0);
    note_code(exchange(request));
    line("no end");
    WinHttpCloseHandle(request);
}

static void b1_2_19(void)
{
    HINTERNET socket = at("/same-segment");
    receive(socket, 64);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_2_20(void)
{
    upgrade_line("/garbage");
    upgrade_line("/nothing");
}

static void b1_2_21(void)
{
    HINTERNET nobody = connect_nobody(session), request = upgrade_request(nobody, "/echo");
    note_code(send_request(request));
    line("");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(nobody);
}

static void b1_2_22(void)
{
    upgrade_line("/garbage");
}

static const struct row handshake_rows[] = {
    { "b1.2.1", b1_2_1 }, { "b1.2.2", b1_2_2 }, { "b1.2.3", b1_2_3 }, { "b1.2.4", b1_2_4 }, { "b1.2.5", b1_2_5 },
    { "b1.2.6", b1_2_6 }, { "b1.2.7", b1_2_7 }, { "b1.2.8", b1_2_8 }, { "b1.2.9", b1_2_9 }, { "b1.2.10", b1_2_10 },
    { "b1.2.11", b1_2_11 }, { "b1.2.12", b1_2_12 }, { "b1.2.13", b1_2_13 }, { "b1.2.14", b1_2_14 },
    { "b1.2.15", b1_2_15 }, { "b1.2.16", b1_2_16 }, { "b1.2.17", b1_2_17 }, { "b1.2.18", b1_2_18 },
    { "b1.2.19", b1_2_19 }, { "b1.2.20", b1_2_20 }, { "b1.2.21", b1_2_21 }, { "b1.2.22", b1_2_22 }, { NULL, NULL },
};

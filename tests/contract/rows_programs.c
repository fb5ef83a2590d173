/* Section 1.8: what public programs do besides. */

/* The request line that the server shows at /request, without the number and the version, which are the same nowhere. */
static void note_request_line(const char *body)
{
    char text[512];
    const char *end = strchr(body, '\n'), *mark = strstr(body, "tag=");
    size_t length = end ? (size_t)(end - body) : strlen(body);
    if (mark != NULL && mark < body + length)
        length = (size_t)(mark - body) - 1;
    if (length >= sizeof text)
        length = sizeof text - 1;
    memcpy(text, body, length);
    text[length] = 0;
    note("[%s]", text);
}

/* The values of a header that the server shows at /request, each in brackets. */
static void note_header(const char *body, const char *name)
{
    const char *at_line = body;
    size_t length = strlen(name);
    BOOL found = FALSE;
    while ((at_line = strchr(at_line, '\n')) != NULL && *++at_line != '\n' && *at_line != 0) {
        if (strncmp(at_line, name, length) == 0 && at_line[length] == ':') {
            const char *value = at_line + length + 2;
            note("%s=[%.*s]", name, (int)(strchr(value, '\n') - value), value);
            found = TRUE;
        }
    }
    if (!found)
        note("no %s", name);
}

static char body[65536];

/* What the server shows of a request, which is sent here. */
static DWORD shown_of(HINTERNET request)
{
    DWORD code = exchange(request);
    body[0] = 0;
    return code == 0 ? read_body(request, body, sizeof body) : code;
}

static void b1_8_1(void)
{
    static const struct { const WCHAR *headers; DWORD length; const char *situation; } forms[] = {
        { L"X-Mine: 1", 0, "length 0" }, { L"X-Mine: 1", (DWORD)-1, "length -1" }, { NULL, (DWORD)-1, "NULL" },
    };
    size_t index;
    HINTERNET request;
    for (index = 0; index < 3; index++) {
        request = open_request(connection, NULL, "/request", 0);
        note_code(code_of(WinHttpSendRequest(request, forms[index].headers, forms[index].length, NULL, 0, 0, 0)));
        note_code(receive_response(request));
        read_body(request, body, sizeof body);
        note_header(body, "X-Mine");
        line(forms[index].situation);
        WinHttpCloseHandle(request);
    }
    request = open_request(connection, NULL, "/request", 0);
    note_code(code_of(WinHttpAddRequestHeaders(request, L"X-Mine: 1", 0, WINHTTP_ADDREQ_FLAG_ADD)));
    note_code(code_of(WinHttpAddRequestHeaders(request, L"X-Other: 2", (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD)));
    note_code(code_of(WinHttpAddRequestHeaders(request, NULL, (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD)));
    note_code(shown_of(request));
    note_header(body, "X-Mine");
    note_header(body, "X-Other");
    line("added");
    WinHttpCloseHandle(request);
}

static void b1_8_2(void)
{
    HINTERNET request = upgrade_request(connection, "/echo"), socket;
    note("session=%lu", (unsigned long)set_option(session, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 20000));
    note("request=%lu", (unsigned long)set_option(request, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 20000));
    socket = socket_of(request);
    note_echo(socket);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_8_3(void)
{
    HINTERNET request = upgrade_request(connection, "/silent"), socket;
    DWORD_PTR context = 7;
    DWORD length = sizeof context;
    note_code(set_option(request, WINHTTP_OPTION_RECEIVE_TIMEOUT, 1000));
    note_code(code_of(WinHttpSetOption(request, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context)));
    note_code(exchange(request));
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    WinHttpCloseHandle(request);
    receive(socket, 64);
    note_code(code_of(WinHttpQueryOption(socket, WINHTTP_OPTION_CONTEXT_VALUE, &context, &length)));
    note("context=%lu", (unsigned long)context);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_8_4(void)
{
    HINTERNET socket = at("/silent");
    note_code(finish(socket, 1006, NULL));
    note_code(close_handle(socket));
    seen(-1);
    line("");
}

static DWORD crack(const WCHAR *url)
{
    URL_COMPONENTS parts;
    memset(&parts, 0, sizeof parts);
    parts.dwStructSize = sizeof parts;
    parts.dwHostNameLength = (DWORD)-1;
    return code_of(WinHttpCrackUrl(url, 0, 0, &parts));
}

static void b1_8_5(void)
{
    note("%lu %lu", (unsigned long)crack(L"ws://h/"), (unsigned long)crack(L"wss://h/"));
    line("");
}

static DWORD WINAPI request_job(LPVOID argument)
{
    struct job *job = (struct job *)argument;
    SetEvent(job->begins);
    job->code = send_request(job->socket);
    return 0;
}

/* The handshake of TLS belongs to the making of a connection, and this server never answers it. */
static void b1_8_6(void)
{
    char number[64];
    HINTERNET to, request = NULL;
    struct job job;
    int tries;
    ask("/tls?kind=silent", number, sizeof number);
    to = WinHttpConnect(session, host, (INTERNET_PORT)atoi(number), 0);
    for (tries = 0; tries < 20; tries++) {
        request = open_request(to, NULL, "/", WINHTTP_FLAG_SECURE);
        start(&job, request, request_job);
        await_server(0);
        note_code(close_handle(request));
        join(&job);
        /* Otherwise the handle was closed before the call had begun. */
        if (job.code != ERROR_INVALID_HANDLE)
            break;
        words[0] = 0;
    }
    note("send=%lu", (unsigned long)job.code);
    line("");
    WinHttpCloseHandle(to);
}

static void b1_8_7(void)
{
    struct job job;
    DWORD code, closed;
    int tries;
    for (tries = 0; tries < 20; tries++) {
        HINTERNET socket = at("/echo");
        start(&job, socket, receive_job);
        await_server(0);
        code = close_1000(socket);
        closed = close_handle(socket);
        join(&job);
        if (job.code != ERROR_INVALID_OPERATION && job.code != ERROR_INVALID_HANDLE)
            break;
    }
    note("%lu %lu receive=%lu", (unsigned long)code, (unsigned long)closed, (unsigned long)job.code);
    line("");
}

static DWORD WINAPI close_handle_job(LPVOID argument)
{
    struct job *job = (struct job *)argument;
    SetEvent(job->begins);
    job->code = close_handle(job->socket);
    return 0;
}

static void b1_8_8(void)
{
    int tries, once = 0;
    for (tries = 0; tries < 50; tries++) {
        HINTERNET socket = at("/echo");
        struct job first, second;
        start(&first, socket, close_handle_job);
        start(&second, socket, close_handle_job);
        join(&first);
        join(&second);
        once += (first.code == 0 && second.code == 6) || (first.code == 6 && second.code == 0);
    }
    note("of 50 pairs one wins and the other is 6: %d", once);
    line("");
}

static void b1_8_9(void)
{
    HINTERNET to = WinHttpConnect(session, L"localhost", port, 0);
    HINTERNET socket = socket_of(upgrade_request(to, "/echo"));
    note_echo(socket);
    line("");
    WinHttpCloseHandle(socket);
    WinHttpCloseHandle(to);
}

/* A session whose proxy is the server itself. */
static HINTERNET proxied(void)
{
    char text[300];
    WCHAR wide[300];
    DWORD index;
    for (index = 0; host[index] != 0; index++)
        text[index] = (char)host[index];
    sprintf(text + index, ":%u", (unsigned)port);
    widen(wide, text, 300);
    return WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NAMED_PROXY, wide, WINHTTP_NO_PROXY_BYPASS, 0);
}

/* What the proxy gets for a host and a port. */
static void note_asked(HINTERNET through, const WCHAR *name, INTERNET_PORT number)
{
    HINTERNET to = WinHttpConnect(through, name, number, 0);
    HINTERNET request = WinHttpOpenRequest(to, NULL, L"/", NULL, NULL, NULL, 0);
    note_code(shown_of(request));
    note_request_line(body);
    note_header(body, "Host");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
}

static void b1_8_10(void)
{
    HINTERNET through = proxied(), to = WinHttpConnect(through, L"refuses.test", INTERNET_DEFAULT_PORT, 0);
    HINTERNET request = open_request(to, NULL, "/", WINHTTP_FLAG_SECURE);
    note_asked(through, L"plain.test", INTERNET_DEFAULT_PORT);
    line("plain");
    /* The tunnel is refused: only what was asked for counts. */
    exchange(request);
    ask("/connected", body, sizeof body);
    note("[%s]", body);
    line("secure");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(through);
}

static void b1_8_11(void)
{
    HINTERNET through = proxied();
    note_asked(through, L"h.test", 80);
    line("");
    WinHttpCloseHandle(through);
}

static void b1_8_12(void)
{
    HINTERNET socket = at("/close-zero");
    note_code(WinHttpWebSocketClose(socket, 1000, (void *)(uintptr_t)"success", 8));
    note_status(socket);
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_8_13(void)
{
    query_line("/close-ten", 124, 256);
}

static void b1_8_14(void)
{
    HINTERNET own = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0), to, request;
    char number[64];
    note_code(set_option(own, WINHTTP_OPTION_SECURE_PROTOCOLS, WINHTTP_FLAG_SECURE_PROTOCOL_SSL3 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1
        | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_1 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2));
    line("all");
    note_code(set_option(own, WINHTTP_OPTION_SECURE_PROTOCOLS, WINHTTP_FLAG_SECURE_PROTOCOL_SSL3 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1));
    ask("/tls?kind=ends", number, sizeof number);
    to = WinHttpConnect(own, host, (INTERNET_PORT)atoi(number), 0);
    request = open_request(to, NULL, "/hello", WINHTTP_FLAG_SECURE);
    note_code(send_request(request));
    line("none left");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(own);
}

static void b1_8_15(void)
{
    HINTERNET request = upgrade_request(connection, "/folded");
    WCHAR text[64];
    note_code(exchange(request));
    note_code(response_header(request, L"X-Folded", text, 64));
    note_wide(text);
    line("");
    WinHttpCloseHandle(request);
}

static void b1_8_16(void)
{
    HINTERNET request = upgrade_request(connection, "/1xx");
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("synchronous");
    WinHttpCloseHandle(request);
    ask_at(ALL, "/1xx", TRUE);
    chat_exchange();
    report(WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE | WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, 0);
    line("asynchronous");
    end_chat();
}

static void b1_8_17(void)
{
    static const WCHAR *const lists[] = {
        L"Sec-WebSocket-Protocol: a, , b", L"Sec-WebSocket-Protocol: a, a", L"Sec-WebSocket-Protocol: a b",
        L"Sec-WebSocket-Protocol: (a)",
    };
    size_t index;
    HINTERNET request = upgrade_request(connection, "/echo");
    for (index = 0; index < 4; index++)
        note_code(code_of(WinHttpAddRequestHeaders(request, lists[index], (DWORD)-1, WINHTTP_ADDREQ_FLAG_ADD)));
    line("");
    WinHttpCloseHandle(request);
}

static void path_line(const char *situation, const WCHAR *path, DWORD flags)
{
    HINTERNET request = WinHttpOpenRequest(connection, NULL, path, NULL, NULL, NULL, flags);
    if (request == NULL) {
        note_code(GetLastError());
    } else {
        note_code(shown_of(request));
        note_request_line(body);
    }
    line(situation);
    WinHttpCloseHandle(request);
}

static void b1_8_18(void)
{
    path_line("characters", L"/request?<\"^>", 0);
    path_line("percent", L"/request?%zz", 0);
    path_line("escaped percent", L"/request?%zz", WINHTTP_FLAG_ESCAPE_PERCENT);
    path_line("blank", L"/request?a b", 0);
    path_line("blank not escaped", L"/request?a b", WINHTTP_FLAG_ESCAPE_DISABLE);
    path_line("escaped blank", L"/request?a b", WINHTTP_FLAG_ESCAPE_PERCENT);
    path_line("line feed", L"/request?a\nb", WINHTTP_FLAG_ESCAPE_DISABLE);
}

static void b1_8_19(void)
{
    upgrade_line("/lines");
}

static void b1_8_20(void)
{
    HINTERNET socket = at("/close-stay");
    receive(socket, 64);
    note_code(finish(socket, 1000, NULL));
    line("");
    WinHttpCloseHandle(socket);
}

static const struct row programs_rows[] = {
    { "b1.8.1", b1_8_1 }, { "b1.8.2", b1_8_2 }, { "b1.8.3", b1_8_3 }, { "b1.8.4", b1_8_4 }, { "b1.8.5", b1_8_5 },
    { "b1.8.6", b1_8_6 }, { "b1.8.7", b1_8_7 }, { "b1.8.8", b1_8_8 }, { "b1.8.9", b1_8_9 }, { "b1.8.10", b1_8_10 },
    { "b1.8.11", b1_8_11 }, { "b1.8.12", b1_8_12 }, { "b1.8.13", b1_8_13 }, { "b1.8.14", b1_8_14 },
    { "b1.8.15", b1_8_15 }, { "b1.8.16", b1_8_16 }, { "b1.8.17", b1_8_17 }, { "b1.8.18", b1_8_18 },
    { "b1.8.19", b1_8_19 }, { "b1.8.20", b1_8_20 }, { NULL, NULL },
};

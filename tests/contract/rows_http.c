/* Section 9: ordinary requests, headers, redirects and credentials. */

static void body_line(const WCHAR *method, const char *path)
{
    HINTERNET request = open_request(connection, method, path, 0);
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    note_code(read_body(request, body, sizeof body));
    note_bytes(body, (DWORD)strlen(body));
    line(path + 1);
    WinHttpCloseHandle(request);
}

static void b9_1(void)
{
    HINTERNET request = open_request(connection, NULL, "/hello", 0);
    DWORD available = 0, read = 0;
    WCHAR text[64];
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    note_code(response_header(request, L"Content-Length", text, 64));
    note_wide(text);
    note_code(code_of(WinHttpQueryDataAvailable(request, &available)));
    note("available=%lu", (unsigned long)available);
    note_code(code_of(WinHttpReadData(request, body, 64, &read)));
    note_bytes(body, read);
    note_code(code_of(WinHttpQueryDataAvailable(request, &available)));
    note("available=%lu", (unsigned long)available);
    line("");
    WinHttpCloseHandle(request);
}

static void b9_2(void)
{
    body_line(NULL, "/hello");
    body_line(NULL, "/chunked");
    body_line(NULL, "/until-end");
    body_line(L"HEAD", "/hello-head");
    body_line(NULL, "/204");
    body_line(NULL, "/304");
}

static void b9_3(void)
{
    static const struct { const WCHAR *header; DWORD modifiers; } steps[] = {
        { L"A: 1\r\nB: 1", WINHTTP_ADDREQ_FLAG_ADD },
        { L"A: 2", WINHTTP_ADDREQ_FLAG_ADD },
        { L"a: 3", WINHTTP_ADDREQ_FLAG_ADD_IF_NEW },
        { L"C: 1", WINHTTP_ADDREQ_FLAG_ADD_IF_NEW },
        { L"B: 2", WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA },
        { L"C: 2", WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_COALESCE_WITH_SEMICOLON },
        { L"D: 1", WINHTTP_ADDREQ_FLAG_REPLACE },
        { L"D: 1", WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_REPLACE },
        { L"D: 2", WINHTTP_ADDREQ_FLAG_REPLACE },
        { L"E: 1", WINHTTP_ADDREQ_FLAG_ADD },
        { L"E:", WINHTTP_ADDREQ_FLAG_REPLACE },
    };
    HINTERNET request = open_request(connection, NULL, "/request", 0);
    size_t index;
    for (index = 0; index < sizeof steps / sizeof *steps; index++)
        note_code(code_of(WinHttpAddRequestHeaders(request, steps[index].header, (DWORD)-1, steps[index].modifiers)));
    line("codes");
    note_code(shown_of(request));
    note_header(body, "A");
    note_header(body, "B");
    note_header(body, "C");
    note_header(body, "D");
    note_header(body, "E");
    line("sent");
    WinHttpCloseHandle(request);
}

/* A header as text: code, the length in bytes, and the text with | for each zero or end of a line in it. */
static void query_text(const char *situation, HINTERNET request, DWORD level, const WCHAR *name, DWORD *index)
{
    WCHAR text[512];
    char narrow[512];
    DWORD length = sizeof text, at_unit, code = code_of(WinHttpQueryHeaders(request, level, name, text, &length, index));
    note_code(code);
    if (code == 0) {
        for (at_unit = 0; at_unit < length / sizeof *text; at_unit++)
            narrow[at_unit] = text[at_unit] == 0 || text[at_unit] == '\n' ? '|' : text[at_unit] == '\r' ? '.' : (char)text[at_unit];
        note("units=%lu", (unsigned long)(length / sizeof *text));
        note_bytes(narrow, at_unit);
    }
    if (index != NULL)
        note("index=%lu", (unsigned long)*index);
    line(situation);
}

static void b9_4(void)
{
    HINTERNET request = open_request(connection, NULL, "/headers", 0);
    DWORD index = 0, length = 0, code;
    WCHAR text[64];
    exchange(request);
    query_text("status code", request, WINHTTP_QUERY_STATUS_CODE, NULL, NULL);
    note("%lu", (unsigned long)status_of(request));
    line("status code as a number");
    query_text("status text", request, WINHTTP_QUERY_STATUS_TEXT, NULL, NULL);
    query_text("version", request, WINHTTP_QUERY_VERSION, NULL, NULL);
    query_text("content type", request, WINHTTP_QUERY_CONTENT_TYPE, NULL, NULL);
    query_text("content length", request, WINHTTP_QUERY_CONTENT_LENGTH, NULL, NULL);
    query_text("raw", request, WINHTTP_QUERY_RAW_HEADERS, NULL, NULL);
    query_text("raw lines", request, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, NULL);
    query_text("custom first", request, WINHTTP_QUERY_CUSTOM, L"X-Twice", &index);
    query_text("custom second", request, WINHTTP_QUERY_CUSTOM, L"X-Twice", &index);
    query_text("custom third", request, WINHTTP_QUERY_CUSTOM, L"X-Twice", &index);
    query_text("missing", request, WINHTTP_QUERY_CUSTOM, L"X-Missing", NULL);
    code = code_of(WinHttpQueryHeaders(request, WINHTTP_QUERY_CONTENT_TYPE, NULL, NULL, &length, NULL));
    note("%lu units=%lu", (unsigned long)code, (unsigned long)(length / sizeof *text));
    length = 10 * sizeof *text;
    code = code_of(WinHttpQueryHeaders(request, WINHTTP_QUERY_CONTENT_TYPE, NULL, text, &length, NULL));
    note("%lu units=%lu", (unsigned long)code, (unsigned long)(length / sizeof *text));
    line("too small");
    WinHttpCloseHandle(request);
}

static void moved_line(const char *situation, const WCHAR *method, const char *path)
{
    HINTERNET request = open_request(connection, method, path, 0);
    note_code(code_of(WinHttpAddRequestHeaders(request, L"Authorization: Basic mine\r\nCookie: mine\r\nX-Mine: mine", (DWORD)-1,
        WINHTTP_ADDREQ_FLAG_ADD)));
    note_code(shown_of(request));
    note_request_line(body);
    note_header(body, "X-Mine");
    note_header(body, "Authorization");
    note_header(body, "Cookie");
    line(situation);
    WinHttpCloseHandle(request);
}

/* A request whose body comes by WinHttpWriteData: the code of its response. */
static void written_line(const char *situation, const char *path, const WCHAR *user)
{
    HINTERNET request = open_request(connection, L"POST", path, 0);
    DWORD written = 0;
    if (user != NULL)
        note_code(code_of(WinHttpSetCredentials(request, WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_SCHEME_BASIC, user, L"secret", NULL)));
    note_code(code_of(WinHttpSendRequest(request, NULL, 0, NULL, 0, 4, 0)));
    note_code(code_of(WinHttpWriteData(request, "body", 4, &written)));
    note("written=%lu", (unsigned long)written);
    note("receive=%lu", (unsigned long)receive_response(request));
    line(situation);
    WinHttpCloseHandle(request);
}

static void b9_6(void)
{
    HINTERNET socket;
    moved_line("307", L"DELETE", "/307");
    moved_line("308", L"DELETE", "/308");
    moved_line("another origin", NULL, "/elsewhere");
    socket = at("/307?to=/echo");
    note_echo(socket);
    line("upgrade");
    WinHttpCloseHandle(socket);
    written_line("body again", "/307", NULL);
    ask_at(ALL, "/to-hello", FALSE);
    chat_exchange();
    report(WINHTTP_CALLBACK_STATUS_REDIRECT | WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, 0);
    line("notice");
    end_chat();
}

static void schemes(HINTERNET request)
{
    DWORD supported = 0, first = 0, target = 0xcc;
    note_code(code_of(WinHttpQueryAuthSchemes(request, &supported, &first, &target)));
    note("supported=%lu first=%lu target=%lu", (unsigned long)supported, (unsigned long)first, (unsigned long)target);
}

static DWORD set_basic(HINTERNET request)
{
    return code_of(WinHttpSetCredentials(request, WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_SCHEME_BASIC, L"user", L"secret", NULL));
}

static void b9_7(void)
{
    HINTERNET request = open_request(connection, NULL, "/basic", 0);
    note_code(set_basic(request));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("automatic");
    WinHttpCloseHandle(request);
    request = open_request(connection, NULL, "/basic", 0);
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    schemes(request);
    note_code(set_basic(request));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("by the program");
    WinHttpCloseHandle(request);
    request = open_request(connection, NULL, "/digest", 0);
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    schemes(request);
    line("digest");
    WinHttpCloseHandle(request);
    written_line("body again", "/basic", L"user");
}

static const struct row http_rows[] = {
    { "b9.1", b9_1 }, { "b9.2", b9_2 }, { "b9.3", b9_3 }, { "b9.4", b9_4 }, { NULL, NULL },
};

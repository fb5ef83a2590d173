/* Section 9: URLs and dates, callbacks in synchronous mode, flags of a session, and what no network is asked for. */

static void url_line(const char *situation, const WCHAR *url)
{
    URL_COMPONENTS parts;
    WCHAR made[256];
    DWORD length = 256, little = 3;
    memset(&parts, 0, sizeof parts);
    parts.dwStructSize = sizeof parts;
    parts.dwSchemeLength = parts.dwHostNameLength = parts.dwUserNameLength = parts.dwPasswordLength = parts.dwUrlPathLength
        = parts.dwExtraInfoLength = (DWORD)-1;
    note_code(code_of(WinHttpCrackUrl(url, 0, 0, &parts)));
    note_code(code_of(WinHttpCreateUrl(&parts, 0, made, &length)));
    note("length=%lu", (unsigned long)length);
    note_wide(made);
    note("small=%lu", (unsigned long)code_of(WinHttpCreateUrl(&parts, 0, made, &little)));
    note("needs=%lu", (unsigned long)little);
    line(situation);
}

/* Parts of the program's own: a path without a slash, an empty user name, an IPv6 address. */
static void parts_line(const char *situation, const WCHAR *name, const WCHAR *path, const WCHAR *user)
{
    URL_COMPONENTS parts;
    WCHAR made[256];
    DWORD length = 256;
    memset(&parts, 0, sizeof parts);
    parts.dwStructSize = sizeof parts;
    parts.nScheme = INTERNET_SCHEME_HTTP;
    parts.lpszHostName = (WCHAR *)(uintptr_t)name;
    parts.lpszUrlPath = (WCHAR *)(uintptr_t)path;
    parts.lpszUserName = parts.lpszPassword = (WCHAR *)(uintptr_t)user;
    parts.nPort = 80;
    /* The lengths may be 0 for strings that end with a zero. */
    note_code(code_of(WinHttpCreateUrl(&parts, 0, made, &length)));
    note_wide(length < 256 ? made : NULL);
    line(situation);
}

static void b9_13(void)
{
    url_line("plain", L"http://example.com/");
    url_line("all parts", L"https://user:secret@example.com:8443/a/b?c=d");
    url_line("IPv6", L"http://[::1]:9001/chat?room=1");
    parts_line("no slash", L"example.com", L"a", NULL);
    parts_line("empty user", L"example.com", L"/a", L"");
}

static void b9_14(void)
{
    HINTERNET request;
    set_hook(NULL);
    memset(&chat, 0, sizeof chat);
    forget();
    chat.session = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    WinHttpSetStatusCallback(chat.session, record, ALL, 0);
    chat.connection = WinHttpConnect(chat.session, host, port, 0);
    request = chat.request = open_request(chat.connection, NULL, "/hello", 0);
    note_code(exchange(request));
    note_code(close_handle(request));
    note_code(close_handle(chat.connection));
    note_code(close_handle(chat.session));
    report(REQUEST_STEPS | RESPONSE_STEPS | HANDLE_NOTICES, WITH_KIND | WITH_THREAD);
    line("request");
    memset(&chat, 0, sizeof chat);

    chat.session = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    WinHttpSetStatusCallback(chat.session, record, ALL, 0);
    chat.connection = WinHttpConnect(chat.session, host, port, 0);
    chat.request = upgrade_request(chat.connection, "/echo");
    exchange(chat.request);
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, 0);
    forget();
    note_echo(chat.socket);
    report(ALL, WITH_KIND);
    line("socket");
    end_chat();
}

static void b9_15(void)
{
    HINTERNET asynchronous = WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    note_code(asynchronous != NULL ? 0 : GetLastError());
    note_code(WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 1) != NULL ? 0 : GetLastError());
    note_code(WinHttpOpen(NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_SECURE) != NULL ? 0 : GetLastError());
    line("");
    WinHttpCloseHandle(asynchronous);
}

static void date_line(const char *situation, const WCHAR *text)
{
    SYSTEMTIME time;
    DWORD code;
    memset(&time, 0, sizeof time);
    code = code_of(WinHttpTimeToSystemTime(text, &time));
    note_code(code);
    if (code == 0)
        note("%u-%u-%u day=%u %u:%u:%u.%u", (unsigned)time.wYear, (unsigned)time.wMonth, (unsigned)time.wDay, (unsigned)time.wDayOfWeek,
            (unsigned)time.wHour, (unsigned)time.wMinute, (unsigned)time.wSecond, (unsigned)time.wMilliseconds);
    line(situation);
}

static void b9_16(void)
{
    date_line("preferred", L"Sun, 06 Nov 1994 08:49:37 GMT");
    date_line("two digits", L"Sunday, 06-Nov-94 08:49:37 GMT");
    date_line("asctime", L"Sun Nov  6 08:49:37 1994");
    date_line("empty", L"");
    date_line("a word", L"tomorrow");
    date_line("no time", L"Sun, 06 Nov 1994");
    date_line("no day", L"Sun, 32 Nov 1994 08:49:37 GMT");
}

static void b9_20(void)
{
    WINHTTP_PROXY_INFO info;
    WCHAR *url = NULL;
    memset(&info, 0, sizeof info);
    note_code(code_of(WinHttpGetDefaultProxyConfiguration(&info)));
    note("type=%lu", (unsigned long)info.dwAccessType);
    GlobalFree((HGLOBAL)info.lpszProxy);
    GlobalFree((HGLOBAL)info.lpszProxyBypass);
    line("machine");
    note_code(code_of(WinHttpDetectAutoProxyConfigUrl(WINHTTP_AUTO_DETECT_TYPE_DNS_A, &url)));
    GlobalFree((HGLOBAL)url);
    line("network");
}

static void b9_21(void)
{
    HINTERNET resolver = NULL;
    WINHTTP_AUTOPROXY_OPTIONS options;
    WINHTTP_PROXY_RESULT result;
    memset(&options, 0, sizeof options);
    options.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT;
    options.dwAutoDetectFlags = WINHTTP_AUTO_DETECT_TYPE_DNS_A;
    note("synchronous=%lu", (unsigned long)WinHttpCreateProxyResolver(session, &resolver));
    note("result=%lu", (unsigned long)WinHttpGetProxyResult(session, &result));
    note("url=%lu", (unsigned long)WinHttpGetProxyForUrlEx(session, L"http://h.test/", &options, 0));
    line("");
    memset(&result, 0, sizeof result);
    WinHttpFreeProxyResult(&result);
    note("entries=%lu", (unsigned long)result.cEntries);
    line("freed");
}

static const struct row texts_rows[] = {
    { "b9.13", b9_13 }, { "b9.14", b9_14 }, { "b9.15", b9_15 }, { "b9.16", b9_16 }, { "b9.20", b9_20 }, { "b9.21", b9_21 },
    { NULL, NULL },
};

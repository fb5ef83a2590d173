/* Section 9: proxies. The server beside this program is the proxy, and takes the target for itself. */

static HINTERNET named(const WCHAR *list, const WCHAR *bypass)
{
    return WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NAMED_PROXY, list, bypass, 0);
}

static void list_line(const char *situation, const WCHAR *list, const WCHAR *bypass)
{
    HINTERNET through = named(list, bypass);
    note_code(through != NULL ? 0 : GetLastError());
    line(situation);
    WinHttpCloseHandle(through);
}

/* Whether a request goes by the proxy: the server shows the whole URL then. */
static void bypass_line(const char *situation, const WCHAR *bypass)
{
    HINTERNET through = proxied(), to, request;
    WINHTTP_PROXY_INFO info;
    DWORD length = sizeof info;
    memset(&info, 0, sizeof info);
    note_code(code_of(WinHttpQueryOption(through, WINHTTP_OPTION_PROXY, &info, &length)));
    note_code(set_proxy(through, WINHTTP_ACCESS_TYPE_NAMED_PROXY, info.lpszProxy, bypass));
    GlobalFree((HGLOBAL)info.lpszProxy);
    GlobalFree((HGLOBAL)info.lpszProxyBypass);
    to = WinHttpConnect(through, L"localhost", port, 0);
    request = WinHttpOpenRequest(to, NULL, L"/request", NULL, NULL, NULL, 0);
    note_code(shown_of(request));
    note(strncmp(body, "GET http://", 11) == 0 ? "proxy" : strncmp(body, "GET /", 5) == 0 ? "direct" : "nothing");
    line(situation);
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(through);
}

static void b9_8(void)
{
    list_line("a host", L"h", NULL);
    list_line("a port", L"h:8080", NULL);
    list_line("schemes", L"http=http://h:1;https=h:2 socks=h:3", L"<local>;*.test");
    list_line("no port", L"h:port", NULL);
    list_line("no host", L"http=", NULL);
    bypass_line("no bypass", NULL);
    bypass_line("name", L"localhost");
    bypass_line("local", L"<local>");
    bypass_line("star", L"local*");
    bypass_line("another", L"other.test");
}

/* A WebSocket through the proxy, to a host whose name says what the proxy does. */
static void tunnel_line(const char *situation, const WCHAR *name, BOOL credentials)
{
    HINTERNET through = proxied(), to = WinHttpConnect(through, name, 80, 0), request = upgrade_request(to, "/echo"), socket;
    if (credentials)
        note_code(code_of(WinHttpSetCredentials(request, WINHTTP_AUTH_TARGET_PROXY, WINHTTP_AUTH_SCHEME_BASIC, L"user", L"secret", NULL)));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    socket = WinHttpWebSocketCompleteUpgrade(request, 0);
    if (socket != NULL)
        note_echo(socket);
    WinHttpCloseHandle(socket);
    WinHttpCloseHandle(request);
    ask("/connected", body, sizeof body);
    note("[%s]", body);
    line(situation);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(through);
}

static void b9_10(void)
{
    INTERNET_PORT number = tls_port("good");
    HINTERNET through, to, request;
    tunnel_line("200", L"plain.test", FALSE);
    tunnel_line("204", L"204.test", FALSE);
    tunnel_line("refused", L"refuses.test", FALSE);
    tunnel_line("asks", L"asks.test", TRUE);
    tunnel_line("asks in chunks", L"asks-chunks.test", TRUE);
    tunnel_line("asks, no credentials", L"asks.test", FALSE);
    if (number == 0) {
        note("skipped: no openssl");
        line("tls");
        return;
    }
    through = proxied();
    /* The name leads the proxy to a tunnel with TLS in it. */
    to = WinHttpConnect(through, L"localhost", number, 0);
    request = open_request(to, NULL, "/hello", WINHTTP_FLAG_SECURE);
    note_code(set_option(request, WINHTTP_OPTION_SECURITY_FLAGS, ANY_AUTHORITY));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("tls");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(through);
}

static void b9_11(void)
{
    HINTERNET through = proxied(), to = WinHttpConnect(through, L"ahead.test", 80, 0), request = upgrade_request(to, "/echo");
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    read_body(request, body, sizeof body);
    note(strcmp(body, "ahead") == 0 ? "ahead" : "another body");
    line("");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(through);
}

static DWORD proxy_for(DWORD flags, DWORD detection, const WCHAR *script)
{
    WINHTTP_AUTOPROXY_OPTIONS options;
    WINHTTP_PROXY_INFO info;
    memset(&options, 0, sizeof options);
    memset(&info, 0, sizeof info);
    options.dwFlags = flags;
    options.dwAutoDetectFlags = detection;
    options.lpszAutoConfigUrl = script;
    return code_of(WinHttpGetProxyForUrl(session, L"http://h.test/", &options, &info));
}

/* What the user has configured is another thing on each machine, so only the code is shown. A script that nobody serves. */
static void b9_12(void)
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;
    DWORD code;
    memset(&config, 0, sizeof config);
    code = code_of(WinHttpGetIEProxyConfigForCurrentUser(&config));
    note_code(code);
    GlobalFree((HGLOBAL)config.lpszAutoConfigUrl);
    GlobalFree((HGLOBAL)config.lpszProxy);
    GlobalFree((HGLOBAL)config.lpszProxyBypass);
    line("user");
    note_code(proxy_for(WINHTTP_AUTOPROXY_AUTO_DETECT, WINHTTP_AUTO_DETECT_TYPE_DNS_A, NULL));
    line("detect");
    note_code(proxy_for(WINHTTP_AUTOPROXY_CONFIG_URL, 0, L"http://127.0.0.1:9/proxy.pac"));
    line("script");
    note_code(proxy_for(WINHTTP_AUTOPROXY_AUTO_DETECT | WINHTTP_AUTOPROXY_CONFIG_URL, WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://127.0.0.1:9/proxy.pac"));
    line("both");
    note_code(proxy_for(WINHTTP_AUTOPROXY_ALLOW_STATIC, 0, NULL));
    line("neither");
}

static const struct row proxies_rows[] = {
    { "b9.8", b9_8 }, { "b9.10", b9_10 }, { "b9.11", b9_11 }, { "b9.12", b9_12 }, { NULL, NULL },
};

/* Section 3: options. */

/* A number of an option: the code, and the value if there is one. */
static void note_number(const char *what, HINTERNET handle, DWORD option)
{
    DWORD value = 0xcccc, length = sizeof value;
    DWORD code = code_of(WinHttpQueryOption(handle, option, &value, &length));
    if (code == 0)
        note("%s=%lu", what, (unsigned long)value);
    else
        note("%s: %lu", what, (unsigned long)code);
}

static void note_set(const char *what, HINTERNET handle, DWORD option, DWORD value)
{
    note("%s=%lu", what, (unsigned long)set_option(handle, option, value));
}

/* A value with a size that is wrong for a DWORD. */
static void note_wrong_size(HINTERNET handle, DWORD option)
{
    ULONGLONG value = 20000;
    note("8 bytes=%lu", (unsigned long)code_of(WinHttpSetOption(handle, option, &value, 8)));
    note("2 bytes=%lu", (unsigned long)code_of(WinHttpSetOption(handle, option, &value, 2)));
}

static void b3_1(void)
{
    HINTERNET request = open_request(connection, NULL, "/echo", 0);
    note_code(code_of(WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)));
    line("");
    WinHttpCloseHandle(request);
}

/* Sets or reads an option on all four kinds of handle. */
static void note_all(DWORD option, BOOL set, DWORD value)
{
    HINTERNET own = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    HINTERNET to = WinHttpConnect(own, host, port, 0), request = upgrade_request(to, "/echo");
    HINTERNET socket = socket_of(upgrade_request(to, "/echo"));
    const char *const names[] = { "session", "connection", "request", "socket" };
    HINTERNET handles[4];
    size_t index;
    handles[0] = own;
    handles[1] = to;
    handles[2] = request;
    handles[3] = socket;
    for (index = 0; index < 4; index++) {
        if (set)
            note_set(names[index], handles[index], option, value);
        else
            note_number(names[index], handles[index], option);
    }
    line(set ? "set" : "read");
    for (index = 4; index-- > 0;)
        WinHttpCloseHandle(handles[index]);
}

static void b3_2(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    note_all(WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, TRUE, 1000);
    note_all(WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, FALSE, 0);
    note_wrong_size(request, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT);
    line("wrong size");
    WinHttpCloseHandle(request);
}

static void b3_3(void)
{
    HINTERNET socket = at("/echo");
    note_all(WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, TRUE, 20000);
    note_all(WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, FALSE, 0);
    note_set("14999", socket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 14999);
    note_set("15000", socket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 15000);
    note_wrong_size(socket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL);
    line("values");
    SetLastError(1234);
    set_option(socket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 20000);
    note_code(GetLastError());
    line("last error");
    WinHttpCloseHandle(socket);
}

/* What both sizes of buffers have in common. */
static void buffer_size_lines(DWORD option)
{
    HINTERNET own = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    HINTERNET to = WinHttpConnect(own, host, port, 0), earlier = open_request(to, NULL, "/echo", 0), later;
    note_number("session", own, option);
    note_number("request", earlier, option);
    line("default");
    note_set("set", own, option, 65536);
    later = open_request(to, NULL, "/echo", 0);
    note_number("session", own, option);
    note_number("later", later, option);
    line("inherited");
    note_set("set", later, option, 1000);
    note_number("later", later, option);
    note_number("session", own, option);
    line("own");
    WinHttpCloseHandle(later);
    WinHttpCloseHandle(earlier);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(own);
    note_all(option, TRUE, 32768);
    note_all(option, FALSE, 0);
}

static void b3_4(void)
{
    HINTERNET socket = at("/echo");
    buffer_size_lines(WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE);
    note_wrong_size(connection, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE);
    line("wrong size of a connection");
    note_wrong_size(socket, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE);
    line("wrong size of a socket");
    WinHttpCloseHandle(socket);
}

static void b3_5(void)
{
    HINTERNET request = upgrade_request(connection, "/echo");
    buffer_size_lines(WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE);
    note_set("15", request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 15);
    note("send=%lu", (unsigned long)send_request(request));
    note_set("16", request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 16);
    note("send=%lu", (unsigned long)send_request(request));
    note_set("later", request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 15);
    note("receive=%lu", (unsigned long)receive_response(request));
    note("complete=%lu", (unsigned long)complete(request));
    line("least");
    WinHttpCloseHandle(request);
}

static void b3_6(void)
{
    HINTERNET socket = at("/echo");
    DWORD_PTR context = 7;
    DWORD length = sizeof context;
    note_code(code_of(WinHttpSetOption(socket, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context)));
    context = 0;
    note_code(code_of(WinHttpQueryOption(socket, WINHTTP_OPTION_CONTEXT_VALUE, &context, &length)));
    note("context=%lu", (unsigned long)context);
    line("");
    WinHttpCloseHandle(socket);
}

static void b3_7(void)
{
    HANDLE unloaded = CreateEventW(NULL, TRUE, FALSE, NULL);
    DWORD code;
    chat_at(ALL, "/silent");
    code = code_of(WinHttpSetOption(chat.session, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &unloaded, sizeof unloaded));
    note_code(code);
    if (code == 0)
        note("before=%s", WaitForSingleObject(unloaded, 0) == WAIT_OBJECT_0 ? "set" : "not set");
    end_chat();
    if (code == 0)
        note("after=%s", WaitForSingleObject(unloaded, PATIENCE) == WAIT_OBJECT_0 ? "set" : "not set");
    line("");
    CloseHandle(unloaded);
}

static void b3_8(void)
{
    BOOL value = TRUE;
    HINTERNET own = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    note_code(code_of(WinHttpSetOption(own, WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS, &value, sizeof value)));
    line("");
    WinHttpCloseHandle(own);
}

static void b3_9(void)
{
    HINTERNET socket = at("/silent");
    note_set("set", socket, WINHTTP_OPTION_RECEIVE_TIMEOUT, 50);
    receive(socket, 64);
    line("");
    WinHttpCloseHandle(socket);
}

/* The proxy of a handle, whose strings belong to the program. */
static void note_proxy(HINTERNET handle)
{
    WINHTTP_PROXY_INFO info;
    DWORD length = sizeof info;
    DWORD code;
    memset(&info, 0, sizeof info);
    code = code_of(WinHttpQueryOption(handle, WINHTTP_OPTION_PROXY, &info, &length));
    note_code(code);
    if (code != 0)
        return;
    note("type=%lu", (unsigned long)info.dwAccessType);
    note_wide(info.lpszProxy);
    note_wide(info.lpszProxyBypass);
    GlobalFree((HGLOBAL)info.lpszProxy);
    GlobalFree((HGLOBAL)info.lpszProxyBypass);
}

static DWORD set_proxy(HINTERNET handle, DWORD type, const WCHAR *proxy, const WCHAR *bypass)
{
    WINHTTP_PROXY_INFO info;
    info.dwAccessType = type;
    info.lpszProxy = (WCHAR *)(uintptr_t)proxy;
    info.lpszProxyBypass = (WCHAR *)(uintptr_t)bypass;
    return code_of(WinHttpSetOption(handle, WINHTTP_OPTION_PROXY, &info, sizeof info));
}

static void b3_10(void)
{
    HINTERNET own = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    HINTERNET to = WinHttpConnect(own, host, port, 0), request = open_request(to, NULL, "/hello", 0);
    note_proxy(own);
    line("none");
    note_code(set_proxy(own, WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"proxy.test:8080", L"<local>"));
    note_proxy(own);
    line("session");
    note_code(set_proxy(request, WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"other.test:1", NULL));
    note_proxy(request);
    line("request");
    note_code(set_proxy(request, WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"http://:x", NULL));
    line("no list");
    note_code(set_proxy(request, WINHTTP_ACCESS_TYPE_NO_PROXY, L"http://:x", NULL));
    note_proxy(request);
    line("no proxy");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    WinHttpCloseHandle(own);
}

/* The length of these strings is in characters. */
static DWORD set_text(HINTERNET handle, DWORD option, const WCHAR *text)
{
    DWORD length = 0;
    while (text[length] != 0)
        length++;
    return code_of(WinHttpSetOption(handle, option, (void *)(uintptr_t)text, length));
}

static void b3_11(void)
{
    HINTERNET request = open_request(connection, NULL, "/basic", 0);
    note_code(set_text(request, WINHTTP_OPTION_USERNAME, L"user"));
    note_code(set_text(request, WINHTTP_OPTION_PASSWORD, L"secret"));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("sent");
    WinHttpCloseHandle(request);
    request = open_request(connection, NULL, "/basic", 0);
    note_code(set_text(request, WINHTTP_OPTION_USERNAME, L"user"));
    note_code(exchange(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("only a name");
    note_code(set_text(request, WINHTTP_OPTION_USERNAME, L"us:er"));
    line("colon");
    WinHttpCloseHandle(request);
    ask_at(ALL, "/never", FALSE);
    note_code(begin_request());
    await(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    note_code(receive_response(chat.request));
    note_code(set_text(chat.request, WINHTTP_OPTION_USERNAME, L"user"));
    line("under way");
    release();
    end_chat();
}

static const struct row options_rows[] = {
    { "b3.1", b3_1 }, { "b3.2", b3_2 }, { "b3.3", b3_3 }, { "b3.4", b3_4 }, { "b3.5", b3_5 }, { "b3.6", b3_6 },
    { "b3.7", b3_7 }, { "b3.8", b3_8 }, { "b3.9", b3_9 }, { "b3.10", b3_10 }, { "b3.11", b3_11 }, { NULL, NULL },
};

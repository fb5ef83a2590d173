/* Section 8: TLS. The authority of the certificates is nobody's, so most rows forgive that, and see the other fault alone. */

/* The port where the server shows a certificate, or 0 without openssl. */
static INTERNET_PORT tls_port(const char *kind)
{
    char path[64], number[64];
    sprintf(path, "/tls?kind=%s", kind);
    ask(path, number, sizeof number);
    return strcmp(number, "none") == 0 ? 0 : (INTERNET_PORT)atoi(number);
}

/* The codes of sending and receiving, and the status. */
static void note_exchange(HINTERNET request)
{
    DWORD code = send_request(request);
    note("send=%lu", (unsigned long)code);
    if (code == 0) {
        code = receive_response(request);
        note("receive=%lu", (unsigned long)code);
    }
    if (code == 0)
        note("status=%lu", (unsigned long)status_of(request));
}

/* A request to that certificate: in synchronous mode, and what asynchronous mode tells. */
static void tls_line(const char *situation, const char *kind, DWORD forgiven, BOOL revocation)
{
    INTERNET_PORT number = tls_port(kind);
    HINTERNET to, request;
    DWORD feature = WINHTTP_ENABLE_SSL_REVOCATION;
    if (number == 0) {
        note("skipped: no openssl");
        line(situation);
        return;
    }
    to = WinHttpConnect(session, L"localhost", number, 0);
    request = open_request(to, NULL, "/hello", WINHTTP_FLAG_SECURE);
    if (forgiven != 0)
        note("set=%lu", (unsigned long)set_option(request, WINHTTP_OPTION_SECURITY_FLAGS, forgiven));
    if (revocation)
        note("feature=%lu", (unsigned long)set_option(request, WINHTTP_OPTION_ENABLE_FEATURE, feature));
    note_exchange(request);
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);

    open_session(ALL);
    chat.connection = WinHttpConnect(chat.session, L"localhost", number, 0);
    chat.request = open_request(chat.connection, NULL, "/hello", WINHTTP_FLAG_SECURE);
    if (forgiven != 0)
        set_option(chat.request, WINHTTP_OPTION_SECURITY_FLAGS, forgiven);
    if (revocation)
        set_option(chat.request, WINHTTP_OPTION_ENABLE_FEATURE, feature);
    begin_request();
    await(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | FAILED_NOTICE, 1);
    report(WINHTTP_CALLBACK_STATUS_SECURE_FAILURE | WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | FAILED_NOTICE, 0);
    line(situation);
    end_chat();
}

#define ANY_AUTHORITY SECURITY_FLAG_IGNORE_UNKNOWN_CA

static void b8_1(void)
{
    tls_line("unknown", "good", 0, FALSE);
    tls_line("authority", "authority", 0, FALSE);
}

static void b8_2(void)
{
    tls_line("expired", "expired", ANY_AUTHORITY, FALSE);
    /* Its authority has a newer certificate, which was not valid in the days of the expired one. */
    tls_line("expired, newer authority", "expired-later", ANY_AUTHORITY, FALSE);
    tls_line("future", "future", ANY_AUTHORITY, FALSE);
}

static void b8_3(void)
{
    tls_line("", "other-name", ANY_AUTHORITY, FALSE);
}

static void b8_4(void)
{
    tls_line("", "usage", ANY_AUTHORITY, FALSE);
}

static void b8_6(void)
{
    tls_line("", "good", ANY_AUTHORITY, TRUE);
}

static void b8_7(void)
{
    /* An extension that is critical and that nobody knows. */
    tls_line("", "strange", ANY_AUTHORITY, FALSE);
}

static void b8_8(void)
{
    tls_line("alert", "alert", 0, FALSE);
    tls_line("end", "ends", 0, FALSE);
}

/* With TLS 1.3 the alert comes after the handshake: either call may fail, and the first code that is not 0 counts. */
static void b8_9(void)
{
    INTERNET_PORT number = tls_port("wants-client");
    HINTERNET to = WinHttpConnect(session, L"localhost", number, 0), request = open_request(to, NULL, "/hello", WINHTTP_FLAG_SECURE);
    if (number == 0) {
        note("skipped: no openssl");
    } else {
        set_option(request, WINHTTP_OPTION_SECURITY_FLAGS, ANY_AUTHORITY);
        note_code(exchange(request));
    }
    line("");
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
}

static void b8_10(void)
{
    tls_line("", "several", 0, FALSE);
}

static void b8_11(void)
{
    tls_line("authority", "good", SECURITY_FLAG_IGNORE_UNKNOWN_CA, FALSE);
    tls_line("date", "several", SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, FALSE);
    tls_line("name", "several", SECURITY_FLAG_IGNORE_CERT_CN_INVALID, FALSE);
    tls_line("unknown", "several", SECURITY_FLAG_IGNORE_UNKNOWN_CA, FALSE);
    tls_line("usage", "usage", SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, FALSE);
    tls_line("three", "several", SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID
        | SECURITY_FLAG_IGNORE_CERT_CN_INVALID, FALSE);
}

static void b8_12(void)
{
    HINTERNET request = open_request(connection, NULL, "/hello", WINHTTP_FLAG_SECURE);
    char nothing[64];
    memset(nothing, 0, sizeof nothing);
    note("NULL=%lu", (unsigned long)code_of(WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, NULL, 0)));
    note("another=%lu", (unsigned long)code_of(WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, nothing, sizeof nothing)));
    line("");
    WinHttpCloseHandle(request);
}

static void b8_13(void)
{
    INTERNET_PORT number = tls_port("close-notify");
    HINTERNET to = WinHttpConnect(session, L"localhost", number, 0), request = open_request(to, NULL, "/end", WINHTTP_FLAG_SECURE);
    HINTERNET socket;
    if (number == 0) {
        note("skipped: no openssl");
        WinHttpCloseHandle(request);
    } else {
        WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
        set_option(request, WINHTTP_OPTION_SECURITY_FLAGS, ANY_AUTHORITY);
        socket = socket_of(request);
        await_server(1);
        note("send=%lu", (unsigned long)put(socket, TEXT_MESSAGE, "still"));
        receive(socket, 64);
        WinHttpCloseHandle(socket);
        seen(-1);
    }
    line("");
    WinHttpCloseHandle(to);
}

static const struct row tls_rows[] = {
    { "b8.1", b8_1 }, { "b8.2", b8_2 }, { "b8.3", b8_3 }, { "b8.4", b8_4 }, { "b8.6", b8_6 }, { "b8.7", b8_7 },
    { "b8.8", b8_8 }, { "b8.9", b8_9 }, { "b8.10", b8_10 }, { "b8.11", b8_11 }, { "b8.12", b8_12 }, { "b8.13", b8_13 },
    { NULL, NULL },
};

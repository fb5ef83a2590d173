/*
 * A client of winhttp.h: it upgrades to a WebSocket, says hello, shows what comes back, and closes. The source is one for
 * Windows: nothing in it knows winws.
 *
 *     cc winhttp_client.c $(pkg-config --cflags --libs winws-kit) -o winhttp_client
 *     ./winhttp_client localhost 9001 /chat
 *     ./winhttp_client example.com 443 /chat secure
 *
 * It goes through the proxy that the environment names (https_proxy=http://user:word@localhost:3128). With TLS, the authorities of
 * the system vouch for the server, or those in the file that SSL_CERT_FILE names. What is wrong with a certificate comes in a status
 * callback.
 */
#include <windows.h>
#include <winhttp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void fail(const char *what, DWORD error)
{
    fprintf(stderr, "%s failed with %u\n", what, (unsigned)error);
    exit(EXIT_FAILURE);
}

/* What TRUE or a handle is for most functions; the functions of WebSockets return their error. */
#define CHECK(call) \
    do { \
        if (!(call)) \
            fail(#call, GetLastError()); \
    } while (0)

#define CHECK_SOCKET(call) \
    do { \
        DWORD error = (call); \
        if (error != ERROR_SUCCESS) \
            fail(#call, error); \
    } while (0)

/* The number of a port. 0 is none. */
static INTERNET_PORT port(const wchar_t *digits)
{
    DWORD number = 0;
    for (; *digits >= L'0' && *digits <= L'9' && number <= 0xFFFF; digits++)
        number = number * 10 + (DWORD)(*digits - L'0');
    return *digits == 0 && number <= 0xFFFF ? (INTERNET_PORT)number : 0;
}

/* Why there is no TLS with the server: the error of the call does not say it. */
static VOID CALLBACK told(HINTERNET handle, DWORD_PTR context, DWORD status, LPVOID information, DWORD length)
{
    static const struct {
        DWORD flag;
        const char *meaning;
    } faults[] = {
        { WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA, "no trusted authority has signed the certificate" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID, "the certificate has expired or is not valid yet" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID, "the certificate is for another name" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE, "the certificate is not for servers" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED, "the certificate was revoked" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED, "no list says whether the certificate was revoked" },
        { WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT, "the certificate is malformed or has a wrong signature" },
        { WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR, "the server agreed to no secure channel" },
    };
    DWORD flags;
    size_t index;
    (void)handle;
    (void)context;
    if (status != WINHTTP_CALLBACK_STATUS_SECURE_FAILURE || length != sizeof flags)
        return;
    memcpy(&flags, information, sizeof flags);
    for (index = 0; index < sizeof faults / sizeof *faults; index++)
        if (flags & faults[index].flag)
            fprintf(stderr, "no TLS with the server: %s\n", faults[index].meaning);
}

/* The request for a WebSocket, answered. */
static HINTERNET ask(HINTERNET connection, const WCHAR *path, DWORD flags)
{
    DWORD status = 0, length = sizeof status;
    HINTERNET request = WinHttpOpenRequest(connection, NULL, path, NULL, NULL, NULL, flags);
    CHECK(request != NULL);
    CHECK(WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0));
    CHECK(WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, 0));
    CHECK(WinHttpReceiveResponse(request, NULL));
    CHECK(WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &status, &length, NULL));
    if (status != 101) {
        fprintf(stderr, "the %s answered with status %u\n", status == 407 ? "proxy" : "server", (unsigned)status);
        exit(EXIT_FAILURE);
    }
    return request;
}

/* One message, in pieces as they come. FALSE at the close of the server. */
static BOOL show_message(HINTERNET socket)
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    do {
        char piece[1024];
        DWORD length = 0;
        CHECK_SOCKET(WinHttpWebSocketReceive(socket, piece, sizeof piece, &length, &type));
        if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE)
            return FALSE;
        fwrite(piece, 1, length, stdout);
    } while (type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE || type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE);
    puts("");
    return TRUE;
}

static void close_socket(HINTERNET socket)
{
    USHORT status = 0;
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD length = 0;
    CHECK_SOCKET(WinHttpWebSocketClose(socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0));
    CHECK_SOCKET(WinHttpWebSocketQueryCloseStatus(socket, &status, reason, sizeof reason, &length));
    printf("closed with %u \"%.*s\"\n", (unsigned)status, (int)length, reason);
}

int wmain(int argc, wchar_t **arguments)
{
    static char hello[] = "hello";
    DWORD flags = argc > 4 ? WINHTTP_FLAG_SECURE : 0;
    HINTERNET session, connection, request, socket;

    if (argc < 4 || port(arguments[2]) == 0) {
        fprintf(stderr, "usage: winhttp_client HOST PORT PATH [secure]\n");
        return EXIT_FAILURE;
    }
    CHECK(session = WinHttpOpen(L"winhttp_client/1.0", WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, NULL, 0));
    CHECK(WinHttpSetStatusCallback(session, told, WINHTTP_CALLBACK_FLAG_SECURE_FAILURE, 0) != WINHTTP_INVALID_STATUS_CALLBACK);
    CHECK(connection = WinHttpConnect(session, arguments[1], port(arguments[2]), 0));
    request = ask(connection, arguments[3], flags);
    CHECK(socket = WinHttpWebSocketCompleteUpgrade(request, 0));
    /* The socket does not need them any more. */
    CHECK(WinHttpCloseHandle(request) && WinHttpCloseHandle(connection) && WinHttpCloseHandle(session));
    CHECK_SOCKET(WinHttpWebSocketSend(socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, hello, sizeof hello - 1));
    if (show_message(socket))
        close_socket(socket);
    CHECK(WinHttpCloseHandle(socket));
    return EXIT_SUCCESS;
}

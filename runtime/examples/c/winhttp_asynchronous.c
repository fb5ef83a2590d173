/*
 * A client of winhttp.h in asynchronous mode: it upgrades to a WebSocket, says three things, shows each answer, and closes.
 * The source is one for Windows: nothing in it knows winws.
 *
 *     cc winhttp_asynchronous.c $(pkg-config --cflags --libs winws-kit) -o winhttp_asynchronous
 *     ./winhttp_asynchronous localhost 9001 /chat
 *     ./winhttp_asynchronous example.com 443 /chat secure
 *
 * No call waits. Each notification begins the next step, so one thing is under way at a time:
 *
 *     SENDREQUEST_COMPLETE    receive the response
 *     HEADERS_AVAILABLE       complete the upgrade, send the first message
 *     WRITE_COMPLETE          receive the answer
 *     READ_COMPLETE           receive the next piece, or send the next message, or close
 *     CLOSE_COMPLETE          close the handle of the WebSocket
 *     REQUEST_ERROR           say what failed, close the handle
 *     HANDLE_CLOSING          count: after the last one the main thread goes on
 */
#include <windows.h>
#include <winhttp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* What the callbacks work with. It is the context of every handle, so it must stay until the last HANDLE_CLOSING. */
struct client {
    /* The next message of the conversation. */
    size_t next;
    char piece[1024];
    /* The members below are for the callbacks and the main thread. */
    CRITICAL_SECTION lock;
    HANDLE changed;
    int handles;
    BOOL failed;
};

static char *const messages[] = { (char *)"hello", (char *)"how are you?", (char *)"bye" };

static const size_t message_count = sizeof messages / sizeof *messages;

/* The number of a port. 0 is none. */
static INTERNET_PORT port(const wchar_t *digits)
{
    DWORD number = 0;
    for (; *digits >= L'0' && *digits <= L'9' && number <= 0xFFFF; digits++)
        number = number * 10 + (DWORD)(*digits - L'0');
    return *digits == 0 && number <= 0xFFFF ? (INTERNET_PORT)number : 0;
}

static void note_failure(struct client *client)
{
    EnterCriticalSection(&client->lock);
    client->failed = TRUE;
    LeaveCriticalSection(&client->lock);
}

static void fail(struct client *client, const char *what, DWORD error)
{
    fprintf(stderr, "%s failed with %u\n", what, (unsigned)error);
    note_failure(client);
}

/* Counts a handle whose HANDLE_CLOSING is to be waited for. */
static HINTERNET count(struct client *client, HINTERNET handle, const char *what)
{
    if (handle == NULL) {
        fail(client, what, GetLastError());
        return NULL;
    }
    EnterCriticalSection(&client->lock);
    client->handles++;
    LeaveCriticalSection(&client->lock);
    return handle;
}

static void uncount(struct client *client)
{
    EnterCriticalSection(&client->lock);
    client->handles--;
    SetEvent(client->changed);
    LeaveCriticalSection(&client->lock);
}

/* Waits until no more handles than these are left. */
static void await_handles(struct client *client, int handles)
{
    int left;
    for (;;) {
        EnterCriticalSection(&client->lock);
        left = client->handles;
        LeaveCriticalSection(&client->lock);
        if (left <= handles)
            return;
        WaitForSingleObject(client->changed, INFINITE);
    }
}

/* Functions of WebSockets return their error. An operation that has not begun has no notification. */
static void begun(struct client *client, HINTERNET socket, const char *what, DWORD error)
{
    if (error == ERROR_SUCCESS)
        return;
    fail(client, what, error);
    WinHttpCloseHandle(socket);
}

static void send_next(struct client *client, HINTERNET socket)
{
    char *message = messages[client->next++];
    begun(client, socket, "WinHttpWebSocketSend",
        WinHttpWebSocketSend(socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, message, (DWORD)strlen(message)));
}

/* The count and the type come with READ_COMPLETE. */
static void receive(struct client *client, HINTERNET socket)
{
    begun(client, socket, "WinHttpWebSocketReceive",
        WinHttpWebSocketReceive(socket, client->piece, sizeof client->piece, NULL, NULL));
}

static void close_socket(struct client *client, HINTERNET socket)
{
    begun(client, socket, "WinHttpWebSocketClose",
        WinHttpWebSocketClose(socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0));
}

/* The response is there. The request is not needed any more, whatever it says. */
static void answered(struct client *client, HINTERNET request)
{
    DWORD status = 0, length = sizeof status;
    HINTERNET socket = NULL;
    if (!WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &status, &length, NULL)) {
        fail(client, "WinHttpQueryHeaders", GetLastError());
    } else if (status != 101) {
        fprintf(stderr, "the %s answered with status %u\n", status == 407 ? "proxy" : "server", (unsigned)status);
        note_failure(client);
    } else {
        socket = count(client, WinHttpWebSocketCompleteUpgrade(request, (DWORD_PTR)client), "WinHttpWebSocketCompleteUpgrade");
    }
    WinHttpCloseHandle(request);
    if (socket != NULL)
        send_next(client, socket);
}

static void received(struct client *client, HINTERNET socket, const WINHTTP_WEB_SOCKET_STATUS *status)
{
    switch (status->eBufferType) {
    case WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE:
        close_socket(client, socket);
        return;
    case WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE:
    case WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE:
        fwrite(client->piece, 1, status->dwBytesTransferred, stdout);
        receive(client, socket);
        return;
    default:
        fwrite(client->piece, 1, status->dwBytesTransferred, stdout);
        puts("");
        if (client->next < message_count)
            send_next(client, socket);
        else
            close_socket(client, socket);
    }
}

static void closed(struct client *client, HINTERNET socket)
{
    USHORT status = 0;
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD length = 0, error = WinHttpWebSocketQueryCloseStatus(socket, &status, reason, sizeof reason, &length);
    if (error == ERROR_SUCCESS)
        printf("closed with %u \"%.*s\"\n", (unsigned)status, (int)length, reason);
    else
        fail(client, "WinHttpWebSocketQueryCloseStatus", error);
    WinHttpCloseHandle(socket);
}

/* The handle of a WebSocket has a structure of its own, and the length tells the two apart. */
static void failed(struct client *client, HINTERNET handle, const void *information, DWORD length)
{
    static const char *const operations[] = {
        "WinHttpWebSocketSend", "WinHttpWebSocketReceive", "WinHttpWebSocketClose", "WinHttpWebSocketShutdown",
    };
    if (length == sizeof(WINHTTP_WEB_SOCKET_ASYNC_RESULT)) {
        const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result = (const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)information;
        fail(client, operations[result->Operation], result->AsyncResult.dwError);
    } else {
        const WINHTTP_ASYNC_RESULT *result = (const WINHTTP_ASYNC_RESULT *)information;
        fail(client, result->dwResult == API_SEND_REQUEST ? "WinHttpSendRequest" : "WinHttpReceiveResponse", result->dwError);
    }
    WinHttpCloseHandle(handle);
}

/* It may run in any thread, also inside the call that began the operation. */
static VOID CALLBACK told(HINTERNET handle, DWORD_PTR context, DWORD status, LPVOID information, DWORD length)
{
    struct client *client = (struct client *)context;
    switch (status) {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        if (!WinHttpReceiveResponse(handle, NULL)) {
            fail(client, "WinHttpReceiveResponse", GetLastError());
            WinHttpCloseHandle(handle);
        }
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        answered(client, handle);
        break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        receive(client, handle);
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        received(client, handle, (const WINHTTP_WEB_SOCKET_STATUS *)information);
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        closed(client, handle);
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        failed(client, handle, information, length);
        break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        uncount(client);
        break;
    default:
        /* HANDLE_CREATED, which has the same flag as HANDLE_CLOSING. */
        break;
    }
}

/* Begins the request. What follows happens in callbacks. */
static void begin(struct client *client, HINTERNET connection, const WCHAR *path, DWORD flags)
{
    HINTERNET request = count(client, WinHttpOpenRequest(connection, NULL, path, NULL, NULL, NULL, flags), "WinHttpOpenRequest");
    if (request == NULL)
        return;
    if (WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0)
        && WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, (DWORD_PTR)client))
        return;
    fail(client, "the request", GetLastError());
    WinHttpCloseHandle(request);
}

int wmain(int argc, wchar_t **arguments)
{
    struct client client;
    DWORD_PTR context = (DWORD_PTR)&client;
    DWORD flags = argc > 4 ? WINHTTP_FLAG_SECURE : 0;
    DWORD mask = WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | WINHTTP_CALLBACK_FLAG_HANDLES;
    HINTERNET session, connection;

    if (argc < 4 || port(arguments[2]) == 0) {
        fprintf(stderr, "usage: winhttp_asynchronous HOST PORT PATH [secure]\n");
        return EXIT_FAILURE;
    }
    memset(&client, 0, sizeof client);
    InitializeCriticalSection(&client.lock);
    client.changed = CreateEventW(NULL, FALSE, FALSE, NULL);

    session = WinHttpOpen(L"winhttp_asynchronous/1.0", WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    /* The connection and the request inherit both; the WebSocket is given its context with the upgrade. */
    if (client.changed == NULL || session == NULL
        || !WinHttpSetOption(session, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context)
        || WinHttpSetStatusCallback(session, told, mask, 0) == WINHTTP_INVALID_STATUS_CALLBACK) {
        fprintf(stderr, "there is no session: %u\n", (unsigned)GetLastError());
        return EXIT_FAILURE;
    }
    count(&client, session, "WinHttpOpen");
    connection = count(&client, WinHttpConnect(session, arguments[1], port(arguments[2]), 0), "WinHttpConnect");
    if (connection != NULL) {
        begin(&client, connection, arguments[3], flags);
        /* The callbacks close the request and the WebSocket. */
        await_handles(&client, 2);
        WinHttpCloseHandle(connection);
    }
    WinHttpCloseHandle(session);
    await_handles(&client, 0);
    CloseHandle(client.changed);
    DeleteCriticalSection(&client.lock);
    return client.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

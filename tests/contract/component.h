/* The component of websocket.h: handles, and actions as words. */

#define SEND_QUEUE WEB_SOCKET_SEND_ACTION_QUEUE
#define RECEIVE_QUEUE WEB_SOCKET_RECEIVE_ACTION_QUEUE
#define ALL_QUEUE WEB_SOCKET_ALL_ACTION_QUEUE

#define HEADER(name, value) { (char *)name, sizeof name - 1, (char *)value, sizeof value - 1 }

/* A request whose key is that of RFC 6455 section 1.3. */
static WEB_SOCKET_HTTP_HEADER good_request[] = {
    HEADER("Host", "h"), HEADER("Upgrade", "websocket"), HEADER("Connection", "Upgrade"), HEADER("Sec-WebSocket-Version", "13"),
    HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
};

/* The last action that was asked for. */
static struct {
    WEB_SOCKET_BUFFER buffers[8];
    ULONG count;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context, token;
} got;

/* A value for a context that is to be written, or not. */
#define UNTOUCHED ((PVOID)(uintptr_t)0x7777)

static void note_result(HRESULT result)
{
    note("%lx", (unsigned long)(DWORD)result);
}

/* Asks for an action and says which one there is; with how many buffers in, and what of it counts. */
static HRESULT get_into(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, ULONG count)
{
    static const char *const names[] = { "NO_ACTION", "SEND_TO_NETWORK", "INDICATE_SEND_COMPLETE", "RECEIVE_FROM_NETWORK",
        "INDICATE_RECEIVE_COMPLETE" };
    HRESULT result;
    got.count = count;
    got.action = (WEB_SOCKET_ACTION)77;
    got.context = UNTOUCHED;
    got.token = NULL;
    result = WebSocketGetAction(handle, queue, got.buffers, &got.count, &got.action, &got.type, &got.context, &got.token);
    if (result != 0)
        note_result(result);
    note("%s", (unsigned)got.action <= 4 ? names[got.action] : "untouched");
    return result;
}

static HRESULT get(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    return get_into(handle, queue, 8);
}

static void done(WEB_SOCKET_HANDLE handle, ULONG bytes)
{
    WebSocketCompleteAction(handle, got.token, bytes);
}

/* How many bytes the buffers of the action have. */
static ULONG offered(void)
{
    ULONG index, length = 0;
    for (index = 0; index < got.count; index++)
        length += got.buffers[index].Data.ulBufferLength;
    return length;
}

static void note_offer(void)
{
    char bytes[256];
    ULONG index, length = 0;
    for (index = 0; index < got.count && length + got.buffers[index].Data.ulBufferLength <= sizeof bytes; index++) {
        memcpy(bytes + length, got.buffers[index].Data.pbBuffer, got.buffers[index].Data.ulBufferLength);
        length += got.buffers[index].Data.ulBufferLength;
    }
    note_bytes(bytes, length);
}

/* Completes a RECEIVE_FROM_NETWORK with these bytes. */
static void fill(WEB_SOCKET_HANDLE handle, const char *bytes, ULONG length)
{
    memcpy(got.buffers[0].Data.pbBuffer, bytes, length);
    done(handle, length);
}

/* A server that has had its handshake, or NULL and a word why. */
static WEB_SOCKET_HANDLE server(void)
{
    WEB_SOCKET_HANDLE handle = NULL;
    WEB_SOCKET_HTTP_HEADER *headers = NULL;
    ULONG count = 0;
    HRESULT result = WebSocketCreateServerHandle(NULL, 0, &handle);
    if (result == 0)
        result = WebSocketBeginServerHandshake(handle, NULL, NULL, 0, good_request, 5, &headers, &count);
    if (result == 0)
        result = WebSocketEndServerHandshake(handle);
    if (result != 0)
        note("no server: %lx", (unsigned long)(DWORD)result);
    return handle;
}

static HRESULT component_send(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const char *text, ULONG_PTR context)
{
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = (PBYTE)(uintptr_t)text;
    buffer.Data.ulBufferLength = (ULONG)strlen(text);
    return WebSocketSend(handle, type, &buffer, (PVOID)context);
}

/* Takes what the send queue has, up to its end, and says what would be on the wire. */
static void send_all(WEB_SOCKET_HANDLE handle)
{
    do {
        if (get(handle, SEND_QUEUE) != 0)
            return;
        if (got.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
            note_offer();
        done(handle, offered());
    } while (got.action != WEB_SOCKET_NO_ACTION);
}

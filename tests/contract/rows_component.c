/* Section 5: handles, handshakes and headers of websocket.h. */

static HRESULT create(BOOL is_client, WEB_SOCKET_PROPERTY_TYPE type, const void *value, ULONG size, WEB_SOCKET_HANDLE *handle)
{
    WEB_SOCKET_PROPERTY property;
    property.Type = type;
    property.pvValue = (void *)(uintptr_t)value;
    property.ulValueSize = size;
    *handle = NULL;
    return is_client ? WebSocketCreateClientHandle(&property, 1, handle) : WebSocketCreateServerHandle(&property, 1, handle);
}

static void size_word(BOOL is_client, WEB_SOCKET_PROPERTY_TYPE type, ULONG value)
{
    WEB_SOCKET_HANDLE handle;
    note_result(create(is_client, type, &value, sizeof value, &handle));
    if (handle != NULL)
        WebSocketDeleteHandle(handle);
}

/* Memory of the program: a client has 4096 bytes for each buffer. */
static ULONGLONG memory[(4096 + 4096 + 256) / 8 + 1];

static BOOL lies_within(const BYTE *bytes, ULONG length, ULONG size)
{
    const BYTE *first = (const BYTE *)memory;
    return bytes >= first && bytes + length <= first + size;
}

static void memory_line(const char *situation, ULONG size)
{
    WEB_SOCKET_HANDLE handle;
    PVOID address = memory;
    WEB_SOCKET_HTTP_HEADER *headers = NULL;
    ULONG count = 0, index;
    BOOL within = TRUE;
    HRESULT result = create(FALSE, WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &address, size, &handle);
    note_result(result);
    if (result == 0) {
        note_result(WebSocketBeginServerHandshake(handle, NULL, NULL, 0, good_request, 5, &headers, &count));
        note_result(WebSocketEndServerHandshake(handle));
        note_result(WebSocketReceive(handle, NULL, NULL));
        get(handle, RECEIVE_QUEUE);
        for (index = 0; index < got.count; index++)
            within = within && lies_within(got.buffers[index].Data.pbBuffer, got.buffers[index].Data.ulBufferLength, size);
        note(within ? "within" : "outside");
        WebSocketDeleteHandle(handle);
    }
    line(situation);
}

static void b5_1(void)
{
    WEB_SOCKET_HANDLE handle = NULL;
    DWORD interval = 0xcccc;
    ULONG size = sizeof interval;
    note_result(WebSocketCreateClientHandle(NULL, 0, &handle));
    WebSocketDeleteHandle(handle);
    note_result(WebSocketCreateServerHandle(NULL, 0, &handle));
    WebSocketDeleteHandle(handle);
    line("none");
    size_word(TRUE, WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, 256);
    size_word(TRUE, WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, 255);
    line("least receive buffer");
    size_word(TRUE, WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, 30000);
    note_result(WebSocketGetGlobalProperty(WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, &interval, &size));
    note("%lu", (unsigned long)interval);
    line("keep-alive");
    /* A server has 4096 bytes for the one buffer and 16 for the other. */
    memory_line("memory of 144 more", 4096 + 16 + 144);
    memory_line("memory of 136 more", 4096 + 16 + 136);
}

static void note_names(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    ULONG index;
    for (index = 0; index < count; index++)
        note("%.*s", (int)headers[index].ulNameLength, headers[index].pcName);
}

static void b5_2(void)
{
    WEB_SOCKET_HANDLE client = NULL, accepting = NULL;
    WEB_SOCKET_HTTP_HEADER *asked = NULL, *answered = NULL, all[16];
    ULONG asked_count = 0, answered_count = 0;
    WebSocketCreateClientHandle(NULL, 0, &client);
    WebSocketCreateServerHandle(NULL, 0, &accepting);
    note_result(WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &asked, &asked_count));
    note_names(asked, asked_count);
    line("request");
    if (asked == NULL || asked_count > 15)
        return;
    memcpy(all, asked, asked_count * sizeof *all);
    note_result(WebSocketBeginServerHandshake(accepting, NULL, NULL, 0, all, asked_count, &answered, &answered_count));
    line("without Host");
    all[asked_count] = good_request[0];
    note_result(WebSocketBeginServerHandshake(accepting, NULL, NULL, 0, all, asked_count + 1, &answered, &answered_count));
    note_names(answered, answered_count);
    line("response");
    note_result(WebSocketEndClientHandshake(client, answered, answered_count, NULL, NULL, NULL));
    note_result(WebSocketEndServerHandshake(accepting));
    line("ends");
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(accepting);
}

static HRESULT end_client_with(const WEB_SOCKET_HTTP_HEADER *more)
{
    WEB_SOCKET_HANDLE client = NULL, accepting = NULL;
    WEB_SOCKET_HTTP_HEADER *asked = NULL, *answered = NULL, all[16];
    ULONG asked_count = 0, answered_count = 0;
    HRESULT result;
    WebSocketCreateClientHandle(NULL, 0, &client);
    WebSocketCreateServerHandle(NULL, 0, &accepting);
    WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &asked, &asked_count);
    if (asked_count > 15)
        return -1;
    memcpy(all, asked, asked_count * sizeof *all);
    all[asked_count] = good_request[0];
    WebSocketBeginServerHandshake(accepting, NULL, NULL, 0, all, asked_count + 1, &answered, &answered_count);
    memcpy(all, answered, answered_count * sizeof *all);
    all[answered_count] = *more;
    result = WebSocketEndClientHandshake(client, all, answered_count + 1, NULL, NULL, NULL);
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(accepting);
    return result;
}

/* The code that the receive queue gives for these bytes, and what goes out. */
static void fault_line(const char *situation, const char *bytes, ULONG length)
{
    WEB_SOCKET_HANDLE handle = server();
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    fill(handle, bytes, length);
    get(handle, RECEIVE_QUEUE);
    line(situation);
    WebSocketDeleteHandle(handle);
}

static void b5_10(void)
{
    static WEB_SOCKET_HTTP_HEADER extension = HEADER("Sec-WebSocket-Extensions", "x");
    static WEB_SOCKET_HTTP_HEADER protocol = HEADER("Sec-WebSocket-Protocol", "x");
    static WEB_SOCKET_HTTP_HEADER version = HEADER("Sec-WebSocket-Version", "8");
    WEB_SOCKET_HTTP_HEADER request[5], *headers;
    ULONG count;
    WEB_SOCKET_HANDLE accepting = NULL;
    fault_line("format", "\xc1\x80\0\0\0\0", 6);
    fault_line("operation", "\x80\x80\0\0\0\0", 6);
    note_result(end_client_with(&extension));
    line("extension");
    note_result(end_client_with(&protocol));
    line("subprotocol");
    memcpy(request, good_request, sizeof request);
    request[3] = version;
    WebSocketCreateServerHandle(NULL, 0, &accepting);
    note_result(WebSocketBeginServerHandshake(accepting, NULL, NULL, 0, request, 5, &headers, &count));
    line("version");
    WebSocketDeleteHandle(accepting);
}

/* The memory is read as C strings. */
static void b5_13(void)
{
    WEB_SOCKET_HANDLE accepting = NULL;
    WEB_SOCKET_HTTP_HEADER *headers = NULL;
    ULONG count = 0, index;
    BOOL ends = TRUE;
    WebSocketCreateServerHandle(NULL, 0, &accepting);
    note_result(WebSocketBeginServerHandshake(accepting, NULL, NULL, 0, good_request, 5, &headers, &count));
    note_result(WebSocketEndServerHandshake(accepting));
    for (index = 0; index < count; index++) {
        ends = ends && headers[index].pcName[headers[index].ulNameLength] == 0 && headers[index].pcValue[headers[index].ulValueLength] == 0;
        if (strcmp(headers[index].pcName, "Sec-WebSocket-Accept") == 0)
            note("%s", headers[index].pcValue);
    }
    note(ends && count > 0 ? "with a zero" : "without");
    line("");
    WebSocketDeleteHandle(accepting);
}

static const struct row component_rows[] = { { "b5.1", b5_1 }, { "b5.2", b5_2 }, { NULL, NULL } };

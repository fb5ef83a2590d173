/* Section 5: queues and actions of websocket.h. The frames that come are masked with zeros. */

#define TEXT_TYPE WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define MASKED_HELLO "\x81\x85\0\0\0\0hello"
#define MASKED_PING "\x89\x82\0\0\0\0hi"

static void b5_3(void)
{
    WEB_SOCKET_HANDLE handle = server();
    PVOID first;
    note_result(component_send(handle, TEXT_TYPE, "hello", 0));
    get(handle, SEND_QUEUE);
    first = got.token;
    get(handle, SEND_QUEUE);
    done(handle, 0);
    WebSocketCompleteAction(handle, first, 7);
    send_all(handle);
    line("");
    WebSocketDeleteHandle(handle);
}

static void b5_4(void)
{
    WEB_SOCKET_HANDLE handle = server();
    WEB_SOCKET_BUFFER buffer;
    ULONG total = 0;
    int actions = 0;
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = (PBYTE)much;
    buffer.Data.ulBufferLength = 100000;
    note_result(WebSocketSend(handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL));
    /* Each is completed with 0. The loop ends because the whole message is offered, or because it would never end. */
    do {
        got.count = 8;
        if (WebSocketGetAction(handle, SEND_QUEUE, got.buffers, &got.count, &got.action, &got.type, &got.context, &got.token) != 0)
            break;
        if (got.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
            total += offered();
        done(handle, 0);
    } while (got.action != WEB_SOCKET_NO_ACTION && ++actions < 1000);
    note("offered=%lu", (unsigned long)total);
    line("send");
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    done(handle, 0);
    get(handle, RECEIVE_QUEUE);
    line("receive given up");
    WebSocketDeleteHandle(handle);

    handle = server();
    note_result(WebSocketSend(handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL));
    get(handle, SEND_QUEUE);
    WebSocketAbortHandle(handle);
    done(handle, 1);
    send_all(handle);
    line("aborted");
    WebSocketDeleteHandle(handle);
}

static void b5_5(void)
{
    WEB_SOCKET_HANDLE handle = server();
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    fill(handle, MASKED_HELLO, 11);
    get(handle, RECEIVE_QUEUE);
    note_offer();
    line("");
    WebSocketDeleteHandle(handle);
}

static void b5_6(void)
{
    WEB_SOCKET_HANDLE handle = server();
    WEB_SOCKET_BUFFER buffer;
    char own[64];
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = (PBYTE)own;
    buffer.Data.ulBufferLength = sizeof own;
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    fill(handle, MASKED_HELLO, 11);
    get(handle, RECEIVE_QUEUE);
    note("buffers=%lu", (unsigned long)got.count);
    note_offer();
    done(handle, 0);
    line("of the component");
    note_result(WebSocketReceive(handle, &buffer, NULL));
    get(handle, RECEIVE_QUEUE);
    fill(handle, MASKED_HELLO, 11);
    get(handle, RECEIVE_QUEUE);
    note("buffers=%lu", (unsigned long)got.count);
    note_offer();
    note((char *)got.buffers[0].Data.pbBuffer == own ? "own" : "another");
    line("own");
    WebSocketDeleteHandle(handle);
}

static void note_context(void)
{
    note(got.context == UNTOUCHED || got.context == NULL ? "none" : "%lu", (unsigned long)(ULONG_PTR)got.context);
}

static void b5_7(void)
{
    WEB_SOCKET_HANDLE handle = server();
    note_result(component_send(handle, TEXT_TYPE, "x", 11));
    note_result(WebSocketReceive(handle, NULL, (PVOID)(uintptr_t)22));
    get(handle, SEND_QUEUE);
    done(handle, offered());
    get(handle, SEND_QUEUE);
    note_context();
    done(handle, 0);
    get(handle, SEND_QUEUE);
    note_context();
    done(handle, 0);
    get(handle, RECEIVE_QUEUE);
    fill(handle, MASKED_PING, 8);
    get(handle, RECEIVE_QUEUE);
    note_context();
    done(handle, offered());
    get(handle, RECEIVE_QUEUE);
    fill(handle, MASKED_HELLO, 11);
    get(handle, RECEIVE_QUEUE);
    note_context();
    line("");
    WebSocketDeleteHandle(handle);
}

static void b5_8(void)
{
    WEB_SOCKET_HANDLE handle = server();
    PVOID pong;
    ULONG length;
    note_result(component_send(handle, TEXT_TYPE, "x", 0));
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    line("receive queue");
    fill(handle, MASKED_PING, 8);
    get(handle, RECEIVE_QUEUE);
    note("buffers=%lu", (unsigned long)got.count);
    note_offer();
    line("pong");
    pong = got.token;
    length = offered();
    get(handle, SEND_QUEUE);
    done(handle, 0);
    WebSocketCompleteAction(handle, pong, length);
    get(handle, SEND_QUEUE);
    note_offer();
    done(handle, offered());
    get(handle, SEND_QUEUE);
    done(handle, 0);
    line("send queue");
    get(handle, ALL_QUEUE);
    line("all");
    WebSocketDeleteHandle(handle);
}

static void b5_9(void)
{
    WEB_SOCKET_HANDLE handle = server();
    note_result(component_send(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, "x", 0));
    note_result(component_send(handle, WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE, "x", 0));
    line("with a buffer");
    note_result(WebSocketSend(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL));
    send_all(handle);
    note_result(WebSocketSend(handle, WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE, NULL, NULL));
    send_all(handle);
    line("without");
    note_result(WebSocketSend(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL, NULL));
    send_all(handle);
    note_result(component_send(handle, TEXT_TYPE, "x", 0));
    note_result(WebSocketSend(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL));
    line("close");
    WebSocketDeleteHandle(handle);
}

static void b5_11(void)
{
    WEB_SOCKET_HANDLE handle = server();
    note_result(component_send(handle, TEXT_TYPE, "x", 11));
    note_result(WebSocketReceive(handle, NULL, (PVOID)(uintptr_t)22));
    WebSocketAbortHandle(handle);
    get(handle, ALL_QUEUE);
    note_context();
    done(handle, 0);
    get(handle, ALL_QUEUE);
    note_context();
    done(handle, 0);
    get(handle, ALL_QUEUE);
    line("aborted");
    WebSocketDeleteHandle(handle);
    handle = server();
    note_result(component_send(handle, TEXT_TYPE, "x", 11));
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    WebSocketDeleteHandle(handle);
    line("deleted");
}

static void b5_12(void)
{
    WEB_SOCKET_HANDLE handle = server();
    int count = 0;
    HRESULT result;
    while ((result = component_send(handle, TEXT_TYPE, "x", 0)) == 0 && count < 1000)
        count++;
    note("%d", count);
    note_result(result);
    line("sends");
    count = 0;
    while ((result = WebSocketReceive(handle, NULL, NULL)) == 0 && count < 1000)
        count++;
    note("%d", count);
    note_result(result);
    line("receives");
    WebSocketDeleteHandle(handle);

    handle = server();
    note_result(WebSocketReceive(handle, NULL, NULL));
    get(handle, RECEIVE_QUEUE);
    fill(handle, MASKED_HELLO, 11);
    get(handle, RECEIVE_QUEUE);
    note_result(WebSocketReceive(handle, NULL, NULL));
    done(handle, 0);
    get(handle, RECEIVE_QUEUE);
    line("receive in the indication");
    note_result(component_send(handle, TEXT_TYPE, "one", 1));
    get(handle, SEND_QUEUE);
    done(handle, offered());
    note_result(component_send(handle, TEXT_TYPE, "two", 2));
    send_all(handle);
    line("send before the indication");
    note_result(WebSocketSend(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL, NULL));
    note_result(component_send(handle, TEXT_TYPE, "x", 0));
    line("data behind a close");
    WebSocketDeleteHandle(handle);
}

static void b5_14(void)
{
    WEB_SOCKET_HANDLE handle = server();
    get_into(handle, ALL_QUEUE, 0);
    line("nothing");
    note_result(component_send(handle, TEXT_TYPE, "x", 1));
    get_into(handle, SEND_QUEUE, 0);
    get(handle, SEND_QUEUE);
    done(handle, offered());
    get_into(handle, SEND_QUEUE, 0);
    line("send");
    WebSocketDeleteHandle(handle);
}

static const struct row queues_rows[] = {
    { "b5.3", b5_3 }, { "b5.4", b5_4 }, { "b5.5", b5_5 }, { "b5.6", b5_6 }, { "b5.7", b5_7 }, { "b5.8", b5_8 },
    { "b5.9", b5_9 }, { "b5.10", b5_10 }, { "b5.11", b5_11 }, { "b5.12", b5_12 }, { "b5.13", b5_13 }, { "b5.14", b5_14 },
    { NULL, NULL },
};

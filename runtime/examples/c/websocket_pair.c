/*
 * A client and a server of websocket.h that talk to each other in memory. A program with a socket does the same, and
 * writes and reads there where this one copies.
 *
 *     cc websocket_pair.c $(pkg-config --cflags --libs winws) -o websocket_pair
 *     ./websocket_pair
 */
#include <websocket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One end of the connection, and the bytes that are on their way to it. */
struct peer {
    const char *name;
    WEB_SOCKET_HANDLE handle;
    BYTE wire[4096];
    ULONG waiting;
};

/* What a receive ended with. The status is that of a close frame, the bytes are data or the reason of a close. */
struct received {
    WEB_SOCKET_BUFFER_TYPE type;
    USHORT status;
    ULONG length;
    BYTE bytes[4096];
};

static void check(int is_good, const char *what)
{
    if (!is_good) {
        fprintf(stderr, "failed: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

#define CHECK(what) check((what), #what)

/*
 * Writes all bytes. An action always counts as written in full: a program with a socket writes until everything is out, or
 * aborts the session.
 */
static void write_to(struct peer *other, const WEB_SOCKET_BUFFER *buffer)
{
    ULONG room = (ULONG)sizeof other->wire - other->waiting, length = buffer->Data.ulBufferLength;
    CHECK(length <= room);
    memcpy(other->wire + other->waiting, buffer->Data.pbBuffer, length);
    other->waiting += length;
}

/* What a socket's recv would do. */
static ULONG read_from(struct peer *self, WEB_SOCKET_BUFFER *buffer)
{
    ULONG length = buffer->Data.ulBufferLength;
    if (length > self->waiting)
        length = self->waiting;
    memcpy(buffer->Data.pbBuffer, self->wire, length);
    self->waiting -= length;
    memmove(self->wire, self->wire + length, self->waiting);
    return length;
}

/* What was received is lent until the action is complete. */
static void keep(struct received *received, WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    int is_close = type == WEB_SOCKET_CLOSE_BUFFER_TYPE;
    const BYTE *bytes = is_close ? buffer->CloseStatus.pbReason : buffer->Data.pbBuffer;
    received->type = type;
    received->status = is_close ? buffer->CloseStatus.usStatus : 0;
    received->length = is_close ? buffer->CloseStatus.ulReasonLength : buffer->Data.ulBufferLength;
    CHECK(received->length <= sizeof received->bytes);
    if (received->length > 0)
        memcpy(received->bytes, bytes, received->length);
}

/* Does what the actions of a queue say until the operation has ended. */
static void run(struct peer *self, struct peer *other, WEB_SOCKET_ACTION_QUEUE queue, struct received *received)
{
    for (;;) {
        WEB_SOCKET_BUFFER buffers[2];
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID token;
        ULONG count = 2, moved = 0;
        HRESULT hr = WebSocketGetAction(self->handle, queue, buffers, &count, &action, &type, NULL, &token);
        if (hr == E_INVALID_PROTOCOL_FORMAT || hr == E_INVALID_PROTOCOL_OPERATION) {
            /* Said once. What comes after it is the close frame that tells the peer, and the end of the receive. */
            printf("%s: the peer broke the protocol, 0x%08X\n", self->name, (unsigned)hr);
            continue;
        }
        CHECK(SUCCEEDED(hr));
        switch (action) {
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            for (ULONG i = 0; i < count; i++) {
                write_to(other, &buffers[i]);
                moved += buffers[i].Data.ulBufferLength;
            }
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            /* 0 bytes say that the connection has ended. */
            moved = read_from(self, &buffers[0]);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            keep(received, type, &buffers[0]);
            break;
        default:
            break;
        }
        WebSocketCompleteAction(self->handle, token, moved);
        if (action != WEB_SOCKET_SEND_TO_NETWORK_ACTION && action != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
            return;
    }
}

static void send_buffer(struct peer *self, struct peer *other, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer)
{
    CHECK(SUCCEEDED(WebSocketSend(self->handle, type, buffer, NULL)));
    run(self, other, WEB_SOCKET_SEND_ACTION_QUEUE, NULL);
}

static void send_text(struct peer *self, struct peer *other, const char *text)
{
    WEB_SOCKET_BUFFER buffer;
    buffer.Data.pbBuffer = (PBYTE)text;
    buffer.Data.ulBufferLength = (ULONG)strlen(text);
    send_buffer(self, other, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &buffer);
}

static void send_close(struct peer *self, struct peer *other, USHORT status, const char *reason)
{
    WEB_SOCKET_BUFFER buffer;
    buffer.CloseStatus.pbReason = (PBYTE)reason;
    buffer.CloseStatus.ulReasonLength = (ULONG)strlen(reason);
    buffer.CloseStatus.usStatus = status;
    send_buffer(self, other, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer);
}

static void receive(struct peer *self, struct peer *other, struct received *received)
{
    CHECK(SUCCEEDED(WebSocketReceive(self->handle, NULL, NULL)));
    run(self, other, WEB_SOCKET_RECEIVE_ACTION_QUEUE, received);
    if (received->type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
        printf("%s: closed with %u \"%.*s\"\n", self->name, (unsigned)received->status, (int)received->length,
               (const char *)received->bytes);
    else if (received->type == WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE && received->length == 0)
        printf("%s: there is nothing more to receive\n", self->name);
    else
        printf("%s: received \"%.*s\"\n", self->name, (int)received->length, (const char *)received->bytes);
}

/* The opening handshake. What the headers travel in, HTTP, is the program's. */
static void open_both(struct peer *client, struct peer *server)
{
    char name[] = "Host", value[] = "example.com";
    PCSTR protocols[] = {"superchat", "chat"};
    WEB_SOCKET_HTTP_HEADER request[16], *more, *response;
    ULONG count, response_count, chosen;

    CHECK(SUCCEEDED(WebSocketCreateClientHandle(NULL, 0, &client->handle)));
    CHECK(SUCCEEDED(WebSocketCreateServerHandle(NULL, 0, &server->handle)));
    request[0].pcName = name;
    request[0].ulNameLength = (ULONG)strlen(name);
    request[0].pcValue = value;
    request[0].ulValueLength = (ULONG)strlen(value);
    CHECK(SUCCEEDED(WebSocketBeginClientHandshake(client->handle, protocols, 2, NULL, 0, request, 1, &more, &count)));
    CHECK(count < sizeof request / sizeof *request);
    memcpy(request + 1, more, count * sizeof *more);
    CHECK(SUCCEEDED(WebSocketBeginServerHandshake(server->handle, "chat", NULL, 0, request, count + 1, &response,
                                                  &response_count)));
    CHECK(SUCCEEDED(WebSocketEndClientHandshake(client->handle, response, response_count, NULL, NULL, &chosen)));
    CHECK(SUCCEEDED(WebSocketEndServerHandshake(server->handle)));
    printf("the subprotocol is %s\n", protocols[chosen]);
}

static void delete_both(struct peer *client, struct peer *server)
{
    WebSocketDeleteHandle(client->handle);
    WebSocketDeleteHandle(server->handle);
}

int main(void)
{
    static struct peer client, server;
    static struct received received;
    static const BYTE nonsense[] = {0xFF, 0x80, 0, 0, 0, 0};
    client.name = "client";
    server.name = "server";

    /* A message there and back, and the closing handshake. */
    open_both(&client, &server);
    send_text(&client, &server, "hello");
    receive(&server, &client, &received);
    send_text(&server, &client, "hello yourself");
    receive(&client, &server, &received);
    send_close(&client, &server, WEB_SOCKET_SUCCESS_CLOSE_STATUS, "bye");
    receive(&server, &client, &received);
    send_close(&server, &client, received.status, "");
    receive(&client, &server, &received);
    delete_both(&client, &server);

    /* A client that sends what is no frame. */
    open_both(&client, &server);
    memcpy(server.wire, nonsense, sizeof nonsense);
    server.waiting = sizeof nonsense;
    receive(&server, &client, &received);
    receive(&client, &server, &received);
    delete_both(&client, &server);
    return 0;
}

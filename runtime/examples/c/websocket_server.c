/*
 * A server of websocket.h on a socket: it sends every message back, to one client after another.
 *
 *     cc websocket_server.c $(pkg-config --cflags --libs winws) -o websocket_server
 *     ./websocket_server 9001
 *
 * websocket.h makes and reads frames, and the headers of the handshake. The socket and HTTP are the program's.
 */
#include <websocket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* The head of a request may have so many bytes and headers. */
enum { HEAD = 8192, HEADERS = 64 };

/* One client, and what it has sent that nothing has read yet. */
struct client {
    int socket;
    WEB_SOCKET_HANDLE handle;
    char early[HEAD];
    size_t early_length;
};

/* What the receive that has ended was about. */
struct received {
    WEB_SOCKET_BUFFER_TYPE type;
    WEB_SOCKET_BUFFER buffer;
};

/* Writes all bytes: an action counts as written in full, whatever number is passed. */
static int write_all(int socket, const void *bytes, size_t length)
{
    const char *next = (const char *)bytes;
    while (length > 0) {
        ssize_t written = send(socket, next, length, MSG_NOSIGNAL);
        if (written <= 0)
            return 0;
        next += written;
        length -= (size_t)written;
    }
    return 1;
}

/* Bytes of the client, at most as many as there is room for. 0 is the end of the connection. */
static ULONG read_some(struct client *client, void *bytes, ULONG room)
{
    ssize_t length;
    if (client->early_length > 0) {
        size_t taken = client->early_length < room ? client->early_length : room;
        memcpy(bytes, client->early, taken);
        client->early_length -= taken;
        memmove(client->early, client->early + taken, client->early_length);
        return (ULONG)taken;
    }
    length = recv(client->socket, bytes, room, 0);
    return length > 0 ? (ULONG)length : 0;
}

/* Reads the head of the request. What comes after it stays for later. */
static int read_head(struct client *client, char *head)
{
    size_t length = 0;
    for (;;) {
        char *end;
        ssize_t more = recv(client->socket, head + length, HEAD - 1 - length, 0);
        if (more <= 0)
            return 0;
        length += (size_t)more;
        head[length] = '\0';
        end = strstr(head, "\r\n\r\n");
        if (end != NULL) {
            end += 4;
            client->early_length = length - (size_t)(end - head);
            memcpy(client->early, end, client->early_length);
            end[-2] = '\0';
            return 1;
        }
        if (length == HEAD - 1)
            return 0;
    }
}

/* The headers of a head, which is cut into pieces for it. The first line is no header. */
static ULONG split_head(char *head, WEB_SOCKET_HTTP_HEADER *headers)
{
    ULONG count = 0;
    char *line = strstr(head, "\r\n");
    while (line != NULL && count < HEADERS) {
        char *name = line + 2, *colon = strchr(name, ':'), *value;
        line = strstr(name, "\r\n");
        if (line != NULL)
            *line = '\0';
        if (colon == NULL || (line != NULL && colon > line))
            continue;
        value = colon + 1 + strspn(colon + 1, " \t");
        headers[count].pcName = name;
        headers[count].ulNameLength = (ULONG)(colon - name);
        headers[count].pcValue = value;
        headers[count].ulValueLength = (ULONG)strlen(value);
        count++;
    }
    return count;
}

/* The handshake: the headers go through websocket.h, the rest of HTTP is here. */
static int shake_hands(struct client *client)
{
    static const char refusal[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    char head[HEAD], response[HEAD];
    WEB_SOCKET_HTTP_HEADER headers[HEADERS], *ours;
    ULONG count, index;
    size_t length;

    if (!read_head(client, head))
        return 0;
    count = split_head(head, headers);
    if (strncmp(head, "GET ", 4) != 0
        || FAILED(WebSocketBeginServerHandshake(client->handle, NULL, NULL, 0, headers, count, &ours, &count))) {
        write_all(client->socket, refusal, sizeof refusal - 1);
        return 0;
    }
    length = (size_t)snprintf(response, sizeof response, "HTTP/1.1 101 Switching Protocols\r\n");
    for (index = 0; index < count && length < sizeof response; index++)
        length += (size_t)snprintf(response + length, sizeof response - length, "%.*s: %.*s\r\n",
                                   (int)ours[index].ulNameLength, ours[index].pcName, (int)ours[index].ulValueLength,
                                   ours[index].pcValue);
    if (length + 2 > sizeof response)
        return 0;
    memcpy(response + length, "\r\n", 2);
    return write_all(client->socket, response, length + 2) && SUCCEEDED(WebSocketEndServerHandshake(client->handle));
}

/*
 * Does what the actions say until a message, a part of one or a close has come, or until nothing is left to do. A receive that
 * has ended leaves its action open, because the payload belongs to it; the caller completes it with the token.
 */
static PVOID run(struct client *client, WEB_SOCKET_ACTION_QUEUE queue, struct received *received)
{
    for (;;) {
        WEB_SOCKET_BUFFER buffers[2];
        WEB_SOCKET_ACTION action;
        PVOID token;
        ULONG count = 2, moved = 0, index;
        HRESULT hr = WebSocketGetAction(client->handle, queue, buffers, &count, &action, &received->type, NULL, &token);
        if (hr == E_INVALID_PROTOCOL_FORMAT || hr == E_INVALID_PROTOCOL_OPERATION)
            continue; /* Said once. The close frame that tells the client comes next. */
        if (FAILED(hr) || action == WEB_SOCKET_NO_ACTION)
            return NULL;
        switch (action) {
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            for (index = 0; index < count; index++) {
                if (!write_all(client->socket, buffers[index].Data.pbBuffer, buffers[index].Data.ulBufferLength))
                    return NULL;
                moved += buffers[index].Data.ulBufferLength;
            }
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            moved = read_some(client, buffers[0].Data.pbBuffer, buffers[0].Data.ulBufferLength);
            if (moved == 0)
                return NULL;
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            received->buffer = buffers[0];
            return token;
        default:
            break;
        }
        WebSocketCompleteAction(client->handle, token, moved);
    }
}

/* Sends back what came. Both hold until the client closes or breaks the protocol. */
static void serve(struct client *client)
{
    struct received received, sent;
    for (;;) {
        int is_close;
        PVOID token;
        if (FAILED(WebSocketReceive(client->handle, NULL, NULL)))
            return;
        token = run(client, WEB_SOCKET_ALL_ACTION_QUEUE, &received);
        if (token == NULL)
            return;
        is_close = received.type == WEB_SOCKET_CLOSE_BUFFER_TYPE;
        if (FAILED(WebSocketSend(client->handle, received.type, &received.buffer, NULL)))
            return;
        /* The payload belongs to the receive, so the receive is completed when the payload has gone out. */
        run(client, WEB_SOCKET_SEND_ACTION_QUEUE, &sent);
        WebSocketCompleteAction(client->handle, token, 0);
        if (is_close)
            return;
    }
}

int main(int argc, char **arguments)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)(argc > 1 ? atoi(arguments[1]) : 0));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0
        || getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        perror("there is no socket to listen on");
        return EXIT_FAILURE;
    }
    printf("ws://127.0.0.1:%u/\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        struct client client;
        memset(&client, 0, sizeof client);
        client.socket = accept(listener, NULL, NULL);
        if (client.socket < 0)
            continue;
        if (SUCCEEDED(WebSocketCreateServerHandle(NULL, 0, &client.handle))) {
            if (shake_hands(&client))
                serve(&client);
            WebSocketDeleteHandle(client.handle);
        }
        close(client.socket);
    }
}

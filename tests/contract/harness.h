/* What the rows share: the line that is being written, a session, and requests to the server. */

struct row {
    const char *id;
    void (*run)(void);
};

#ifdef _MSC_VER
#define THREAD_LOCAL __declspec(thread)
#else
#define THREAD_LOCAL _Thread_local
#endif

/* How long anything may take, in milliseconds, before its line says `timeout`. */
#define PATIENCE 20000

/* What the program ends with if one of its threads never ends. */
#define HANGS 3

#define BINARY WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define BINARY_FRAGMENT WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
#define TEXT_MESSAGE WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define TEXT_FRAGMENT WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE

static WCHAR host[256];
static INTERNET_PORT port;

/* The synchronous session of all rows, its connection to the server, and another session to ask the server with. */
static HINTERNET session, connection, control;

/* The number that the server knows the last connection by. */
static int tag;

static const char *row_id;
static char words[16384];

/* Adds a word to the line. Only the main thread does. */
static void note(const char *format, ...)
{
    size_t length = strlen(words);
    va_list arguments;
    if (length > 0 && length + 1 < sizeof words)
        words[length++] = ' ';
    va_start(arguments, format);
    vsnprintf(words + length, sizeof words - length, format, arguments);
    va_end(arguments);
}

static void note_code(DWORD code)
{
    note("%lu", (unsigned long)code);
}

/* Bytes in quotes, with those escaped that are no letters. */
static void note_bytes(const void *bytes, DWORD length)
{
    const unsigned char *from = (const unsigned char *)bytes;
    char text[1024], *to = text;
    DWORD index;
    for (index = 0; index < length && to + 8 < text + sizeof text; index++)
        to += sprintf(to, from[index] >= 0x20 && from[index] < 0x7f ? "%c" : "\\x%02x", from[index]);
    *to = 0;
    note("\"%s\"", text);
}

static void note_wide(const WCHAR *text)
{
    char narrow[1024];
    DWORD length = 0;
    if (text == NULL) {
        note("NULL");
        return;
    }
    while (text[length] != 0 && length < sizeof narrow) {
        narrow[length] = (char)text[length];
        length++;
    }
    note_bytes(narrow, length);
}

/* Ends the line. Its situation may be empty. */
static void line(const char *situation)
{
    printf("%s%s%s: %s\n", row_id, *situation ? " " : "", situation, words[0] ? words : "-");
    fflush(stdout);
    words[0] = 0;
}

/* The code of a function that returns a BOOL, or NULL, and has set the last error. */
static DWORD code_of(BOOL succeeded)
{
    return succeeded ? 0 : GetLastError();
}

/* ASCII as a string of Windows. */
static void widen(WCHAR *to, const char *from, size_t room)
{
    size_t index;
    for (index = 0; from[index] != 0 && index + 1 < room; index++)
        to[index] = (WCHAR)(unsigned char)from[index];
    to[index] = 0;
}

static DWORD set_option(HINTERNET handle, DWORD option, DWORD value)
{
    return code_of(WinHttpSetOption(handle, option, &value, sizeof value));
}

/* A request whose connection the server knows by the next number. */
static HINTERNET open_request(HINTERNET parent, const WCHAR *method, const char *path, DWORD flags)
{
    char marked[512];
    WCHAR wide[512];
    sprintf(marked, "%s%ctag=%d", path, strchr(path, '?') ? '&' : '?', ++tag);
    widen(wide, marked, 512);
    return WinHttpOpenRequest(parent, method, wide, NULL, NULL, NULL, flags);
}

static HINTERNET upgrade_request(HINTERNET parent, const char *path)
{
    HINTERNET request = open_request(parent, NULL, path, 0);
    WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
    return request;
}

static DWORD send_request(HINTERNET request)
{
    return code_of(WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, 0));
}

static DWORD receive_response(HINTERNET request)
{
    return code_of(WinHttpReceiveResponse(request, NULL));
}

static DWORD exchange(HINTERNET request)
{
    DWORD code = send_request(request);
    return code == 0 ? receive_response(request) : code;
}

static DWORD status_of(HINTERNET request)
{
    DWORD status = 0, length = sizeof status;
    WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL, &status, &length, NULL);
    return status;
}

/* Reads the body of a response as text, and gives the code of what failed. */
static DWORD read_body(HINTERNET request, char *body, DWORD room)
{
    DWORD have = 0, read = 0;
    body[0] = 0;
    do {
        if (!WinHttpReadData(request, body + have, room - 1 - have, &read))
            return GetLastError();
        have += read;
        body[have] = 0;
    } while (read > 0 && have + 1 < room);
    return 0;
}

/* A request at a path, as a WebSocket. Without one the line says why, and the handle is NULL. */
static HINTERNET socket_of(HINTERNET request)
{
    HINTERNET socket = NULL;
    DWORD code = exchange(request);
    if (code != 0)
        note("no response: %lu", (unsigned long)code);
    else if ((socket = WinHttpWebSocketCompleteUpgrade(request, 0)) == NULL)
        note("no socket: %lu", (unsigned long)GetLastError());
    WinHttpCloseHandle(request);
    return socket;
}

static HINTERNET at(const char *path)
{
    return socket_of(upgrade_request(connection, path));
}

/* Asks the server for something, on a connection of its own. */
static DWORD ask(const char *path, char *body, DWORD room)
{
    WCHAR wide[256];
    HINTERNET to = WinHttpConnect(control, host, port, 0), request;
    DWORD code;
    widen(wide, path, 256);
    request = WinHttpOpenRequest(to, NULL, wide, NULL, NULL, NULL, 0);
    /* A situation may take its time until the server answers. */
    WinHttpSetTimeouts(request, PATIENCE, PATIENCE, PATIENCE, 2 * PATIENCE);
    code = exchange(request);
    body[0] = 0;
    if (code == 0)
        code = read_body(request, body, room);
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(to);
    return code;
}

/* What the server has received on the last connection, once it has so many words; -1 waits for its end. */
static void seen(int count)
{
    char path[64], body[4096];
    sprintf(path, "/seen?tag=%d&count=%d", tag, count);
    ask(path, body, sizeof body);
    note("seen: %s", body);
}

/* Waits for so many words and says nothing of them. */
static void await_server(int count)
{
    char path[64], body[4096];
    sprintf(path, "/seen?tag=%d&count=%d", tag, count);
    ask(path, body, sizeof body);
}

static void release(void)
{
    char path[64], body[64];
    sprintf(path, "/release?tag=%d", tag);
    ask(path, body, sizeof body);
}

static DWORD put(HINTERNET socket, WINHTTP_WEB_SOCKET_BUFFER_TYPE type, const char *text)
{
    return WinHttpWebSocketSend(socket, type, (void *)(uintptr_t)text, (DWORD)(text ? strlen(text) : 0));
}

/* Receives into a buffer of this length: code, type, count and bytes. */
static DWORD receive(HINTERNET socket, DWORD room)
{
    char buffer[4096];
    DWORD read = 0xcccc, code;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = (WINHTTP_WEB_SOCKET_BUFFER_TYPE)0xcc;
    code = WinHttpWebSocketReceive(socket, buffer, room, &read, &type);
    if (code != 0) {
        note_code(code);
    } else {
        note("0 type=%d read=%lu", (int)type, (unsigned long)read);
        if (read > 0 && read <= room)
            note_bytes(buffer, read);
    }
    return code;
}

static DWORD shut(HINTERNET socket, USHORT status, const char *reason)
{
    return WinHttpWebSocketShutdown(socket, status, (void *)(uintptr_t)reason, (DWORD)(reason ? strlen(reason) : 0));
}

static DWORD finish(HINTERNET socket, USHORT status, const char *reason)
{
    return WinHttpWebSocketClose(socket, status, (void *)(uintptr_t)reason, (DWORD)(reason ? strlen(reason) : 0));
}

/* The close status of the peer. */
static void note_status(HINTERNET socket)
{
    USHORT status = 0xcc;
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD length = 0, code = WinHttpWebSocketQueryCloseStatus(socket, &status, reason, sizeof reason, &length);
    note("status: %lu", (unsigned long)code);
    if (code == 0) {
        note("%u", (unsigned)status);
        note_bytes(reason, length);
    }
}

static THREAD_LOCAL BOOL is_main;

static void run_row(const struct row *row, BOOL announce)
{
    row_id = row->id;
    if (announce) {
        printf("row %s\n", row_id);
        fflush(stdout);
    }
    row->run();
    if (words[0] != 0)
        line("rest");
}

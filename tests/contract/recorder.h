/* Asynchronous mode: a session whose callback writes down what it is told, and a program that waits for it. */

enum kind { NOTHING, SESSION, CONNECTION, REQUEST, WEBSOCKET, ANOTHER };

struct told {
    DWORD status;
    enum kind kind;
    DWORD_PTR context;
    DWORD length;
    /* Whether it came within a call of the main thread. */
    BOOL on_caller;
    char text[96];
};

/* The handles of the asynchronous session that a row has. */
static struct { HINTERNET session, connection, request, socket; } chat;

static struct told told[512];
static size_t told_count;
static CRITICAL_SECTION told_lock;
static HANDLE told_event;

/* What a row does within callbacks. */
static void (*hook)(HINTERNET handle, DWORD status, const void *information);

#define SESSION_CONTEXT 1
#define REQUEST_CONTEXT 2
#define SOCKET_CONTEXT 3

#define HANDLE_NOTICES WINHTTP_CALLBACK_FLAG_HANDLES
#define NAME_NOTICES WINHTTP_CALLBACK_FLAG_RESOLVE_NAME
/* What says that an operation has ended. */
#define ENDS (WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE | WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE)
#define ALL 0xffffffffu

static void set_hook(void (*act)(HINTERNET handle, DWORD status, const void *information))
{
    EnterCriticalSection(&told_lock);
    hook = act;
    LeaveCriticalSection(&told_lock);
}

static const char *name_of(DWORD status)
{
    static const struct { DWORD status; const char *name; } names[] = {
        { WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, "RESOLVING_NAME" },
        { WINHTTP_CALLBACK_STATUS_NAME_RESOLVED, "NAME_RESOLVED" },
        { WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, "CONNECTING_TO_SERVER" },
        { WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER, "CONNECTED_TO_SERVER" },
        { WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, "SENDING_REQUEST" },
        { WINHTTP_CALLBACK_STATUS_REQUEST_SENT, "REQUEST_SENT" },
        { WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE, "RECEIVING_RESPONSE" },
        { WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, "RESPONSE_RECEIVED" },
        { WINHTTP_CALLBACK_STATUS_CLOSING_CONNECTION, "CLOSING_CONNECTION" },
        { WINHTTP_CALLBACK_STATUS_CONNECTION_CLOSED, "CONNECTION_CLOSED" },
        { WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, "HANDLE_CREATED" },
        { WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, "HANDLE_CLOSING" },
        { WINHTTP_CALLBACK_STATUS_DETECTING_PROXY, "DETECTING_PROXY" },
        { WINHTTP_CALLBACK_STATUS_REDIRECT, "REDIRECT" },
        { WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE, "INTERMEDIATE_RESPONSE" },
        { WINHTTP_CALLBACK_STATUS_SECURE_FAILURE, "SECURE_FAILURE" },
        { WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, "HEADERS_AVAILABLE" },
        { WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, "DATA_AVAILABLE" },
        { WINHTTP_CALLBACK_STATUS_READ_COMPLETE, "READ_COMPLETE" },
        { WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, "WRITE_COMPLETE" },
        { WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, "REQUEST_ERROR" },
        { WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, "SENDREQUEST_COMPLETE" },
        { WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, "SHUTDOWN_COMPLETE" },
        { WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, "CLOSE_COMPLETE" },
    };
    size_t index;
    for (index = 0; index < sizeof names / sizeof *names; index++)
        if (names[index].status == status)
            return names[index].name;
    return "UNKNOWN";
}

static enum kind kind_of(HINTERNET handle)
{
    if (handle == NULL)
        return NOTHING;
    return handle == chat.session ? SESSION : handle == chat.connection ? CONNECTION : handle == chat.request ? REQUEST
        : handle == chat.socket ? WEBSOCKET : ANOTHER;
}

/* The information of a notice, in a form that is the same in each run. */
static void describe(struct told *it, const void *information, DWORD length)
{
    const WCHAR *text = (const WCHAR *)information;
    size_t index;
    it->text[0] = 0;
    if (it->status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) {
        const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result = (const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)information;
        int end = sprintf(it->text, "(result=%u error=%lu", (unsigned)result->AsyncResult.dwResult, (unsigned long)result->AsyncResult.dwError);
        if (length == sizeof *result)
            end += sprintf(it->text + end, " operation=%d", (int)result->Operation);
        sprintf(it->text + end, ")");
    } else if (information == NULL) {
        return;
    } else if (it->status & (WINHTTP_CALLBACK_STATUS_READ_COMPLETE | WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE) && it->kind == WEBSOCKET) {
        const WINHTTP_WEB_SOCKET_STATUS *status = (const WINHTTP_WEB_SOCKET_STATUS *)information;
        sprintf(it->text, "(type=%d bytes=%lu)", (int)status->eBufferType, (unsigned long)status->dwBytesTransferred);
    } else if (it->status == WINHTTP_CALLBACK_STATUS_SECURE_FAILURE) {
        sprintf(it->text, "(0x%lx)", (unsigned long)*(const DWORD *)information);
    } else if (it->status == WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE) {
        sprintf(it->text, "(%lu)", (unsigned long)*(const DWORD *)information);
    } else if (it->status == WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED && *(const DWORD *)information == 0) {
        strcpy(it->text, "(0)");
    } else if (it->status & (WINHTTP_CALLBACK_STATUS_RESOLVING_NAME | WINHTTP_CALLBACK_STATUS_NAME_RESOLVED)) {
        for (index = 0; text[index] != 0 && index < 60; index++)
            it->text[index + 1] = (char)text[index];
        it->text[0] = '(';
        sprintf(it->text + index + 1, " %lu)", (unsigned long)length);
    }
}

static VOID CALLBACK record(HINTERNET handle, DWORD_PTR context, DWORD status, LPVOID information, DWORD length)
{
    struct told it;
    void (*act)(HINTERNET, DWORD, const void *);
    it.status = status;
    it.context = context;
    it.length = length;
    it.on_caller = is_main;
    EnterCriticalSection(&told_lock);
    it.kind = kind_of(handle);
    /* The row learns of a handle when its function returns, which may be later. */
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CREATED && information != NULL) {
        HINTERNET made = *(HINTERNET *)information;
        if (chat.connection == NULL)
            chat.connection = made;
        else if (chat.request == NULL)
            chat.request = made;
        else if (chat.socket == NULL && made != chat.connection && made != chat.request)
            chat.socket = made;
    }
    describe(&it, information, length);
    if (told_count < sizeof told / sizeof *told)
        told[told_count++] = it;
    act = hook;
    LeaveCriticalSection(&told_lock);
    if (act != NULL)
        act(handle, status, information);
    SetEvent(told_event);
}

static size_t count_told(DWORD mask, enum kind kind)
{
    size_t index, count = 0;
    EnterCriticalSection(&told_lock);
    for (index = 0; index < told_count; index++)
        if (told[index].status & mask && (kind == NOTHING || told[index].kind == kind))
            count++;
    LeaveCriticalSection(&told_lock);
    return count;
}

/* Waits until there are so many notices of these. */
static BOOL await_of(DWORD mask, size_t count, enum kind kind)
{
    while (count_told(mask, kind) < count) {
        if (WaitForSingleObject(told_event, PATIENCE) != WAIT_OBJECT_0) {
            note("timeout");
            return FALSE;
        }
    }
    return TRUE;
}

static BOOL await(DWORD mask, size_t count)
{
    return await_of(mask, count, NOTHING);
}

#define WITH_THREAD 1
#define WITH_KIND 2
#define WITH_CONTEXT 4
#define WITH_LENGTH 8

/* Adds the notices with one of these statuses to the line, in their order. */
static void report(DWORD mask, int how)
{
    static const char *const kinds[] = { "nothing", "session", "connection", "request", "socket", "another" };
    size_t index;
    EnterCriticalSection(&told_lock);
    for (index = 0; index < told_count; index++) {
        const struct told *it = &told[index];
        char context[32] = "", length[32] = "";
        if (!(it->status & mask))
            continue;
        if (how & WITH_CONTEXT)
            sprintf(context, "#%lu", (unsigned long)it->context);
        if (how & WITH_LENGTH)
            sprintf(length, "[%lu]", (unsigned long)it->length);
        note("%s%s%s%s%s%s%s", how & WITH_KIND ? kinds[it->kind] : "", how & WITH_KIND ? "." : "", name_of(it->status), it->text,
            length, context, how & WITH_THREAD ? (it->on_caller ? "@caller" : "@other") : "");
    }
    LeaveCriticalSection(&told_lock);
}

static void forget(void)
{
    EnterCriticalSection(&told_lock);
    told_count = 0;
    LeaveCriticalSection(&told_lock);
}

/* An asynchronous session that tells everything that this mask has. */
static void open_session(DWORD mask)
{
    DWORD_PTR context = SESSION_CONTEXT;
    set_hook(NULL);
    memset(&chat, 0, sizeof chat);
    forget();
    chat.session = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, WINHTTP_FLAG_ASYNC);
    WinHttpSetOption(chat.session, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
    WinHttpSetStatusCallback(chat.session, record, mask, 0);
}

/* Its connection and a request at a path. */
static void ask_at(DWORD mask, const char *path, BOOL upgrade)
{
    open_session(mask);
    chat.connection = WinHttpConnect(chat.session, host, port, 0);
    chat.request = upgrade ? upgrade_request(chat.connection, path) : open_request(chat.connection, NULL, path, 0);
}

static DWORD begin_request(void)
{
    return code_of(WinHttpSendRequest(chat.request, NULL, 0, NULL, 0, 0, REQUEST_CONTEXT));
}

/* The request and the response, up to HEADERS_AVAILABLE. */
static BOOL chat_exchange(void)
{
    if (begin_request() != 0 || !await(WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1))
        return FALSE;
    if (!WinHttpReceiveResponse(chat.request, NULL))
        return FALSE;
    return await(WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1);
}

/* A WebSocket in asynchronous mode. The notices of its making are forgotten. */
static void chat_at(DWORD mask, const char *path)
{
    ask_at(mask, path, TRUE);
    if (!chat_exchange())
        note("no response");
    chat.socket = WinHttpWebSocketCompleteUpgrade(chat.request, SOCKET_CONTEXT);
    if (chat.socket == NULL)
        note("no socket: %lu", (unsigned long)GetLastError());
    forget();
}

/* Closes what is left, and waits for the last word of each, if handles have any. */
static void end_chat(void)
{
    HINTERNET handles[4];
    size_t index, open = 0;
    handles[0] = chat.socket;
    handles[1] = chat.request;
    handles[2] = chat.connection;
    handles[3] = chat.session;
    set_hook(NULL);
    forget();
    for (index = 0; index < 4; index++)
        if (handles[index] != NULL && WinHttpCloseHandle(handles[index]))
            open++;
    await(WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, open);
}

/* Everything that main needs before the first row. */
static BOOL begin(const char *name, INTERNET_PORT number)
{
    char body[64];
    is_main = TRUE;
    widen(host, name, 256);
    port = number;
    InitializeCriticalSection(&told_lock);
    told_event = CreateEventW(NULL, FALSE, FALSE, NULL);
    session = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    control = WinHttpOpen(L"contract/1.0", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    connection = WinHttpConnect(session, host, port, 0);
    return ask("/forget", body, sizeof body) == 0;
}

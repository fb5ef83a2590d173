/* Section 1.5: two threads on one synchronous handle. */

/* More than all buffers on the way to a server that does not read. */
#define MUCH (32u << 20)

static char much[MUCH];

/* What another thread does. */
struct job {
    HINTERNET socket;
    DWORD code;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    HANDLE begins;
    HANDLE thread;
};

static DWORD WINAPI receive_job(LPVOID argument)
{
    struct job *job = (struct job *)argument;
    char buffer[64];
    DWORD read;
    SetEvent(job->begins);
    job->code = WinHttpWebSocketReceive(job->socket, buffer, sizeof buffer, &read, &job->type);
    return 0;
}

static DWORD WINAPI send_job(LPVOID argument)
{
    struct job *job = (struct job *)argument;
    SetEvent(job->begins);
    job->code = WinHttpWebSocketSend(job->socket, BINARY, much, MUCH);
    return 0;
}

static DWORD WINAPI release_job(LPVOID argument)
{
    struct job *job = (struct job *)argument;
    SetEvent(job->begins);
    release();
    return 0;
}

static void start(struct job *job, HINTERNET socket, LPTHREAD_START_ROUTINE what)
{
    job->socket = socket;
    job->code = 0xcccc;
    job->type = (WINHTTP_WEB_SOCKET_BUFFER_TYPE)0xcc;
    job->begins = CreateEventW(NULL, FALSE, FALSE, NULL);
    job->thread = CreateThread(NULL, 0, what, job, 0, NULL);
    WaitForSingleObject(job->begins, PATIENCE);
}

/* A thread that hangs takes the program with it, since its memory is on the stack of the row. run.py goes on behind the row. */
static void join(struct job *job)
{
    if (WaitForSingleObject(job->thread, PATIENCE) != WAIT_OBJECT_0)
        exit(HANGS);
    CloseHandle(job->thread);
    CloseHandle(job->begins);
}

/*
 * A thread that receives, and something beside it. No function says that the thread waits already: the server is asked once in
 * between, which takes longer than a call. If the receive came too late all the same, it is tried again.
 */
static void beside_a_receive(const char *path, DWORD (*act)(HINTERNET))
{
    struct job job;
    DWORD code;
    int tries;
    for (tries = 0; tries < 20; tries++) {
        HINTERNET socket = at(path);
        start(&job, socket, receive_job);
        await_server(0);
        code = act(socket);
        join(&job);
        WinHttpCloseHandle(socket);
        if (job.code != ERROR_INVALID_OPERATION && job.code != ERROR_INVALID_HANDLE)
            break;
    }
    note("%lu receive=%lu", (unsigned long)code, (unsigned long)job.code);
    if (job.code == 0)
        note("type=%d", (int)job.type);
    line("");
}

static DWORD send_hello(HINTERNET socket)
{
    return put(socket, TEXT_MESSAGE, "hello");
}

static DWORD shut_down(HINTERNET socket)
{
    return shut(socket, 1000, "bye");
}

static DWORD close_1000(HINTERNET socket)
{
    return finish(socket, 1000, "bye");
}

static void b1_5_1(void)
{
    beside_a_receive("/echo", send_hello);
}

static void b1_5_2(void)
{
    beside_a_receive("/echo", shut_down);
}

static void b1_5_3(void)
{
    beside_a_receive("/echo", close_1000);
}

static void b1_5_4(void)
{
    beside_a_receive("/silent", close_handle);
}

static void b1_5_5(void)
{
    HINTERNET socket = at("/begun");
    struct job first, second;
    start(&first, socket, send_job);
    await_server(1);
    start(&second, socket, send_job);
    release();
    join(&first);
    join(&second);
    note("%lu %lu", (unsigned long)first.code, (unsigned long)second.code);
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_5_6(void)
{
    HINTERNET socket = at("/begun");
    struct job sending, releasing;
    start(&sending, socket, send_job);
    await_server(1);
    start(&releasing, NULL, release_job);
    note("close=%lu", (unsigned long)close_1000(socket));
    join(&sending);
    join(&releasing);
    note("send=%lu", (unsigned long)sending.code);
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static const struct row threads_rows[] = {
    { "b1.5.1", b1_5_1 }, { "b1.5.2", b1_5_2 }, { "b1.5.3", b1_5_3 }, { "b1.5.4", b1_5_4 }, { "b1.5.5", b1_5_5 },
    { "b1.5.6", b1_5_6 }, { NULL, NULL },
};

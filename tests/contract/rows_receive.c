/* Section 1.4: receiving. */

/* Receives so often into buffers of this length, from a server that says what its path names. */
static void receive_line(const char *path, DWORD length, int times)
{
    HINTERNET socket = at(path);
    char situation[64];
    while (times-- > 0)
        receive(socket, length);
    sprintf(situation, "%s into %lu", path + 1, (unsigned long)length);
    line(situation);
    WinHttpCloseHandle(socket);
}

/* Receives so often, and what the server saw of the client until it was gone. */
static void answered_line(const char *path, int times)
{
    HINTERNET socket = at(path);
    while (times-- > 0)
        receive(socket, 64);
    WinHttpCloseHandle(socket);
    seen(-1);
    line(path + 1);
}

static void b1_4_1(void)
{
    HINTERNET socket = at("/text-10");
    char buffer[8];
    DWORD read;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    note_code(WinHttpWebSocketReceive(socket, NULL, 0, &read, &type));
    note_code(WinHttpWebSocketReceive(socket, NULL, 8, &read, &type));
    note_code(WinHttpWebSocketReceive(socket, buffer, 0, &read, &type));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_4_2(void)
{
    HINTERNET socket = at("/text-10");
    char buffer[64];
    DWORD read;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    note_code(WinHttpWebSocketReceive(socket, buffer, sizeof buffer, NULL, &type));
    note_code(WinHttpWebSocketReceive(socket, buffer, sizeof buffer, &read, NULL));
    line("synchronous");
    WinHttpCloseHandle(socket);

    chat_at(ALL, "/text-10");
    note_code(WinHttpWebSocketReceive(chat.socket, buffer, sizeof buffer, NULL, NULL));
    await(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, 1);
    report(ENDS, 0);
    line("asynchronous");
    end_chat();
}

static void b1_4_3(void)
{
    receive_line("/text-10", 4, 3);
}

static void b1_4_4(void)
{
    receive_line("/binary-10-more", 10, 2);
    receive_line("/binary-10-more", 5, 3);
}

static void b1_4_5(void)
{
    receive_line("/three-frames", 64, 3);
}

static void b1_4_6(void)
{
    receive_line("/two-of-four", 3, 4);
}

static void b1_4_7(void)
{
    receive_line("/empty", 64, 4);
}

static void b1_4_8(void)
{
    receive_line("/ten-of-hundred", 64, 2);
}

static void b1_4_9(void)
{
    answered_line("/ping-empty", 1);
}

static void b1_4_10(void)
{
    answered_line("/ping", 1);
}

static void b1_4_11(void)
{
    answered_line("/ping-between", 2);
}

static void b1_4_12(void)
{
    receive_line("/pong", 64, 1);
}

/* The server has sent its ping when it says so, and sends the text when it is told to. */
static void b1_4_13(void)
{
    HINTERNET socket = at("/ping-then-release");
    seen(1);
    release();
    receive(socket, 64);
    WinHttpCloseHandle(socket);
    seen(-1);
    line("receive");

    socket = at("/ping-then-release");
    await_server(1);
    release();
    note_code(finish(socket, 1000, "bye"));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("close");
}

static void b1_4_14(void)
{
    receive_line("/split-character", 64, 2);
    receive_line("/whole-character", 2, 2);
}

static void b1_4_15(void)
{
    answered_line("/bad-byte", 1);
    answered_line("/bad-end", 1);
    answered_line("/bad-surrogate", 1);
}

static void b1_4_16(void)
{
    answered_line("/masked", 1);
    answered_line("/reserved-bit", 1);
    answered_line("/opcode-3", 1);
    answered_line("/opcode-11", 1);
    answered_line("/no-start", 1);
}

static void b1_4_17(void)
{
    answered_line("/new-text-inside", 2);
    answered_line("/new-binary-inside", 2);
}

static void b1_4_18(void)
{
    answered_line("/ping-fragment", 1);
    answered_line("/ping-126", 1);
}

static void b1_4_19(void)
{
    receive_line("/long-form", 64, 2);
}

static void b1_4_20(void)
{
    receive_line("/length-40", 64, 1);
    receive_line("/length-top", 64, 1);
}

static void b1_4_21(void)
{
    HINTERNET socket = at("/masked");
    receive(socket, 64);
    receive(socket, 64);
    note("send=%lu", (unsigned long)put(socket, TEXT_MESSAGE, "x"));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_4_22(void)
{
    receive_line("/close-1000", 64, 1);
    receive_line("/close-1000", 1, 1);
}

static void b1_4_23(void)
{
    receive_line("/close-1000", 64, 2);
}

static void b1_4_24(void)
{
    HINTERNET socket = at("/echo");
    note_code(finish(socket, 1000, NULL));
    receive(socket, 64);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_4_25(void)
{
    HINTERNET socket = at("/one-close");
    note_code(shut(socket, 1000, NULL));
    receive(socket, 64);
    receive(socket, 64);
    line("");
    WinHttpCloseHandle(socket);
}

/* The peer has gone when the receive begins. */
static void gone_line(const char *path, BOOL wait)
{
    HINTERNET socket = at(path);
    if (wait) {
        release();
        await_server(1);
    }
    receive(socket, 64);
    receive(socket, 64);
    note_status(socket);
    line(path + 1);
    WinHttpCloseHandle(socket);
}

static void b1_4_26(void)
{
    gone_line("/end", TRUE);
    gone_line("/reset", TRUE);
    gone_line("/half-head", FALSE);
}

static void b1_4_27(void)
{
    HINTERNET socket = at("/after-release"), request;
    note_code(set_option(socket, WINHTTP_OPTION_RECEIVE_TIMEOUT, 50));
    receive(socket, 64);
    note_code(set_option(socket, WINHTTP_OPTION_RECEIVE_TIMEOUT, PATIENCE));
    release();
    receive(socket, 64);
    line("socket");
    WinHttpCloseHandle(socket);

    request = upgrade_request(connection, "/silent");
    note_code(set_option(request, WINHTTP_OPTION_RECEIVE_TIMEOUT, 1000));
    socket = socket_of(request);
    receive(socket, 64);
    line("request");
    WinHttpCloseHandle(socket);
}

static const struct row receive_rows[] = {
    { "b1.4.1", b1_4_1 }, { "b1.4.2", b1_4_2 }, { "b1.4.3", b1_4_3 }, { "b1.4.4", b1_4_4 }, { "b1.4.5", b1_4_5 },
    { "b1.4.6", b1_4_6 }, { "b1.4.7", b1_4_7 }, { "b1.4.8", b1_4_8 }, { "b1.4.9", b1_4_9 }, { "b1.4.10", b1_4_10 },
    { "b1.4.11", b1_4_11 }, { "b1.4.12", b1_4_12 }, { "b1.4.13", b1_4_13 }, { "b1.4.14", b1_4_14 },
    { "b1.4.15", b1_4_15 }, { "b1.4.16", b1_4_16 }, { "b1.4.17", b1_4_17 }, { "b1.4.18", b1_4_18 },
    { "b1.4.19", b1_4_19 }, { "b1.4.20", b1_4_20 }, { "b1.4.21", b1_4_21 }, { "b1.4.22", b1_4_22 },
    { "b1.4.23", b1_4_23 }, { "b1.4.24", b1_4_24 }, { "b1.4.25", b1_4_25 }, { "b1.4.26", b1_4_26 },
    { "b1.4.27", b1_4_27 }, { NULL, NULL },
};

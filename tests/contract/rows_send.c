/* Section 1.3: sending. */

static void b1_3_1(void)
{
    HINTERNET socket = at("/silent");
    note_code(put(socket, BINARY, NULL));
    note_code(put(socket, BINARY_FRAGMENT, NULL));
    note_code(put(socket, BINARY, NULL));
    note_code(put(socket, TEXT_MESSAGE, NULL));
    note_code(put(socket, TEXT_FRAGMENT, NULL));
    note_code(put(socket, TEXT_MESSAGE, NULL));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_3_2(void)
{
    HINTERNET socket = at("/echo");
    note_code(WinHttpWebSocketSend(socket, BINARY, NULL, 1));
    note_echo(socket);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_3_3(void)
{
    HINTERNET socket = at("/echo");
    note_code(put(socket, WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE, "x"));
    note_code(put(socket, (WINHTTP_WEB_SOCKET_BUFFER_TYPE)5, "x"));
    note_code(put(socket, (WINHTTP_WEB_SOCKET_BUFFER_TYPE)255, "x"));
    note_echo(socket);
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_3_4(void)
{
    HINTERNET socket = at("/silent");
    note_code(put(socket, BINARY_FRAGMENT, "one"));
    note_code(put(socket, BINARY_FRAGMENT, "two"));
    note_code(put(socket, BINARY, "three"));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_3_5(void)
{
    HINTERNET socket = at("/silent");
    note_code(put(socket, BINARY_FRAGMENT, "one"));
    note_code(put(socket, TEXT_FRAGMENT, "x"));
    note_code(put(socket, TEXT_MESSAGE, "x"));
    note_code(put(socket, BINARY, "two"));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_3_6(void)
{
    HINTERNET socket = at("/silent");
    note_code(put(socket, TEXT_FRAGMENT, "one"));
    note_code(put(socket, TEXT_MESSAGE, NULL));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_3_7(void)
{
    HINTERNET socket = at("/silent");
    note_code(put(socket, TEXT_MESSAGE, "\xff"));
    note_code(put(socket, TEXT_MESSAGE, "\xe2\x82"));
    line("not UTF-8");
    note_code(put(socket, TEXT_FRAGMENT, "\xe2\x82"));
    note_code(put(socket, TEXT_MESSAGE, "\xac"));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("split character");
}

static void b1_3_8(void)
{
    static char much[200000];
    HINTERNET socket = at("/silent");
    note_code(WinHttpWebSocketSend(socket, BINARY, much, sizeof much));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_3_9(void)
{
    HINTERNET socket = at("/echo");
    note_code(shut(socket, 1000, NULL));
    note_code(put(socket, TEXT_MESSAGE, "x"));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_3_10(void)
{
    HINTERNET socket = at("/echo");
    note_code(finish(socket, 1000, NULL));
    note_code(put(socket, TEXT_MESSAGE, "x"));
    line("");
    WinHttpCloseHandle(socket);
}

static void b1_3_11(void)
{
    HINTERNET socket = at("/close-stay");
    receive(socket, 64);
    note_code(put(socket, TEXT_MESSAGE, "still"));
    note_code(shut(socket, 1000, NULL));
    note_code(put(socket, TEXT_MESSAGE, "no more"));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

static void b1_3_12(void)
{
    HINTERNET socket = at("/close-stay");
    note_code(put(socket, TEXT_MESSAGE, "unread"));
    WinHttpCloseHandle(socket);
    seen(-1);
    line("");
}

/* The loss may show at a later send only: the first of them reaches the system, not the peer. */
static void send_until_refused(HINTERNET socket)
{
    DWORD code = 0;
    int tries;
    for (tries = 0; code == 0 && tries < 100000; tries++)
        code = put(socket, BINARY, "x");
    note_code(code);
}

static void b1_3_13(void)
{
    HINTERNET socket = at("/gone");
    await_server(1);
    send_until_refused(socket);
    line("ended");
    WinHttpCloseHandle(socket);
    socket = at("/reset");
    release();
    await_server(1);
    send_until_refused(socket);
    line("reset");
    WinHttpCloseHandle(socket);
}

static const struct row send_rows[] = {
    { "b1.3.1", b1_3_1 }, { "b1.3.2", b1_3_2 }, { "b1.3.3", b1_3_3 }, { "b1.3.4", b1_3_4 }, { "b1.3.5", b1_3_5 },
    { "b1.3.6", b1_3_6 }, { "b1.3.7", b1_3_7 }, { "b1.3.8", b1_3_8 }, { "b1.3.9", b1_3_9 }, { "b1.3.10", b1_3_10 },
    { "b1.3.11", b1_3_11 }, { "b1.3.12", b1_3_12 }, { "b1.3.13", b1_3_13 }, { NULL, NULL },
};

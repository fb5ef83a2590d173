/* Section 9: bodies of requests. */

static void posted_line(const char *situation, const WCHAR *headers, const char *first, DWORD total, const char *rest)
{
    HINTERNET request = open_request(connection, L"POST", "/request", 0);
    DWORD written = 0, length = (DWORD)strlen(first);
    const char *end;
    note_code(code_of(WinHttpSendRequest(request, headers, (DWORD)-1, length ? (void *)(uintptr_t)first : NULL, length, total, 0)));
    if (rest != NULL) {
        note_code(code_of(WinHttpWriteData(request, rest, (DWORD)strlen(rest), &written)));
        note("written=%lu", (unsigned long)written);
    }
    note_code(receive_response(request));
    read_body(request, body, sizeof body);
    note_header(body, "Content-Length");
    note_header(body, "Transfer-Encoding");
    end = strstr(body, "\n\n");
    note_bytes(end ? end + 2 : "", end ? (DWORD)strlen(end + 2) : 0);
    line(situation);
    WinHttpCloseHandle(request);
}

static void b9_5(void)
{
    HINTERNET request;
    DWORD written = 0, code = 0, sent;
    posted_line("with the headers", NULL, "all", 3, NULL);
    posted_line("in pieces", NULL, "ab", 6, "cdef");
    posted_line("own chunks", L"Transfer-Encoding: chunked", "", WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH, "5\r\nhello\r\n0\r\n\r\n");

    request = open_request(connection, L"POST", "/early", 0);
    note_code(code_of(WinHttpSendRequest(request, NULL, 0, NULL, 0, MUCH, 0)));
    for (sent = 0; sent < MUCH && code == 0; sent += 1u << 20)
        code = code_of(WinHttpWriteData(request, much, 1u << 20, &written));
    note_code(code);
    note_code(receive_response(request));
    note("status=%lu", (unsigned long)status_of(request));
    line("early answer");
    WinHttpCloseHandle(request);
}

static const struct row bodies_rows[] = { { "b9.5", b9_5 }, { "b9.6", b9_6 }, { "b9.7", b9_7 }, { NULL, NULL } };

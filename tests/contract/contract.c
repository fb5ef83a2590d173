/*
 * What the functions of winhttp.h and websocket.h do, row by row of specs/behaviour, as lines of text that can be compared.
 * README.md says how to build and run it, here and on Windows.
 *
 *     contract HOST PORT [--rows] [--only PREFIX] [--after ID]
 *     contract --list
 *
 * HOST and PORT are those of server.py. A line is `ID SITUATION: RESULTS`; no result depends on timing, on a port or on a key. --rows
 * says before each row that it begins, so that run.py knows which one has crashed.
 * It is one text for all compilers, so it includes its parts. -DWITHOUT_WEBSOCKET leaves websocket.h out.
 */
#define _CRT_SECURE_NO_WARNINGS

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <winhttp.h>
#ifndef WITHOUT_WEBSOCKET
#ifdef __MINGW32__
/* mingw-w64 has no websocket.h. That of winws brings the types and codes of Windows along, which are there already. */
#define WINWS_WINWS_TYPES_H
#define WINWS_WINWS_CODES_H
#endif
#include <websocket.h>
#endif

#include "harness.h"
#include "recorder.h"

#include "rows_handles.c"
#include "rows_handshake.c"
#include "rows_send.c"
#include "rows_receive.c"
#include "rows_threads.c"
#include "rows_close.c"
#include "rows_close_status.c"
#include "rows_programs.c"
#include "rows_asynchronous.c"
#include "rows_notices.c"
#include "rows_relied_on.c"
#include "rows_options.c"
#ifndef WITHOUT_WEBSOCKET
#include "component.h"
#include "rows_component.c"
#include "rows_queues.c"
#endif
#include "rows_tls.c"
#include "rows_http.c"
#include "rows_bodies.c"
#include "rows_proxies.c"
#include "rows_texts.c"

/* In the order of the ids. */
static const struct row *const sections[] = {
    handles_rows, handshake_rows, send_rows, receive_rows, threads_rows, close_rows, close_status_rows, programs_rows,
    asynchronous_rows, notices_rows, relied_on_rows, options_rows,
#ifndef WITHOUT_WEBSOCKET
    component_rows, queues_rows,
#endif
    tls_rows, http_rows, bodies_rows, proxies_rows, texts_rows,
};

int main(int argc, char **arguments)
{
    const char *only = "", *after = NULL;
    BOOL list = argc > 1 && strcmp(arguments[1], "--list") == 0, announce = FALSE;
    size_t section;
    const struct row *row;
    int index;

    for (index = 3; index < argc; index++) {
        if (strcmp(arguments[index], "--rows") == 0)
            announce = TRUE;
        else if (strcmp(arguments[index], "--only") == 0 && index + 1 < argc)
            only = arguments[++index];
        else if (strcmp(arguments[index], "--after") == 0 && index + 1 < argc)
            after = arguments[++index];
    }
    if (!list && argc < 3) {
        fprintf(stderr, "usage: %s HOST PORT [--rows] [--only PREFIX] [--after ID]\n       %s --list\n", arguments[0], arguments[0]);
        return EXIT_FAILURE;
    }
    if (!list && !begin(arguments[1], (INTERNET_PORT)atoi(arguments[2]))) {
        fprintf(stderr, "the server does not answer: %lu\n", (unsigned long)GetLastError());
        return EXIT_FAILURE;
    }
    for (section = 0; section < sizeof sections / sizeof *sections; section++) {
        for (row = sections[section]; row->id != NULL; row++) {
            if (list)
                printf("%s\n", row->id);
            else if (after != NULL)
                after = strcmp(after, row->id) == 0 ? NULL : after;
            else if (strncmp(row->id, only, strlen(only)) == 0)
                run_row(row, announce);
        }
    }
    return EXIT_SUCCESS;
}

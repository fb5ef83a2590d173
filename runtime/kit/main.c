/** @file The main of programs with a wmain, for libwinws_kit.a. A linker takes it only if the program has no main of its own. */

#include <stdio.h>
#include <stdlib.h>

#include "winws_text.h"

/* wmain of C, and of C++ with its parameters. The symbols that the program lacks are NULL. */
typedef int wmain_function(int count, void *arguments, void *environment);
#define WMAIN(symbol) wmain_function symbol __attribute__((weak))
WMAIN(wmain);
WMAIN(_Z5wmainv);
WMAIN(_Z5wmainiPPw);     /* (int, wchar_t **), with and without (wchar_t **) */
WMAIN(_Z5wmainiPPwS0_);
WMAIN(_Z5wmainiPPKw);    /* with const wchar_t */
WMAIN(_Z5wmainiPPKwS1_);
WMAIN(_Z5wmainiPKPw);    /* with wchar_t *const, and const wchar_t *const */
WMAIN(_Z5wmainiPKPKw);

extern char winws_kit_short_wchar __attribute__((weak));
/* They live as long as the program. No compiler can see that nobody reads them, so that they are no leaks. */
void **winws_kit_arguments, **winws_kit_environment;

/* The strings in UTF-16 or UTF-32, with a NULL at the end. */
static void **widen(char **narrow, size_t count, size_t width) {
    void **wide = (void **)calloc(count + 1, sizeof *wide);
    size_t i, room;
    int wrong = 0;
    for (i = 0; wide != NULL && i < count; i++) {
        room = strlen(narrow[i]) + 1;
        wide[i] = calloc(room, width);
        if (wide[i] == NULL)
            return NULL;
        winws_kit_convert(narrow[i], 1, room, wide[i], width, room, &wrong);
    }
    return wide;
}

int main(int count, char **arguments, char **environment) {
    wmain_function *forms[] = {wmain, _Z5wmainv, _Z5wmainiPPw, _Z5wmainiPPwS0_, _Z5wmainiPKPw,
                               _Z5wmainiPPKw, _Z5wmainiPPKwS1_, _Z5wmainiPKPKw};
    size_t width = &winws_kit_short_wchar != NULL ? 2 : 4, variables = 0, i;
    while (environment[variables] != NULL)
        variables++;
    winws_kit_arguments = widen(arguments, (size_t)count, width);
    winws_kit_environment = widen(environment, variables, width);
    for (i = 0; i < sizeof forms / sizeof forms[0] && winws_kit_arguments != NULL && winws_kit_environment != NULL; i++)
        if (forms[i] != NULL)
            return forms[i](count, winws_kit_arguments, winws_kit_environment);
    fputs("the program has neither main nor wmain, or there is no memory\n", stderr);
    return EXIT_FAILURE;
}

/** @file Names of Windows as symbols, for libwinws_names.a: for programs that link by symbol, such as those in Rust with
 * windows-sys. They are not in libwinws, because other libraries have symbols with these names too. */

#include "winws.h"

DWORD WINAPI GetLastError(void) { return winws_get_last_error(); }
VOID WINAPI SetLastError(DWORD code) { winws_set_last_error(code); }
PVOID WINAPI GlobalAlloc(UINT flags, SIZE_T bytes) { return winws_global_alloc(flags, bytes); }
PVOID WINAPI GlobalFree(PVOID memory) { return winws_global_free(memory); }

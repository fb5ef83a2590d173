/** @file wchar.h of the C library, with wprintf and its family as Windows has them: winws_format.h. */
#ifndef WINWS_KIT_WCHAR_H
#define WINWS_KIT_WCHAR_H
#pragma GCC system_header

#if __SIZEOF_WCHAR_T__ == 2 && defined(__cplusplus)
/* Wide characters of the C library and of std::wstring have four bytes whatever the compiler is told. */
#include <features.h>
#include <stddef.h>
#define WINWS_KIT_REFUSED(result, name, parameters)                                                                   \
    extern "C" result name parameters __THROW __attribute__((__error__(#name " wants characters of four bytes")));
WINWS_KIT_REFUSED(size_t, wcslen, (const wchar_t *))
WINWS_KIT_REFUSED(int, wcscmp, (const wchar_t *, const wchar_t *))
WINWS_KIT_REFUSED(wchar_t *, wmemcpy, (wchar_t *, const wchar_t *, size_t))
#endif

/* As in stdio.h. */
#define wprintf winws_kit_c_wprintf
#define fwprintf winws_kit_c_fwprintf
#define vwprintf winws_kit_c_vwprintf
#define vfwprintf winws_kit_c_vfwprintf
#define swprintf winws_kit_c_swprintf
#define vswprintf winws_kit_c_vswprintf
#include_next <wchar.h>
#undef wprintf
#undef fwprintf
#undef vwprintf
#undef vfwprintf
#undef swprintf
#undef vswprintf

#include "winws_format.h"

#endif

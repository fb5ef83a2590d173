/**
 * @file
 * wchar.h of the C library, with wprintf and its family as Windows has them: winws_format.h.
 */

#ifndef WINWS_KIT_WCHAR_H
#define WINWS_KIT_WCHAR_H
#pragma GCC system_header

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

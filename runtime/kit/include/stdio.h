/** @file stdio.h of the C library, with printf and its family as Windows has them: winws_format.h. */
#ifndef WINWS_KIT_STDIO_H
#define WINWS_KIT_STDIO_H
#pragma GCC system_header

/* The C library declares its functions under other names, which nobody uses. So the names are free for the kit, whether
   the C library has functions, inline functions or macros, as it has with _FORTIFY_SOURCE. */
#define printf winws_kit_c_printf
#define fprintf winws_kit_c_fprintf
#define vprintf winws_kit_c_vprintf
#define vfprintf winws_kit_c_vfprintf
#define sprintf winws_kit_c_sprintf
#define vsprintf winws_kit_c_vsprintf
#define snprintf winws_kit_c_snprintf
#define vsnprintf winws_kit_c_vsnprintf
#include_next <stdio.h>
#undef printf
#undef fprintf
#undef vprintf
#undef vfprintf
#undef sprintf
#undef vsprintf
#undef snprintf
#undef vsnprintf

#include "winws_format.h"

#endif

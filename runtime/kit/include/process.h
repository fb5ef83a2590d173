/** @file _beginthreadex, in libwinws_kit.a: CreateThread with other types. */
#ifndef WINWS_KIT_PROCESS_H
#define WINWS_KIT_PROCESS_H

#include "windows.h"

/* The handle, which CloseHandle closes, or 0 and errno. */
uintptr_t _beginthreadex(void *attributes, unsigned stack, unsigned(__stdcall *start)(void *), void *parameter,
                         unsigned flags, unsigned *id) WINWS_KIT_SYMBOL(_beginthreadex);

#endif

/** @file What programs for winhttp.h and websocket.h use of windows.h. README.md beside the kit says which names need
 * libwinws_kit.a; for all others this header is enough, with libwinws. */
#ifndef WINWS_KIT_WINDOWS_H
#define WINWS_KIT_WINDOWS_H

#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sal.h"
#include "winws.h"
#include "winws_codes.h"
#include "winws_text.h"
#include "winws_types.h"

/* Calling conventions are all one here. */
#define __cdecl
#define __stdcall
#define __int64 long long

typedef void *HANDLE, **PHANDLE, **LPHANDLE, *HGLOBAL, *HMODULE, *HINSTANCE;
#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

#define ARRAYSIZE(array) (sizeof(array) / sizeof((array)[0]))
#define _countof(array) ARRAYSIZE(array)
#define CopyMemory(to, from, bytes) memcpy((to), (from), (bytes))
#define ZeroMemory(to, bytes) memset((to), 0, (bytes))
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define __min(a, b) ((a) < (b) ? (a) : (b))
#define __max(a, b) ((a) > (b) ? (a) : (b))

/* A code as an HRESULT: the code itself if it is one, or 0. */
#define HRESULT_FROM_WIN32(code) winws_kit_hresult((HRESULT)(code))
static inline HRESULT winws_kit_hresult(HRESULT code) {
    return code <= 0 ? code : (HRESULT)(((uint32_t)code & 0xFFFF) | 0x80070000u);
}

/* The thread's last error, which winhttp.h and the functions below set. */
static inline DWORD GetLastError(void) { return winws_get_last_error(); }
static inline void SetLastError(DWORD code) { winws_set_last_error(code); }

/* Memory that cannot be moved, and the end of it and of the strings that winhttp.h gives. NULL is success in both. */
#define GMEM_FIXED 0x0000
#define GMEM_ZEROINIT 0x0040
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)
static inline HGLOBAL GlobalAlloc(UINT flags, SIZE_T bytes) { return winws_global_alloc(flags, bytes); }
static inline HGLOBAL GlobalFree(HGLOBAL memory) { return winws_global_free(memory); }

/* A lock that its thread may take again. */
typedef struct CRITICAL_SECTION {
    pthread_mutex_t mutex;
} CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

/* Strict C11 does not see these two names of POSIX. */
#if defined(__GLIBC__) && !defined(__cplusplus)
int pthread_mutexattr_settype(pthread_mutexattr_t *, int);
#define WINWS_KIT_RECURSIVE PTHREAD_MUTEX_RECURSIVE_NP
#else
#define WINWS_KIT_RECURSIVE PTHREAD_MUTEX_RECURSIVE
#endif

static inline void InitializeCriticalSection(LPCRITICAL_SECTION section) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, WINWS_KIT_RECURSIVE);
    pthread_mutex_init(&section->mutex, &kind);
    pthread_mutexattr_destroy(&kind);
}
static inline void EnterCriticalSection(LPCRITICAL_SECTION section) { pthread_mutex_lock(&section->mutex); }
static inline BOOL TryEnterCriticalSection(LPCRITICAL_SECTION lock) { return pthread_mutex_trylock(&lock->mutex) == 0; }
static inline void LeaveCriticalSection(LPCRITICAL_SECTION section) { pthread_mutex_unlock(&section->mutex); }
static inline void DeleteCriticalSection(LPCRITICAL_SECTION section) { pthread_mutex_destroy(&section->mutex); }

/* Each is one step that all threads see in one order. Increment and Decrement return the new value, others the old. */
#define WINWS_KIT_ADD(type, name, sum, parameters, value)                                                             \
    static inline type name parameters { return __atomic_##sum(at, value, __ATOMIC_SEQ_CST); }
#define WINWS_KIT_EXCHANGE(type, suffix)                                                                              \
    static inline type InterlockedExchange##suffix(type volatile *at, type value) {                                   \
        return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);                                                      \
    }                                                                                                                 \
    static inline type InterlockedCompareExchange##suffix(type volatile *at, type value, type expected) {             \
        __atomic_compare_exchange_n(at, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                     \
        return expected;                                                                                              \
    }
WINWS_KIT_ADD(LONG, InterlockedIncrement, add_fetch, (LONG volatile *at), 1)
WINWS_KIT_ADD(LONG, InterlockedDecrement, sub_fetch, (LONG volatile *at), 1)
WINWS_KIT_ADD(LONG, InterlockedExchangeAdd, fetch_add, (LONG volatile *at, LONG value), value)
WINWS_KIT_ADD(LONG64, InterlockedIncrement64, add_fetch, (LONG64 volatile *at), 1)
WINWS_KIT_ADD(LONG64, InterlockedDecrement64, sub_fetch, (LONG64 volatile *at), 1)
WINWS_KIT_ADD(LONG64, InterlockedExchangeAdd64, fetch_add, (LONG64 volatile *at, LONG64 value), value)
WINWS_KIT_EXCHANGE(LONG, )
WINWS_KIT_EXCHANGE(LONG64, 64)
WINWS_KIT_EXCHANGE(PVOID, Pointer)

/* Conversions. The code page of the system is UTF-8 here, and there are no others. */
#define CP_ACP 0
#define CP_UTF8 65001
#define MB_ERR_INVALID_CHARS 0x0008
#define WC_ERR_INVALID_CHARS 0x0080
#define ERROR_INVALID_FLAGS 1004
#define ERROR_NO_UNICODE_TRANSLATION 1113

static inline int winws_kit_fail(DWORD code) {
    SetLastError(code);
    return 0;
}

/* Lengths are in units. A negative one includes the terminating zero, and a room of 0 asks how many units there are. */
static inline int winws_kit_translate(UINT page, BOOL strict, const void *from, size_t width, int length, void *to,
                                      size_t to_width, int room) {
    size_t units, count = length < 0 ? 0 : (size_t)length;
    int wrong = 0;
    if ((page != CP_ACP && page != CP_UTF8) || from == NULL || length == 0 || room < 0 || (to == NULL && room > 0) ||
        from == to)
        return winws_kit_fail(ERROR_INVALID_PARAMETER);
    while (length < 0 && winws_kit_unit(from, width, count++) != 0)
        ;
    units = winws_kit_convert(from, width, count, to, to_width, (size_t)room, &wrong);
    if (strict && wrong)
        return winws_kit_fail(ERROR_NO_UNICODE_TRANSLATION);
    if (units > (room > 0 ? (size_t)room : INT32_MAX))
        return winws_kit_fail(ERROR_INSUFFICIENT_BUFFER);
    return (int)units;
}
static inline int MultiByteToWideChar(UINT page, DWORD flags, LPCSTR from, int length, LPWSTR to, int room) {
    if ((flags & ~(DWORD)MB_ERR_INVALID_CHARS) != 0)
        return winws_kit_fail(ERROR_INVALID_FLAGS);
    return winws_kit_translate(page, flags != 0, from, 1, length, to, sizeof(WCHAR), room);
}
/* With UTF-8 no character takes the place of others, and nobody can ask whether it did. */
static inline int WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR from, int length, LPSTR to, int room,
                                      LPCSTR replacement, LPBOOL replaced) {
    if ((flags & ~(DWORD)WC_ERR_INVALID_CHARS) != 0)
        return winws_kit_fail(ERROR_INVALID_FLAGS);
    if (replacement != NULL || replaced != NULL)
        return winws_kit_fail(ERROR_INVALID_PARAMETER);
    return winws_kit_translate(page, flags != 0, from, sizeof(WCHAR), length, to, 1, room);
}
/* Output is UTF-8 already. */
static inline BOOL SetConsoleOutputCP(UINT page) { return page == CP_UTF8 || winws_kit_fail(ERROR_INVALID_PARAMETER); }

/* The rest is in libwinws_kit.a. */

/* Only NULL: nothing here has security attributes. */
typedef struct SECURITY_ATTRIBUTES *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;
typedef DWORD(WINAPI *LPTHREAD_START_ROUTINE)(LPVOID parameter);

#define INFINITE 0xFFFFFFFF
#define WAIT_OBJECT_0 0
#define WAIT_FAILED 0xFFFFFFFF
#define WAIT_TIMEOUT 258

/* Starts a thread. The flags are 0. The handle is signaled when the thread has ended. */
HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack, LPTHREAD_START_ROUTINE start,
                           LPVOID parameter, DWORD flags, LPDWORD id) WINWS_KIT_SYMBOL(CreateThread);
/* An event without a name; with one: ERROR_NOT_SUPPORTED. Unless it is reset by hand, it lets one wait pass. */
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL by_hand, BOOL is_set, LPCSTR name)
    WINWS_KIT_SYMBOL(CreateEventA);
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL by_hand, BOOL is_set, LPCWSTR name)
    WINWS_KIT_SYMBOL(CreateEventW);
#ifdef UNICODE
#define CreateEvent CreateEventW
#else
#define CreateEvent CreateEventA
#endif
BOOL WINAPI SetEvent(HANDLE event) WINWS_KIT_SYMBOL(SetEvent);
BOOL WINAPI ResetEvent(HANDLE event) WINWS_KIT_SYMBOL(ResetEvent);
/* Waits for an event or the end of a thread: WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED and the last error. */
DWORD WINAPI WaitForSingleObject(HANDLE object, DWORD milliseconds) WINWS_KIT_SYMBOL(WaitForSingleObject);
/* Closes a handle of an event or a thread. The thread goes on. */
BOOL WINAPI CloseHandle(HANDLE object) WINWS_KIT_SYMBOL(CloseHandle);
void WINAPI Sleep(DWORD milliseconds) WINWS_KIT_SYMBOL(Sleep);

/* The only heap is the one of malloc. */
#define HEAP_ZERO_MEMORY 0x0008
HANDLE WINAPI GetProcessHeap(void) WINWS_KIT_SYMBOL(GetProcessHeap);
LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T bytes) WINWS_KIT_SYMBOL(HeapAlloc);
BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory) WINWS_KIT_SYMBOL(HeapFree);

#endif

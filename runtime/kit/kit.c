/** @file Threads, events and the heap of windows.h, for libwinws_kit.a.
 *
 * A handle is the number of a slot with the slot's generation, so that a handle that was closed is never mistaken for a
 * newer one. One lock guards all slots and objects. */

#define _GNU_SOURCE

#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "process.h"
#include "windows.h"

/* A thread that waits for an object. Those who wait stand in a queue, the longest first. */
typedef struct waiter {
    struct waiter *next;
    int is_released;
} waiter;

/* An event, or a thread, which is set when somebody has joined it. Handles, waits and the running thread hold references. */
typedef struct object {
    pthread_cond_t changed;
    waiter *first;
    int references, by_hand, is_set, is_joining;
    LPTHREAD_START_ROUTINE routine; /* NULL for an event */
    LPVOID parameter;
    pthread_t thread;
} object;

typedef struct slot {
    object *object;
    uintptr_t generation;
} slot;

enum { SLOTS = 65536 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static slot slots[SLOTS];

static void release(object *object) {
    if (--object->references > 0)
        return;
    if (object->routine != NULL && !object->is_set)
        pthread_detach(object->thread);
    pthread_cond_destroy(&object->changed);
    free(object);
}

/* The slot of an open handle, or NULL. The caller holds the lock. */
static slot *find(HANDLE handle) {
    uintptr_t number = (uintptr_t)handle >> 2;
    slot *found = &slots[number % SLOTS];
    int is_open = found->object != NULL && found->generation == number / SLOTS && ((uintptr_t)handle & 3) == 0;
    if (!is_open)
        SetLastError(ERROR_INVALID_HANDLE);
    return is_open ? found : NULL;
}

/* Opens a handle of a new object, which is a copy of one. */
static HANDLE open_handle(object like, object **opened) {
    static size_t last;
    pthread_condattr_t kind;
    size_t index = last, tried = 0;
    HANDLE handle = NULL;
    *opened = (object *)malloc(sizeof like);
    pthread_mutex_lock(&lock);
    while (tried < SLOTS && slots[index = (last + tried) % SLOTS].object != NULL)
        tried++;
    if (*opened != NULL && tried < SLOTS) {
        **opened = like;
        pthread_condattr_init(&kind);
        pthread_condattr_setclock(&kind, CLOCK_MONOTONIC);
        pthread_cond_init(&(*opened)->changed, &kind);
        pthread_condattr_destroy(&kind);
        slots[index].object = *opened;
        handle = (HANDLE)((++slots[index].generation * SLOTS + index) << 2);
        last = index + 1;
    }
    pthread_mutex_unlock(&lock);
    if (handle == NULL) {
        free(*opened);
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    }
    return handle;
}

BOOL WINAPI CloseHandle(HANDLE handle) {
    slot *found;
    pthread_mutex_lock(&lock);
    found = find(handle);
    if (found != NULL) {
        release(found->object);
        found->object = NULL;
    }
    pthread_mutex_unlock(&lock);
    return found != NULL;
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL by_hand, BOOL is_set, LPCWSTR name) {
    object *event;
    (void)attributes;
    if (name != NULL) {
        SetLastError(ERROR_NOT_SUPPORTED);
        return NULL;
    }
    return open_handle((object){.references = 1, .by_hand = by_hand, .is_set = is_set}, &event);
}

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL by_hand, BOOL is_set, LPCSTR name) {
    return CreateEventW(attributes, by_hand, is_set, name == NULL ? NULL : L"");
}

/* Releases who waits at this moment: all, or the first one, whose wait resets the object. */
static void release_waiters(object *object) {
    object->is_set = object->by_hand || object->first == NULL;
    while (object->first != NULL) {
        object->first->is_released = 1;
        object->first = object->first->next;
        if (!object->by_hand)
            break;
    }
    pthread_cond_broadcast(&object->changed);
}

static BOOL change_event(HANDLE handle, int is_set) {
    slot *found;
    pthread_mutex_lock(&lock);
    found = find(handle);
    if (found != NULL && found->object->routine != NULL) {
        SetLastError(ERROR_INVALID_HANDLE);
        found = NULL;
    }
    if (found != NULL && is_set)
        release_waiters(found->object);
    else if (found != NULL)
        found->object->is_set = 0;
    pthread_mutex_unlock(&lock);
    return found != NULL;
}

BOOL WINAPI SetEvent(HANDLE event) { return change_event(event, 1); }
BOOL WINAPI ResetEvent(HANDLE event) { return change_event(event, 0); }

/* When so many milliseconds will have passed. */
static struct timespec after(DWORD milliseconds) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += (time_t)(milliseconds / 1000);
    time.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

/* Waits for a change of an object. Of those who wait for a thread one joins it, so that nothing of the thread runs any more, no
   destructor either. The caller holds the lock. */
static int wait_for_change(object *object, const struct timespec *end) {
    int error;
    if (object->routine == NULL || object->is_joining || pthread_equal(object->thread, pthread_self()))
        return end == NULL ? pthread_cond_wait(&object->changed, &lock)
                           : pthread_cond_timedwait(&object->changed, &lock, end);
    object->is_joining = 1;
    pthread_mutex_unlock(&lock);
    error = end == NULL ? pthread_join(object->thread, NULL)
                        : pthread_clockjoin_np(object->thread, NULL, CLOCK_MONOTONIC, end);
    pthread_mutex_lock(&lock);
    object->is_joining = 0;
    if (error == 0)
        release_waiters(object);
    else
        pthread_cond_broadcast(&object->changed); /* somebody else may join it */
    return error;
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
    struct timespec end = after(milliseconds);
    DWORD result = WAIT_FAILED;
    slot *found;
    pthread_mutex_lock(&lock);
    found = find(handle);
    if (found != NULL && found->object->is_set) {
        found->object->is_set = found->object->by_hand;
        result = WAIT_OBJECT_0;
    } else if (found != NULL) {
        object *object = found->object;
        waiter self = {NULL, 0}, **place = &object->first;
        int error = 0;
        object->references++;
        while (*place != NULL)
            place = &(*place)->next;
        *place = &self;
        while (!self.is_released && error == 0)
            error = wait_for_change(object, milliseconds == INFINITE ? NULL : &end);
        for (place = &object->first; !self.is_released && *place != &self;)
            place = &(*place)->next;
        if (!self.is_released)
            *place = self.next;
        result = self.is_released ? WAIT_OBJECT_0 : WAIT_TIMEOUT;
        release(object);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

void WINAPI Sleep(DWORD milliseconds) {
    struct timespec end = after(milliseconds);
    if (milliseconds == 0)
        sched_yield();
    while (milliseconds == INFINITE)
        pause();
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        ;
}

/* The thread ends, also by pthread_exit. */
static void ended(void *thread) {
    pthread_mutex_lock(&lock);
    release((object *)thread);
    pthread_mutex_unlock(&lock);
}

static void *run(void *argument) {
    object *thread = (object *)argument;
    pthread_cleanup_push(ended, thread);
    thread->routine(thread->parameter);
    pthread_cleanup_pop(1);
    return NULL;
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack, LPTHREAD_START_ROUTINE routine,
                           LPVOID parameter, DWORD flags, LPDWORD id) {
    static LONG ids;
    object *thread, like = {.references = 2, .by_hand = 1, .routine = routine, .parameter = parameter};
    size_t usual;
    pthread_attr_t kind;
    HANDLE handle = NULL;
    (void)attributes;
    if (routine == NULL || flags != 0)
        SetLastError(ERROR_INVALID_PARAMETER);
    else
        handle = open_handle(like, &thread);
    if (handle == NULL)
        return NULL;
    pthread_attr_init(&kind);
    /* On Windows a size below the usual one only says how much of the stack is there at once. */
    if (pthread_attr_getstacksize(&kind, &usual) == 0 && stack > usual)
        pthread_attr_setstacksize(&kind, stack);
    if (pthread_create(&thread->thread, &kind, run, thread) != 0) {
        thread->references--;
        thread->is_set = 1; /* there is none to detach */
        CloseHandle(handle);
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        handle = NULL;
    } else if (id != NULL) {
        *id = (DWORD)InterlockedIncrement(&ids);
    }
    pthread_attr_destroy(&kind);
    return handle;
}

uintptr_t _beginthreadex(void *attributes, unsigned stack, unsigned(__stdcall *routine)(void *), void *parameter,
                         unsigned flags, unsigned *id) {
    HANDLE handle = CreateThread((LPSECURITY_ATTRIBUTES)attributes, stack, routine, parameter, flags, id);
    if (handle == NULL)
        errno = GetLastError() == ERROR_INVALID_PARAMETER ? EINVAL : EAGAIN;
    return (uintptr_t)handle;
}

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void in_parent(void) { pthread_mutex_unlock(&lock); }

/* The handles from before are invalid in a child, as those of libwinws are, and their objects are never touched again. */
static void in_child(void) {
    size_t index;
    for (index = 0; index < SLOTS; index++)
        slots[index].object = NULL;
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(before_fork, in_parent, in_child); }

HANDLE WINAPI GetProcessHeap(void) {
    static char heap;
    return &heap;
}

LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T bytes) {
    if (heap != GetProcessHeap() || (flags & ~(DWORD)HEAP_ZERO_MEMORY) != 0)
        return NULL;
    bytes = bytes == 0 ? 1 : bytes;
    return flags != 0 ? calloc(1, bytes) : malloc(bytes);
}

BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory) {
    if (heap != GetProcessHeap() || flags != 0)
        return winws_kit_fail(ERROR_INVALID_PARAMETER);
    free(memory);
    return TRUE;
}

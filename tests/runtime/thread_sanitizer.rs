//! What ThreadSanitizer is told of std, which is not compiled for it (`--cfg winws_tsan`).
//!
//! Most of std's locks is generic or inlined, and so compiled with the crates that use it. The rest is a few functions of std that
//! take a lock in the end, and ThreadSanitizer sees them take none. The linker puts the functions below in their place (`--wrap`).
//! Each calls the one of std and says what that has done. Nothing else changes, here, in the runtime and in the crates below it.
//!
//! `.ci/interop` finds std's names for these functions: they differ from toolchain to toolchain.

use std::ffi::{c_int, c_void};
use std::sync::OnceState;
use std::time::Duration;

/// An object of std. Its first bytes are the atomic integer that the inlined code uses, so their address is the name of the edge.
type Object = *const c_void;

const RELEASE: c_int = 3;
const ACQUIRE_AND_RELEASE: c_int = 4;

unsafe extern "C" {
    fn __tsan_acquire(object: Object);
    fn __tsan_release(object: Object);
    fn __real___tsan_atomic64_fetch_sub(object: Object, subtrahend: u64, order: c_int) -> u64;
}

// The declarations are those of std, with pointers for references to what has no name outside of it.
unsafe extern "Rust" {
    #[link_name = concat!("__real_", env!("WINWS_TSAN_MUTEX_LOCK"))]
    fn mutex_lock(mutex: Object);
    #[link_name = concat!("__real_", env!("WINWS_TSAN_RWLOCK_READ"))]
    fn rwlock_read(rwlock: Object);
    #[link_name = concat!("__real_", env!("WINWS_TSAN_RWLOCK_WRITE"))]
    fn rwlock_write(rwlock: Object);
    #[link_name = concat!("__real_", env!("WINWS_TSAN_CONDVAR_WAIT"))]
    fn condvar_wait(condvar: Object, mutex: Object);
    #[link_name = concat!("__real_", env!("WINWS_TSAN_CONDVAR_WAIT_TIMEOUT"))]
    fn condvar_wait_timeout(condvar: Object, mutex: Object, limit: Duration) -> bool;
    #[link_name = concat!("__real_", env!("WINWS_TSAN_ONCE_CALL"))]
    fn once_call(once: Object, ignores_poison: bool, make: &mut dyn FnMut(&OnceState), caller: Object);
    #[link_name = concat!("__real_", env!("WINWS_TSAN_BARRIER_WAIT"))]
    fn barrier_wait(barrier: Object) -> bool;
    #[link_name = concat!("__real_", env!("WINWS_TSAN_SCOPE_LEAVE"))]
    fn scope_leave(scope: Object, has_panicked: bool);
}

#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_MUTEX_LOCK")))]
unsafe fn mutex_lock_seen(mutex: Object) {
    // SAFETY: the caller's, as in all of these.
    unsafe {
        mutex_lock(mutex);
        __tsan_acquire(mutex);
    }
}

#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_RWLOCK_READ")))]
unsafe fn rwlock_read_seen(rwlock: Object) {
    // SAFETY: as above.
    unsafe {
        rwlock_read(rwlock);
        __tsan_acquire(rwlock);
    }
}

#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_RWLOCK_WRITE")))]
unsafe fn rwlock_write_seen(rwlock: Object) {
    // SAFETY: as above.
    unsafe {
        rwlock_write(rwlock);
        __tsan_acquire(rwlock);
    }
}

#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_CONDVAR_WAIT")))]
unsafe fn condvar_wait_seen(condvar: Object, mutex: Object) {
    // SAFETY: as above.
    unsafe {
        __tsan_release(mutex);
        condvar_wait(condvar, mutex);
        __tsan_acquire(mutex);
    }
}

#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_CONDVAR_WAIT_TIMEOUT")))]
unsafe fn condvar_wait_timeout_seen(condvar: Object, mutex: Object, limit: Duration) -> bool {
    // SAFETY: as above.
    unsafe {
        __tsan_release(mutex);
        let was_notified = condvar_wait_timeout(condvar, mutex, limit);
        __tsan_acquire(mutex);
        was_notified
    }
}

/// `OnceLock` and `LazyLock` write their value in `make`. Others may see that it is there before this returns.
#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_ONCE_CALL")))]
unsafe fn once_call_seen(once: Object, ignores_poison: bool, make: &mut dyn FnMut(&OnceState), caller: Object) {
    let mut make_seen = |state: &OnceState| {
        make(state);
        // SAFETY: as above.
        unsafe { __tsan_release(once) };
    };
    // SAFETY: as above. The caller's place is a hidden argument of std's function.
    unsafe {
        once_call(once, ignores_poison, &mut make_seen, caller);
        __tsan_acquire(once);
    }
}

#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_BARRIER_WAIT")))]
unsafe fn barrier_wait_seen(barrier: Object) -> bool {
    // SAFETY: as above.
    unsafe {
        __tsan_release(barrier);
        let is_leader = barrier_wait(barrier);
        __tsan_acquire(barrier);
        is_leader
    }
}

/// The last thing that a thread of `thread::scope` does. The scope ends when the count is zero.
#[unsafe(export_name = concat!("__wrap_", env!("WINWS_TSAN_SCOPE_LEAVE")))]
unsafe fn scope_leave_seen(scope: Object, has_panicked: bool) {
    // SAFETY: as above. The count is one of the first two words, and nobody acquires the other one.
    unsafe {
        __tsan_release(scope);
        __tsan_release(scope.byte_add(size_of::<usize>()));
        scope_leave(scope, has_panicked);
    }
}

/// `Arc` counts down with a release, and only whoever takes the last one acquires, with a fence. ThreadSanitizer knows no fences.
/// For it std would be built without them; it is not, so each such subtraction acquires.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap___tsan_atomic64_fetch_sub(object: Object, subtrahend: u64, order: c_int) -> u64 {
    let order = if order == RELEASE { ACQUIRE_AND_RELEASE } else { order };
    // SAFETY: as above.
    unsafe { __real___tsan_atomic64_fetch_sub(object, subtrahend, order) }
}

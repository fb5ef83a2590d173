//! What belongs to a process, and not to one that is forked off from it.
//!
//! After a fork the child has one thread. Whatever other threads of the parent were about to change stays half changed in the
//! child, and a lock that they had stays locked. So the child makes all that several threads share anew, at its first use.
//!
//! A process that was begun without the C library's `fork`, by a system call of its own, is not seen here.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::{fmt, ptr};

/// How many forks led to this process since somebody watches.
static FORKS: AtomicUsize = AtomicUsize::new(0);

/// Whether a process was forked off from this one.
static HAS_CHILD: AtomicBool = AtomicBool::new(false);

static IS_WATCHED: AtomicBool = AtomicBool::new(false);

/// A number of this process, which its parent and its children do not have.
#[inline]
pub(crate) fn generation() -> usize {
    FORKS.load(Ordering::Relaxed)
}

/// Whether a child may have copies of our descriptors.
pub(crate) fn has_child() -> bool {
    HAS_CHILD.load(Ordering::Relaxed)
}

/// Has forks counted from now on.
#[inline]
pub(crate) fn watch() {
    if !IS_WATCHED.load(Ordering::Acquire) {
        begin();
    }
}

/// Threads that come here together count each fork more than once, which does no harm. A lock would: the fork may come while one
/// of them has it.
#[cold]
fn begin() {
    // SAFETY: both functions only write variables of their own, so they may run whatever the fork has interrupted. If there is no
    // memory for the two, forks are not seen.
    unsafe { libc::pthread_atfork(None, Some(in_parent), Some(in_child)) };
    IS_WATCHED.store(true, Ordering::Release);
}

extern "C" fn in_parent() {
    HAS_CHILD.store(true, Ordering::Relaxed);
}

extern "C" fn in_child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// A value of which each process has one, made at its first use and kept for ever.
pub(crate) struct OfProcess<T> {
    current: AtomicPtr<Made<T>>,
    make: fn() -> T,
    owned: PhantomData<T>,
}

struct Made<T> {
    value: T,
    generation: usize,
    /// What the process before had. It may be locked for ever, so nobody drops it.
    _before: *mut Self,
}

impl<T> OfProcess<T> {
    /// A value that is not made yet. Threads that come first together each make one, and all but one are dropped.
    pub(crate) const fn new(make: fn() -> T) -> Self {
        Self { current: AtomicPtr::new(ptr::null_mut()), make, owned: PhantomData }
    }
}

impl<T: Send + Sync> OfProcess<T> {
    /// The value of this process.
    #[inline]
    pub(crate) fn get(&self) -> &T {
        let made = self.current.load(Ordering::Acquire);
        // SAFETY: it is null or of a box that is never freed.
        match unsafe { made.as_ref() } {
            Some(made) if made.generation == generation() => &made.value,
            _ => self.renew(made),
        }
    }

    #[cold]
    fn renew(&self, before: *mut Made<T>) -> &T {
        watch();
        let new = Made { value: (self.make)(), generation: generation(), _before: before };
        let new = Box::into_raw(Box::new(new));
        let made = match self.current.compare_exchange(before, new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => new,
            Err(first) => {
                // SAFETY: it is of a box, and nobody else has seen it.
                drop(unsafe { Box::from_raw(new) });
                first
            }
        };
        // SAFETY: it is of a box that is never freed.
        unsafe { &(*made).value }
    }
}

impl<T: fmt::Debug + Send + Sync> fmt::Debug for OfProcess<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OfProcess").field(self.get()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_process_has_one_value_whoever_asks_first() {
        static VALUE: OfProcess<Mutex<Vec<usize>>> = OfProcess::new(Mutex::default);
        std::thread::scope(|scope| {
            for number in 0..8 {
                scope.spawn(move || VALUE.get().lock().unwrap().push(number));
            }
        });
        let mut numbers = VALUE.get().lock().unwrap().clone();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn a_child_has_a_value_of_its_own_although_the_other_is_locked() {
        static VALUE: OfProcess<Mutex<u32>> = OfProcess::new(|| Mutex::new(1));
        let mut value = VALUE.get().lock().unwrap();
        *value = 2;
        let before = generation();
        // SAFETY: the child takes no lock that another thread could have, and allocates in the C library's heap only.
        match unsafe { libc::fork() } {
            0 => {
                let is_new = generation() != before && *VALUE.get().lock().unwrap() == 1;
                // SAFETY: it ends the process at once.
                unsafe { libc::_exit(if is_new { 7 } else { 8 }) };
            }
            child => {
                let mut status = 0;
                // SAFETY: there is room for the status.
                assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
                assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 7, "{status}");
            }
        }
        assert!(generation() == before && has_child() && *value == 2);
    }
}

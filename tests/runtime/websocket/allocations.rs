//! An allocator that counts, for what must be freed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};

thread_local! {
    /// How many bytes this thread has allocated and not freed; fewer than none where it freed what others allocated.
    static HELD: Cell<usize> = const { Cell::new(0) };
    /// Whether this thread does not count for [`held_by_all`].
    static IS_LEFT_OUT: Cell<bool> = const { Cell::new(false) };
}

/// How many bytes all threads have allocated and not freed.
static HELD_BY_ALL: AtomicIsize = AtomicIsize::new(0);

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: everything is done by the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's duty is the same.
        unsafe { System.alloc(layout) }
    }

    /// The system has zeroed pages, which it gives when they are used.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's duty is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: the caller's duty is the same.
        unsafe { System.dealloc(ptr, layout) }
    }
}

fn count(bytes: isize) {
    HELD.set(HELD.get().wrapping_add_signed(bytes));
    if !IS_LEFT_OUT.get() {
        HELD_BY_ALL.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// How many bytes the threads of the process have allocated and not freed.
pub(crate) fn held_by_all() -> isize {
    HELD_BY_ALL.load(Ordering::Relaxed)
}

/// Has this thread not count for [`held_by_all`] from now on: it is a far end.
pub(crate) fn leave_out() {
    IS_LEFT_OUT.set(true);
}

/// How many bytes this thread has allocated and not freed.
pub(crate) fn held() -> isize {
    HELD.get().cast_signed()
}

/// What a call gives, and how many bytes more it frees than it allocates: 0 if it is the other way round.
pub(crate) fn freed<R>(call: impl FnOnce() -> R) -> (R, usize) {
    let before = HELD.get();
    let result = call();
    let freed = before.wrapping_sub(HELD.get()).cast_signed();
    (result, usize::try_from(freed).unwrap_or_default())
}

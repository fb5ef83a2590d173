//! An allocator that counts, for what must be freed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// How many bytes this thread has allocated and not freed; fewer than none where it freed what others allocated.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: everything is done by the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(layout.size()));
        // SAFETY: the caller's duty is the same.
        unsafe { System.alloc(layout) }
    }

    /// The system has zeroed pages, which it gives when they are used.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(layout.size()));
        // SAFETY: the caller's duty is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        HELD.set(HELD.get().wrapping_sub(layout.size()));
        // SAFETY: the caller's duty is the same.
        unsafe { System.dealloc(ptr, layout) }
    }
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

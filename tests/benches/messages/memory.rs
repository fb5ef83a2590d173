//! How much memory is allocated at once, counted by the allocator itself.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};

/// The system's allocator, which counts while somebody watches.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

static WATCHED: AtomicBool = AtomicBool::new(false);
static NOW: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);

/// What something gives, and the most bytes that were allocated at once in the meantime.
pub(crate) fn watch<T>(run: impl FnOnce() -> T) -> (T, isize) {
    NOW.store(0, Ordering::Relaxed);
    MOST.store(0, Ordering::Relaxed);
    WATCHED.store(true, Ordering::Relaxed);
    let value = run();
    WATCHED.store(false, Ordering::Relaxed);
    (value, MOST.load(Ordering::Relaxed))
}

fn count(bytes: isize) {
    if WATCHED.load(Ordering::Relaxed) {
        let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
        MOST.fetch_max(now, Ordering::Relaxed);
    }
}

// SAFETY: the system's allocator does all of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps the same promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.dealloc(ptr, layout) }
    }
}

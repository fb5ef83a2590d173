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

/// How many bytes more were allocated than freed since watching began.
#[allow(dead_code, reason = "one bench asks for the most only")]
pub(crate) fn now() -> isize {
    NOW.load(Ordering::Relaxed)
}

fn count(bytes: isize) {
    if WATCHED.load(Ordering::Relaxed) {
        let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
        MOST.fetch_max(now, Ordering::Relaxed);
    }
}

// What the system does better than by these two functions stays its own: memory that is zero already, and blocks that grow in place.
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
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

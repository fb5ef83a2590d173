//! Masking keys of this process: fresh, and not to be foreseen (RFC 6455 section 5.3).
//!
//! They come from the system. A generator of the process would be gone before the last destructors of a thread have run, and a
//! process that is forked off would have its parent's.

use std::cell::Cell;

use crate::raw::fork;

/// How many masking keys are drawn at once, because a call of the system costs as much as masking a few of short messages.
const DRAWN: u32 = 4;

thread_local! {
    /// Keys that were drawn and not used, how many there are, and the process that drew them.
    static KEYS: Cell<(u128, u32, usize)> = const { Cell::new((0, 0, 0)) };
}

/// A masking key that nobody has used.
pub(crate) fn random() -> [u8; 4] {
    let process = fork::generation();
    let (keys, left) = match KEYS.get() {
        (keys, left, drawer) if left > 0 && drawer == process => (keys, left),
        _ => {
            fork::watch();
            (draw(), DRAWN)
        }
    };
    KEYS.set((keys >> 32, left - 1, process));
    let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _] = keys.to_le_bytes();
    key
}

fn draw() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    u128::from_le_bytes(bytes)
}

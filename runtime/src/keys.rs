//! Masking keys of this process: fresh, and not to be foreseen (RFC 6455 section 5.3).

use std::cell::Cell;

use crate::raw::fork;

/// How many keys are drawn at once: to look the generator up for each one costs as much as masking a short message.
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
        (_, _, drawer) => (draw(drawer != process), DRAWN),
    };
    KEYS.set((keys >> 32, left - 1, process));
    let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _] = keys.to_le_bytes();
    key
}

/// Draws keys. A process that was forked off has its parent's generator, which draws the parent's next keys.
fn draw(is_forked: bool) -> u128 {
    fork::watch();
    if is_forked {
        // Without the system's generator there would be no keys in the parent either.
        rand::rng().reseed().expect("the system has a generator of random numbers");
    }
    rand::random()
}

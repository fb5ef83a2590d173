//! Masking keys of this process: fresh, and not to be foreseen (RFC 6455 section 5.3).

use std::cell::Cell;

/// How many keys are drawn at once: to look the generator up for each one costs as much as masking a short message.
const DRAWN: u32 = 4;

thread_local! {
    /// Keys that were drawn and not used, and how many there are.
    static KEYS: Cell<(u128, u32)> = const { Cell::new((0, 0)) };
}

/// A masking key that nobody has used.
pub(crate) fn random() -> [u8; 4] {
    let (keys, left) = match KEYS.get() {
        (_, 0) => (rand::random(), DRAWN),
        kept => kept,
    };
    KEYS.set((keys >> 32, left - 1));
    let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _] = keys.to_le_bytes();
    key
}

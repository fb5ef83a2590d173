//! Numbers drawn from a seed: the same seed gives the same run again.

use std::env;
use std::ops::Range;

/// A source of numbers (SplitMix64).
#[derive(Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("it is below a usize")
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A length: mostly short, now and then one that is read right into a buffer of the program.
    pub(crate) fn length(&mut self) -> usize {
        match self.below(40) {
            0 => 2_000 + self.below(6_000),
            1..=4 => 120 + self.below(20),
            _ => self.below(24),
        }
    }
}

/// The seeds to run: so many, or those that WINWS_SEEDS says. It is a number of them, or `SEED..END` to see some again.
pub(crate) fn runs(by_default: u64) -> Range<u64> {
    let Ok(seeds) = env::var("WINWS_SEEDS") else { return 0..by_default };
    let number = |text: &str| text.parse().expect("WINWS_SEEDS has numbers");
    match seeds.split_once("..") {
        Some((seed, end)) => number(seed)..number(end),
        None => 0..number(&seeds),
    }
}

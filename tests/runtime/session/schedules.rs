//! Schedules: both halves of a session, stepped in a drawn order by one thread, or used by two threads at once. What goes out
//! must be what RFC 6455 and the tables allow.
//!
//! All of a schedule is drawn from its seed. One that fails says its seed: with `WINWS_SEED` set to it, it runs alone.

mod coming;
mod deadlock;
mod halves;
mod model;
mod pipe;
mod split;
mod threads;
mod wire;

use std::env;
use std::thread;

/// Numbers that follow from a seed: splitmix64.
#[derive(Clone, Copy, Debug)]
struct Draw(u64);

impl Draw {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number() % bound as u64).expect("it is below a usize")
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Says the seed of a schedule that panics.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the schedule that failed has the seed {}", self.0);
        }
    }
}

/// Runs so many schedules, or the one that was asked for.
fn run(count: u64, schedule: fn(&mut Draw)) {
    let seeds = match env::var("WINWS_SEED") {
        Ok(seed) => vec![seed.parse().expect("a seed is a number")],
        Err(_) => (0..count).collect(),
    };
    for seed in seeds {
        let _named = Named(seed);
        schedule(&mut Draw(seed));
    }
}

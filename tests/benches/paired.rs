//! Peers that take turns, so that whatever else the machine does disturbs all of them alike.

use std::fmt;
use std::time::{Duration, Instant};

/// How long each peer took in each round.
pub(crate) struct Rounds {
    times: Vec<Vec<Duration>>,
}

/// What a ratio is over all rounds.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

/// Lets peers work in turn: once uncounted, and then so many rounds.
pub(crate) fn take_turns(rounds: usize, peers: &mut [&mut dyn FnMut()]) -> Rounds {
    peers.iter_mut().for_each(|peer| peer());
    let mut times = vec![Vec::with_capacity(rounds); peers.len()];
    for _ in 0..rounds {
        for (peer, times) in peers.iter_mut().zip(&mut times) {
            let start = Instant::now();
            peer();
            times.push(start.elapsed());
        }
    }
    Rounds { times }
}

impl Rounds {
    /// The median of what a peer took.
    pub(crate) fn median(&self, peer: usize) -> Duration {
        let mut times = self.times[peer].clone();
        times.sort_unstable();
        times[times.len() / 2]
    }

    /// How many of so many things a peer does a second.
    pub(crate) fn rate(&self, peer: usize, count: u32) -> f64 {
        f64::from(count) / self.median(peer).as_secs_f64()
    }

    /// The speed of one peer as a ratio to that of another one, round by round.
    pub(crate) fn ratio(&self, peer: usize, to: usize) -> Spread {
        let pairs = self.times[peer].iter().zip(&self.times[to]);
        let mut ratios: Vec<f64> = pairs.map(|(peer, to)| to.as_secs_f64() / peer.as_secs_f64()).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        Spread { median: ratios[ratios.len() / 2], least: ratios[0], most: ratios[ratios.len() - 1] }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, least, most } = self;
        write!(f, "{median:.2} ({least:.2} to {most:.2})")
    }
}

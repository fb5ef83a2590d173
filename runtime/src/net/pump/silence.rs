//! What a receive does while nothing comes: signs of life, and the end of a peer that gives none.
//!
//! Only reads that ended without a byte are counted, so a busy connection never looks at a clock for this.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::incoming::Reading;
use super::{Failure, Pump};
use crate::net::times::{Limit, after, limit_of, millis_of};
use crate::net::trace;
use crate::protocol::{Control, ControlPayload};

/// What is due after a silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    /// A pong that nobody asked for: it keeps boxes on the way from forgetting the connection.
    Pong,
    /// A ping, which a peer that lives answers.
    Ping,
    /// The peer has been silent for too long.
    Lost,
}

#[derive(Debug, Default)]
pub(super) struct Silence {
    /// After how long a silence a pong is sent.
    pub(super) keep_alive: Limit,
    /// After how long a silence the peer counts as gone.
    pub(super) peer: Limit,
    /// Milliseconds since the last byte.
    total: AtomicU32,
    /// Milliseconds since the last byte or the last sign.
    since_sign: AtomicU32,
    /// Whether the peer was asked in this silence.
    is_asked: AtomicBool,
}

impl Silence {
    pub(super) fn new(keep_alive: Option<Duration>) -> Self {
        Self { keep_alive: Limit::new(keep_alive), ..Self::default() }
    }

    /// How long a read may be silent before [`passed`](Self::passed) wants to know, in milliseconds; 0 if it need not know.
    pub(super) fn quiet(&self) -> u32 {
        match (self.keep_alive.millis(), self.peer.millis()) {
            (keep_alive, 0) => keep_alive,
            (0, peer) => (peer / 2).max(1),
            (keep_alive, peer) => keep_alive.min((peer / 2).max(1)),
        }
    }

    /// When a read that also has a deadline is to end.
    pub(super) fn until(&self, quiet: u32, deadline: Instant) -> Instant {
        if quiet == 0 {
            return deadline;
        }
        let rest = quiet.saturating_sub(self.since_sign.load(Ordering::Relaxed)).max(1);
        after(limit_of(rest)).map_or(deadline, |due| due.min(deadline))
    }

    /// Bytes have come.
    pub(super) fn ends(&self) {
        // A busy connection only looks.
        if self.total.load(Ordering::Relaxed) != 0 {
            self.total.store(0, Ordering::Relaxed);
            self.since_sign.store(0, Ordering::Relaxed);
            self.is_asked.store(false, Ordering::Relaxed);
        }
    }

    /// Nothing has come for this long since the last call.
    pub(super) fn passed(&self, span: Duration) -> Sign {
        let millis = u32::try_from(span.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX);
        let add = |counter: &AtomicU32| {
            let sum = counter.load(Ordering::Relaxed).saturating_add(millis);
            counter.store(sum, Ordering::Relaxed);
            Duration::from_millis(sum.into())
        };
        let (total, since_sign) = (add(&self.total), add(&self.since_sign));
        let peer = self.peer.get();
        if peer.is_some_and(|peer| total >= peer) && self.is_asked.load(Ordering::Relaxed) {
            return Sign::Lost;
        }
        let sign = if let Some(peer) = peer.filter(|&peer| total >= peer / 2) {
            if !self.is_asked.swap(true, Ordering::Relaxed) {
                // The silence may be longer because nobody received. The peer has the other half of its time to answer.
                self.total.store(millis_of(Some(peer / 2)), Ordering::Relaxed);
            }
            Sign::Ping
        } else if self.keep_alive.get().is_some_and(|interval| since_sign >= interval) {
            Sign::Pong
        } else {
            return Sign::None;
        };
        self.since_sign.store(0, Ordering::Relaxed);
        sign
    }
}

impl Pump {
    /// Does what is due after a silence.
    pub(super) fn give_sign(&self, reading: &mut Reading<'_>, span: Duration) -> Result<(), Failure> {
        let sign = self.silence.passed(span);
        let mut queue = self.outgoing.lock();
        match sign {
            Sign::None => return Ok(()),
            Sign::Pong => queue.keep_alive(),
            // After our close frame nothing is asked any more.
            Sign::Ping => drop(queue.send_control(Control::Ping(ControlPayload::EMPTY))),
            Sign::Lost => {
                trace::socket("the peer was silent for too long");
                queue.lose();
                drop(queue);
                self.stream.shutdown_both();
                return Err(self.lose(reading));
            }
        }
        queue.flush(&self.stream);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn b3_3_a_silence_as_long_as_the_interval_gives_a_pong() {
        let silence = Silence::new(Some(millis(100)));
        assert_eq!(silence.quiet(), 100);
        assert_eq!(silence.passed(millis(100)), Sign::Pong);
        assert_eq!(silence.passed(millis(60)), Sign::None);
        assert_eq!(silence.passed(millis(60)), Sign::Pong, "short waits add up");
        assert_eq!(silence.passed(millis(60)), Sign::None);
        silence.ends();
        assert_eq!(silence.passed(millis(60)), Sign::None, "bytes end a silence");
    }

    #[test]
    fn a_silent_peer_is_asked_and_then_given_up() {
        let silence = Silence::default();
        assert_eq!(silence.quiet(), 0);
        silence.peer.set(Some(millis(200)));
        assert_eq!(silence.quiet(), 100);
        assert_eq!(silence.passed(millis(100)), Sign::Ping);
        assert_eq!(silence.passed(millis(50)), Sign::Ping);
        silence.ends();
        assert_eq!(silence.passed(millis(100)), Sign::Ping, "its answer begins a new silence");
        assert_eq!(silence.passed(millis(100)), Sign::Lost);
    }

    #[test]
    fn a_peer_is_asked_before_it_is_given_up() {
        let silence = Silence::default();
        silence.peer.set(Some(millis(200)));
        // Nobody looked for so long.
        assert_eq!(silence.passed(millis(5000)), Sign::Ping);
        assert_eq!(silence.passed(millis(50)), Sign::Ping);
        assert_eq!(silence.passed(millis(50)), Sign::Lost);
    }

    #[test]
    fn a_read_ends_for_a_sign_or_for_its_own_deadline() {
        let silence = Silence::new(Some(millis(50_000)));
        let soon = Instant::now() + millis(1_000);
        assert_eq!(silence.until(silence.quiet(), soon), soon);
        let late = Instant::now() + millis(500_000);
        assert!(silence.until(silence.quiet(), late) < late);
        assert_eq!(silence.until(0, late), late);
    }
}

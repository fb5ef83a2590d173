//! Which address is tried when (RFC 8305, section 5), without sockets and without a clock.
//!
//! Points in time are spans since the race began. Whoever runs the race does what [`Race::next`] says, and reports
//! attempts that failed.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// How long an attempt has the field to itself: the value that RFC 8305 recommends.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// How many attempts run at once. The next address waits until one of them has ended.
pub(super) const MAX_RUNNING: usize = 8;

/// Attempts to connect to the addresses of one name.
#[derive(Debug)]
pub(super) struct Race {
    waiting: VecDeque<SocketAddr>,
    running: Vec<Attempt>,
    /// When the next address is tried although no attempt has failed.
    next_start: Duration,
    limit: Option<Duration>,
}

#[derive(Debug)]
struct Attempt {
    address: SocketAddr,
    deadline: Option<Duration>,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Start an attempt.
    Start(SocketAddr),
    /// End the attempt: it has had its time.
    GiveUp(SocketAddr),
    /// Wait for the attempts under way, at most until this point in time.
    Wait(Option<Duration>),
    /// Every attempt has failed.
    Lost,
}

impl Race {
    /// A race over the addresses in the resolver's order of preference, with a limit for each attempt.
    pub(super) fn new(addresses: Vec<SocketAddr>, limit: Option<Duration>) -> Self {
        Self { waiting: interleave(addresses), running: Vec::new(), next_start: Duration::ZERO, limit }
    }

    /// Removes an attempt that failed. The next one starts at once.
    pub(super) fn failed(&mut self, address: SocketAddr) {
        self.running.retain(|attempt| attempt.address != address);
        self.next_start = Duration::ZERO;
    }

    /// What to do at `now`. It is called again after everything but [`Step::Lost`].
    pub(super) fn next(&mut self, now: Duration) -> Step {
        let late = |attempt: &Attempt| attempt.deadline.is_some_and(|deadline| deadline <= now);
        if let Some(late) = self.running.iter().find(|attempt| late(attempt)) {
            let address = late.address;
            self.failed(address);
            return Step::GiveUp(address);
        }
        let has_room = self.running.len() < MAX_RUNNING;
        if has_room
            && (self.running.is_empty() || self.next_start <= now)
            && let Some(address) = self.waiting.pop_front()
        {
            let deadline = self.limit.and_then(|limit| now.checked_add(limit));
            self.running.push(Attempt { address, deadline });
            self.next_start = now.saturating_add(ATTEMPT_DELAY);
            return Step::Start(address);
        }
        if self.running.is_empty() {
            return Step::Lost;
        }
        let next_start = (has_room && !self.waiting.is_empty()).then_some(self.next_start);
        Step::Wait(self.running.iter().filter_map(|attempt| attempt.deadline).chain(next_start).min())
    }
}

/// The families in turns, that of the first address first (RFC 8305, section 4), each address once.
fn interleave(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let Some(first) = addresses.first().map(SocketAddr::is_ipv6) else { return VecDeque::new() };
    let (mut preferred, mut others) = (Vec::new(), Vec::new());
    for address in addresses {
        let family = if address.is_ipv6() == first { &mut preferred } else { &mut others };
        if !family.contains(&address) {
            family.push(address);
        }
    }
    let (mut preferred, mut others) = (preferred.into_iter(), others.into_iter());
    let mut order = VecDeque::new();
    loop {
        let before = order.len();
        order.extend(preferred.next());
        order.extend(others.next());
        if order.len() == before {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// `a` to `z` are IPv4 addresses, `A` to `Z` IPv6 ones.
    fn address(name: char) -> SocketAddr {
        let last = u32::from(name.to_ascii_lowercase()) - u32::from('a') + 1;
        let ip =
            if name.is_ascii_uppercase() { format!("[2001:db8::{last:x}]:80") } else { format!("192.0.2.{last}:80") };
        ip.parse().unwrap()
    }

    fn name(address: SocketAddr) -> char {
        ('a'..='z').chain('A'..='Z').find(|&name| self::address(name) == address).unwrap()
    }

    fn addresses(names: &str) -> Vec<SocketAddr> {
        names.chars().map(address).collect()
    }

    /// Runs a race in which the attempts named in `failures` fail at the given milliseconds, and writes down its steps.
    fn run(names: &str, limit: Option<u64>, failures: &[(u64, char)]) -> String {
        let mut race = Race::new(addresses(names), limit.map(Duration::from_millis));
        let (mut now, mut failures, mut log) = (0, failures.iter().peekable(), String::new());
        loop {
            match race.next(Duration::from_millis(now)) {
                Step::Start(address) => write!(log, "{now}+{} ", name(address)).unwrap(),
                Step::GiveUp(address) => write!(log, "{now}-{} ", name(address)).unwrap(),
                Step::Lost => return log + "lost",
                Step::Wait(until) => {
                    let until = until.map(|until| u64::try_from(until.as_millis()).unwrap());
                    match failures.peek() {
                        Some(&&(at, failed)) if until.is_none_or(|until| at <= until) => {
                            failures.next();
                            now = at;
                            race.failed(address(failed));
                        }
                        _ => match until {
                            Some(until) if until > now => now = until,
                            _ => return log + "waits",
                        },
                    }
                }
            }
        }
    }

    #[test]
    fn families_take_turns_beginning_with_the_preferred_one() {
        for (given, order) in [
            ("", ""),
            ("a", "a"),
            ("ABab", "AaBb"),
            ("abA", "aAb"),
            ("ABCa", "AaBC"),
            ("aaAAb", "aAb"),
            ("aBcDef", "aBcDef"),
        ] {
            let order_given: String = interleave(addresses(given)).into_iter().map(name).collect();
            assert_eq!(order_given, order, "{given}");
        }
    }

    #[test]
    fn attempts_start_a_quarter_of_a_second_apart() {
        assert_eq!(run("Aab", None, &[]), "0+A 250+a 500+b waits");
        assert_eq!(run("a", None, &[]), "0+a waits");
    }

    #[test]
    fn the_next_attempt_starts_as_soon_as_one_fails() {
        assert_eq!(run("Aab", None, &[(10, 'A'), (20, 'a')]), "0+A 10+a 20+b waits");
        // After a failure the delay counts from the attempt that follows it.
        assert_eq!(run("Aab", None, &[(100, 'A')]), "0+A 100+a 350+b waits");
        assert_eq!(run("Aa", None, &[(300, 'A'), (400, 'a')]), "0+A 250+a lost");
        // It makes no difference that another attempt is under way.
        assert_eq!(run("Aabc", None, &[(300, 'A')]), "0+A 250+a 300+b 550+c waits");
        assert_eq!(run("", None, &[]), "lost");
    }

    #[test]
    fn each_attempt_has_the_whole_limit() {
        assert_eq!(run("Aa", Some(1000), &[]), "0+A 250+a 1000-A 1250-a lost");
        // A limit below the delay is a failure like any other.
        assert_eq!(run("Aa", Some(100), &[]), "0+A 100-A 100+a 200-a lost");
        assert_eq!(run("Aa", Some(0), &[]), "0+A 0-A 0+a 0-a lost");
    }

    #[test]
    fn no_more_than_eight_attempts_run_at_once() {
        let log = run("abcdefghij", None, &[(5000, 'c')]);
        assert_eq!(log, "0+a 250+b 500+c 750+d 1000+e 1250+f 1500+g 1750+h 5000+i waits");
    }

    /// Whatever happens when, each address is tried once, and no attempt is left behind.
    #[test]
    fn drawn_races_try_every_address_once() {
        let mut seed = 1_u64;
        let mut draw = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..2000 {
            let names: String =
                (0..draw(12)).map(|_| char::from(b"abcdefABCDEF"[usize::try_from(draw(12)).unwrap()])).collect();
            let limit = (draw(2) == 0).then(|| Duration::from_millis(draw(2000)));
            let mut race = Race::new(addresses(&names), limit);
            let (mut now, mut tried, mut running) = (Duration::ZERO, Vec::new(), Vec::new());
            loop {
                match race.next(now) {
                    Step::Start(address) => {
                        assert!(!tried.contains(&address), "{names}");
                        tried.push(address);
                        running.push(address);
                        assert!(running.len() <= MAX_RUNNING);
                    }
                    Step::GiveUp(address) => {
                        assert!(limit.is_some());
                        running.retain(|&other| other != address);
                    }
                    Step::Wait(until) => {
                        assert!(!running.is_empty() && until.is_none_or(|until| until > now));
                        let index = usize::try_from(draw(running.len() as u64)).unwrap();
                        match until {
                            Some(until) if draw(2) == 0 => now = until,
                            _ => race.failed(running.swap_remove(index)),
                        }
                    }
                    Step::Lost => break,
                }
            }
            assert!(running.is_empty());
            let mut expected = addresses(&names);
            expected.sort();
            expected.dedup();
            tried.sort();
            assert_eq!(tried, expected, "{names}");
        }
    }
}

//! A thousand conversations with a server that breaks off, stalls or lies at a drawn step, each drawn from a seed; many of them
//! through TLS. Every call ends, in an error that its page lists, and nothing is left behind. The same again in asynchronous mode.
//!
//! The runs are made in a process of their own: threads and descriptors are counted, and other tests would have theirs in
//! between. The variable `WINWS_FAULTS` is set there, to the seeds: `7` makes one run alone, `0..1000` makes all.

mod asked;
mod asynchronous;
mod body;
mod calls;
pub(crate) mod draw;
mod head;
mod line;
mod log;
mod server;
mod threads;
mod values;

use std::env;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{self, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType};

use self::draw::Draw;
use self::log::Log;

/// The variable that names the seeds.
const SEEDS: &str = "WINWS_FAULTS";

/// How many runs there are.
const RUNS: u64 = 1000;

/// How many are made before threads and descriptors are counted again.
const BATCH: u64 = 500;

/// How many are made at once. Most of them wait most of the time.
const AT_ONCE: usize = 50;

/// How long a run may take: the watchdog.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long threads may take to end that still wait for the answer about a name, where the system asks servers that are not there.
const LOOKUPS: Duration = Duration::from_secs(120);

/// Whom a client asks.
#[derive(Clone, Debug)]
struct Target {
    host: String,
    port: u16,
    /// Whether the server is talked to through TLS.
    is_secure: bool,
    /// The port of a proxy on loopback to go through.
    proxy: Option<u16>,
}

/// What the watchdog is told.
enum Word {
    Begins(u64, Arc<Log>),
    Ends(u64),
}

/// A client, which closes all its handles.
type Client = fn(&mut Draw, &Target, u32, &Log);

#[test]
fn every_call_ends_in_a_listed_error_and_leaves_nothing_behind() {
    let name = concat!(module_path!(), "::every_call_ends_in_a_listed_error_and_leaves_nothing_behind");
    in_a_process(name, |draw| if draw.percent(60) { calls::run } else { values::run });
}

#[test]
fn every_operation_ends_once_in_a_listed_error_and_leaves_nothing_behind() {
    let name = concat!(module_path!(), "::every_operation_ends_once_in_a_listed_error_and_leaves_nothing_behind");
    in_a_process(name, |_| asynchronous::run);
}

/// Makes the runs of this test in a process of its own, with drawn clients.
fn in_a_process(name: &str, pick: fn(&mut Draw) -> Client) {
    let Ok(seeds) = env::var(SEEDS) else {
        let name = name.split_once("::").expect("the module is one of the program's").1;
        let ended = Command::new(env::current_exe().expect("a test is a program"))
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(SEEDS, format!("0..{RUNS}"))
            .output()
            .expect("the program can be started");
        let said = [ended.stdout, ended.stderr].concat();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&said));
        return;
    };
    let (first, end) = seeds.split_once("..").unwrap_or((&seeds, ""));
    let first: u64 = first.parse().expect("a seed");
    let end: u64 = if end.is_empty() { first + 1 } else { end.parse().expect("a seed") };
    let (_queue, silent) = silent();
    let mut begin = first;
    let mut slowest = Vec::new();
    while begin < end {
        let batch = begin..end.min(begin + BATCH);
        begin = batch.end;
        let before = left();
        slowest.extend(run_batch(batch.clone(), silent, pick));
        check_left(before, &batch);
    }
    slowest.sort_unstable();
    eprintln!("the slowest calls: {:?}", &slowest[slowest.len().saturating_sub(10)..]);
}

/// Makes these runs, several at a time. Gives the slowest call of each.
fn run_batch(
    seeds: Range<u64>,
    silent: SocketAddr,
    pick: fn(&mut Draw) -> Client,
) -> Vec<(Duration, &'static str, u64)> {
    let next = AtomicU64::new(seeds.start);
    let is_alone = seeds.end - seeds.start == 1;
    let (words, heard) = channel();
    thread::scope(|scope| {
        let work = |words: Sender<Word>| {
            let mut slowest = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= seeds.end {
                    return slowest;
                }
                let log = Arc::new(Log::default());
                words.send(Word::Begins(seed, Arc::clone(&log))).expect("the watchdog listens");
                if catch_unwind(AssertUnwindSafe(|| run(seed, silent, pick, &log))).is_err() {
                    give_up(seed, &log, "failed");
                }
                words.send(Word::Ends(seed)).expect("the watchdog listens");
                if is_alone {
                    eprintln!("{}", log.text());
                }
                let (time, name) = log.slowest();
                slowest.push((time, name, seed));
            }
        };
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let words = words.clone();
                scope.spawn(move || work(words))
            })
            .collect();
        drop(words);
        let mut under_way: Vec<(u64, Instant, Arc<Log>)> = Vec::new();
        loop {
            let oldest = under_way.iter().map(|(_, began, _)| *began).min();
            let rest = oldest.map_or(PATIENCE, |began| PATIENCE.saturating_sub(began.elapsed()));
            match heard.recv_timeout(rest) {
                Ok(Word::Begins(seed, log)) => under_way.push((seed, Instant::now(), log)),
                Ok(Word::Ends(seed)) => under_way.retain(|(other, ..)| *other != seed),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let hung = under_way.iter().find(|(_, began, _)| began.elapsed() >= PATIENCE);
                    if let Some((seed, _, log)) = hung {
                        give_up(*seed, log, "hangs");
                    }
                }
            }
        }
        workers.into_iter().flat_map(|worker| worker.join().expect("its runs are caught")).collect()
    })
}

/// Ends the process: threads that hang cannot be ended.
fn give_up(seed: u64, log: &Log, how: &str) -> ! {
    eprintln!("{}\nseed {seed} {how}; {SEEDS}={seed} makes this run alone", log.text());
    process::exit(1);
}

/// One conversation, or several if the client begins again.
fn run(seed: u64, silent: SocketAddr, pick: fn(&mut Draw) -> Client, log: &Log) {
    let mut draw = Draw::new(seed);
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    let server_draw = Draw::new(draw.next());
    let is_secure = draw.percent(45);
    let is_proxied = draw.percent(30);
    let (alive, over) = channel();
    let served = thread::scope(|scope| {
        let server = scope.spawn(move || server::serve(&listener, (is_secure, is_proxied), server_draw, &over));
        let mut target = target(&mut draw, address, silent, is_secure);
        target.proxy = is_proxied.then(|| address.port());
        let limit = 100 + 20 * u32::try_from(draw.below(11)).expect("a short limit");
        log.line(format!("{target:?} within {limit} ms; the server is {address}"));
        let client = pick(&mut draw);
        let ended = catch_unwind(AssertUnwindSafe(|| client(&mut draw, &target, limit, log)));
        // The server ends with the next connection.
        drop(alive);
        drop(TcpStream::connect(address));
        let served = server.join().expect("the server does not panic");
        log.line(format!("the server: {served:?}"));
        ended
    });
    if let Err(panic) = served {
        std::panic::resume_unwind(panic);
    }
}

/// Mostly the server; else an address without one, a server that does not accept, or a name.
fn target(draw: &mut Draw, server: SocketAddr, silent: SocketAddr, is_secure: bool) -> Target {
    let (host, port) = match draw.below(20) {
        // Nothing can listen on port 1 but a program of the system's owner.
        0 => ("127.0.0.1", 1),
        1 => ("127.0.0.1", silent.port()),
        2 => ("no.such.name.invalid", 80),
        // The system's own list of names has this one.
        3 => ("localhost", server.port()),
        // RFC 1035 section 2.3.4 allows 63 letters between two dots.
        4 => ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid", 80),
        _ => ("127.0.0.1", server.port()),
    };
    // Rarely one end speaks TLS and the other one does not.
    Target { host: host.to_owned(), port, is_secure: is_secure != draw.percent(3), proxy: None }
}

/// An address that does not answer as long as the sockets are kept: its queue is full.
fn silent() -> (Vec<OwnedFd>, SocketAddr) {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).expect("a free descriptor");
    rustix::net::bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("loopback has free ports");
    rustix::net::listen(&socket, 0).expect("it is bound");
    let address = rustix::net::getsockname(&socket).expect("it is bound").try_into().expect("an address of IPv4");
    let mut sockets = vec![socket];
    while let Ok(connected) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        sockets.push(connected.into());
    }
    (sockets, address)
}

/// What the process has: its threads and its descriptors, by what each stands for.
#[cfg(target_os = "linux")]
fn left() -> (usize, usize) {
    let count = |path: &str| std::fs::read_dir(path).expect("Linux has it").count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

/// Other systems do not tell.
#[cfg(not(target_os = "linux"))]
fn left() -> (usize, usize) {
    (0, 0)
}

/// Waits until no thread and no descriptor is left but those that were there before. A thread is counted for a moment after it
/// was joined, and one that resolves a name ends when the system has answered it.
fn check_left(before: (usize, usize), seeds: &Range<u64>) {
    let began = Instant::now();
    while left() != before {
        if began.elapsed() > LOOKUPS {
            let mut names = String::new();
            for entry in std::fs::read_dir("/proc/self/fd").expect("Linux has it").flatten() {
                write!(names, "\n{:?}", std::fs::read_link(entry.path())).expect("a text takes it");
            }
            panic!("{:?} threads and descriptors after the seeds {seeds:?}, {before:?} before:{names}", left());
        }
        thread::yield_now();
    }
}

//! Sockets that wait: what each of them holds beside what the system has for it, and how many threads there are.

use std::time::Instant;

use winws::Session;

use crate::far_end::FarEnd;
use crate::pin::Core;
use crate::{callbacks, futures, limits, memory};

/// How many sockets there are, and over TLS. The far end of the latter needs a thread for each.
const SOCKETS: usize = 10_000;
const SECURE: usize = 1_000;

/// How many descriptors a process needs beside its sockets.
const OTHERS: usize = 100;

/// How many bytes a socket may hold, and over TLS.
const BOUND: isize = 8 << 10;
const SECURE_BOUND: isize = 28 << 10;

/// Measures so many sockets as there may be, or a part of them.
pub(crate) fn measure(descriptors: u64, share: usize) {
    let most = usize::try_from(descriptors).unwrap_or(usize::MAX).saturating_sub(OTHERS);
    let far = FarEnd::on(Core::First);
    let count = most.min(SOCKETS / share);
    by_callbacks("plain", &far, count, false);
    let url = |number| format!("ws://{}/", far.address(number));
    by_futures("plain", &Session::new(), count, url);
    let far = FarEnd::with_tls();
    let count = most.min(SECURE / share);
    by_callbacks("TLS", &far, count, true);
    let session = Session::builder().roots(far.roots.clone().expect("it speaks TLS")).build().expect("a session");
    let port = far.address(0).port();
    by_futures("TLS", &session, count, |_| format!("wss://localhost:{port}/echo/1"));
}

fn by_callbacks(name: &str, far: &FarEnd, count: usize, is_secure: bool) {
    // What is the program's own.
    let mut fleet = callbacks::Fleet::new(count);
    let ((), _) = memory::watch(|| {
        let begin = Instant::now();
        fleet.connect(&far.addresses, is_secure);
        fleet.echo(1);
        report(name, "callbacks, and each receives", count, begin, is_secure);
    });
}

fn by_futures(name: &str, session: &Session, count: usize, url: impl Fn(usize) -> String) {
    let (_fleet, _) = memory::watch(|| {
        let begin = Instant::now();
        let mut fleet = futures::Fleet::connect_with(session, count, url);
        fleet.echo(1);
        report(name, "futures", count, begin, name == "TLS");
        fleet
    });
}

fn report(name: &str, what: &str, count: usize, begin: Instant, is_secure: bool) {
    let bytes = memory::now() / isize::try_from(count).expect("there are few");
    let bound = if is_secure { SECURE_BOUND } else { BOUND };
    let threads = limits::threads().map_or("an unknown number of".to_owned(), |threads| threads.to_string());
    println!(
        "idle  {count} sockets, {name}, by {what}: connected and echoed in {:.1} s, {threads} threads, {bytes} bytes each \
         (asked: {bound})",
        begin.elapsed().as_secs_f64(),
    );
}

//! CloseHandle from another thread at drawn moments, against every call, with real sockets and threads. Each operation ends once, and
//! each handle says once and last that it closes.
//!
//! `WINWS_RACES=7` makes one run alone.

use std::env;
use std::hint;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt;
use winws::ffi::winhttp::{HINTERNET, WinHttpWebSocketCompleteUpgrade};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{close_frame, frame, good_answer};

use super::chat::{BINARY, MUCH, TEXT, open};
use super::ledger::{Ledger, handle};
use super::recorder::{Information, Operation};
use crate::faults::draw::Draw;
use crate::winhttp::c;

/// How many runs there are of each kind.
const RUNS: u64 = 1000;

/// The variable that names one seed.
const SEED: &str = "WINWS_RACES";

/// Makes the runs, a few at a time, or the one that the variable names.
fn race(run: fn(u64)) {
    if let Ok(seed) = env::var(SEED) {
        return run(seed.parse().expect("a seed"));
    }
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let seed = u64::try_from(next.fetch_add(1, Ordering::SeqCst)).unwrap();
                    if seed >= RUNS {
                        return;
                    }
                    let _named = Named(seed);
                    run(seed);
                }
            });
        }
    });
}

/// Says which run has failed.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{SEED}={} makes this run alone", self.0);
        }
    }
}

/// Does nothing for a while that is no longer than a few calls take.
fn linger(draw: &mut Draw, longest: usize) {
    for _ in 0..draw.below(longest) {
        hint::spin_loop();
    }
}

/// A server that plays along as far as a client wants. What it says is drawn.
fn serve(mut stream: &TcpStream, mut draw: Draw) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    linger(&mut draw, 20_000);
    let answer = match draw.below(10) {
        0 => "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nsorry".to_owned(),
        _ => good_answer(&String::from_utf8_lossy(&head), ""),
    };
    stream.write_all(answer.as_bytes())?;
    for _ in 0..draw.below(6) {
        linger(&mut draw, 20_000);
        let words = match draw.below(8) {
            0 => close_frame(1000, ""),
            1 => frame(0x89, b"ping"),
            _ => frame(0x81, b"hello"),
        };
        stream.write_all(&words)?;
    }
    match draw.below(5) {
        0 => Ok(sockopt::set_socket_linger(stream, Some(Duration::ZERO))?),
        1 => Ok(()),
        // Nothing more, and nothing is read.
        2 => stream.peek(&mut [0]).map(drop),
        _ => io::copy(&mut stream, &mut io::sink()).map(drop),
    }
}

/// A call on a socket, which another thread may close.
fn call(ledger: &Ledger, socket: usize, draw: &mut Draw) {
    match draw.below(10) {
        0..3 => ledger.receive(socket),
        3..6 => ledger.send(socket, TEXT, b"hello"),
        6 => ledger.send(socket, BINARY, MUCH),
        7 => ledger.shutdown(socket, 1000),
        8 => ledger.close(socket, 1000),
        _ => c::query_close_status(handle(socket), Some(&mut 0), None, 0, Some(&mut 0)),
    };
}

/// One run: a request, from which a socket may come, and threads that close either of them.
fn run(seed: u64) {
    let mut draw = Draw::new(seed);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server_draw = Draw::new(draw.next());
    let server = thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        serve(&stream, server_draw).ok();
    });
    let ledger = Ledger::new();
    let session = open(ledger.recorder);
    let connection = c::connect(session, Some("127.0.0.1"), port, 0);
    let request = c::open_request(connection, None, Some("/"));
    assert_eq!(c::set_option(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
    let [session, connection, request] = [session, connection, request].map(HINTERNET::expose_provenance);
    // Some runs go on inside the callbacks, with a draw of their own.
    let (is_nested, nested_draw) = (draw.percent(50), Mutex::new(Draw::new(draw.next())));
    ledger.recorder.runs(move |told| {
        if !is_nested || told.status & (sys::WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS) == 0 {
            return;
        }
        let mut draw = Draw::new(nested_draw.lock().unwrap().next());
        if let Information::Status(..) = told.information {
            match draw.below(8) {
                0 => drop(c::close_handle(handle(told.handle))),
                _ => call(ledger, told.handle, &mut draw),
            }
        }
    });
    let mut socket = None;
    // The request is closed by another thread at some moment, or afterwards.
    let closes_request = draw.percent(40);
    let (start, mut beside) = (Arc::new(Barrier::new(2)), Draw::new(draw.next()));
    let started = Arc::clone(&start);
    let closer = closes_request.then(|| {
        thread::spawn(move || {
            started.wait();
            linger(&mut beside, 200_000);
            c::close_handle(handle(request));
        })
    });
    if closes_request {
        start.wait();
    }
    if ledger.send_request(request) == 0 {
        wait_for_an_end(ledger, request, 1);
        if ledger.receive_response(request) == 0 {
            wait_for_an_end(ledger, request, 2);
            // SAFETY: there is no memory.
            let new = unsafe { WinHttpWebSocketCompleteUpgrade(handle(request), ledger.recorder.context()) };
            socket = (!new.is_null()).then(|| new.expose_provenance());
        }
    } else {
        // The server waits for somebody.
        drop(TcpStream::connect(("127.0.0.1", port)));
    }
    if let Some(socket) = socket {
        let (start, mut beside) = (Barrier::new(3), Draw::new(draw.next()));
        let mut other = Draw::new(draw.next());
        thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                linger(&mut beside, 60_000);
                c::close_handle(handle(socket));
            });
            scope.spawn(|| {
                start.wait();
                for _ in 0..3 {
                    linger(&mut other, 5_000);
                    call(ledger, socket, &mut other);
                }
            });
            start.wait();
            for _ in 0..4 {
                linger(&mut draw, 5_000);
                call(ledger, socket, &mut draw);
            }
        });
    }
    if let Some(closer) = closer {
        closer.join().unwrap();
    } else {
        assert_eq!(c::close_handle(handle(request)), 0);
    }
    drop(TcpStream::connect(("127.0.0.1", port)));
    for word in [connection, session] {
        assert_eq!(c::close_handle(handle(word)), 0);
    }
    let handles: Vec<usize> = socket.into_iter().chain([request, connection, session]).collect();
    ledger.settle(&handles);
    server.join().unwrap();
}

/// Waits until so many calls on the request have ended.
fn wait_for_an_end(ledger: &Ledger, request: usize, count: usize) {
    ledger.recorder.wait(|told| {
        let ends = told.iter().filter(|told| told.handle == request && told.ends().is_some());
        (ends.count() >= count).then_some(())
    });
}

/// How long the body of a plain request is. It need not fit into what the system holds.
const BODY: u32 = 1 << 20;

/// A server for plain requests: it reads all or a part of the body, and answers with a body in pieces, or with a part of one.
fn serve_plain(mut stream: &TcpStream, mut draw: Draw) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let body = if draw.percent(80) { BODY.into() } else { draw.below(1 << 20) as u64 };
    io::copy(&mut Read::take(stream, body), &mut io::sink())?;
    linger(&mut draw, 20_000);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")?;
    for _ in 0..draw.below(6) {
        linger(&mut draw, 20_000);
        stream.write_all(&[7; 1000])?;
    }
    if draw.percent(70) { io::copy(&mut stream, &mut io::sink()).map(drop) } else { Ok(()) }
}

/// One run with a plain request, whose calls wait for each other, and a thread that closes it.
fn run_plain(seed: u64) {
    let mut draw = Draw::new(seed);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server_draw = Draw::new(draw.next());
    let server = thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        serve_plain(&stream, server_draw).ok();
    });
    let ledger = Ledger::new();
    let session = open(ledger.recorder);
    let connection = c::connect(session, Some("127.0.0.1"), port, 0);
    let request = c::open_request(connection, Some("POST"), Some("/"));
    let [session, connection, request] = [session, connection, request].map(HINTERNET::expose_provenance);
    let (start, mut beside) = (Barrier::new(2), Draw::new(draw.next()));
    let longest = draw.pick(&[20_000, 200_000, 2_000_000]);
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            linger(&mut beside, longest);
            c::close_handle(handle(request));
        });
        start.wait();
        let context = ledger.recorder.context();
        let sent = c::send_with(handle(request), &MUCH[..1000], BODY, context);
        let mut code = ledger.note(request, Operation::SendRequest, sent);
        for count in 1..8 {
            if code != 0 {
                break;
            }
            wait_for_an_end(ledger, request, count);
            code = match count {
                1 => {
                    let written = c::write_data(handle(request), Some(MUCH), BODY - 1000, None);
                    ledger.note(request, Operation::WriteData, written)
                }
                2 => ledger.receive_response(request),
                _ if draw.percent(50) => ledger.query_data_available(request),
                _ => ledger.read_data(request, 1500),
            };
            // Two that never wait.
            let (mut status, mut length) = ([0; 4], 4);
            let level = sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER;
            c::query_headers(handle(request), level, None, Some(&mut status), Some(&mut length), None);
            c::set_option(handle(request), sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, Some(&[0; 4]), 4);
        }
    });
    drop(TcpStream::connect(("127.0.0.1", port)));
    for word in [connection, session] {
        assert_eq!(c::close_handle(handle(word)), 0);
    }
    ledger.settle(&[request, connection, session]);
    server.join().unwrap();
}

#[test]
fn close_handle_against_every_call() {
    race(run);
}

#[test]
fn close_handle_against_every_call_of_a_plain_request() {
    race(run_plain);
}

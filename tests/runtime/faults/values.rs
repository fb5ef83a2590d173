//! A client that uses the Rust API: a request and its body, or a WebSocket of which another thread uses the other half or
//! which it aborts.

use std::error::Error as _;
use std::io::Read as _;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use winws::api::Win32Error;
use winws::api::winhttp::{ReadDataError, WebSocketBufferType};
use winws::{ConnectError, MessageError, Session, WebSocket};

use super::Target;
use super::draw::Draw;
use super::line::roots;
use super::log::{Documented as _, Log};

/// The codes that `Session::connect_with` lists for a good URL and good headers.
const LISTED: &[Win32Error] = &[
    Win32Error::ERROR_WINHTTP_NAME_NOT_RESOLVED,
    Win32Error::ERROR_WINHTTP_CANNOT_CONNECT,
    Win32Error::ERROR_WINHTTP_TIMEOUT,
    Win32Error::ERROR_WINHTTP_CONNECTION_ERROR,
    Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE,
    Win32Error::ERROR_WINHTTP_HEADER_SIZE_OVERFLOW,
    Win32Error::ERROR_WINHTTP_REDIRECT_FAILED,
    Win32Error::ERROR_WINHTTP_SECURE_FAILURE,
    Win32Error::ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED,
];

pub(super) fn run(draw: &mut Draw, target: &Target, limit: u32, log: &Log) {
    let limit = Duration::from_millis(limit.into());
    let mut builder = Session::builder();
    if let Some(port) = target.proxy {
        builder = builder.proxy(&format!("127.0.0.1:{port}"), "").expect("a good proxy");
        if draw.percent(60) {
            builder = builder.proxy_credentials("user", "word").expect("good credentials");
        }
    }
    let session = builder
        .resolve_timeout(limit)
        .connect_timeout(limit)
        .send_timeout(limit)
        .receive_timeout(limit)
        .response_timeout(limit)
        .close_timeout(limit)
        .roots(roots())
        .build()
        .expect("good settings");
    let authority = format!("{}:{}/p?q", target.host, target.port);
    let end = if target.is_secure { "s" } else { "" };
    if draw.percent(40) {
        let got = log.time("get", || session.get(&format!("http{end}://{authority}")));
        if let Some(mut response) = check(log, "get", got) {
            read(draw, &mut response, log);
        }
    } else {
        let connected = log.time("connect", || session.connect(&format!("ws{end}://{authority}")));
        if let Some(socket) = check(log, "connect", connected) {
            socket.set_receive_timeout(Some(limit));
            if draw.percent(30) {
                socket.set_peer_timeout(Some(limit / 2));
                socket.set_keep_alive(Some(limit / 8));
            }
            talk(draw, &socket, log);
        }
    }
}

/// Checks the code of a failure, and that it says where it comes from.
fn check<T>(log: &Log, name: &str, result: Result<T, ConnectError>) -> Option<T> {
    match result {
        Ok(value) => {
            log.line(format!("{name} -> ok"));
            Some(value)
        }
        Err(error) => {
            log.line(format!("{name} -> {error:?} from {:?}", error.source()));
            assert!(
                error.status().is_some() || LISTED.contains(&error.code()),
                "{name} does not list {:?}",
                error.code()
            );
            None
        }
    }
}

fn read(draw: &mut Draw, response: &mut winws::Response, log: &Log) {
    let mut buffer = vec![0; draw.pick(&[1, 100, 8192, 100_000])];
    for _ in 0..12 {
        match log.time("read", || response.read(&mut buffer)) {
            Ok(0) => return log.line("read -> the end".to_owned()),
            Ok(_) => {}
            Err(error) => {
                log.line(format!("read -> {error:?}"));
                let within = error.into_inner().expect("an error of the function");
                let within = *within.downcast::<ReadDataError>().expect("its own error");
                assert!(ReadDataError::LISTED.contains(&within), "{within:?}");
                return;
            }
        }
    }
}

fn talk(draw: &mut Draw, socket: &WebSocket, log: &Log) {
    let mut beside_draw = Draw::new(draw.next());
    let (wait, how) = (draw.below(120), draw.below(4));
    thread::scope(|scope| {
        let (alive, over) = channel::<()>();
        let beside = move || match how {
            0 => {
                // It ends early when the run does.
                over.recv_timeout(Duration::from_millis(wait as u64)).ok();
                log.time("abort", || socket.abort());
            }
            1 | 2 => (0..3).for_each(|_| step(&mut beside_draw, socket, log)),
            _ => {}
        };
        scope.spawn(beside);
        (0..4 + draw.below(8)).for_each(|_| step(draw, socket, log));
        drop(alive);
    });
}

fn step(draw: &mut Draw, socket: &WebSocket, log: &Log) {
    match draw.below(12) {
        0..=3 => {
            let length = if draw.percent(4) { 6 << 20 } else { draw.below(100_000) };
            let kind = draw.pick(&[
                WebSocketBufferType::Utf8Message,
                WebSocketBufferType::BinaryMessage,
                WebSocketBufferType::BinaryFragment,
            ]);
            let bytes = vec![b'r'; length];
            log.call("send", || socket.send(kind, &bytes));
        }
        4..=6 => drop(log.call("receive", || socket.receive(&mut [0; 5000]))),
        7..=8 => {
            socket.set_message_limit(50_000);
            // A message may have any number of pieces, so a limit for each of them is none for all: only the size is.
            match log.time("receive_message", || socket.receive_message(&mut Vec::new())) {
                Err(MessageError::Failed(error)) => drop(log.call("receive_message", || Err::<(), _>(error))),
                other => log.line(format!("receive_message -> {other:?}")),
            }
        }
        9 => drop(log.call("shutdown", || socket.shutdown(1000, ""))),
        10 => drop(log.call("close", || socket.close(1000, "close"))),
        _ => drop(log.call("query_close_status", || socket.query_close_status())),
    }
}

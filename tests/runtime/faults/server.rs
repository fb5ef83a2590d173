//! A server that answers each connection as a script says: what it answers, and which fault it has at which step.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use rustix::net::sockopt;
use tungstenite::handshake::derive_accept_key;
use winws_tests_runtime::peer::{close_frame, frame};

use super::draw::Draw;
use super::line::{Line, Shaken, write_singly};

/// How long the server waits for a client that says nothing and does not go: longer than the watchdog does.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where in the conversation the fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    /// What a proxy answers to CONNECT, if this is one.
    Tunnel,
    /// The handshake of TLS.
    Shake,
    Head,
    Body,
    Frame,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    Reset,
    /// The end of this direction only.
    HalfClose,
    /// The end of both, perhaps with bytes unread.
    Leave,
    /// Nothing more comes, and what the client sends is read.
    Stall,
    /// Nothing more comes, and nothing is read.
    Deaf,
    /// One byte at a time.
    Single,
    /// What is said about lengths and the like is not so.
    Lie,
    /// A bit is another one, below TLS where that is.
    Garble,
    /// It goes on without an end.
    Flood,
}

const FAULTS: &[Fault] = &[
    Fault::None,
    Fault::Reset,
    Fault::HalfClose,
    Fault::Leave,
    Fault::Stall,
    Fault::Deaf,
    Fault::Single,
    Fault::Lie,
    Fault::Garble,
    Fault::Flood,
];

/// Answers connections until the other end of `over` is dropped and one more connection comes. Gives what it did.
///
/// A server may speak TLS, and may stand behind a proxy, which it plays as well.
pub(super) fn serve(listener: &TcpListener, manner: (bool, bool), mut draw: Draw, over: &Receiver<()>) -> Vec<String> {
    let mut log = Vec::new();
    loop {
        let Ok((stream, _)) = listener.accept() else { return log };
        if over.try_recv() == Err(TryRecvError::Disconnected) {
            return log;
        }
        answer(stream, manner, &mut draw, over, &mut log);
    }
}

/// One connection. The client may go at any time, so nothing that fails here matters.
fn answer(
    stream: TcpStream,
    (is_secure, is_proxy): (bool, bool),
    draw: &mut Draw,
    over: &Receiver<()>,
    log: &mut Vec<String>,
) {
    stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
    stream.set_nodelay(true).expect("a TCP stream");
    let mut line = Line::new(stream);
    let step = draw.pick(&[
        Step::Connect,
        Step::Tunnel,
        Step::Tunnel,
        Step::Shake,
        Step::Shake,
        Step::Head,
        Step::Head,
        Step::Body,
        Step::Body,
        Step::Frame,
        Step::Frame,
        Step::Close,
    ]);
    let fault = draw.pick(FAULTS);
    let is_early = draw.percent(5);
    log.push(format!("{step:?} {fault:?}{}", if is_early { " before the request" } else { "" }));
    if step == Step::Connect && fault != Fault::None {
        fail(&mut line, fault, b"", draw, over);
        return;
    }
    let mut first = None;
    if is_proxy {
        match open_tunnel(&mut line, Some(fault).filter(|_| step == Step::Tunnel), draw, over) {
            Tunnelled::Gone => return,
            Tunnelled::Open => {}
            // A request that is made to the proxy itself.
            Tunnelled::Asked(head) => first = Some(head),
        }
    }
    if is_secure && first.is_none() {
        match line.shake(Some(fault).filter(|_| step == Step::Shake), draw, over) {
            Shaken::Done => {}
            Shaken::Cut(rest) => {
                fail(&mut line, fault, &rest, draw, over);
                return;
            }
            Shaken::Gone => return,
        }
    }
    let head = match first {
        Some(head) => head,
        None if is_early => String::new(),
        None => read_head(&mut line),
    };
    let parts = parts(&head, step, fault, draw);
    for (part, bytes) in parts {
        // The close frame comes by itself, or when the client has said something.
        if part == Step::Close && draw.percent(50) && !matches!(line.read(&mut [0; 256]), Ok(1..)) {
            return;
        }
        if part != step || matches!(fault, Fault::None | Fault::Lie) {
            if draw.percent(20) {
                line.update_keys();
            }
            if line.write_all(&bytes).is_err() {
                return;
            }
            continue;
        }
        if fault == Fault::Single {
            if write_singly(&mut line, &bytes, over).is_err() {
                return;
            }
            continue;
        }
        if fault == Fault::Garble {
            line.garble(&bytes, draw);
            break;
        }
        let cut = draw.below(bytes.len() + 1);
        if line.write_all(&bytes[..cut]).is_ok() {
            fail(&mut line, fault, &bytes[cut..], draw, over);
        }
        return;
    }
    drain(&mut line.wire.stream);
}

/// What has become of a connection to a proxy.
enum Tunnelled {
    Open,
    /// This request is not for a tunnel.
    Asked(String),
    Gone,
}

/// Plays the proxy, which may want credentials first, and may have a fault.
fn open_tunnel(line: &mut Line, fault: Option<Fault>, draw: &mut Draw, over: &Receiver<()>) -> Tunnelled {
    const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";
    let mut asks = if draw.percent(40) { 1 + draw.below(2) } else { 0 };
    loop {
        let head = read_head(line);
        if !head.starts_with("CONNECT ") {
            return if head.is_empty() { Tunnelled::Gone } else { Tunnelled::Asked(head) };
        }
        let answer = match fault {
            Some(Fault::Lie) => draw.pick(&[
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 5, 6\r\n\r\n",
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\n\r\nnone",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 302 There\r\nLocation: /\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                "garbage\r\n\r\n",
            ]),
            _ if asks > 0 => draw.pick(&[
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 2\r\n\r\nno",
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nConnection: close\r\n\r\nno",
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n",
            ]),
            _ => OPEN,
        };
        let bytes = answer.as_bytes();
        match fault {
            None | Some(Fault::None | Fault::Lie) => {
                if line.write_all(bytes).is_err() {
                    return Tunnelled::Gone;
                }
            }
            Some(Fault::Single) => {
                if write_singly(line, bytes, over).is_err() {
                    return Tunnelled::Gone;
                }
            }
            Some(Fault::Garble) => {
                line.garble(bytes, draw);
                drain(&mut line.wire.stream);
                return Tunnelled::Gone;
            }
            Some(fault) => {
                let cut = draw.below(bytes.len() + 1);
                if line.write_all(&bytes[..cut]).is_ok() {
                    fail(line, fault, &bytes[cut..], draw, over);
                }
                return Tunnelled::Gone;
            }
        }
        if answer == OPEN {
            return Tunnelled::Open;
        }
        if answer.contains("close") {
            return Tunnelled::Gone;
        }
        asks = asks.saturating_sub(1);
    }
}

/// Does what cannot be gone on from.
fn fail(line: &mut Line, fault: Fault, rest: &[u8], draw: &mut Draw, over: &Receiver<()>) {
    // An end may come with TLS' word for it, or be a cut.
    if matches!(fault, Fault::HalfClose | Fault::Leave) && draw.percent(50) {
        line.say_goodbye();
    }
    match fault {
        Fault::Reset => sockopt::set_socket_linger(&line.wire.stream, Some(Duration::ZERO)).expect("a TCP stream"),
        Fault::HalfClose => {
            // The word alone is an end as well.
            if draw.percent(70) {
                line.wire.stream.shutdown(std::net::Shutdown::Write).ok();
            }
            drain(&mut line.wire.stream);
        }
        Fault::Stall => drain(&mut line.wire.stream),
        Fault::Deaf => drop(over.recv_timeout(PATIENCE)),
        Fault::Flood => {
            let pattern: &[u8] = draw.pick(&[
                b"HTTP/1.1 100 Continue\r\n\r\n",
                b"X-Header: again\r\n",
                b"1;extension=1\r\na\r\n",
                b";extension",
                b"\x89\x00",
                b"\x82\x7e\x01\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                b"a",
                b"\0",
            ]);
            let flood = [rest, &pattern.repeat(4096 / pattern.len())].concat();
            while line.write_all(&flood).is_ok() {}
        }
        Fault::None | Fault::Leave | Fault::Single | Fault::Lie | Fault::Garble => {}
    }
}

/// Reads until the client has gone.
fn drain(stream: &mut TcpStream) {
    let mut buffer = vec![0; 65_536];
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
}

fn read_head(line: &mut Line) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(line.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    // One that speaks TLS to a server that does not sends none.
    String::from_utf8_lossy(&head).into_owned()
}

/// The whole answer, piece by piece.
fn parts(head: &str, step: Step, fault: Fault, draw: &mut Draw) -> Vec<(Step, Vec<u8>)> {
    let lies = |part| part == step && fault == Fault::Lie;
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
    let mut first = interim(draw);
    match key {
        Some(key) if draw.percent(85) => {
            first += &upgrade(key, lies(Step::Head), draw);
            vec![
                (Step::Head, first.into_bytes()),
                (Step::Frame, frames(lies(Step::Frame), draw)),
                (Step::Close, close(lies(Step::Close), draw)),
            ]
        }
        _ => {
            let (head, body) = document(lies(Step::Head), lies(Step::Body), draw);
            vec![(Step::Head, (first + &head).into_bytes()), (Step::Body, body)]
        }
    }
}

fn interim(draw: &mut Draw) -> String {
    let count = if draw.percent(80) { 0 } else { draw.below(14) };
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(count)
}

fn upgrade(key: &str, is_lie: bool, draw: &mut Draw) -> String {
    let accept = derive_accept_key(key.as_bytes());
    let good = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    if !is_lie {
        return good;
    }
    let (from, to) = draw.pick(&[
        ("Accept: ", "Accept: A"),
        ("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello"),
        ("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Protocol: none\r\n\r\n"),
        ("HTTP/1.1", "HTTP/1.0"),
        ("HTTP/1.1 101", "HTTP/1.1 1\u{1}1"),
        ("Upgrade: websocket", "Upgrade: h2c"),
    ]);
    good.replacen(from, to, 1)
}

/// A response with a body: by its length, in chunks or up to the end of the stream; or a redirect, or without a body.
fn document(lies_in_head: bool, lies_in_body: bool, draw: &mut Draw) -> (String, Vec<u8>) {
    let length = draw.pick(&[0, 1, 100, 3000, 40_000]);
    let body = vec![b'b'; length];
    let status = draw.pick(&["200 OK", "200 OK", "403 Forbidden", "500 Error"]);
    let lie = lies_in_head || lies_in_body;
    match draw.below(8) {
        0 => {
            let to = draw.pick(&[
                "/again",
                "?again",
                "http://127.0.0.1:1/",
                "ws://0/",
                "https://127.0.0.1/",
                "http://no.invalid/",
                "::",
            ]);
            let status = draw.pick(&[301, 302, 303, 307, 308]);
            (format!("HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: {length}\r\n\r\n"), body)
        }
        1 => ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), if lie { body } else { Vec::new() }),
        2..=4 => {
            let said = match draw.below(9) {
                _ if !lie => length.to_string(),
                0 => (length + 10).to_string(),
                1 => (length / 2).to_string(),
                2 => (1_u64 << 63).to_string(),
                3 => u64::MAX.to_string(),
                4 => "99999999999999999999".to_owned(),
                5 => "-1".to_owned(),
                6 => "+5".to_owned(),
                7 => format!("{length}, {}", length + 1),
                _ => String::new(),
            };
            (format!("HTTP/1.1 {status}\r\nContent-Length: {said}\r\n\r\n"), body)
        }
        5..=6 => {
            let coding =
                if lies_in_head { draw.pick(&["chunked, chunked", "gzip", "", "chunked;a=b"]) } else { "chunked" };
            let head = format!("HTTP/1.1 {status}\r\nTransfer-Encoding: {coding}\r\nTrailer: X\r\n\r\n");
            (head, chunks(&body, lies_in_body, draw))
        }
        _ => (format!("HTTP/1.{} {status}\r\n\r\n", draw.below(2)), body),
    }
}

fn chunks(body: &[u8], is_lie: bool, draw: &mut Draw) -> Vec<u8> {
    let size = draw.pick(&[1, 7, 1000, 100_000]).max(body.len() / 50);
    let mut bytes = Vec::new();
    for chunk in body.chunks(size) {
        bytes.extend_from_slice(format!("{:x};name=value\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    let end = if is_lie {
        draw.pick(&[
            "ffffffffffffffff\r\nabc",
            "1ffffffffffffffff\r\nabc",
            "-1\r\n",
            "5\r\nabc\r\n0\r\n\r\n",
            "2\r\nabc\r\n0\r\n\r\n",
            "0\r\nno trailer\r\n\r\n",
            "0\nX: y\n\n",
            "\r\n\r\n",
        ])
    } else {
        "0\r\nX: trailer\r\n\r\nHTTP/1.1 200 OK\r\n\r\ngarbage"
    };
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

fn frames(is_lie: bool, draw: &mut Draw) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..draw.below(6) {
        let length = draw.pick(&[0, 1, 125, 126, 5000, 70_000]);
        let next = match draw.below(5) {
            0 => frame(0x89, &vec![b'p'; length.min(125)]),
            1 => frame(0x8a, b"nobody asked"),
            2 => [frame(1, b"text "), frame(0x89, b""), frame(0x80, &vec![b't'; length])].concat(),
            _ => frame(0x82, &vec![b'd'; length]),
        };
        bytes.extend(next);
    }
    if is_lie {
        let lies: &[&[u8]] = &[
            b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffabc",
            b"\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00abc",
            b"\x82\x7d too short",
            b"\x82\x7e\x00\x05short",
            b"\x82\x85\x00\x00\x00\x00hello",
            b"\xc2\x01r",
            b"\x83\x00",
            b"\x81\x02\xc3\x28",
            b"\x80\x01c",
            b"\x09\x01p",
            b"\x89\x7e\x00\x80",
        ];
        bytes.extend_from_slice(draw.pick(lies));
    }
    bytes
}

fn close(is_lie: bool, draw: &mut Draw) -> Vec<u8> {
    if !is_lie {
        let reason = draw.pick(&["", "bye", "behind"]);
        return [close_frame(draw.pick(&[1000, 1001, 4000]), reason), b"\x82\x01b".repeat(draw.below(2))].concat();
    }
    let lies: &[&[u8]] = &[
        b"\x88\x01\x03",
        b"\x88\x02\x03\xed",
        b"\x88\x04\x03\xe8\xff\xff",
        b"\x88\x7e\x00\x80",
        b"\x08\x00",
        b"\x88\x05\x03",
    ];
    draw.pick(lies).to_vec()
}

//! A client that makes drawn calls of winhttp.h, mostly in the order of a program, with another thread beside it.

use std::ptr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use winws::WinHttp;
use winws_api::winhttp::{HInternet, Request as _, Session as _, WebSocket as _, WebSocketBufferType, sys};
use winws_api::{KeptBuffer, KeptBufferMut};

use super::Target;
use super::asked::BYTES;
use super::draw::Draw;
use super::line::roots;
use super::log::Log;

/// More than the system holds for a peer that does not read, in bytes.
const MUCH: usize = 6 << 20;

/// The calls of a request and of its socket, in the order in which most programs make them.
#[derive(Clone, Copy, Debug)]
enum Call {
    SendRequest,
    WriteData,
    ReceiveResponse,
    QueryHeaders,
    QueryDataAvailable,
    ReadData,
    CompleteUpgrade,
    Send,
    Receive,
    Shutdown,
    Close,
    QueryCloseStatus,
    SetOption,
    CloseRequest,
    CloseSocket,
}

const ALL: &[Call] = &[
    Call::SendRequest,
    Call::WriteData,
    Call::ReceiveResponse,
    Call::QueryHeaders,
    Call::QueryDataAvailable,
    Call::ReadData,
    Call::CompleteUpgrade,
    Call::Send,
    Call::Receive,
    Call::Shutdown,
    Call::Close,
    Call::QueryCloseStatus,
    Call::SetOption,
    Call::CloseRequest,
    Call::CloseSocket,
];

/// How far the run has come with its request.
#[derive(Clone, Copy, Debug)]
enum Done {
    Nothing,
    /// The head is sent, and perhaps not the whole body.
    Head,
    Request,
    Response,
    Upgrade,
}

/// The handles of a run, and what they are used with.
struct Client<'c> {
    winhttp: &'c WinHttp,
    log: &'c Log,
    limit: u32,
    request: HInternet,
    socket: Mutex<HInternet>,
    /// The length of the request's body.
    total: u32,
}

/// The handles that a run begins with.
pub(super) struct Opened {
    pub(super) session: HInternet,
    pub(super) connection: HInternet,
    pub(super) request: HInternet,
    pub(super) is_upgrade: bool,
    /// The length of the request's body.
    pub(super) total: u32,
}

/// Makes the calls of one run. All handles are closed when it returns.
pub(super) fn run(draw: &mut Draw, target: &Target, limit: u32, log: &Log) {
    let winhttp = WinHttp::process();
    let Opened { session, connection, request, is_upgrade, total } = open(draw, target, limit, 0, |_| {});
    let client = Client { winhttp, log, limit, request, socket: Mutex::new(HInternet::NULL), total };
    client.calls(draw, is_upgrade);
    let socket = client.socket();
    // A call of the run may have closed either of them before.
    for handle in [socket, request, connection, session] {
        log.call("CloseHandle", || winhttp.close_handle(handle));
    }
}

/// Opens a drawn request in a session of these flags, which is prepared before anything is made from it.
pub(super) fn open(
    draw: &mut Draw,
    target: &Target,
    limit: u32,
    flags: u32,
    prepare: impl FnOnce(HInternet),
) -> Opened {
    let winhttp = WinHttp::process();
    let proxy = target.proxy.map(|port| format!("127.0.0.1:{port}"));
    let access = if proxy.is_some() { sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY } else { sys::WINHTTP_ACCESS_TYPE_NO_PROXY };
    let session = winhttp.open(None, access, proxy.as_deref(), None, flags).expect("a good session");
    prepare(session);
    let millis = i32::try_from(limit).expect("a short limit");
    winhttp.set_timeouts(session, millis, millis, millis, millis).expect("good limits");
    for option in [sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT] {
        winhttp.set_option::<u16>(session, option, &limit.to_ne_bytes()).expect("a limit of a session");
    }
    winhttp.set_roots(session, roots()).expect("a session");
    let connection = winhttp.connect(session, &target.host, target.port, 0).expect("a good host");
    let is_upgrade = draw.percent(60);
    let verb = if is_upgrade { "GET" } else { draw.pick(&["GET", "POST", "HEAD", "PUT"]) };
    let flags = if target.is_secure { sys::WINHTTP_FLAG_SECURE } else { 0 };
    let request = winhttp.open_request(connection, Some(verb), Some("/p?q"), None, None, &[], flags);
    let request = request.expect("a good request");
    // That of a session is for HTTP responses only (b1.4.27).
    winhttp
        .set_option::<u16>(request, sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, &limit.to_ne_bytes())
        .expect("an option of requests");
    if is_upgrade {
        winhttp
            .set_option::<u16>(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[])
            .expect("an option of requests");
    }
    if draw.percent(60) {
        let (target, scheme) = (sys::WINHTTP_AUTH_TARGET_PROXY, sys::WINHTTP_AUTH_SCHEME_BASIC);
        let set = winhttp.set_credentials(request, target, scheme, Some("user"), Some("word"), ptr::null_mut());
        set.expect("good credentials");
    }
    if draw.percent(20) {
        // Any of them may be what makes a bad server a good one.
        let flags: u32 = draw.pick(&[0x100, 0x200, 0x1000, 0x2000, 0x3300]);
        let option = sys::WINHTTP_OPTION_SECURITY_FLAGS;
        winhttp.set_option::<u16>(request, option, &flags.to_ne_bytes()).expect("an option of requests");
    }
    let total = if is_upgrade || draw.percent(50) { 0 } else { u32::try_from(size(draw)).expect("a short body") };
    Opened { session, connection, request, is_upgrade, total }
}

/// How much a call is to send: rarely much.
pub(super) fn size(draw: &mut Draw) -> usize {
    match draw.below(100) {
        0..4 => MUCH,
        4..30 => draw.below(100_000),
        _ => draw.below(300),
    }
}

impl Client<'_> {
    /// Makes the calls, one of them while another thread makes one too.
    fn calls(&self, draw: &mut Draw, is_upgrade: bool) {
        let count = 6 + draw.below(12);
        let mut beside_draw = Draw::new(draw.next());
        thread::scope(|scope| {
            let (begin, begun) = channel();
            scope.spawn(move || self.beside(&mut beside_draw, &begun));
            let beside = draw.percent(50).then(|| draw.below(count));
            let mut done = Done::Nothing;
            for index in 0..count {
                let call = if draw.percent(8) { draw.pick(ALL) } else { Self::next(done, is_upgrade, draw) };
                if beside == Some(index) {
                    begin.send(()).expect("the other thread waits");
                }
                let is_ok = self.make(call, draw);
                done = match (call, is_ok) {
                    (Call::SendRequest, true) if self.total > 0 => Done::Head,
                    (Call::SendRequest | Call::WriteData, true) => Done::Request,
                    (Call::ReceiveResponse, true) => Done::Response,
                    (Call::CompleteUpgrade, true) => Done::Upgrade,
                    // It begins again.
                    (Call::SendRequest | Call::WriteData | Call::ReceiveResponse | Call::CompleteUpgrade, false) => {
                        Done::Nothing
                    }
                    (Call::Close | Call::ReadData, _) if draw.percent(30) => Done::Nothing,
                    _ => done,
                };
            }
        });
    }

    /// The call that a program would make now.
    fn next(done: Done, is_upgrade: bool, draw: &mut Draw) -> Call {
        match done {
            Done::Nothing => Call::SendRequest,
            Done::Head => draw.pick(&[Call::WriteData, Call::ReceiveResponse]),
            Done::Request => Call::ReceiveResponse,
            Done::Response if is_upgrade => Call::CompleteUpgrade,
            Done::Response => {
                draw.pick(&[Call::QueryDataAvailable, Call::ReadData, Call::ReadData, Call::QueryHeaders])
            }
            Done::Upgrade => draw.pick(&[
                Call::Send,
                Call::Send,
                Call::Receive,
                Call::Receive,
                Call::Receive,
                Call::Shutdown,
                Call::Close,
                Call::QueryCloseStatus,
            ]),
        }
    }

    /// The other thread: one call, at once or a little later.
    fn beside(&self, draw: &mut Draw, begun: &Receiver<()>) {
        let (wait, call) = (draw.below(120), draw.pick(ALL));
        if begun.recv().is_ok() {
            if draw.percent(60) {
                // It ends early when the run does.
                begun.recv_timeout(Duration::from_millis(wait as u64)).ok();
            }
            let call = if draw.percent(50) { draw.pick(&[Call::CloseRequest, Call::CloseSocket]) } else { call };
            self.make(call, draw);
        }
    }

    fn socket(&self) -> HInternet {
        *self.socket.lock().expect("nothing panics with it")
    }

    /// Makes a call, and says whether it succeeded.
    fn make(&self, call: Call, draw: &mut Draw) -> bool {
        let (winhttp, log, request, socket) = (self.winhttp, self.log, self.request, self.socket());
        match call {
            Call::SendRequest => {
                // The first part of the body, or all of it, or none.
                let first = draw.pick(&[0, self.total / 2, self.total]) as usize;
                let first = KeptBuffer::from_static(&BYTES[..first]);
                log.call("SendRequest", || winhttp.send_request(request, None, first, self.total, 0)).is_some()
            }
            Call::WriteData => {
                let length = draw.pick(&[self.total as usize, (self.total - self.total / 2) as usize, 10]);
                let bytes = KeptBuffer::from_static(&BYTES[..length]);
                log.call("WriteData", || winhttp.write_data(request, bytes, Some(&mut 0))).is_some()
            }
            Call::ReceiveResponse => {
                log.call("ReceiveResponse", || winhttp.receive_response(request, ptr::null_mut())).is_some()
            }
            Call::QueryHeaders => {
                let level = draw.pick(&[sys::WINHTTP_QUERY_RAW_HEADERS_CRLF, sys::WINHTTP_QUERY_STATUS_TEXT]);
                let (mut buffer, mut length) = ([0; 200], 200);
                let query = || winhttp.query_headers::<u16>(request, level, None, &mut buffer, &mut length, None);
                log.call("QueryHeaders", query).is_some()
            }
            Call::QueryDataAvailable => {
                log.call("QueryDataAvailable", || winhttp.query_data_available(request, Some(&mut 0))).is_some()
            }
            Call::ReadData => self.read(draw),
            Call::CompleteUpgrade => {
                let upgrade = || winhttp.web_socket_complete_upgrade(request, 0);
                let Some(new) = log.call("CompleteUpgrade", upgrade) else { return false };
                let old = std::mem::replace(&mut *self.socket.lock().expect("nothing panics with it"), new);
                log.call("CloseHandle of the old socket", || winhttp.close_handle(old));
                true
            }
            Call::Send => {
                let kind = draw.pick(&[
                    WebSocketBufferType::BinaryMessage,
                    WebSocketBufferType::Utf8Message,
                    WebSocketBufferType::BinaryFragment,
                    WebSocketBufferType::Utf8Fragment,
                ]);
                let bytes = KeptBuffer::from_static(&BYTES[..size(draw)]);
                log.call("WebSocketSend", || winhttp.web_socket_send(socket, kind, bytes)).is_some()
            }
            Call::Receive => self.receive(socket, draw),
            Call::Shutdown => {
                log.call("WebSocketShutdown", || winhttp.web_socket_shutdown(socket, 1000, b"shut")).is_some()
            }
            Call::Close => log.call("WebSocketClose", || winhttp.web_socket_close(socket, 1001, b"close")).is_some(),
            Call::QueryCloseStatus => {
                let query = || winhttp.web_socket_query_close_status(socket, &mut 0, &mut [0; 123], &mut 0);
                log.call("WebSocketQueryCloseStatus", query).is_some()
            }
            Call::SetOption => {
                let limit = draw.pick(&[self.limit, self.limit / 2 + 1]).to_ne_bytes();
                let option =
                    draw.pick(&[sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT]);
                let handle = draw.pick(&[request, socket]);
                log.call("SetOption", || winhttp.set_option::<u16>(handle, option, &limit)).is_some()
            }
            Call::CloseRequest => log.call("CloseHandle of the request", || winhttp.close_handle(request)).is_some(),
            Call::CloseSocket => log.call("CloseHandle of the socket", || winhttp.close_handle(socket)).is_some(),
        }
    }

    fn read(&self, draw: &mut Draw) -> bool {
        let (mut memory, mut count) = (vec![0; draw.pick(&[0, 1, 100, 8192, 100_000])], 0);
        // SAFETY: a synchronous read is over when it returns, and nobody else knows the bytes until then.
        let buffer = unsafe { KeptBufferMut::new(memory.as_mut_ptr(), memory.len()) };
        let read = self.log.call("ReadData", || self.winhttp.read_data(self.request, buffer, Some(&mut count)));
        assert!(count as usize <= memory.len() && (read.is_some() || count == 0));
        read.is_some()
    }

    fn receive(&self, socket: HInternet, draw: &mut Draw) -> bool {
        let (mut memory, mut count, mut kind) = (vec![0; draw.pick(&[1, 100, 8192, 100_000])], 0, 0);
        // SAFETY: a synchronous receive is over when it returns, and nobody else knows the bytes until then.
        let buffer = unsafe { KeptBufferMut::new(memory.as_mut_ptr(), memory.len()) };
        let receive = || self.winhttp.web_socket_receive(socket, buffer, Some(&mut count), Some(&mut kind));
        let received = self.log.call("WebSocketReceive", receive);
        assert!(count as usize <= memory.len());
        received.is_some()
    }
}

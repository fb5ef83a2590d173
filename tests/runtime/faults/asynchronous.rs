//! A client in asynchronous mode that makes drawn calls, and mostly waits for their ends before it goes on.

use winws::ffi::winhttp::WinHttpWebSocketCompleteUpgrade;
use winws_api::Win32Error;
use winws_api::winhttp::{
    QueryDataAvailableError, ReadDataError, ReceiveResponseError, SendRequestError, WebSocketCloseError,
    WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError, WriteDataError, sys,
};

use super::Target;
use super::asked::BYTES;
use super::calls::{Opened, open, size};
use super::draw::Draw;
use super::log::{Documented, Log};
use crate::asynchronous::chat::{listen, set_context};
use crate::asynchronous::ledger::{Ledger, handle};
use crate::asynchronous::recorder::{Information, Operation, Told};
use crate::winhttp::c;

/// Makes the calls of one run. All handles are closed when it returns, and have said their last words.
pub(super) fn run(draw: &mut Draw, target: &Target, limit: u32, log: &Log) {
    let ledger = Ledger::new();
    let opened = open(draw, target, limit, sys::WINHTTP_FLAG_ASYNC, |session| {
        set_context(c::word(session), ledger.recorder.context());
        listen(c::word(session), sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS);
    });
    let Opened { session, connection, request, is_upgrade, total } = opened;
    let [session, connection, request] =
        [session, connection, request].map(|handle| c::word(handle).expose_provenance());
    let mut socket = None;
    for _ in 0..6 + draw.below(12) {
        let has_response = answered(&ledger.recorder.told());
        let (operation, code) = match socket {
            Some(socket) => of_socket(ledger, socket, draw),
            None if has_response && is_upgrade => {
                // SAFETY: there is no memory.
                let new = unsafe { WinHttpWebSocketCompleteUpgrade(handle(request), ledger.recorder.context()) };
                socket = (!new.is_null()).then(|| new.expose_provenance());
                log.line(format!("CompleteUpgrade: {new:?}"));
                if socket.is_none() {
                    break;
                }
                continue;
            }
            None => of_request(ledger, request, has_response, total, draw),
        };
        log.line(format!("{operation:?}: {code}"));
        assert!(code == 0 || is_listed(operation, code), "{operation:?} does not begin with {code}");
        if draw.percent(80) {
            ledger.wait_for_all();
        }
    }
    let mut handles: Vec<usize> = socket.into_iter().chain([request, connection]).collect();
    if draw.percent(50) {
        handles.reverse();
    }
    handles.push(session);
    for word in &handles {
        assert_eq!(c::close_handle(handle(*word)), 0);
    }
    ledger.settle(&handles);
    for told in ledger.recorder.told() {
        let (Information::Result(_, code) | Information::SocketResult(_, code, _)) = told.information else { continue };
        let operation = told.ends().expect("it is an error");
        log.line(format!("{operation:?} ended: {code}"));
        assert!(is_listed(operation, code), "{operation:?} ends with {code}");
    }
    // Nothing of it is left in the table of handles either.
    for word in handles {
        assert_eq!(c::close_handle(handle(word)), 6);
    }
}

/// Whether the last response to a request has come.
fn answered(told: &[Told]) -> bool {
    let last = told.iter().rev().find_map(|told| {
        let operation = told.ends()?;
        let is_error = told.status == sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR;
        matches!(operation, Operation::SendRequest | Operation::ReceiveResponse).then_some((operation, is_error))
    });
    last == Some((Operation::ReceiveResponse, false))
}

/// A drawn call on a request, mostly the one that a program would make.
fn of_request(
    ledger: &'static Ledger,
    request: usize,
    has_response: bool,
    total: u32,
    draw: &mut Draw,
) -> (Operation, u32) {
    let told = ledger.recorder.told();
    let is_sent = told.iter().rev().find_map(Told::ends).is_some_and(|last| last != Operation::ReceiveResponse)
        && told.last().is_some_and(|told| told.status != sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR);
    let next = if has_response {
        draw.pick(&[Operation::QueryDataAvailable, Operation::ReadData])
    } else if is_sent && total > 0 {
        draw.pick(&[Operation::WriteData, Operation::ReceiveResponse])
    } else if is_sent {
        Operation::ReceiveResponse
    } else {
        Operation::SendRequest
    };
    let all = [Operation::SendRequest, Operation::WriteData, Operation::ReceiveResponse, Operation::ReadData];
    let operation = if draw.percent(8) { draw.pick(&all) } else { next };
    let code = match operation {
        Operation::SendRequest => {
            let first = draw.pick(&[0, total / 2, total]);
            let code = c::send_with(handle(request), &BYTES[..first as usize], total, ledger.recorder.context());
            ledger.note(request, operation, code)
        }
        Operation::WriteData => {
            let length = draw.pick(&[total, total - total / 2, 10]);
            ledger.note(request, operation, c::write_data(handle(request), Some(&BYTES), length, None))
        }
        Operation::ReceiveResponse => ledger.receive_response(request),
        Operation::QueryDataAvailable => ledger.query_data_available(request),
        _ => ledger.read_data(request, draw.pick(&[1, 100, 8192])),
    };
    (operation, code)
}

/// A drawn call on a socket.
fn of_socket(ledger: &Ledger, socket: usize, draw: &mut Draw) -> (Operation, u32) {
    match draw.below(10) {
        0..4 => (Operation::Receive, ledger.receive(socket)),
        4..8 => {
            let kind = i32::try_from(draw.below(4)).unwrap();
            (Operation::Send, ledger.send(socket, kind, &BYTES[..size(draw)]))
        }
        8 => (Operation::Shutdown, ledger.shutdown(socket, 1000)),
        _ => (Operation::Close, ledger.close(socket, 1001)),
    }
}

/// Whether the page of the function lists a code.
fn is_listed(operation: Operation, code: u32) -> bool {
    fn has<E: Documented + Into<Win32Error>>(code: u32) -> bool {
        E::LISTED.iter().any(|&error| error.into().0 == code)
    }
    match operation {
        Operation::SendRequest => has::<SendRequestError>(code),
        Operation::WriteData => has::<WriteDataError>(code),
        Operation::ReceiveResponse => has::<ReceiveResponseError>(code),
        Operation::QueryDataAvailable => has::<QueryDataAvailableError>(code),
        Operation::ReadData => has::<ReadDataError>(code),
        Operation::Send => has::<WebSocketSendError>(code),
        Operation::Receive => has::<WebSocketReceiveError>(code),
        Operation::Shutdown => has::<WebSocketShutdownError>(code),
        Operation::Close => has::<WebSocketCloseError>(code),
    }
}

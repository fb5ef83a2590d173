//! The protocol component of websocket.h: one scenario per test, named after its row of `specs/behaviour` or after what it
//! shows.

mod abort;
mod actions;
pub(crate) mod allocations;
mod c;
mod close;
mod connection;
mod differential;
mod handles;
mod handshake;
#[cfg(target_os = "linux")]
mod memory;
mod random;
mod receive;
mod send;
mod stream;
mod table;

use winws_api::HResult;
use winws_api::websocket::{Action, ActionQueue, BufferType};

use self::c::{Handle, Taken, create_client, create_server};

const OK: i32 = 0;
const HANDLE: i32 = HResult::E_HANDLE.0;
const INVALID_ARG: i32 = HResult::E_INVALIDARG.0;
const OPERATION: i32 = HResult::E_INVALID_PROTOCOL_OPERATION.0;
const FORMAT: i32 = HResult::E_INVALID_PROTOCOL_FORMAT.0;

/// Headers of a request that lack nothing.
const REQUEST: [(&str, &str); 5] = [
    ("Host", "example.com"),
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

fn refs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Both ends of a connection, the handshake done.
fn pair() -> (Handle, Handle) {
    pair_of(create_client(&[]).unwrap(), create_server(&[]).unwrap())
}

fn pair_of(client: Handle, server: Handle) -> (Handle, Handle) {
    let request = client.begin_client(&[], &[], &[]).unwrap();
    let mut request = refs(&request);
    request.push(("Host", "example.com"));
    let response = server.begin_server(None, &[], &request).unwrap();
    assert_eq!(client.end_client(&refs(&response)), OK);
    assert_eq!(server.end_server(), OK);
    (client, server)
}

/// A server whose handshake is done, for frames that are made by hand.
fn server() -> Handle {
    let server = create_server(&[]).unwrap();
    server.begin_server(None, &[], &REQUEST).unwrap();
    assert_eq!(server.end_server(), OK);
    server
}

/// The same of a client.
fn client() -> Handle {
    pair().0
}

/// Takes the next action of a queue, which is of this kind.
fn take(handle: &Handle, queue: ActionQueue, action: Action) -> Taken {
    let taken = handle.get(queue).unwrap();
    assert_eq!(taken.action, action);
    taken
}

/// Demands that a queue has nothing to do.
fn idle(handle: &Handle, queue: ActionQueue) {
    let taken = take(handle, queue, Action::Nothing);
    handle.complete(&taken, 0);
}

/// Does what the send queue says, up to the end of the one send, and gives the bytes for the network.
fn pump(handle: &Handle) -> Vec<u8> {
    let mut wire = Vec::new();
    loop {
        let taken = handle.get(ActionQueue::SEND).unwrap();
        match taken.action {
            Action::SendToNetwork => {
                let bytes = taken.bytes();
                handle.complete(&taken, bytes.len());
                wire.extend(bytes);
            }
            Action::IndicateSendComplete => {
                handle.complete(&taken, 0);
                idle(handle, ActionQueue::SEND);
                return wire;
            }
            action => panic!("{action} in the send queue"),
        }
    }
}

/// Sends a message through, and gives its bytes for the network.
fn wire_of(handle: &Handle, buffer_type: BufferType, payload: &[u8]) -> Vec<u8> {
    assert_eq!(handle.send(buffer_type, payload, 1), OK);
    pump(handle)
}

/// What came of a receive.
#[derive(Debug, PartialEq, Eq)]
struct Indication {
    buffer_type: i32,
    bytes: Vec<u8>,
    context: Option<usize>,
}

impl Indication {
    fn new(buffer_type: BufferType, bytes: &[u8], context: usize) -> Self {
        Self { buffer_type: buffer_type.into(), bytes: bytes.to_vec(), context: Some(context) }
    }
}

/// Does what the receive queue says with these bytes from the network, up to the end of the one receive: that, the bytes
/// that are left, and those that were sent.
fn feed<'b>(handle: &Handle, mut bytes: &'b [u8]) -> (Indication, &'b [u8], Vec<u8>) {
    let mut sent = Vec::new();
    loop {
        let taken = handle.get(ActionQueue::RECEIVE).unwrap();
        match taken.action {
            Action::ReceiveFromNetwork => {
                let filled = taken.fill(bytes);
                assert!(filled > 0, "all bytes were taken, and more are wanted");
                bytes = &bytes[filled..];
                handle.complete(&taken, filled);
            }
            Action::SendToNetwork => {
                sent.extend(taken.bytes());
                handle.complete(&taken, taken.bytes().len());
            }
            Action::IndicateReceiveComplete => {
                let Taken { buffer_type, context, .. } = taken;
                let indication = Indication { buffer_type, bytes: taken.bytes(), context };
                handle.complete(&taken, 0);
                return (indication, bytes, sent);
            }
            action => panic!("{action} in the receive queue"),
        }
    }
}

/// Receives into memory of the component, and gives what came and what was sent meanwhile.
fn receive(handle: &Handle, bytes: &[u8]) -> (Indication, Vec<u8>) {
    assert_eq!(handle.receive(2), OK);
    let (indication, left, sent) = feed(handle, bytes);
    assert_eq!(left, b"", "everything was taken");
    (indication, sent)
}

/// A frame of a server.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    [&[first, length], payload].concat()
}

/// A frame of a client that masks with 0.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = frame(first, payload);
    frame[1] |= 0x80;
    frame.splice(2..2, [0; 4]);
    frame
}

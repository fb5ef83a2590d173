//! Our C functions, as a program in C calls them.

use std::ffi::c_void;
use std::{ptr, slice};

use winws::ffi::websocket as c;
use winws_api::websocket::sys::{
    WEB_SOCKET_ALL_ACTION_QUEUE, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, WEB_SOCKET_BUFFER, WEB_SOCKET_BUFFER_Data,
    WEB_SOCKET_HANDLE, WEB_SOCKET_HTTP_HEADER, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION,
    WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, WEB_SOCKET_NO_ACTION, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION,
    WEB_SOCKET_SEND_TO_NETWORK_ACTION, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
};

use crate::one_at_a_time::Pair;
use crate::pipe::Pipe;
use crate::{Kind, Sender};

pub(crate) struct Sessions {
    sender: WEB_SOCKET_HANDLE,
    receiver: WEB_SOCKET_HANDLE,
    pipe: Pipe,
    kind: i32,
    payload: Vec<u8>,
    buffer: Vec<u8>,
}

impl Sessions {
    pub(crate) fn new(sender: Sender, kind: Kind, payload: &str) -> Self {
        let (client, server) = open();
        let (sender, receiver) = match sender {
            Sender::Client => (client, server),
            Sender::Server => (server, client),
        };
        let kind = match kind {
            Kind::Text => WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
            Kind::Binary => WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
        };
        let (payload, buffer) = (payload.as_bytes().to_vec(), vec![0; payload.len()]);
        Self { sender, receiver, pipe: Pipe::default(), kind, payload, buffer }
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        // SAFETY: nobody uses the handles any more.
        unsafe {
            c::WebSocketDeleteHandle(self.sender);
            c::WebSocketDeleteHandle(self.receiver);
        }
    }
}

/// A client and a server whose handshake is complete.
fn open() -> (WEB_SOCKET_HANDLE, WEB_SOCKET_HANDLE) {
    let (mut client, mut server) = (ptr::null_mut(), ptr::null_mut());
    let (mut request, mut request_count) = (ptr::null_mut(), 0);
    let (mut response, mut response_count) = (ptr::null_mut(), 0);
    let (mut name, mut value) = (*b"Host", *b"host");
    let host = WEB_SOCKET_HTTP_HEADER {
        pcName: name.as_mut_ptr().cast(),
        ulNameLength: 4,
        pcValue: value.as_mut_ptr().cast(),
        ulValueLength: 4,
    };
    // SAFETY: outputs are variables, and headers are lent until the handshakes end.
    unsafe {
        assert_eq!(c::WebSocketCreateClientHandle(ptr::null(), 0, &raw mut client), 0);
        assert_eq!(c::WebSocketCreateServerHandle(ptr::null(), 0, &raw mut server), 0);
        let (none, headers, count) = (ptr::null_mut(), &raw mut request, &raw mut request_count);
        assert_eq!(c::WebSocketBeginClientHandshake(client, none, 0, none, 0, ptr::null(), 0, headers, count), 0);
        let mut list = slice::from_raw_parts(request, request_count as usize).to_vec();
        list.push(host);
        let (list, length) = (list.as_ptr(), u32::try_from(list.len()).expect("there are few"));
        let (headers, count) = (&raw mut response, &raw mut response_count);
        assert_eq!(c::WebSocketBeginServerHandshake(server, ptr::null(), none, 0, list, length, headers, count), 0);
        let none = ptr::null_mut();
        assert_eq!(c::WebSocketEndClientHandshake(client, response, response_count, none, none, none), 0);
        assert_eq!(c::WebSocketEndServerHandshake(server), 0);
    }
    (client, server)
}

fn buffer(bytes: &mut [u8]) -> WEB_SOCKET_BUFFER {
    let length = u32::try_from(bytes.len()).expect("it is no larger than 1 MiB");
    WEB_SOCKET_BUFFER { Data: WEB_SOCKET_BUFFER_Data { pbBuffer: bytes.as_mut_ptr(), ulBufferLength: length } }
}

/// An action and what belongs to it.
struct Taken {
    action: i32,
    kind: i32,
    buffers: [WEB_SOCKET_BUFFER; 2],
    count: u32,
    context: *mut c_void,
}

fn take(handle: WEB_SOCKET_HANDLE) -> Taken {
    let mut taken =
        Taken { action: 0, kind: 0, buffers: [buffer(&mut []), buffer(&mut [])], count: 2, context: ptr::null_mut() };
    // SAFETY: all outputs are variables, and there is room for two buffers.
    let code = unsafe {
        c::WebSocketGetAction(
            handle,
            WEB_SOCKET_ALL_ACTION_QUEUE,
            taken.buffers.as_mut_ptr(),
            &raw mut taken.count,
            &raw mut taken.action,
            &raw mut taken.kind,
            ptr::null_mut(),
            &raw mut taken.context,
        )
    };
    assert_eq!(code, 0);
    taken
}

impl Taken {
    /// The buffers of the action.
    fn parts(&self) -> impl Iterator<Item = WEB_SOCKET_BUFFER_Data> {
        // SAFETY: both parts of the union begin with a pointer and a length.
        self.buffers[..self.count as usize].iter().map(|buffer| unsafe { buffer.Data })
    }
}

fn complete(handle: WEB_SOCKET_HANDLE, taken: &Taken, count: usize) {
    let count = u32::try_from(count).expect("it is no larger than 1 MiB");
    // SAFETY: the action is out, and its buffers are not used any more.
    unsafe { c::WebSocketCompleteAction(handle, taken.context, count) };
}

impl Pair for Sessions {
    fn pass(&mut self) -> usize {
        let mut payload = buffer(&mut self.payload);
        // SAFETY: the payload lives until the send is complete.
        assert_eq!(unsafe { c::WebSocketSend(self.sender, self.kind, &raw mut payload, ptr::null_mut()) }, 0);
        loop {
            let taken = take(self.sender);
            match taken.action {
                WEB_SOCKET_SEND_TO_NETWORK_ACTION => {
                    let mut sent = 0;
                    for part in taken.parts() {
                        // SAFETY: the action has lent the bytes.
                        self.pipe.write(unsafe { slice::from_raw_parts(part.pbBuffer, part.ulBufferLength as usize) });
                        sent += part.ulBufferLength as usize;
                    }
                    complete(self.sender, &taken, sent);
                }
                WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION => complete(self.sender, &taken, 0),
                action => {
                    assert_eq!(action, WEB_SOCKET_NO_ACTION);
                    complete(self.sender, &taken, 0);
                    break;
                }
            }
        }
        let mut received = 0;
        loop {
            let mut target = buffer(&mut self.buffer);
            // SAFETY: the buffer lives until the receive is complete.
            assert_eq!(unsafe { c::WebSocketReceive(self.receiver, &raw mut target, ptr::null_mut()) }, 0);
            let kind = loop {
                let taken = take(self.receiver);
                match taken.action {
                    WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION => {
                        let mut filled = 0;
                        for part in taken.parts() {
                            let length = (part.ulBufferLength as usize).min(self.pipe.peek().len());
                            // SAFETY: the action has lent the room.
                            unsafe { ptr::copy_nonoverlapping(self.pipe.peek().as_ptr(), part.pbBuffer, length) };
                            self.pipe.consume(length);
                            filled += length;
                        }
                        complete(self.receiver, &taken, filled);
                    }
                    action => {
                        assert_eq!(action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
                        received += taken.parts().map(|part| part.ulBufferLength as usize).sum::<usize>();
                        complete(self.receiver, &taken, 0);
                        break taken.kind;
                    }
                }
            };
            if kind == self.kind {
                return received;
            }
        }
    }
}

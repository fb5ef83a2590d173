//! Two threads on one handle, with a peer that does not help.

use std::net::TcpListener;
use std::thread;

use winws::WinHttp;
use winws_api::winhttp::{
    QueryOptionError, ReadDataError, ReceiveResponseError, Request as _, SendRequestError, Session as _,
    WebSocketBufferType, WriteDataError, sys,
};
use winws_api::{KeptBuffer, Win32Error};
use winws_tests_runtime::peer::{Opening, Peer, Socket, connect, frame};

use super::asked::{Asked, BYTES, Request};

const CANCELLED: Win32Error = Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED;
const TIMEOUT: Win32Error = Win32Error::ERROR_WINHTTP_TIMEOUT;

/// More than any buffer on the way holds.
const MUCH: usize = 30_000_000;

fn set_close_timeout(socket: &Socket, millis: u32) {
    let option = sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT;
    WinHttp::process().set_option::<u16>(socket.0, option, &millis.to_ne_bytes()).unwrap();
}

/// A connection whose sends wait so long for the peer.
fn connect_within(millis: u32) -> (Socket, Peer) {
    let Opening { request, peer, head } = Opening::new(&[]);
    let option = sys::WINHTTP_OPTION_SEND_TIMEOUT;
    WinHttp::process().set_option::<u16>(request, option, &millis.to_ne_bytes()).unwrap();
    Opening { request, peer, head }.upgrade()
}

/// A server that never reads more than a little, and a request that sends it so much.
fn send_to_the_deaf(length: usize, millis: u32, meanwhile: impl FnOnce(&Request)) -> Result<(), SendRequestError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let request = Request::open(listener.local_addr().unwrap().port());
    request.set(sys::WINHTTP_OPTION_SEND_TIMEOUT, millis);
    thread::scope(|scope| {
        let send = || WinHttp::process().send_request(request.0, None, KeptBuffer::from_static(&BYTES[..length]), 0, 0);
        let sending = scope.spawn(send);
        let mut peer = Peer::server(listener.accept().unwrap().0);
        // The request is on its way, and cannot end.
        peer.read(1000);
        meanwhile(&request);
        sending.join().unwrap()
    })
}

#[test]
fn a_server_that_takes_nothing_has_its_time() {
    assert_eq!(send_to_the_deaf(100 << 20, 100, |_| {}), Err(SendRequestError::Timeout));
}

#[test]
fn close_handle_while_another_thread_sends_a_request() {
    assert_eq!(send_to_the_deaf(MUCH, 0, Request::close), Err(SendRequestError::OperationCancelled));
}

#[test]
fn close_handle_while_another_thread_reads() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"] {
        let Asked { request, mut peer, .. } = Asked::answered(head);
        thread::scope(|scope| {
            let reading = scope.spawn(|| request.read_data(100));
            // The address can be asked for while no call has the request.
            while url(&request).is_ok() {
                thread::yield_now();
            }
            request.close();
            assert_eq!(
                reading.join().unwrap(),
                Err(ReadDataError::OperationCancelled),
                "a body that was cut has not ended"
            );
            peer.expect_end();
        });
    }
}

fn url(request: &Request) -> Result<(), QueryOptionError> {
    let (mut buffer, mut length) = ([0; 1000], 1000);
    WinHttp::process().query_option::<u16>(request.0, sys::WINHTTP_OPTION_URL, &mut buffer, &mut length)
}

#[test]
fn a_response_is_not_waited_for_while_another_thread_writes() {
    let length = u32::try_from(MUCH).unwrap();
    let Asked { request, mut peer, .. } = Asked::new(length);
    thread::scope(|scope| {
        let writing = scope.spawn(|| request.write_data(MUCH));
        peer.read(1000);
        assert_eq!(request.receive_response(), Err(ReceiveResponseError::IncorrectHandleState));
        assert_eq!(request.write_data(1), Err(WriteDataError::IncorrectHandleState));
        assert_eq!(request.read_data(1), Err(ReadDataError::IncorrectHandleState));
        peer.read(MUCH - 1000);
        assert_eq!(writing.join().unwrap(), Ok(()));
        peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        assert_eq!(request.receive_response(), Ok(()));
    });
}

#[test]
fn close_handle_while_another_thread_writes() {
    let Asked { request, mut peer, .. } = Asked::new(u32::try_from(MUCH).unwrap());
    thread::scope(|scope| {
        let writing = scope.spawn(|| request.write_data(MUCH));
        peer.read(1000);
        request.close();
        assert_eq!(writing.join().unwrap(), Err(WriteDataError::OperationCancelled));
    });
}

#[test]
fn close_has_its_time_however_much_comes() {
    for flood in [frame(0x82, &[7; 1000]), frame(0x89, b"answer this"), frame(0x82, b"")] {
        let (socket, mut peer) = connect();
        set_close_timeout(&socket, 100);
        thread::scope(|scope| {
            scope.spawn(|| peer.write_until_gone(&flood.repeat(100)));
            let closed = socket.close(1000, b"");
            // This sends the server home.
            drop(socket);
            assert_eq!(closed, TIMEOUT);
        });
    }
}

/// The frame of another thread goes first, and the peer does not take it.
#[test]
fn close_has_its_time_while_another_thread_sends() {
    let (socket, mut peer) = connect();
    set_close_timeout(&socket, 100);
    let message = vec![7; MUCH];
    thread::scope(|scope| {
        let sending = scope.spawn(|| socket.send(WebSocketBufferType::BinaryMessage, &message));
        peer.read(1000);
        assert_eq!(socket.close(1000, b""), TIMEOUT);
        assert_eq!(sending.join().unwrap(), CANCELLED);
    });
}

/// A send that gives up takes the rest of its frame with it. Whoever comes next has no part in that.
#[test]
fn calls_after_a_send_that_gave_up_fail() {
    let calls: [fn(&Socket) -> Win32Error; 3] = [
        |socket| socket.send(WebSocketBufferType::BinaryMessage, b"short"),
        |socket| socket.shutdown(1000, b""),
        |socket| socket.close(1000, b""),
    ];
    for call in calls {
        let (socket, mut peer) = connect_within(100);
        let message = vec![7; MUCH];
        thread::scope(|scope| {
            let sending = scope.spawn(|| socket.send(WebSocketBufferType::BinaryMessage, &message));
            peer.read(1000);
            // It waits for its turn.
            let beside = scope.spawn(|| call(&socket));
            assert_eq!(sending.join().unwrap(), TIMEOUT);
            assert_eq!(beside.join().unwrap(), CANCELLED);
        });
        for call in calls {
            let code = call(&socket);
            assert!(code == CANCELLED || code == Win32Error::ERROR_INVALID_OPERATION, "{code}");
        }
    }
}

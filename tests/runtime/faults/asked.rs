//! A request of HTTP whose head the test, as the server, has read.

use std::net::TcpListener;
use std::ptr;

use winws::WinHttp;
use winws_api::winhttp::{
    HInternet, QueryDataAvailableError, ReadDataError, ReceiveResponseError, Request as _, Session as _,
    WriteDataError, sys,
};
use winws_api::{KeptBuffer, KeptBufferMut};
use winws_tests_runtime::peer::Peer;

/// What bodies are made of.
pub(super) static BYTES: [u8; 100 << 20] = [0; 100 << 20];

/// A request that has been sent.
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) peer: Peer,
    pub(super) head: String,
}

/// A request handle, which is closed in the end.
pub(super) struct Request(pub(super) HInternet);

impl Request {
    /// A POST for a server at this port. It has no time limits.
    pub(super) fn open(port: u16) -> Self {
        let winhttp = WinHttp::process();
        let session = winhttp.open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0).unwrap();
        winhttp.set_timeouts(session, 0, 0, 0, 0).unwrap();
        let connection = winhttp.connect(session, "127.0.0.1", port, 0).unwrap();
        let request = winhttp.open_request(connection, Some("POST"), Some("/"), None, None, &[], 0).unwrap();
        winhttp.close_handle(connection).unwrap();
        winhttp.close_handle(session).unwrap();
        Self(request)
    }

    pub(super) fn set(&self, option: u32, value: u32) {
        WinHttp::process().set_option::<u16>(self.0, option, &value.to_ne_bytes()).unwrap();
    }

    pub(super) fn write_data(&self, length: usize) -> Result<(), WriteDataError> {
        WinHttp::process().write_data(self.0, KeptBuffer::from_static(&BYTES[..length]), Some(&mut 0))
    }

    pub(super) fn receive_response(&self) -> Result<(), ReceiveResponseError> {
        WinHttp::process().receive_response(self.0, ptr::null_mut())
    }

    pub(super) fn available(&self) -> Result<u32, QueryDataAvailableError> {
        let mut number = 0;
        WinHttp::process().query_data_available(self.0, Some(&mut number)).map(|()| number)
    }

    pub(super) fn read_data(&self, size: usize) -> Result<Vec<u8>, ReadDataError> {
        let (mut memory, mut count) = (vec![0; size], 0);
        // SAFETY: a synchronous read is over when it returns, and nobody else knows the bytes until then.
        let buffer = unsafe { KeptBufferMut::new(memory.as_mut_ptr(), memory.len()) };
        WinHttp::process().read_data(self.0, buffer, Some(&mut count))?;
        memory.truncate(count as usize);
        Ok(memory)
    }

    pub(super) fn close(&self) {
        WinHttp::process().close_handle(self.0).unwrap();
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        // A test may have closed it before.
        WinHttp::process().close_handle(self.0).ok();
    }
}

impl Asked {
    /// Sends the head of a POST with so much of a body, which is still to be sent.
    pub(super) fn new(total: u32) -> Self {
        Self::with(total, |_| {})
    }

    /// The same with options.
    pub(super) fn with(total: u32, set: impl FnOnce(&Request)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let request = Request::open(listener.local_addr().unwrap().port());
        set(&request);
        WinHttp::process().send_request(request.0, None, KeptBuffer::EMPTY, total, 0).unwrap();
        let mut peer = Peer::server(listener.accept().unwrap().0);
        let head = peer.read_head();
        Self { request, peer, head }
    }

    /// The same without a body, and the server has answered this.
    pub(super) fn answered(answer: &str) -> Self {
        let mut asked = Self::new(0);
        asked.peer.write(answer.as_bytes());
        asked.request.receive_response().unwrap();
        asked
    }
}

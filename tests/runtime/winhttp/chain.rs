//! Sessions, connections and requests of the process in few words. A handle closes with its value.

use std::net::TcpListener;
use std::ptr;

use winws::WinHttp;
use winws_api::winhttp::{HInternet, Request as _, Session as _, WebSocket as _, sys};
use winws_api::{KeptBuffer, KeptBufferMut, Win32Error};
use winws_tests_runtime::peer::{Peer, Socket, code};

use super::OK;

/// A handle that was not made from a request: a session, a connection or a request.
#[derive(Debug)]
pub(crate) struct Handle(pub(crate) HInternet);

impl Drop for Handle {
    fn drop(&mut self) {
        // A test may have closed it before.
        self.close();
    }
}

/// What a request is opened with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opening<'o> {
    pub(crate) verb: Option<&'o str>,
    pub(crate) target: Option<&'o str>,
    pub(crate) version: Option<&'o str>,
    pub(crate) referrer: Option<&'o str>,
    pub(crate) accept_types: &'o [&'o str],
    pub(crate) flags: u32,
}

/// A session without a proxy.
pub(crate) fn session(agent: Option<&str>) -> Result<Handle, Win32Error> {
    Ok(Handle(WinHttp::process().open(agent, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0)?))
}

impl Handle {
    pub(crate) fn connect(&self, host: &str, port: u16) -> Result<Self, Win32Error> {
        Ok(Self(WinHttp::process().connect(self.0, host, port, 0)?))
    }

    pub(crate) fn open(&self, opening: Opening<'_>) -> Result<Self, Win32Error> {
        let Opening { verb, target, version, referrer, accept_types, flags } = opening;
        let request = WinHttp::process().open_request(self.0, verb, target, version, referrer, accept_types, flags);
        Ok(Self(request?))
    }

    pub(crate) fn close(&self) -> Win32Error {
        code(WinHttp::process().close_handle(self.0))
    }

    pub(crate) fn set(&self, option: u32, value: &[u8]) -> Win32Error {
        set(self.0, option, value)
    }

    pub(crate) fn set_number(&self, option: u32, value: u32) -> Win32Error {
        self.set(option, &value.to_ne_bytes())
    }

    pub(crate) fn number(&self, option: u32) -> Result<u32, Win32Error> {
        number(self.0, option)
    }

    /// The text of an option.
    pub(crate) fn text(&self, option: u32) -> String {
        let value = query(self.0, option, 1024).unwrap();
        assert!(value.ends_with(&[0, 0]), "a text ends with a zero");
        text_of(&value[..value.len() - 2])
    }

    pub(crate) fn set_timeouts(&self, timeouts: [i32; 4]) -> Win32Error {
        let [resolve, connect, send, receive] = timeouts;
        code(WinHttp::process().set_timeouts(self.0, resolve, connect, send, receive))
    }

    pub(crate) fn ask_for_upgrade(&self) {
        assert_eq!(self.set(sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[]), OK);
    }

    pub(crate) fn add_headers(&self, headers: &str, modifiers: u32) -> Win32Error {
        code(WinHttp::process().add_request_headers(self.0, headers, modifiers))
    }

    pub(crate) fn send(&self) -> Win32Error {
        self.send_with(None, b"", 0)
    }

    pub(crate) fn send_with(&self, headers: Option<&str>, first: &[u8], total: u32) -> Win32Error {
        // SAFETY: a synchronous send is over when it returns, and the bytes are borrowed until then.
        let first = unsafe { KeptBuffer::new(first.as_ptr(), first.len()) };
        code(WinHttp::process().send_request(self.0, headers, first, total, 0))
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> Win32Error {
        let mut written = u32::MAX;
        // SAFETY: a synchronous write is over when it returns, and the bytes are borrowed until then.
        let buffer = unsafe { KeptBuffer::new(bytes.as_ptr(), bytes.len()) };
        let code = code(WinHttp::process().write_data(self.0, buffer, Some(&mut written)));
        assert!(code != OK || written as usize == bytes.len());
        code
    }

    pub(crate) fn receive(&self) -> Win32Error {
        code(WinHttp::process().receive_response(self.0, ptr::null_mut()))
    }

    pub(crate) fn available(&self) -> Result<u32, Win32Error> {
        let mut available = u32::MAX;
        WinHttp::process().query_data_available(self.0, Some(&mut available))?;
        Ok(available)
    }

    /// What one ReadData gives into a buffer of this size.
    pub(crate) fn read(&self, size: usize) -> Result<Vec<u8>, Win32Error> {
        let (mut buffer, mut length) = (vec![0; size], u32::MAX);
        // SAFETY: a synchronous read is over when it returns, and nobody else knows the bytes until then.
        let bytes = unsafe { KeptBufferMut::new(buffer.as_mut_ptr(), buffer.len()) };
        WinHttp::process().read_data(self.0, bytes, Some(&mut length))?;
        buffer.truncate(length as usize);
        Ok(buffer)
    }

    /// The body up to its end, or the code.
    pub(crate) fn body(&self) -> Result<String, Win32Error> {
        let mut body = Vec::new();
        loop {
            let more = self.read(7)?;
            if more.is_empty() {
                return Ok(String::from_utf8(body).unwrap());
            }
            body.extend(more);
        }
    }

    pub(crate) fn status(&self) -> Result<u16, Win32Error> {
        let level = sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER;
        let (mut status, mut length) = ([0; 4], 4);
        WinHttp::process().query_headers::<u16>(self.0, level, None, &mut status, &mut length, None)?;
        Ok(u16::try_from(u32::from_ne_bytes(status)).unwrap())
    }

    /// What QueryHeaders gives as a text.
    pub(crate) fn header(&self, level: u32, name: Option<&str>) -> Result<String, Win32Error> {
        let (mut buffer, mut length) = ([0; 2048], 2048);
        WinHttp::process().query_headers::<u16>(self.0, level, name, &mut buffer, &mut length, None)?;
        Ok(text_of(&buffer[..length as usize]))
    }

    /// The first header of this name in the response.
    pub(crate) fn custom(&self, name: &str) -> Result<String, Win32Error> {
        self.header(sys::WINHTTP_QUERY_CUSTOM, Some(name))
    }

    /// The first header of this name in the request.
    pub(crate) fn own(&self, name: &str) -> Result<String, Win32Error> {
        self.header(sys::WINHTTP_QUERY_CUSTOM | sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS, Some(name))
    }

    pub(crate) fn complete_upgrade(&self) -> Result<Socket, Win32Error> {
        Ok(Socket(WinHttp::process().web_socket_complete_upgrade(self.0, 0)?))
    }
}

pub(crate) fn set(handle: HInternet, option: u32, value: &[u8]) -> Win32Error {
    code(WinHttp::process().set_option::<u16>(handle, option, value))
}

/// The value of an option, or the code and the length that was written with it.
pub(crate) fn query(handle: HInternet, option: u32, size: usize) -> Result<Vec<u8>, (Win32Error, u32)> {
    let (mut buffer, mut length) = (vec![0; size], u32::MAX);
    match WinHttp::process().query_option::<u16>(handle, option, &mut buffer, &mut length) {
        Ok(()) => {
            buffer.truncate(length as usize);
            Ok(buffer)
        }
        Err(error) => Err((error.into(), length)),
    }
}

pub(crate) fn number(handle: HInternet, option: u32) -> Result<u32, Win32Error> {
    let value = query(handle, option, 4).map_err(|(code, _)| code)?;
    Ok(u32::from_ne_bytes(value.try_into().expect("a DWORD")))
}

pub(crate) fn text_of(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).unwrap()
}

/// A server on loopback, and a session and a connection for it. Nothing is connected yet.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) session: Handle,
    pub(crate) connection: Handle,
}

impl Server {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let session = session(None).unwrap();
        let connection = session.connect("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
        Self { listener, session, connection }
    }

    /// Where it listens, as a URL has it.
    pub(crate) fn authority(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    pub(crate) fn open(&self, verb: &str, target: &str) -> Handle {
        self.connection.open(Opening { verb: Some(verb), target: Some(target), ..Opening::default() }).unwrap()
    }

    /// A request for a WebSocket.
    pub(crate) fn open_upgrade(&self) -> Handle {
        let request = self.open("GET", "/");
        request.ask_for_upgrade();
        request
    }

    pub(crate) fn accept(&self) -> Peer {
        Peer::accept(&self.listener)
    }

    /// Sends the request, and gives the server's end with the head that came.
    pub(crate) fn send(&self, request: &Handle) -> (Peer, String) {
        assert_eq!(request.send(), OK);
        let mut peer = self.accept();
        let head = peer.read_head();
        (peer, head)
    }

    /// Sends the request and lets it receive this answer.
    pub(crate) fn answer(&self, request: &Handle, answer: &str) -> Peer {
        let (mut peer, _) = self.send(request);
        peer.write(answer.as_bytes());
        assert_eq!(request.receive(), OK, "{answer:?}");
        peer
    }
}

/// A request with this method that has received this answer, and the server's end.
pub(crate) fn answered(verb: &str, answer: &str) -> (Handle, Peer) {
    let server = Server::new();
    let request = server.open(verb, "/");
    let peer = server.answer(&request, answer);
    (request, peer)
}

//! The WinHTTP family: [`WinHttp`] implements the generated trait over handles to requests and sockets.
//!
//! Each call checks its arguments first, then the handle, its type, and its state (b1.1.10), and then does one thing
//! on the object behind the handle.

mod codes;
mod functions;
mod request;
mod socket;
mod url;

use std::sync::Arc;

use winws_api::Win32Error;
use winws_api::winhttp::HInternet;

use self::codes::BadHandle;
pub(crate) use self::codes::NoCloseFrame;
pub(crate) use self::request::{FailureSource, Request, RequestFailure};
pub(crate) use self::socket::Socket;
use crate::handles::HandleTable;

/// An implementation of WinHTTP's WebSocket functions with handles of its own.
///
/// The functions are the methods of the trait [`winws_api::winhttp::WebSocket`]. What is inherent here makes the
/// request that the upgrade starts from, and closes handles. It may be used from any number of threads.
///
/// ```no_run
/// use winws::WinHttp;
/// use winws::api::Win32Error;
/// use winws::api::winhttp::WebSocket as _;
///
/// # fn main() -> Result<(), Win32Error> {
/// let winhttp = WinHttp::new();
/// let request = winhttp.open_request("ws://127.0.0.1:9001/chat", &[])?;
/// winhttp.send_request(request)?;
/// winhttp.receive_response(request)?;
/// let web_socket = winhttp.web_socket_complete_upgrade(request, 0)?;
/// winhttp.close_handle(request)?;
/// winhttp.web_socket_close(web_socket, 1000, b"")?;
/// winhttp.close_handle(web_socket)
/// # }
/// ```
#[derive(Debug)]
pub struct WinHttp {
    objects: HandleTable<Object>,
}

/// What a handle stands for.
#[derive(Clone, Debug)]
enum Object {
    Request(Arc<Request>),
    Socket(Arc<Socket>),
}

static PROCESS: WinHttp = WinHttp::new();

impl Default for WinHttp {
    fn default() -> Self {
        Self::new()
    }
}

impl WinHttp {
    /// An implementation without handles.
    pub const fn new() -> Self {
        Self { objects: HandleTable::new() }
    }

    /// The instance that the C functions work on.
    pub fn process() -> &'static Self {
        &PROCESS
    }

    /// Makes a request to upgrade to a WebSocket, and does not send it yet.
    ///
    /// `url` is a `ws://` or `http://` URL; `headers` are names and values to send beside those of the handshake, such
    /// as `Sec-WebSocket-Protocol`. Fails with `ERROR_WINHTTP_UNRECOGNIZED_SCHEME` for other schemes (only `ws://` and
    /// `http://` are supported so far), with `ERROR_WINHTTP_INVALID_URL`, and with `ERROR_INVALID_PARAMETER` for a header that is malformed or
    /// belongs to the handshake itself.
    pub fn open_request(&self, url: &str, headers: &[(&str, &str)]) -> Result<HInternet, Win32Error> {
        let request = Request::open(url, headers)?;
        Ok(HInternet::from_raw(self.objects.insert(Object::Request(Arc::new(request)))))
    }

    /// Connects and sends the request.
    ///
    /// Fails with `ERROR_WINHTTP_NAME_NOT_RESOLVED`, `ERROR_WINHTTP_CANNOT_CONNECT`, `ERROR_WINHTTP_TIMEOUT`
    /// after 60 seconds for each address, or `ERROR_WINHTTP_INCORRECT_HANDLE_STATE` when it was sent before.
    pub fn send_request(&self, request: HInternet) -> Result<(), Win32Error> {
        self.with_request(request, |request| Ok(request.send()?))
    }

    /// Waits for the response to a request that was sent.
    ///
    /// A status other than 101 is no error here, see [`status_code`](Self::status_code). Fails with
    /// `ERROR_WINHTTP_INVALID_SERVER_RESPONSE` when the answer is not HTTP, or is a 101 that RFC 6455 section 4.1
    /// refuses, with `ERROR_WINHTTP_TIMEOUT` after 30 seconds, and with
    /// `ERROR_WINHTTP_INCORRECT_HANDLE_STATE` when nothing was sent or the response has come already.
    pub fn receive_response(&self, request: HInternet) -> Result<(), Win32Error> {
        self.with_request(request, |request| Ok(request.receive_response()?))
    }

    /// The status of the response. `ERROR_WINHTTP_INCORRECT_HANDLE_STATE` before it has come.
    pub fn status_code(&self, request: HInternet) -> Result<u16, Win32Error> {
        self.with_request(request, |request| Ok(request.response()?.status()))
    }

    /// The first header of this name in the response, in whichever case, if there is one.
    ///
    /// The chosen subprotocol is `Sec-WebSocket-Protocol`. `ERROR_WINHTTP_INCORRECT_HANDLE_STATE` before the
    /// response has come. Bytes that are not UTF-8 are replaced.
    pub fn response_header(&self, request: HInternet, name: &str) -> Result<Option<String>, Win32Error> {
        let response = self.with_request(request, Request::response)?;
        let value = response.headers(name).next();
        Ok(value.map(|value| String::from_utf8_lossy(value).into_owned()))
    }

    /// Ends a handle of any type, without a close frame.
    ///
    /// Calls under way in other threads fail with `ERROR_WINHTTP_OPERATION_CANCELLED`, also while a name is resolved or a
    /// connection is made. `ERROR_INVALID_HANDLE` for a handle that is not live.
    pub fn close_handle(&self, handle: HInternet) -> Result<(), Win32Error> {
        let object = self.objects.remove(handle.into_raw()).ok_or(Win32Error::ERROR_INVALID_HANDLE)?;
        match &object {
            Object::Socket(socket) => socket.abort(),
            Object::Request(request) => request.abort(),
        }
        Ok(())
    }

    fn with_request<R, E: From<BadHandle>>(
        &self,
        handle: HInternet,
        call: impl FnOnce(&Request) -> Result<R, E>,
    ) -> Result<R, E> {
        let object = self.objects.get(handle.into_raw()).ok_or(BadHandle::Stale)?;
        match &object {
            Object::Request(request) => call(request),
            Object::Socket(_) => Err(BadHandle::WrongType.into()),
        }
    }

    /// The socket of a live handle.
    fn socket(&self, handle: HInternet) -> Result<Arc<Socket>, BadHandle> {
        let object = self.objects.get(handle.into_raw()).ok_or(BadHandle::Stale)?;
        match object {
            Object::Socket(socket) => Ok(socket),
            Object::Request(_) => Err(BadHandle::WrongType),
        }
    }
}

//! The WinHTTP family: [`WinHttp`] implements the generated traits over handles to sessions, connections, requests and sockets.
//!
//! Each call checks its arguments first, then the handle, its type, and its state (b1.1.10), and then does one thing
//! on the object behind the handle.

mod access;
mod asynchronous;
mod authority;
mod callbacks;
mod codes;
mod functions;
mod headers;
mod host;
mod options;
mod proxy;
mod request;
mod secure;
mod session;
mod settings;
mod socket;
mod target;
mod url;
mod wide;

use std::sync::Arc;

use winws_api::winhttp::HInternet;

use self::asynchronous::Life;
use self::callbacks::Notifier;
use self::codes::BadHandle;
pub(crate) use self::codes::NoCloseFrame;
use self::options::Level;
pub(crate) use self::options::Whose;
pub(crate) use self::proxy::Proxies;
pub(crate) use self::request::{Credentials, InvalidOpening, NotNow, Opening, Request, RequestFailure};
pub(crate) use self::session::{Connection, Session};
pub(crate) use self::settings::{Number, Settings};
pub(crate) use self::socket::Socket;
pub(crate) use self::url::Url;
use crate::handles::HandleTable;
use crate::net::Notice;
use crate::raw::fork::OfProcess;
use crate::raw::lent::Vouched;

/// An implementation of WinHTTP, with handles of its own.
///
/// The functions are the methods of the traits [`Session`](winws_api::winhttp::Session),
/// [`Request`](winws_api::winhttp::Request), [`WebSocket`](winws_api::winhttp::WebSocket),
/// [`Proxy`](winws_api::winhttp::Proxy) and [`Time`](winws_api::winhttp::Time). It may be used from any number of threads.
///
/// ```no_run
/// use winws::WinHttp;
/// use winws::api::winhttp::{Request as _, Session as _, WebSocket as _, sys};
/// use winws::api::{KeptBuffer, Win32Error};
///
/// # fn main() -> Result<(), Win32Error> {
/// let winhttp = WinHttp::new();
/// let session = winhttp.open(Some("agent/1.0"), sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0)?;
/// let connection = winhttp.connect(session, "127.0.0.1", 9001, 0)?;
/// let request = winhttp.open_request(connection, None, Some("/chat"), None, None, &[], 0)?;
/// winhttp.set_option::<u16>(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[])?;
/// winhttp.send_request(request, None, KeptBuffer::EMPTY, 0, 0)?;
/// winhttp.receive_response(request, std::ptr::null_mut())?;
/// let web_socket = winhttp.web_socket_complete_upgrade(request, 0)?;
/// for handle in [request, connection, session] {
///     winhttp.close_handle(handle)?;
/// }
/// winhttp.web_socket_close(web_socket, 1000, b"")?;
/// winhttp.close_handle(web_socket)?;
/// # Ok(())
/// # }
/// ```
///
/// Options and headers are bytes, as in C: a number is its `to_ne_bytes`, and text is UTF-16 with `u16` as the type argument, or
/// UTF-32 with `u32`. For other values the type argument makes no difference.
///
/// With `WINHTTP_FLAG_ASYNC` a session is asynchronous: calls begin an operation and return, and the status callback is told how it
/// ends. Only C can set a callback. Without one a call on a request blocks until it is done, and nobody is told of the calls on a
/// WebSocket.
///
/// An option that is not there is `ERROR_WINHTTP_INVALID_OPTION`. The authorities that vouch for servers are those of the system; in
/// Rust, [`set_roots`](Self::set_roots), [`set_client_certificate`](Self::set_client_certificate) and
/// [`set_revocation_lists`](Self::set_revocation_lists) say otherwise.
///
/// `WinHttpCrackUrl`, `WinHttpCreateUrl`, `WinHttpSetOption` with `WINHTTP_OPTION_PROXY` and `WinHttpGetProxyForUrl` with the URL
/// of a script take structures of pointers, and `WinHttpSetStatusCallback` takes a pointer to a function. Safe code could make up
/// all of them. So they fail with `ERROR_INVALID_PARAMETER` here; the C functions have them.
///
/// The texts that functions return belong to the caller. `WINHTTP_OPTION_PROXY` and `WinHttpGetIEProxyConfigForCurrentUser` have
/// such texts. On Windows `GlobalFree` frees them; here they are memory of `malloc`, which `free` of the C library frees.
#[derive(Debug)]
pub struct WinHttp {
    own: HandleTable<Entry>,
    /// The handles that the process shares with C, in place of its own.
    shared: Option<&'static OfProcess<HandleTable<Entry>>>,
    /// What the C functions vouch for.
    vouched: Option<Vouched>,
}

/// What a handle stands for, and the handle that it was made from.
#[derive(Clone, Debug)]
struct Entry {
    object: Object,
    parent: HInternet,
    /// What it has in asynchronous mode.
    life: Option<Arc<Life>>,
}

#[derive(Clone, Debug)]
enum Object {
    Session(Arc<Session>),
    Connection(Arc<Connection>),
    Request(Arc<Request>),
    Socket(Arc<Socket>),
}

static OF_PROCESS: OfProcess<HandleTable<Entry>> = OfProcess::new(HandleTable::new);

static PROCESS: WinHttp = WinHttp { own: HandleTable::new(), shared: Some(&OF_PROCESS), vouched: None };

impl Default for WinHttp {
    fn default() -> Self {
        Self::new()
    }
}

impl WinHttp {
    /// An implementation without handles.
    pub const fn new() -> Self {
        Self { own: HandleTable::new(), shared: None, vouched: None }
    }

    /// The one whose handles the C functions share.
    pub fn process() -> &'static Self {
        &PROCESS
    }

    /// The one of the C functions, whose callers vouch for their pointers.
    #[cfg(feature = "capi")]
    pub(crate) const fn vouched(vouched: Vouched) -> Self {
        Self { own: HandleTable::new(), shared: Some(&OF_PROCESS), vouched: Some(vouched) }
    }

    fn objects(&self) -> &HandleTable<Entry> {
        match self.shared {
            Some(shared) => shared.get(),
            None => &self.own,
        }
    }

    /// Gives an object a handle. The listener that it has taken over is told so, in the name of the parent (b2.2.3).
    fn insert(&self, object: Object, parent: HInternet, life: Option<Arc<Life>>) -> HInternet {
        let mut notifier = object.notifier(parent);
        let handle = HInternet::from_raw(self.objects().insert(Entry { object, parent, life: life.clone() }));
        if let Ok(parent) = self.object(parent) {
            notifier.context = parent.context();
        }
        match life {
            None => notifier.created(handle),
            Some(life) => life.begin_with(handle, &notifier),
        }
        handle
    }

    /// The life of what is made from an object of an asynchronous session; `None` in synchronous mode.
    fn life_below(above: Option<&Arc<Life>>, object: &Object) -> Result<Option<Arc<Life>>, BadHandle> {
        above.map(|above| Life::below(above, object.clone()).ok_or(BadHandle::Stale)).transpose()
    }

    /// Ends a handle of any type, without a close frame (b1.6.19). Calls under way in other threads fail with
    /// `ERROR_WINHTTP_OPERATION_CANCELLED` (b1.5.4), also while a name is resolved or a connection is made (b1.8.6).
    fn close(&self, handle: HInternet) -> Result<(), BadHandle> {
        let entry = self.objects().remove(handle.into_raw()).ok_or(BadHandle::Stale)?;
        if let Some(life) = entry.life {
            life.close();
            return Ok(());
        }
        match &entry.object {
            // A call under way has the object too. Without one, dropping it ends the stream.
            Object::Socket(socket) if Arc::strong_count(socket) > 1 => socket.abort(),
            Object::Request(request) if Arc::strong_count(request) > 1 => request.abort(),
            // The children of the others go on (b1.1.7).
            Object::Socket(_) | Object::Request(_) | Object::Session(_) | Object::Connection(_) => {}
        }
        entry.object.notifier(handle).closing();
        Ok(())
    }

    /// Tells of a step of a call whoever listens at that moment. A callback may close the handle, and is then told no more, or
    /// put another one in its place.
    fn notify(&self, handle: HInternet, notice: Notice<'_>) {
        if let Ok(object) = self.object(handle) {
            object.notifier(handle).notify(notice);
        }
    }

    fn entry(&self, handle: HInternet) -> Result<Entry, BadHandle> {
        self.objects().get(handle.into_raw()).ok_or(BadHandle::Stale)
    }

    fn object(&self, handle: HInternet) -> Result<Object, BadHandle> {
        Ok(self.entry(handle)?.object)
    }

    fn session(&self, handle: HInternet) -> Result<Arc<Session>, BadHandle> {
        match self.object(handle)? {
            Object::Session(session) => Ok(session),
            _ => Err(BadHandle::WrongType),
        }
    }

    fn connection(&self, handle: HInternet) -> Result<Arc<Connection>, BadHandle> {
        match self.object(handle)? {
            Object::Connection(connection) => Ok(connection),
            _ => Err(BadHandle::WrongType),
        }
    }

    fn request(&self, handle: HInternet) -> Result<Arc<Request>, BadHandle> {
        match self.object(handle)? {
            Object::Request(request) => Ok(request),
            _ => Err(BadHandle::WrongType),
        }
    }

    fn socket(&self, handle: HInternet) -> Result<Arc<Socket>, BadHandle> {
        Ok(self.living_socket(handle)?.0)
    }

    /// A socket, and its life in asynchronous mode.
    fn living_socket(&self, handle: HInternet) -> Result<(Arc<Socket>, Option<Arc<Life>>), BadHandle> {
        match self.entry(handle)? {
            Entry { object: Object::Socket(socket), life, .. } => Ok((socket, life)),
            _ => Err(BadHandle::WrongType),
        }
    }

    /// A request, and its life if its calls are asynchronous. Without a callback they block until they are done (b2.4.1).
    fn living_request(&self, handle: HInternet) -> Result<(Arc<Request>, Option<Arc<Life>>), BadHandle> {
        match self.entry(handle)? {
            Entry { object: Object::Request(request), life, .. } => {
                let has_listener = request.settings().listener.is_some();
                Ok((request, life.filter(|_| has_listener)))
            }
            _ => Err(BadHandle::WrongType),
        }
    }
}

impl Object {
    /// Tells whoever listens to this object, whose handle this is.
    fn notifier(&self, handle: HInternet) -> Notifier {
        Notifier { listener: self.listener(), handle, context: self.context() }
    }

    const fn level(&self) -> Level {
        match self {
            Self::Session(_) => Level::Session,
            Self::Connection(_) => Level::Connection,
            Self::Request(_) => Level::Request,
            Self::Socket(_) => Level::Socket,
        }
    }
}

//! How a client gets a WebSocket or a response: sessions, and requests over them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use winws_api::winhttp::{OpenError, ReceiveResponseError, SendRequestError, WebSocketCompleteUpgradeError, sys};

use super::{ConnectError, Response, WebSocket};
use crate::net::waits::{InThread, Waits, in_thread};
use crate::tls::{ClientCertificate, RevocationLists, Roots};
use crate::winhttp::{
    Connection, Credentials, Number, Opening, Proxies, Request, Session as SessionObject, Settings, Socket, Url, Whose,
};

/// How much of the body of a refusal a [`ConnectError`] keeps, in bytes.
const REFUSAL_BODY: usize = 4096;

/// How long the body of a refusal is waited for, where no shorter limit is set.
const REFUSAL_TIME: Duration = Duration::from_secs(1);

/// What connections have in common: a user agent, time limits, proxies, and whom to trust. It keeps no connection: each call makes
/// its own.
///
/// ```
/// use std::time::Duration;
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("ws://{}/chat", listener.local_addr()?);
/// # let server = std::thread::spawn(move || winws::accept(listener.accept().unwrap().0).unwrap().close(1000, ""));
/// let session = winws::Session::builder().user_agent("agent/1.0").connect_timeout(Duration::from_secs(5)).build()?;
/// // let url = "ws://example.com/chat";
/// let socket = session.connect(&url)?;
/// socket.close(1000, "bye")?;
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Session {
    object: Arc<SessionObject>,
    proxy_credentials: Option<Credentials>,
}

/// The settings of a [`Session`] that is about to be built.
///
/// A timeout of `None` is no limit, and so is one of more than 49 days. Part of a millisecond counts as a whole one, and so does
/// [`Duration::ZERO`].
#[derive(Clone, Debug, Default)]
pub struct SessionBuilder {
    agent: Option<String>,
    proxy_credentials: Option<Credentials>,
    settings: Settings,
}

/// What a request for a WebSocket has beside its URL.
///
/// ```
/// use winws::ConnectOptions;
///
/// let options = ConnectOptions {
///     headers: &[("Origin", "https://example.com")],
///     subprotocols: &["chat", "superchat"],
/// };
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectOptions<'o> {
    /// Names and values of further headers. Those of the handshake itself are refused.
    pub headers: &'o [(&'o str, &'o str)],
    /// The subprotocols to choose from, the best one first. [`WebSocket::subprotocol`] is the choice of the server.
    pub subprotocols: &'o [&'o str],
}

/// Connects to a `ws://` or `wss://` URL and upgrades to a WebSocket.
///
/// The host may be an international name, such as `hö.st`. An IPv6 address has brackets, and its zone follows `%25`:
/// `ws://[fe80::1%25eth0]/` (RFC 6874).
///
/// # Errors
///
/// See [`Session::connect_with`].
pub fn connect(url: &str) -> Result<WebSocket, ConnectError> {
    Session::new().connect(url)
}

/// Connects with further headers and subprotocols.
///
/// # Errors
///
/// See [`Session::connect_with`].
pub fn connect_with(url: &str, options: &ConnectOptions<'_>) -> Result<WebSocket, ConnectError> {
    Session::new().connect_with(url, options)
}

/// Asks for the document at an `http://` or `https://` URL.
///
/// # Errors
///
/// See [`Session::get`].
pub fn get(url: &str) -> Result<Response, ConnectError> {
    Session::new().get(url)
}

impl Session {
    /// A session with WinHTTP's own time limits, no user agent and no proxy, which trusts the authorities of the system.
    pub fn new() -> Self {
        Self::default()
    }

    /// A session with settings.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// Connects to a `ws://` or `wss://` URL and upgrades to a WebSocket.
    ///
    /// # Errors
    ///
    /// See [`connect_with`](Self::connect_with).
    pub fn connect(&self, url: &str) -> Result<WebSocket, ConnectError> {
        self.connect_with(url, &ConnectOptions::default())
    }

    /// Connects with further headers and subprotocols.
    ///
    /// It blocks until the server has answered, as long as the time limits allow: by default 60 seconds for each address of the
    /// host, 30 seconds for each silence of the server, and 90 seconds for the whole response, in which TLS has its time too. Up to
    /// ten redirects are followed, but none from TLS to no TLS.
    ///
    /// A name and a password in the URL (`wss://user:word@host/`) answer a server that asks for Basic credentials. They go to no
    /// other server.
    ///
    /// # Errors
    ///
    /// If the server refused the upgrade, [`ConnectError::status`], [`headers`](ConnectError::headers) and
    /// [`body`](ConnectError::body) are its answer. The status 407 is that of a proxy that wants credentials, or others. Otherwise [`ConnectError::code`] is one of these:
    ///
    /// - `ERROR_WINHTTP_UNRECOGNIZED_SCHEME`: the schemes are `ws` and `http`, which mean the same here, and `wss` and `https` with
    ///   TLS.
    /// - `ERROR_WINHTTP_INVALID_URL`: the rest of the URL is malformed, or it has a fragment (`#`). Either code can be about a redirect as well.
    /// - `ERROR_INVALID_PARAMETER`: a header is malformed or belongs to the handshake, or a subprotocol is not a token or stands
    ///   there twice.
    /// - `ERROR_WINHTTP_NAME_NOT_RESOLVED` or `ERROR_WINHTTP_CANNOT_CONNECT`: the server was not reached, or a proxy was not or
    ///   refused the way to the server. The source says which.
    /// - `ERROR_WINHTTP_TIMEOUT`: the server did not answer in time.
    /// - `ERROR_WINHTTP_CONNECTION_ERROR`: the request could not be written.
    /// - `ERROR_WINHTTP_INVALID_SERVER_RESPONSE`: the answer is not HTTP, it breaks RFC 6455 section 4.1, or the connection ended
    ///   before it.
    /// - `ERROR_WINHTTP_HEADER_SIZE_OVERFLOW`: the head of the answer is larger than 64 KiB, or it has more than 128 headers.
    /// - `ERROR_WINHTTP_REDIRECT_FAILED`: the server redirects more than ten times.
    /// - `ERROR_WINHTTP_SECURE_FAILURE`: there is no TLS with the server. The source is a
    ///   [`SecureFailure`](crate::tls::SecureFailure), which has all faults of its certificate. It is also the code
    ///   of a server that does not accept the certificate of the client.
    /// - `ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED`: the server goes on only with a certificate of the client.
    ///
    /// The error's `source()` has what the operating system or the handshake said.
    pub fn connect_with(&self, url: &str, options: &ConnectOptions<'_>) -> Result<WebSocket, ConnectError> {
        let (socket, subprotocol) = in_thread(self.connect_on(&InThread, url, options))?;
        Ok(WebSocket::new(socket, subprotocol))
    }

    /// Connects with a way to wait. It also gives the subprotocol that the server chose.
    pub(super) async fn connect_on<W: Waits>(
        &self,
        waits: &W,
        url: &str,
        options: &ConnectOptions<'_>,
    ) -> Result<(Socket, Option<String>), ConnectError> {
        let request = self.open(url)?;
        // From then on a header of the handshake is refused where it is added, and can be named.
        request.ask_for_upgrade();
        for (name, value) in options.headers {
            add_header(&request, name, value)?;
        }
        if !options.subprotocols.is_empty() {
            add_header(&request, "Sec-WebSocket-Protocol", &options.subprotocols.join(", "))?;
        }
        exchange_on(waits, &request).await?;
        let (status, subprotocol) = request.with_response(|response| {
            let subprotocol = response.headers("Sec-WebSocket-Protocol").next();
            (response.status(), subprotocol.map(|value| String::from_utf8_lossy(value).into_owned()))
        })?;
        if status != 101 {
            return Err(refusal_on(waits, &request, status).await);
        }
        let socket =
            request.complete_upgrade(&|_| {}).map_err(|cause| WebSocketCompleteUpgradeError::from(cause).code())?;
        Ok((socket, subprotocol))
    }

    /// Asks for the document at an `http://` or `https://` URL, and gives the response whatever its status is. Redirects are followed.
    ///
    /// ```
    /// # use std::io::{Read as _, Write as _};
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/hello", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || {
    /// #     let mut peer = listener.accept().unwrap().0;
    /// #     peer.read(&mut [0; 4096]).unwrap();
    /// #     peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
    /// # });
    /// // let url = "http://example.com/hello";
    /// let mut response = winws::Session::new().get(&url)?;
    /// let body = std::io::read_to_string(&mut response)?;
    /// assert_eq!((response.status(), &body[..]), (200, "hello"));
    /// # server.join().unwrap();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Only if there is no response: then [`ConnectError::code`] is one of those of [`connect_with`](Self::connect_with). A status
    /// such as 404 is no error, and neither is the 407 of a proxy that wants credentials.
    pub fn get(&self, url: &str) -> Result<Response, ConnectError> {
        let request = self.open(url)?;
        in_thread(exchange_on(&InThread, &request))?;
        Ok(Response::new(request)?)
    }

    fn open(&self, url: &str) -> Result<Request, ConnectError> {
        let Url { is_secure, host, port, credentials, target } = Url::parse(url)?;
        let connection = Connection::new(Arc::clone(&self.object), host, port);
        let flags = if is_secure { sys::WINHTTP_FLAG_SECURE } else { 0 };
        let request = Request::open(&connection, Opening { object_name: Some(&target), flags, ..Opening::default() })?;
        if let Some(credentials) = credentials {
            request.set_credentials(Whose::Server, credentials)?;
        }
        if let Some(credentials) = &self.proxy_credentials {
            request.set_credentials(Whose::Proxy, credentials.clone())?;
        }
        Ok(request)
    }
}

impl SessionBuilder {
    /// The value of the `User-Agent` header. Without one there is no such header.
    #[must_use]
    pub fn user_agent(mut self, agent: &str) -> Self {
        self.agent = Some(agent.to_owned());
        self
    }

    /// How long resolving a name may take. At first there is no limit but the system's.
    #[must_use]
    pub fn resolve_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.limit(Number::ResolveTimeout, limit.into())
    }

    /// How long connecting to one address may take: at first 60 seconds.
    #[must_use]
    pub fn connect_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.limit(Number::ConnectTimeout, limit.into())
    }

    /// How long a server may take nothing of what is sent: at first 30 seconds. It is a limit of the WebSocket too.
    #[must_use]
    pub fn send_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.limit(Number::SendTimeout, limit.into())
    }

    /// How long a server may send nothing of a response: at first 30 seconds. A WebSocket has a limit of its own,
    /// [`WebSocket::set_receive_timeout`].
    #[must_use]
    pub fn receive_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.limit(Number::ReceiveTimeout, limit.into())
    }

    /// How long the whole head of a response may take: at first 90 seconds.
    #[must_use]
    pub fn response_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.limit(Number::ReceiveResponseTimeout, limit.into())
    }

    /// How long [`WebSocket::close`] waits for the close frame of the server: at first 10 seconds.
    #[must_use]
    pub fn close_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.limit(Number::CloseTimeout, limit.into())
    }

    /// The authorities that vouch for servers: at first those of the system. A server whose certificate has a fault is not connected
    /// to, and no setting changes that; `WINHTTP_OPTION_SECURITY_FLAGS` of [`WinHttp`](crate::WinHttp) does.
    #[must_use]
    pub fn roots(mut self, roots: Roots) -> Self {
        self.settings.roots = roots;
        self
    }

    /// The certificate by which this client proves who it is, for servers that ask.
    #[must_use]
    pub fn client_certificate(mut self, certificate: ClientCertificate) -> Self {
        self.settings.certificate = Some(certificate);
        self
    }

    /// Lists of certificates that their authorities have revoked: at first none. A certificate that no list covers is accepted.
    #[must_use]
    pub fn revocation_lists(mut self, lists: RevocationLists) -> Self {
        self.settings.revocation_lists = lists;
        self
    }

    /// The proxies to go through: a list as WinHTTP takes it, `[scheme=][scheme://]host[:port]`, separated by `;` or blanks. The hosts
    /// in `bypass` are reached directly: names with `*` for any characters, or `<local>` for all without a dot. At first there is no
    /// proxy. A name and a password do not stand in the list: see [`proxy_credentials`](Self::proxy_credentials).
    ///
    /// Without a port it is 80. The connection to a proxy has no TLS of its own: a request that only an `https://` or SOCKS proxy
    /// serves fails with `ERROR_WINHTTP_CANNOT_CONNECT`.
    ///
    /// # Errors
    ///
    /// `ERROR_INVALID_PARAMETER` if the list names no proxy, or has an entry of another form.
    pub fn proxy(mut self, list: &str, bypass: &str) -> Result<Self, OpenError> {
        self.settings.proxies = Proxies::named(list, Some(bypass)).map_err(|_| OpenError::InvalidParameter)?;
        Ok(self)
    }

    /// The proxies that the environment names at the time of each request, by curl's rules: `https_proxy`, `http_proxy`,
    /// `all_proxy` and `no_proxy`.
    #[must_use]
    pub fn proxy_from_environment(mut self) -> Self {
        self.settings.proxies = Proxies::Automatic;
        self
    }

    /// The name and the password for proxies that ask for Basic credentials (RFC 7617): at first none. They go before those in a
    /// proxy's URL of the environment.
    ///
    /// # Errors
    ///
    /// `ERROR_INVALID_PARAMETER` if the name has a colon, or one of the two has control characters (RFC 7617 section 2).
    pub fn proxy_credentials(mut self, user: &str, password: &str) -> Result<Self, OpenError> {
        self.proxy_credentials = Some(Credentials::new(user, password).map_err(|_| OpenError::InvalidParameter)?);
        Ok(self)
    }

    /// How many redirects in a row are followed: at first 10. 0 gives the redirects to the program as responses.
    #[must_use]
    pub fn redirects(mut self, most: u32) -> Self {
        if most == 0 {
            self.settings.set(Number::RedirectPolicy, sys::WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
        }
        self.settings.set(Number::MaxRedirects, most);
        self
    }

    /// The session.
    ///
    /// # Errors
    ///
    /// `ERROR_INVALID_PARAMETER` if the user agent cannot be the value of a header.
    pub fn build(self) -> Result<Session, OpenError> {
        let object = SessionObject::new(self.agent.as_deref())?;
        *object.settings() = self.settings;
        Ok(Session { object: Arc::new(object), proxy_credentials: self.proxy_credentials })
    }

    fn limit(mut self, number: Number, limit: Option<Duration>) -> Self {
        self.settings.set_limit(number, limit);
        self
    }
}

fn add_header(request: &Request, name: &str, value: &str) -> Result<(), ConnectError> {
    request.add_header(name, value)?.map_err(|_| ConnectError::of_header(name))
}

async fn exchange_on<W: Waits>(waits: &W, request: &Request) -> Result<(), ConnectError> {
    request.begin(None, &[], 0).map_err(ConnectError::of::<SendRequestError>)?;
    request.send_on(waits, &|_| {}).await.map_err(ConnectError::of::<SendRequestError>)?;
    request.begin_response().map_err(ConnectError::of::<ReceiveResponseError>)?;
    request.response_on(waits, &|_| {}).await.map_err(ConnectError::of::<ReceiveResponseError>)
}

/// What the server said instead of an upgrade, with the start of its body as far as that comes soon.
async fn refusal_on<W: Waits>(waits: &W, request: &Request, status: u16) -> ConnectError {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = request
        .with_response(|response| response.all().iter().map(|(name, value)| (text(name), text(value))).collect())
        .unwrap_or_default();
    let mut body = vec![0; REFUSAL_BODY];
    let limit = request.settings().limit(Number::ReceiveTimeout).map_or(REFUSAL_TIME, |limit| limit.min(REFUSAL_TIME));
    // A body that breaks off does not matter here.
    let length = request.read_on(waits, &mut body, Instant::now().checked_add(limit)).await.unwrap_or(0);
    body.truncate(length);
    ConnectError::refused(status, headers, body)
}

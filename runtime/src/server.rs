//! The server's side of the Rust API: a TCP stream that a listener has accepted becomes a [`WebSocket`].
//!
//! Only the handshake is here. What the WebSocket does afterwards is the same for both ends.

mod error;
mod over;

use std::borrow::Cow;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::client::WebSocket;
use crate::net::answering::{AnsweringError, receive_request, send_last_response, send_response};
use crate::net::{self, Stream};
use crate::protocol::Role;
use crate::protocol::http::MAX_HEAD;
use crate::protocol::upgrade::{Answer, REQUEST_TIMEOUT, SERVER_ERROR, UpgradeRequest, UpgradeRequestReader};
use crate::winhttp::{Settings, Socket};

pub use error::AcceptError;
pub use over::accept_over;

/// How long a handshake may take where nothing else was asked for.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What [`accept_with`] needs to know before the request has come.
///
/// ```
/// use std::time::Duration;
/// use winws::AcceptOptions;
///
/// let options = AcceptOptions {
///     subprotocols: &["chat.v2", "chat"],
///     timeout: Some(Duration::from_secs(5)),
///     ..AcceptOptions::default()
/// };
/// assert_eq!(options.head_limit, 64 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptOptions<'o> {
    /// The subprotocols that the server speaks: none at first. Among those that the client offers, the first one in the
    /// client's order is chosen. If there is none, the WebSocket has no subprotocol, and the callback of [`accept_with`] may
    /// refuse that.
    pub subprotocols: &'o [&'o str],
    /// How long the head of the request may be, in bytes: 64 KiB at first. It has at most 128 headers besides.
    pub head_limit: usize,
    /// How long the client may take to send the head of its request, and again to take the response: 30 seconds at first.
    /// `None` is for as long as it likes.
    pub timeout: Option<Duration>,
}

impl Default for AcceptOptions<'_> {
    fn default() -> Self {
        Self { subprotocols: &[], head_limit: MAX_HEAD, timeout: Some(TIMEOUT) }
    }
}

/// Accepts a WebSocket over a TCP stream that has just been accepted.
///
/// It takes every request that is a good one, whatever its path, and chooses no subprotocol.
///
/// ```
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("ws://{}/", listener.local_addr()?);
/// # let client = std::thread::spawn(move || {
/// #     let socket = winws::connect(&url).unwrap();
/// #     socket.send_text("hello").unwrap();
/// #     socket.close(1000, "").unwrap();
/// # });
/// // let listener = std::net::TcpListener::bind("127.0.0.1:9001")?;
/// let socket = winws::accept(listener.accept()?.0)?;
/// let mut message = Vec::new();
/// while !socket.receive_message(&mut message)?.is_close() {
///     println!("{} bytes", message.len());
/// }
/// socket.close(1000, "")?;
/// # client.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`accept_with`].
pub fn accept(stream: TcpStream) -> Result<WebSocket, AcceptError> {
    accept_with(stream, &AcceptOptions::default(), |_, _| {})
}

/// Accepts a WebSocket with options, and with a callback that sees the request before it is answered.
///
/// The callback may [refuse](Answer::refuse) the request, and [add headers](Answer::add_header) to the answer. It is called
/// once, and only for a request that RFC 6455 section 4.2.1 allows: all others have been answered already. A server whose
/// clients are browsers should look at `Origin` here (section 10.2).
///
/// It blocks until the response has been written, as long as the [timeout](AcceptOptions::timeout) allows. Another thread
/// ends it at once with [`TcpStream::shutdown`] on a clone of the stream. Frames that the client sends right behind its
/// request belong to the WebSocket.
///
/// ```
/// use winws::AcceptOptions;
///
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let url = format!("ws://{}/elsewhere", listener.local_addr()?);
/// # let client = std::thread::spawn(move || winws::connect(&url).unwrap_err().status());
/// let options = AcceptOptions { subprotocols: &["chat"], ..AcceptOptions::default() };
/// let accepted = winws::accept_with(listener.accept()?.0, &options, |request, answer| {
///     if request.target() != "/chat" {
///         return answer.refuse(404);
///     }
///     answer.add_header("Set-Cookie", "room=7");
/// });
/// assert_eq!(accepted.unwrap_err().status(), Some(404));
/// # assert_eq!(client.join().unwrap(), Some(404));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Each variant of [`AcceptError`] says when it comes and what the client was told. After a refusal the client has up to a
/// second to end the stream, so that it can read the response. The stream is closed in every case.
pub fn accept_with(
    stream: TcpStream,
    options: &AcceptOptions<'_>,
    decide: impl FnOnce(&UpgradeRequest, &mut Answer),
) -> Result<WebSocket, AcceptError> {
    let stream = net::accepted(stream).map_err(AcceptError::Stream)?;
    let (reader, deadline) = (UpgradeRequestReader::with_limit(options.head_limit), deadline_of(options));
    let received = receive_request(reader, deadline, |buffer| stream.read(buffer, deadline, None));
    let (request, read_ahead) = received.map_err(|error| no_request(&stream, error, options))?;
    let (response, agreed) = answer(&request, options, decide);
    let subprotocol = agreed.inspect_err(|_| refuse(&stream, &response))?;
    send_response(&stream, &response, deadline_of(options)).map_err(AcceptError::Write)?;
    let socket = Socket::new(Role::Server, stream, &read_ahead, &Settings::default());
    Ok(WebSocket::new(socket, subprotocol))
}

/// The response to a request, and the subprotocol that was agreed, or why the request is refused.
fn answer(
    request: &UpgradeRequest,
    options: &AcceptOptions<'_>,
    decide: impl FnOnce(&UpgradeRequest, &mut Answer),
) -> (Cow<'static, [u8]>, Result<Option<String>, AcceptError>) {
    let subprotocol = request.protocols().find(|offered| options.subprotocols.contains(offered));
    let mut answer = match request.agree(subprotocol, &[]) {
        Ok(answer) => answer,
        Err(error) => return (error.response().into(), Err(AcceptError::Request(error))),
    };
    decide(request, &mut answer);
    let response = match answer.encode() {
        Ok(response) => response,
        Err(error) => return (SERVER_ERROR.into(), Err(AcceptError::Answer(error))),
    };
    let agreed = match answer.refusal() {
        Some(status) => Err(AcceptError::Refused { status }),
        None => Ok(answer.subprotocol().map(str::to_owned)),
    };
    (response.into(), agreed)
}

/// When the step that begins now must be done. A timeout that is too far away for a clock is none.
fn deadline_of(options: &AcceptOptions<'_>) -> Option<Instant> {
    options.timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// Answers a client whose request could not be read, if there is somebody to answer.
fn no_request(stream: &Stream, error: AnsweringError, options: &AcceptOptions<'_>) -> AcceptError {
    match &error {
        AnsweringError::BadHead(error) => refuse(stream, error.response()),
        AnsweringError::TimedOut => refuse(stream, REQUEST_TIMEOUT),
        AnsweringError::Failed(_) | AnsweringError::Closed { .. } => {}
    }
    AcceptError::of_request(error, options.head_limit)
}

/// Sends a response that refuses. The caller is told of the refusal, whether the client stays to read it or not.
fn refuse(stream: &Stream, response: &[u8]) {
    send_last_response(stream, response).ok();
}

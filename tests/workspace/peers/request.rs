//! A request through WinHTTP's handles, from the session to the end of the body or of the WebSocket.

use std::ptr;

use winws::WinHttp;
use winws::tls::Roots;
use winws_api::winhttp::{HInternet, Request as _, Session as _, WebSocket as _, WebSocketBufferType, sys};
use winws_api::{KeptBuffer, KeptBufferMut, Win32Error};

/// What is asked for, of a server on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ask<'a> {
    pub verb: &'a str,
    pub is_secure: bool,
    pub port: u16,
    pub target: &'a str,
    pub headers: Option<&'a str>,
    pub body: &'a [u8],
    /// A value of `WINHTTP_OPTION_REDIRECT_POLICY`.
    pub redirects: Option<u32>,
    /// User names and passwords for Basic, each with its target.
    pub credentials: &'a [(u32, &'a str, &'a str)],
    pub roots: Option<&'a Roots>,
    /// A list of proxies, and the hosts that are reached without one.
    pub proxy: Option<(&'a str, &'a str)>,
}

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    /// The line of the status and the headers.
    pub head: String,
    pub body: Vec<u8>,
    /// Who answered, after redirects.
    pub url: String,
}

/// A handle that is closed with its value.
struct Handle(HInternet);

impl Drop for Handle {
    fn drop(&mut self) {
        WinHttp::process().close_handle(self.0).unwrap();
    }
}

/// The handles of a request that has been answered.
struct Answered {
    request: Handle,
    _connection: Handle,
    _session: Handle,
}

impl Ask<'_> {
    /// The answer, or the code that a call ended with.
    pub(super) fn ask(self) -> Result<Answer, Win32Error> {
        Answer::of(&self.exchange(false)?.request)
    }

    /// Upgrades, and closes once a text has come back: the text, or the answer that refuses the upgrade.
    pub(super) fn echo(self, text: &str) -> Result<Result<String, Answer>, Win32Error> {
        let winhttp = WinHttp::process();
        let answered = self.exchange(true)?;
        let answer = Answer::of(&answered.request)?;
        if answer.status != 101 {
            return Ok(Err(answer));
        }
        let socket = Handle(winhttp.web_socket_complete_upgrade(answered.request.0, 0)?);
        // The socket goes on without its request.
        drop(answered);
        // SAFETY: a synchronous send is over when it returns, and the text is borrowed until then.
        let message = unsafe { KeptBuffer::new(text.as_ptr(), text.len()) };
        winhttp.web_socket_send(socket.0, WebSocketBufferType::Utf8Message, message)?;
        let (mut buffer, mut length, mut kind) = ([0; 1000], 0, 0);
        // SAFETY: a synchronous receive is over when it returns, and nobody else knows the bytes until then.
        let bytes = unsafe { KeptBufferMut::new(buffer.as_mut_ptr(), buffer.len()) };
        winhttp.web_socket_receive(socket.0, bytes, Some(&mut length), Some(&mut kind))?;
        assert_eq!(WebSocketBufferType::try_from(kind), Ok(WebSocketBufferType::Utf8Message));
        winhttp.web_socket_close(socket.0, 4001, b"enough")?;
        let (mut status, mut reason, mut reason_length) = (0, [0; 123], 0);
        winhttp.web_socket_query_close_status(socket.0, &mut status, &mut reason, &mut reason_length)?;
        assert_eq!((status, &reason[..reason_length as usize]), (4001, &b"enough"[..]));
        Ok(Ok(String::from_utf8(buffer[..length as usize].to_owned()).expect("it is a text")))
    }

    fn exchange(self, upgrades: bool) -> Result<Answered, Win32Error> {
        let winhttp = WinHttp::process();
        let session = Handle(match self.proxy {
            None => winhttp.open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0)?,
            Some((list, bypass)) => {
                winhttp.open(None, sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY, Some(list), Some(bypass), 0)?
            }
        });
        if let Some(roots) = self.roots {
            winhttp.set_roots(session.0, roots.clone())?;
        }
        let connection = Handle(winhttp.connect(session.0, "localhost", self.port, 0)?);
        let flags = if self.is_secure { sys::WINHTTP_FLAG_SECURE } else { 0 };
        let (verb, target) = (Some(self.verb), Some(self.target));
        let request = Handle(winhttp.open_request(connection.0, verb, target, None, None, &[], flags)?);
        if upgrades {
            winhttp.set_option::<u16>(request.0, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[])?;
        }
        if let Some(policy) = self.redirects {
            winhttp.set_option::<u16>(request.0, sys::WINHTTP_OPTION_REDIRECT_POLICY, &policy.to_ne_bytes())?;
        }
        for &(whose, user, password) in self.credentials {
            let (basic, user, password) = (sys::WINHTTP_AUTH_SCHEME_BASIC, Some(user), Some(password));
            winhttp.set_credentials(request.0, whose, basic, user, password, ptr::null_mut())?;
        }
        // SAFETY: a synchronous send is over when it returns, and the body is borrowed for as long as the receive, which may send
        // it again.
        let body = unsafe { KeptBuffer::new(self.body.as_ptr(), self.body.len()) };
        let total = u32::try_from(self.body.len()).expect("bodies of tests are small");
        winhttp.send_request(request.0, self.headers, body, total, 0)?;
        winhttp.receive_response(request.0, ptr::null_mut())?;
        Ok(Answered { request, _connection: connection, _session: session })
    }
}

impl Answer {
    /// The answer to a request, whose body is read here.
    fn of(request: &Handle) -> Result<Self, Win32Error> {
        let winhttp = WinHttp::process();
        let mut status = [0; 4];
        let level = sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER;
        winhttp.query_headers::<u16>(request.0, level, None, &mut status, &mut 4, None)?;
        Ok(Self {
            status: u16::try_from(u32::from_ne_bytes(status)).expect("a status has three digits"),
            head: text(|buffer, length| {
                let level = sys::WINHTTP_QUERY_RAW_HEADERS_CRLF;
                Ok(winhttp.query_headers::<u16>(request.0, level, None, buffer, length, None)?)
            })?,
            body: body_of(request)?,
            url: text(|buffer, length| {
                Ok(winhttp.query_option::<u16>(request.0, sys::WINHTTP_OPTION_URL, buffer, length)?)
            })?,
        })
    }

    /// The value of the first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

/// Reads to the end, some bytes at a time.
fn body_of(request: &Handle) -> Result<Vec<u8>, Win32Error> {
    let mut body = Vec::new();
    loop {
        let (mut buffer, mut length) = ([0; 1000], 0);
        // SAFETY: a synchronous read is over when it returns, and nobody else knows the bytes until then.
        let bytes = unsafe { KeptBufferMut::new(buffer.as_mut_ptr(), buffer.len()) };
        WinHttp::process().read_data(request.0, bytes, Some(&mut length))?;
        if length == 0 {
            return Ok(body);
        }
        body.extend(&buffer[..length as usize]);
    }
}

/// A text of UTF-16, up to a zero if it has one.
fn text(query: impl FnOnce(&mut [u8], &mut u32) -> Result<(), Win32Error>) -> Result<String, Win32Error> {
    let (mut buffer, mut length) = ([0; 8192], 8192);
    query(&mut buffer, &mut length)?;
    let units = buffer[..length as usize].chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
    Ok(String::from_utf16(&units.take_while(|&unit| unit != 0).collect::<Vec<_>>()).expect("it is UTF-16"))
}

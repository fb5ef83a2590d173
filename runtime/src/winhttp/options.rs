//! Every option of the pages in one table: which handles have it, whether it can be set and read, and what it does here.
//!
//! `specs/codes/option-flags.md` says the same of Windows, and a test compares the two.

use winws_api::winhttp::sys;

use super::settings::Number;

/// What can be done with an option on one kind of handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    None,
    Set,
    Query,
    Both,
}

/// The kind of an object behind a handle; the numbers are those of `WINHTTP_OPTION_HANDLE_TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Session = 1,
    Connection = 2,
    Request = 3,
    Socket = 5,
}

/// What an option is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number that is kept and heeded, if it is one of those.
    Number(Number, Allowed),
    /// A `DWORD` or a `BOOL` that is taken and has no effect: what it asks for is so anyway, or changes no result.
    Ignored,
    /// A `DWORD` that never changes.
    Constant(u32),
    /// No value: the request begins a WebSocket.
    Upgrade,
    /// No value: the connection of the request is used for nothing else, which is so anyway.
    Nothing,
    /// A number as large as a pointer.
    Context,
    /// The kind of the handle.
    HandleType,
    /// The handle that this one was made from; `NULL` of a session.
    Parent,
    /// The URL of the request.
    Url,
    /// The text of the User-Agent header.
    UserAgent,
    /// Only "no certificate", with length 0.
    ClientCertificate,
    /// A structure that says which proxies there are, with texts of its own.
    Proxy,
    /// A text with which a challenge is answered.
    Credential(Whose, Part),
}

/// Who asks for credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Server,
    Proxy,
}

/// One of two credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    User,
    Password,
}

/// Which numbers an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    All,
    AtLeast(u32),
    AtMost(u32),
    /// Combinations of these bits.
    Bits(u32),
}

impl Allowed {
    pub(super) const fn has(self, value: u32) -> bool {
        match self {
            Self::All => true,
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Bits(bits) => value & !bits == 0,
        }
    }
}

/// An option that is known here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) number: u32,
    /// On a session, a connection, a request and a socket.
    access: [Access; 4],
    pub(super) kind: Kind,
}

impl Row {
    pub(super) const fn access(&self, level: Level) -> Access {
        match level {
            Level::Session => self.access[0],
            Level::Connection => self.access[1],
            Level::Request => self.access[2],
            Level::Socket => self.access[3],
        }
    }

    /// Whether a handle of any kind gives the value.
    pub(super) fn is_readable(&self) -> bool {
        self.access.iter().any(|access| matches!(access, Access::Query | Access::Both))
    }

    /// Whether a handle of any kind takes a value.
    pub(super) fn is_settable(&self) -> bool {
        self.access.iter().any(|access| matches!(access, Access::Set | Access::Both))
    }
}

/// The row of an option. `None` for those that Windows has and we have not, and for numbers that are no option:
/// `ERROR_WINHTTP_INVALID_OPTION` is the answer to both.
pub(super) fn find(number: u32) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.number == number)
}

const fn row(number: u32, access: [Access; 4], kind: Kind) -> Row {
    Row { number, access, kind }
}

const __: Access = Access::None;
const S_: Access = Access::Set;
const _Q: Access = Access::Query;
const SQ: Access = Access::Both;

/// The protocols that a program may name: SSL 2.0 and 3.0, TLS 1.0 to 1.3. Of them, TLS 1.2 and 1.3 are used (b1.8.14).
const PROTOCOLS: u32 = sys::WINHTTP_FLAG_SECURE_PROTOCOL_ALL
    | sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_1
    | sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2
    | sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3;

/// Cookies, redirects, authentication, keep-alive.
const FEATURES: u32 = sys::WINHTTP_DISABLE_COOKIES
    | sys::WINHTTP_DISABLE_REDIRECTS
    | sys::WINHTTP_DISABLE_AUTHENTICATION
    | sys::WINHTTP_DISABLE_KEEP_ALIVE;

#[rustfmt::skip]
static TABLE: &[Row] = &[
    //                                                 session, connection, request, socket
    row(sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET,            [__, __, S_, __], Kind::Upgrade),
    row(sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT,         [S_, __, S_, S_], Kind::Number(Number::CloseTimeout, Allowed::All)),
    row(sys::WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL,    [__, __, __, S_], Kind::Number(Number::KeepAliveInterval, Allowed::AtLeast(sys::WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE))),
    row(sys::WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE,   [SQ, __, SQ, __], Kind::Number(Number::ReceiveBufferSize, Allowed::All)),
    row(sys::WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,      [SQ, __, SQ, __], Kind::Number(Number::SendBufferSize, Allowed::All)),
    row(sys::WINHTTP_OPTION_CONTEXT_VALUE,                    [SQ, SQ, SQ, SQ], Kind::Context),
    row(sys::WINHTTP_OPTION_HANDLE_TYPE,                      [_Q, _Q, _Q, _Q], Kind::HandleType),
    row(sys::WINHTTP_OPTION_PARENT_HANDLE,                    [_Q, _Q, _Q, __], Kind::Parent),
    row(sys::WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS,   [S_, __, __, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_URL,                              [__, __, _Q, __], Kind::Url),
    row(sys::WINHTTP_OPTION_RESOLVE_TIMEOUT,                  [SQ, __, SQ, __], Kind::Number(Number::ResolveTimeout, Allowed::All)),
    row(sys::WINHTTP_OPTION_CONNECT_TIMEOUT,                  [SQ, __, SQ, __], Kind::Number(Number::ConnectTimeout, Allowed::All)),
    row(sys::WINHTTP_OPTION_CONNECT_RETRIES,                  [SQ, __, SQ, __], Kind::Number(Number::ConnectRetries, Allowed::All)),
    row(sys::WINHTTP_OPTION_SEND_TIMEOUT,                     [SQ, __, SQ, __], Kind::Number(Number::SendTimeout, Allowed::All)),
    row(sys::WINHTTP_OPTION_RECEIVE_TIMEOUT,                  [SQ, __, SQ, SQ], Kind::Number(Number::ReceiveTimeout, Allowed::All)),
    row(sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT,         [SQ, __, SQ, __], Kind::Number(Number::ReceiveResponseTimeout, Allowed::All)),
    row(sys::WINHTTP_OPTION_PROXY,                            [SQ, __, SQ, __], Kind::Proxy),
    row(sys::WINHTTP_OPTION_PROXY_USERNAME,                   [__, __, SQ, __], Kind::Credential(Whose::Proxy, Part::User)),
    row(sys::WINHTTP_OPTION_PROXY_PASSWORD,                   [__, __, SQ, __], Kind::Credential(Whose::Proxy, Part::Password)),
    row(sys::WINHTTP_OPTION_USERNAME,                         [__, __, SQ, __], Kind::Credential(Whose::Server, Part::User)),
    row(sys::WINHTTP_OPTION_PASSWORD,                         [__, __, SQ, __], Kind::Credential(Whose::Server, Part::Password)),
    row(sys::WINHTTP_OPTION_AUTOLOGON_POLICY,                 [__, __, S_, __], Kind::Number(Number::AutologonPolicy, Allowed::AtMost(sys::WINHTTP_AUTOLOGON_SECURITY_LEVEL_MAX))),
    row(sys::WINHTTP_OPTION_SECURITY_FLAGS,                   [__, __, SQ, __], Kind::Number(Number::SecurityFlags, Allowed::Bits(sys::SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS))),
    row(sys::WINHTTP_OPTION_SECURE_PROTOCOLS,                 [S_, __, __, __], Kind::Number(Number::SecureProtocols, Allowed::Bits(PROTOCOLS))),
    row(sys::WINHTTP_OPTION_CLIENT_CERT_CONTEXT,              [__, __, S_, __], Kind::ClientCertificate),
    row(sys::WINHTTP_OPTION_ENABLE_FEATURE,                   [S_, __, S_, __], Kind::Number(Number::EnabledFeatures, Allowed::Bits(sys::WINHTTP_ENABLE_SSL_REVOCATION | sys::WINHTTP_ENABLE_SSL_REVERT_IMPERSONATION))),
    row(sys::WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK, [S_, __, __, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_USER_AGENT,                       [SQ, __, __, __], Kind::UserAgent),
    row(sys::WINHTTP_OPTION_DISABLE_FEATURE,                  [__, __, S_, __], Kind::Number(Number::DisabledFeatures, Allowed::Bits(FEATURES))),
    row(sys::WINHTTP_OPTION_REDIRECT_POLICY,                  [SQ, __, SQ, __], Kind::Number(Number::RedirectPolicy, Allowed::AtMost(sys::WINHTTP_OPTION_REDIRECT_POLICY_LAST))),
    row(sys::WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS,     [SQ, __, SQ, __], Kind::Number(Number::MaxRedirects, Allowed::All)),
    row(sys::WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE,         [SQ, __, SQ, __], Kind::Number(Number::MaxStatusContinue, Allowed::All)),
    row(sys::WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE,         [SQ, __, SQ, __], Kind::Number(Number::MaxHeaderSize, Allowed::All)),
    row(sys::WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE,          [SQ, __, SQ, __], Kind::Number(Number::MaxDrainSize, Allowed::All)),
    row(sys::WINHTTP_OPTION_MAX_CONNS_PER_SERVER,             [SQ, __, __, __], Kind::Number(Number::MaxConnections, Allowed::All)),
    row(sys::WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER,         [SQ, __, __, __], Kind::Number(Number::MaxOldConnections, Allowed::All)),
    row(sys::WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL,             [S_, __, S_, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_HTTP_PROTOCOL_USED,               [__, __, _Q, __], Kind::Constant(0)),
    row(sys::WINHTTP_OPTION_REQUEST_PRIORITY,                 [__, __, SQ, __], Kind::Number(Number::RequestPriority, Allowed::All)),
    row(sys::WINHTTP_OPTION_UNSAFE_HEADER_PARSING,            [__, __, S_, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_IPV6_FAST_FALLBACK,               [S_, __, __, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_EXPIRE_CONNECTION,                [__, __, S_, __], Kind::Nothing),
    row(sys::WINHTTP_OPTION_DISABLE_STREAM_QUEUE,             [S_, __, S_, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_ENABLE_HTTP2_PLUS_CLIENT_CERT,    [S_, __, __, __], Kind::Ignored),
    row(sys::WINHTTP_OPTION_READ_BUFFER_SIZE,                 [__, __, SQ, __], Kind::Number(Number::ReadBufferSize, Allowed::All)),
    row(sys::WINHTTP_OPTION_WRITE_BUFFER_SIZE,                [__, __, SQ, __], Kind::Number(Number::WriteBufferSize, Allowed::All)),
];

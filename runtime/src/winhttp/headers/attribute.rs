//! What an info level of WinHttpQueryHeaders asks for, without its modifiers.

use winws_api::winhttp::sys;

/// The attribute of an info level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute<'a> {
    Version,
    StatusCode,
    StatusText,
    RawHeaders(End),
    RequestMethod,
    /// The header of this name.
    Header(&'a str),
}

/// How each line of a whole head ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Zero,
    CrLf,
}

impl<'a> Attribute<'a> {
    /// The attribute of this number, if there is one. The name is for `WINHTTP_QUERY_CUSTOM`.
    pub(super) fn new(number: u32, name: Option<&'a str>) -> Option<Self> {
        Some(match number {
            sys::WINHTTP_QUERY_VERSION => Self::Version,
            sys::WINHTTP_QUERY_STATUS_CODE => Self::StatusCode,
            sys::WINHTTP_QUERY_STATUS_TEXT => Self::StatusText,
            sys::WINHTTP_QUERY_RAW_HEADERS => Self::RawHeaders(End::Zero),
            sys::WINHTTP_QUERY_RAW_HEADERS_CRLF => Self::RawHeaders(End::CrLf),
            sys::WINHTTP_QUERY_REQUEST_METHOD => Self::RequestMethod,
            sys::WINHTTP_QUERY_CUSTOM => Self::Header(name?),
            _ => Self::Header(HEADERS.iter().find(|(other, _)| *other == number)?.1),
        })
    }
}

impl End {
    /// Puts an end behind each line. The line behind CR LF is empty, as it is on the wire; the zero that ends every text is
    /// the second one behind zeros.
    pub(super) fn join(self, lines: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
        let end: &[u8] = match self {
            Self::Zero => b"\0",
            Self::CrLf => b"\r\n",
        };
        let mut text = Vec::new();
        for line in lines {
            text.extend([&line, end].concat());
        }
        if self == Self::CrLf {
            text.extend(end);
        }
        text
    }
}

/// The headers that have numbers.
const HEADERS: [(u32, &str); 69] = [
    (sys::WINHTTP_QUERY_MIME_VERSION, "MIME-Version"),
    (sys::WINHTTP_QUERY_CONTENT_TYPE, "Content-Type"),
    (sys::WINHTTP_QUERY_CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding"),
    (sys::WINHTTP_QUERY_CONTENT_ID, "Content-ID"),
    (sys::WINHTTP_QUERY_CONTENT_DESCRIPTION, "Content-Description"),
    (sys::WINHTTP_QUERY_CONTENT_LENGTH, "Content-Length"),
    (sys::WINHTTP_QUERY_CONTENT_LANGUAGE, "Content-Language"),
    (sys::WINHTTP_QUERY_ALLOW, "Allow"),
    (sys::WINHTTP_QUERY_PUBLIC, "Public"),
    (sys::WINHTTP_QUERY_DATE, "Date"),
    (sys::WINHTTP_QUERY_EXPIRES, "Expires"),
    (sys::WINHTTP_QUERY_LAST_MODIFIED, "Last-Modified"),
    (sys::WINHTTP_QUERY_MESSAGE_ID, "Message-ID"),
    (sys::WINHTTP_QUERY_URI, "URI"),
    (sys::WINHTTP_QUERY_DERIVED_FROM, "Derived-From"),
    (sys::WINHTTP_QUERY_COST, "Cost"),
    (sys::WINHTTP_QUERY_LINK, "Link"),
    (sys::WINHTTP_QUERY_PRAGMA, "Pragma"),
    (sys::WINHTTP_QUERY_CONNECTION, "Connection"),
    (sys::WINHTTP_QUERY_ACCEPT, "Accept"),
    (sys::WINHTTP_QUERY_ACCEPT_CHARSET, "Accept-Charset"),
    (sys::WINHTTP_QUERY_ACCEPT_ENCODING, "Accept-Encoding"),
    (sys::WINHTTP_QUERY_ACCEPT_LANGUAGE, "Accept-Language"),
    (sys::WINHTTP_QUERY_AUTHORIZATION, "Authorization"),
    (sys::WINHTTP_QUERY_CONTENT_ENCODING, "Content-Encoding"),
    (sys::WINHTTP_QUERY_FORWARDED, "Forwarded"),
    (sys::WINHTTP_QUERY_FROM, "From"),
    (sys::WINHTTP_QUERY_IF_MODIFIED_SINCE, "If-Modified-Since"),
    (sys::WINHTTP_QUERY_LOCATION, "Location"),
    (sys::WINHTTP_QUERY_ORIG_URI, "Orig-URI"),
    (sys::WINHTTP_QUERY_REFERER, "Referer"),
    (sys::WINHTTP_QUERY_RETRY_AFTER, "Retry-After"),
    (sys::WINHTTP_QUERY_SERVER, "Server"),
    (sys::WINHTTP_QUERY_TITLE, "Title"),
    (sys::WINHTTP_QUERY_USER_AGENT, "User-Agent"),
    (sys::WINHTTP_QUERY_WWW_AUTHENTICATE, "WWW-Authenticate"),
    (sys::WINHTTP_QUERY_PROXY_AUTHENTICATE, "Proxy-Authenticate"),
    (sys::WINHTTP_QUERY_ACCEPT_RANGES, "Accept-Ranges"),
    (sys::WINHTTP_QUERY_SET_COOKIE, "Set-Cookie"),
    (sys::WINHTTP_QUERY_COOKIE, "Cookie"),
    (sys::WINHTTP_QUERY_REFRESH, "Refresh"),
    (sys::WINHTTP_QUERY_CONTENT_DISPOSITION, "Content-Disposition"),
    (sys::WINHTTP_QUERY_AGE, "Age"),
    (sys::WINHTTP_QUERY_CACHE_CONTROL, "Cache-Control"),
    (sys::WINHTTP_QUERY_CONTENT_BASE, "Content-Base"),
    (sys::WINHTTP_QUERY_CONTENT_LOCATION, "Content-Location"),
    (sys::WINHTTP_QUERY_CONTENT_MD5, "Content-MD5"),
    (sys::WINHTTP_QUERY_CONTENT_RANGE, "Content-Range"),
    (sys::WINHTTP_QUERY_ETAG, "ETag"),
    (sys::WINHTTP_QUERY_HOST, "Host"),
    (sys::WINHTTP_QUERY_IF_MATCH, "If-Match"),
    (sys::WINHTTP_QUERY_IF_NONE_MATCH, "If-None-Match"),
    (sys::WINHTTP_QUERY_IF_RANGE, "If-Range"),
    (sys::WINHTTP_QUERY_IF_UNMODIFIED_SINCE, "If-Unmodified-Since"),
    (sys::WINHTTP_QUERY_MAX_FORWARDS, "Max-Forwards"),
    (sys::WINHTTP_QUERY_PROXY_AUTHORIZATION, "Proxy-Authorization"),
    (sys::WINHTTP_QUERY_RANGE, "Range"),
    (sys::WINHTTP_QUERY_TRANSFER_ENCODING, "Transfer-Encoding"),
    (sys::WINHTTP_QUERY_UPGRADE, "Upgrade"),
    (sys::WINHTTP_QUERY_VARY, "Vary"),
    (sys::WINHTTP_QUERY_VIA, "Via"),
    (sys::WINHTTP_QUERY_WARNING, "Warning"),
    (sys::WINHTTP_QUERY_EXPECT, "Expect"),
    (sys::WINHTTP_QUERY_PROXY_CONNECTION, "Proxy-Connection"),
    (sys::WINHTTP_QUERY_UNLESS_MODIFIED_SINCE, "Unless-Modified-Since"),
    (sys::WINHTTP_QUERY_PROXY_SUPPORT, "Proxy-Support"),
    (sys::WINHTTP_QUERY_AUTHENTICATION_INFO, "Authentication-Info"),
    (sys::WINHTTP_QUERY_PASSPORT_URLS, "PassportURLs"),
    (sys::WINHTTP_QUERY_PASSPORT_CONFIG, "PassportConfig"),
];

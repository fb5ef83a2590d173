//! A value in the form that the program asks for, as bytes for its buffer.

use std::time::SystemTime;

use winws_api::WideChar;
use winws_api::winhttp::sys;

use crate::protocol::http::Date;
use crate::winhttp::wide;

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Wide characters, with a zero at the end.
    Text,
    /// The bytes of the wire, with a zero at the end.
    Wire,
    /// A DWORD.
    Number,
    /// A number of 64 bits.
    Number64,
    /// A SYSTEMTIME.
    SystemTime,
}

/// What is written to a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub bytes: Vec<u8>,
    /// How many of the bytes count: all but the zero of a text.
    pub length: usize,
}

impl Form {
    const KINDS: u32 =
        sys::WINHTTP_QUERY_FLAG_NUMBER | sys::WINHTTP_QUERY_FLAG_NUMBER64 | sys::WINHTTP_QUERY_FLAG_SYSTEMTIME;

    /// The modifiers that decide about the form.
    pub(super) const MODIFIERS: u32 = Self::KINDS | sys::WINHTTP_QUERY_FLAG_WIRE_ENCODING;

    /// The form for an info level, which has one kind of value at most.
    pub(super) fn new(info_level: u32) -> Option<Self> {
        Some(match info_level & Self::KINDS {
            0 if info_level & sys::WINHTTP_QUERY_FLAG_WIRE_ENCODING != 0 => Self::Wire,
            0 => Self::Text,
            sys::WINHTTP_QUERY_FLAG_NUMBER => Self::Number,
            sys::WINHTTP_QUERY_FLAG_NUMBER64 => Self::Number64,
            sys::WINHTTP_QUERY_FLAG_SYSTEMTIME => Self::SystemTime,
            _ => return None,
        })
    }

    /// The bytes of a text in this form, if it can have it.
    pub(super) fn bytes<W: WideChar>(self, text: &[u8]) -> Option<Value> {
        let (bytes, zero) = match self {
            Self::Text => (wide::without_zero::<W>(&decode(text)), size_of::<W>()),
            Self::Wire => (text.to_owned(), 1),
            Self::Number => (u32::try_from(number(text)?).ok()?.to_ne_bytes().to_vec(), 0),
            Self::Number64 => (number(text)?.to_ne_bytes().to_vec(), 0),
            Self::SystemTime => (system_time(str::from_utf8(text).ok()?)?, 0),
        };
        let length = bytes.len();
        let zeros = vec![0; zero];
        Some(Value { bytes: [bytes, zeros].concat(), length })
    }
}

/// The text of bytes of the wire, line by line: UTF-8, or ISO 8859-1 where it is not that (RFC 9110 section 5.5).
fn decode(bytes: &[u8]) -> String {
    let lines = bytes.split_inclusive(|&byte| byte == b'\n' || byte == 0);
    lines
        .map(|line| str::from_utf8(line).map_or_else(|_| line.iter().copied().map(char::from).collect(), str::to_owned))
        .collect()
}

/// The standard parser also takes a sign.
fn number(text: &[u8]) -> Option<u64> {
    let text = str::from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The eight numbers of a SYSTEMTIME.
fn system_time(text: &str) -> Option<Vec<u8>> {
    let Date { year, month, day_of_week, day, hour, minute, second } = date(text)?;
    Some([year, month, day_of_week, day, hour, minute, second, 0].into_iter().flat_map(u16::to_ne_bytes).collect())
}

/// A date of HTTP (RFC 9110 section 5.6.7).
pub(in crate::winhttp) fn date(text: &str) -> Option<Date> {
    Date::parse(text, this_year())
}

/// The year, to a day or so. It matters for years of two digits only.
fn this_year() -> u16 {
    const SECONDS: u64 = 31_556_952;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
    u16::try_from(1970 + now / SECONDS).unwrap_or(u16::MAX)
}

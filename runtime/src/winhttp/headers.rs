//! WinHttpQueryHeaders over the heads of a request and its response, and the modifiers of WinHttpAddRequestHeaders. It knows no
//! handles.

mod attribute;
mod value;

use winws_api::WideChar;
use winws_api::winhttp::sys;

use self::attribute::Attribute;
use self::value::Form;
pub(super) use self::value::date;
use super::codes::BadArgument;
use crate::protocol::http::{Headers, Modifiers, RequestHead, Response, Separator};

/// Why there is no value, although the arguments are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAnswered {
    /// The response has not come.
    NotReceived,
    /// There is no such header, or none with that index.
    NotFound,
    /// The value is not written in the form that was asked for: a number that fits, or a time.
    OtherForm,
    /// The buffer is too small. The size that it needs was written.
    TooSmall,
}

/// What a request has to ask about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heads<'h> {
    pub request: &'h RequestHead,
    pub response: Option<&'h Response>,
    /// What came behind a chunked body.
    pub trailers: Option<&'h Headers>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Request,
    Response,
    Trailers,
}

/// What a call asks for: its info level, and the name of a header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'q> {
    attribute: Attribute<'q>,
    place: Place,
    form: Form,
}

impl<'q> Question<'q> {
    /// Reads an info level. A name matters with `WINHTTP_QUERY_CUSTOM` only.
    pub(super) fn new(info_level: u32, name: Option<&'q str>) -> Result<Self, BadArgument> {
        const PLACES: u32 = sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS | sys::WINHTTP_QUERY_FLAG_TRAILERS;
        let attribute = Attribute::new(info_level & !(PLACES | Form::MODIFIERS), name).ok_or(BadArgument)?;
        let place = match info_level & PLACES {
            0 => Place::Response,
            sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS => Place::Request,
            sys::WINHTTP_QUERY_FLAG_TRAILERS => Place::Trailers,
            _ => return Err(BadArgument),
        };
        Ok(Self { attribute, place, form: Form::new(info_level).ok_or(BadArgument)? })
    }

    /// Writes the value to the buffer, and its length in bytes, for a text without the zero that ends it (b9.4).
    ///
    /// After [`NotAnswered::TooSmall`] the length is what the buffer needs, the zero included, and nothing else has changed.
    /// `index` counts the headers of a name, and nothing where the value is not of one header.
    pub(super) fn answer<W: WideChar>(
        &self,
        heads: &Heads<'_>,
        buffer: &mut [u8],
        buffer_length: &mut u32,
        index: Option<&mut u32>,
    ) -> Result<(), NotAnswered> {
        let nth = index.as_deref().map_or(0, |&index| usize::try_from(index).unwrap_or(usize::MAX));
        let value = self.form.bytes::<W>(&self.text(heads, nth)?).ok_or(NotAnswered::OtherForm)?;
        let needed = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let Some(room) = buffer.get_mut(..value.bytes.len()) else {
            *buffer_length = needed(value.bytes.len());
            return Err(NotAnswered::TooSmall);
        };
        room.copy_from_slice(&value.bytes);
        *buffer_length = needed(value.length);
        if let (Attribute::Header(_), Some(index)) = (self.attribute, index) {
            *index = index.saturating_add(1);
        }
        Ok(())
    }

    /// The value as it is on the wire.
    fn text(&self, heads: &Heads<'_>, nth: usize) -> Result<Vec<u8>, NotAnswered> {
        // The method is the request's wherever one looks.
        if self.attribute == Attribute::RequestMethod {
            return Ok(heads.request.method().as_bytes().to_owned());
        }
        match self.place {
            Place::Request => self.of_request(heads.request, nth),
            Place::Response => self.of_response(heads.response.ok_or(NotAnswered::NotReceived)?, nth),
            Place::Trailers => {
                heads.response.ok_or(NotAnswered::NotReceived)?;
                self.of_trailers(heads.trailers.ok_or(NotAnswered::NotFound)?, nth)
            }
        }
    }

    fn of_request(&self, request: &RequestHead, nth: usize) -> Result<Vec<u8>, NotAnswered> {
        match self.attribute {
            Attribute::Header(name) => {
                let mut values = request.headers().filter(|(other, _)| other.eq_ignore_ascii_case(name));
                values.nth(nth).map(|(_, value)| value.as_bytes().to_owned()).ok_or(NotAnswered::NotFound)
            }
            Attribute::Version => Ok(version(request.minor_version())),
            Attribute::RawHeaders(end) => Ok(end.join(request.lines().map(String::into_bytes))),
            Attribute::StatusCode | Attribute::StatusText | Attribute::RequestMethod => Err(NotAnswered::NotFound),
        }
    }

    fn of_response(&self, response: &Response, nth: usize) -> Result<Vec<u8>, NotAnswered> {
        match self.attribute {
            Attribute::Header(name) => nth_of(response.all(), name, nth),
            Attribute::Version => Ok(version(response.minor_version())),
            Attribute::StatusCode => Ok(response.status().to_string().into_bytes()),
            Attribute::StatusText => Ok(response.status_text().to_owned()),
            Attribute::RawHeaders(end) => Ok(end.join(response.lines())),
            Attribute::RequestMethod => Err(NotAnswered::NotFound),
        }
    }

    fn of_trailers(&self, trailers: &Headers, nth: usize) -> Result<Vec<u8>, NotAnswered> {
        match self.attribute {
            Attribute::Header(name) => nth_of(trailers, name, nth),
            Attribute::RawHeaders(end) => {
                Ok(end.join(trailers.iter().map(|(name, value)| [name, value].join(&b": "[..]))))
            }
            Attribute::Version | Attribute::StatusCode | Attribute::StatusText | Attribute::RequestMethod => {
                Err(NotAnswered::NotFound)
            }
        }
    }
}

fn nth_of(headers: &Headers, name: &str, nth: usize) -> Result<Vec<u8>, NotAnswered> {
    headers.values(name).nth(nth).map(<[u8]>::to_owned).ok_or(NotAnswered::NotFound)
}

fn version(minor: u8) -> Vec<u8> {
    format!("HTTP/1.{minor}").into_bytes()
}

/// The modifiers of WinHttpAddRequestHeaders. Bits without a meaning are ignored.
pub(super) fn modifiers(bits: u32) -> Modifiers {
    let has = |flag| bits & flag != 0;
    let coalesce = if has(sys::WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA) {
        Some(Separator::Comma)
    } else {
        has(sys::WINHTTP_ADDREQ_FLAG_COALESCE_WITH_SEMICOLON).then_some(Separator::Semicolon)
    };
    Modifiers {
        add_if_new: has(sys::WINHTTP_ADDREQ_FLAG_ADD_IF_NEW),
        replace: has(sys::WINHTTP_ADDREQ_FLAG_REPLACE),
        index: usize::try_from(bits & sys::WINHTTP_ADDREQ_INDEX_MASK).unwrap_or(usize::MAX),
        coalesce,
        add: has(sys::WINHTTP_ADDREQ_FLAG_ADD),
    }
}

#[cfg(test)]
mod tests;

//! What stands between the chunks of a body: sizes, extensions, line ends and trailers (RFC 9112 section 7.1).

use httparse::{EMPTY_HEADER, Status};

use super::framing::BodyError;
use super::head::{Gathered, HeadError, MAX_HEAD, MAX_HEADERS, headers};
use super::headers::Headers;

/// A place between two chunks, before the first or after the last.
///
/// Lines of sizes end with CR LF only. A lone line feed could stand in an extension for one reader and end the line for
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first digit of a size.
    Start,
    Digits,
    /// In blanks after a size.
    Blank,
    Extension,
    /// Before the line feed that ends a size.
    SizeEnd,
    /// In a chunk.
    Data,
    /// Before the carriage return, and before the line feed, that end a chunk.
    DataEnd,
    DataLineFeed,
    Trailers,
    Done,
}

/// The framing of a chunked body.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    place: Place,
    /// The size of the chunk, and in a chunk what is left of it, in bytes.
    size: u64,
    /// The bytes of extensions and blanks so far, and of digits in the line.
    extensions: usize,
    trailer: Gathered,
    trailers: Headers,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Start,
            size: 0,
            extensions: 0,
            trailer: Gathered::new(b"", MAX_HEAD),
            trailers: Headers::default(),
        }
    }

    /// How much of a chunk is left where bytes of a chunk come next, at least 1.
    pub(super) fn data(&self) -> Option<u64> {
        (self.place == Place::Data).then_some(self.size)
    }

    /// Whether the last chunk and the trailers have come.
    pub(super) fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    pub(super) const fn trailers(&self) -> &Headers {
        &self.trailers
    }

    /// Records that so many bytes of a chunk have come, at most what is left.
    pub(super) fn skip(&mut self, count: u64) {
        self.size = self.size.saturating_sub(count);
        if self.size == 0 {
            self.place = Place::DataEnd;
        }
    }

    /// Takes a byte that is not of a chunk.
    pub(super) fn push(&mut self, byte: u8) -> Result<(), BodyError> {
        self.place = match (self.place, byte) {
            (Place::Start | Place::Digits, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => self.digit(byte)?,
            (Place::Digits | Place::Blank, b' ' | b'\t') => self.extend(Place::Blank)?,
            (Place::Digits | Place::Blank, b';') => self.extend(Place::Extension)?,
            (Place::Digits | Place::Blank | Place::Extension, b'\r') => Place::SizeEnd,
            (Place::Extension, b'\t' | b' '..=b'~' | 0x80..) => self.extend(Place::Extension)?,
            (Place::SizeEnd, b'\n') if self.size == 0 => Place::Trailers,
            (Place::SizeEnd, b'\n') => Place::Data,
            (Place::DataEnd, b'\r') => Place::DataLineFeed,
            (Place::DataLineFeed, b'\n') => Place::Start,
            (Place::Trailers, _) => self.trailer(byte)?,
            _ => return Err(BodyError::Chunk),
        };
        Ok(())
    }

    /// Leading zeros count as extensions: they could go on for ever too.
    fn digit(&mut self, byte: u8) -> Result<Place, BodyError> {
        let digit = char::from(byte).to_digit(16).ok_or(BodyError::Chunk)?;
        self.size = self.size.checked_mul(16).ok_or(BodyError::Chunk)? | u64::from(digit);
        if self.size == 0 { self.extend(Place::Digits) } else { Ok(Place::Digits) }
    }

    fn extend(&mut self, place: Place) -> Result<Place, BodyError> {
        self.extensions += 1;
        if self.extensions > MAX_HEAD { Err(BodyError::TooLarge) } else { Ok(place) }
    }

    fn trailer(&mut self, byte: u8) -> Result<Place, BodyError> {
        if !self.trailer.push(byte).map_err(of_trailer)? {
            return Ok(Place::Trailers);
        }
        let mut list = [EMPTY_HEADER; MAX_HEADERS];
        let parsed = httparse::parse_headers(self.trailer.bytes(), &mut list);
        let Status::Complete((_, parsed)) = parsed.map_err(|error| of_trailer(error.into()))? else {
            return Err(BodyError::Chunk);
        };
        self.trailers = headers(parsed);
        self.trailer.drop_bytes();
        Ok(Place::Done)
    }
}

fn of_trailer(error: HeadError) -> BodyError {
    match error {
        HeadError::Malformed => BodyError::Chunk,
        HeadError::TooLarge | HeadError::TooManyHeaders => BodyError::TooLarge,
    }
}

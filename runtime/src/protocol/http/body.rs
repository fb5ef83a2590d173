//! Reads the body of a response from a stream of bytes, in pieces of any size, straight into the caller's buffer.

use super::chunks::Chunks;
use super::framing::{BodyError, Framing};
use super::headers::Headers;
use super::response::Response;

/// What a call of [`BodyReader::read`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes of the input were taken. The caller offers the others again.
    pub taken: usize,
    /// How many bytes of the payload were written to the start of the buffer.
    pub given: usize,
    /// Whether the body has ended. The bytes that were not taken do not belong to it.
    pub is_done: bool,
}

/// Reads the body of one response.
///
/// The caller offers bytes with [`read`](Self::read), and calls [`end`](Self::end) when the stream ends. The reader keeps
/// no payload.
///
/// ```
/// use winws::protocol::http::{BodyReader, Framing, Progress};
///
/// let mut body = BodyReader::new(Framing::Chunked);
/// let mut buffer = [0; 8];
/// let progress = body.read(b"5\r\nhello\r\n0\r\n\r\nHTTP/1.1", &mut buffer)?;
/// assert_eq!(progress, Progress { taken: 15, given: 5, is_done: true });
/// assert_eq!(&buffer[..5], b"hello");
/// # Ok::<(), winws::protocol::http::BodyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BodyReader {
    state: State,
    /// Whether the connection can be used for another request once the body has ended.
    keeps_connection: bool,
    /// What was wrong with the bytes behind the payload that was given out last.
    error: Option<BodyError>,
}

#[derive(Clone, Debug)]
enum State {
    /// So many bytes are left.
    Length(u64),
    Chunked(Box<Chunks>),
    UntilEnd,
    /// The stream has ended, and with it the body.
    Ended,
}

impl BodyReader {
    /// A reader at the start of a body that ends like this.
    pub fn new(framing: Framing) -> Self {
        let state = match framing {
            Framing::None => State::Length(0),
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Chunked(Box::new(Chunks::new())),
            Framing::UntilEnd => State::UntilEnd,
        };
        Self { state, keeps_connection: framing != Framing::UntilEnd, error: None }
    }

    /// A reader at the start of the body of this response to a request with this method.
    ///
    /// # Errors
    ///
    /// The errors of [`Framing::of_response`].
    pub fn of_response(response: &Response, request_method: &str) -> Result<Self, BodyError> {
        let mut reader = Self::new(Framing::of_response(response, request_method)?);
        reader.keeps_connection &= response.keeps_connection();
        Ok(reader)
    }

    /// Whether the body has ended.
    pub fn is_done(&self) -> bool {
        match &self.state {
            State::Length(left) => *left == 0,
            State::Chunked(chunks) => chunks.is_done(),
            State::UntilEnd => false,
            State::Ended => true,
        }
    }

    /// Whether the connection can be used for another request: the body has ended, the stream goes on, and the response
    /// allows it ([`Response::keeps_connection`]).
    pub fn keeps_connection(&self) -> bool {
        self.keeps_connection && self.is_done()
    }

    /// The headers behind a chunked body (RFC 9112 section 7.1.2), empty before the body's end.
    pub fn trailers(&self) -> Option<&Headers> {
        match &self.state {
            State::Chunked(chunks) => Some(chunks.trailers()),
            State::Length(_) | State::UntilEnd | State::Ended => None,
        }
    }

    /// How many bytes of payload [`read`](Self::read) can give out of this input, in bytes.
    ///
    /// 0 does not mean the end of the body. To find that end, call `read` with an empty buffer: it takes what is not
    /// payload.
    pub fn available(&self, input: &[u8]) -> usize {
        // An error comes again when the bytes are read.
        self.clone().advance(input, usize::MAX, |_| {}).map_or(0, |progress| progress.given)
    }

    /// Takes bytes of the body, and writes their payload to the start of the buffer.
    ///
    /// Bytes between chunks are taken even if the buffer is full or empty, so the end of the body shows as soon as the
    /// input has it.
    ///
    /// # Errors
    ///
    /// [`BodyError::Chunk`] and [`BodyError::TooLarge`], once the payload before the fault has been given out. Every later
    /// call fails in the same way.
    pub fn read(&mut self, input: &[u8], buffer: &mut [u8]) -> Result<Progress, BodyError> {
        let mut rest = buffer;
        let room = rest.len();
        self.advance(input, room, |payload| {
            let (now, later) = core::mem::take(&mut rest).split_at_mut(payload.len());
            now.copy_from_slice(payload);
            rest = later;
        })
    }

    /// Records that the stream has ended. This ends a body with [`Framing::UntilEnd`].
    ///
    /// # Errors
    ///
    /// [`BodyError::Incomplete`] if the body has not ended, or the fault that was found before.
    pub fn end(&mut self) -> Result<(), BodyError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.keeps_connection = false;
        match self.state {
            State::UntilEnd => self.state = State::Ended,
            _ if self.is_done() => {}
            _ => return Err(BodyError::Incomplete),
        }
        Ok(())
    }

    /// Takes input and hands out its payload, at most `room` bytes.
    fn advance(&mut self, input: &[u8], room: usize, mut give: impl FnMut(&[u8])) -> Result<Progress, BodyError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut progress = Progress::default();
        while progress.taken < input.len() && !self.is_done() {
            let rest = &input[progress.taken..];
            let Some(left) = self.payload() else {
                if let Err(error) = self.push(rest[0]) {
                    self.error = Some(error);
                    return if progress.given > 0 { Ok(progress) } else { Err(error) };
                }
                progress.taken += 1;
                continue;
            };
            let count = rest.len().min(room - progress.given).min(usize::try_from(left).unwrap_or(usize::MAX));
            if count == 0 {
                break;
            }
            give(&rest[..count]);
            self.skip(count as u64);
            progress.taken += count;
            progress.given += count;
        }
        progress.is_done = self.is_done();
        Ok(progress)
    }

    /// How many bytes of payload come next, if payload comes next. With [`Framing::UntilEnd`] all are payload.
    fn payload(&self) -> Option<u64> {
        match &self.state {
            State::Length(left) => Some(*left),
            State::Chunked(chunks) => chunks.data(),
            State::UntilEnd => Some(u64::MAX),
            State::Ended => Some(0),
        }
    }

    /// Takes a byte that is not payload.
    fn push(&mut self, byte: u8) -> Result<(), BodyError> {
        match &mut self.state {
            State::Chunked(chunks) => chunks.push(byte),
            State::Length(_) | State::UntilEnd | State::Ended => Ok(()),
        }
    }

    /// Records that so many bytes of payload were taken.
    fn skip(&mut self, count: u64) {
        match &mut self.state {
            State::Length(left) => *left = left.saturating_sub(count),
            State::Chunked(chunks) => chunks.skip(count),
            State::UntilEnd | State::Ended => {}
        }
    }
}

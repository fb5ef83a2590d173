//! The error of an operation that gives the payload or the buffer back.

use core::error::Error;
use core::fmt;

use super::{Refusal, SendError};

/// Why an operation was refused, together with its payload or its buffer, which can be used for another try.
///
/// ```
/// use winws::protocol::MessageKind;
/// use winws::websocket::{Config, Connection, SendError};
///
/// let mut connection = Connection::new(Config::client());
/// connection.send(MessageKind::Text, false, b"one, ".to_vec())?;
/// let refused = connection.send(MessageKind::Binary, true, b"two".to_vec()).unwrap_err();
/// assert_eq!(refused.error(), SendError::WrongKind);
/// assert_eq!(refused.into_inner(), b"two");
/// # Ok::<(), SendError>(())
/// ```
///
/// The operator `?` returns the error alone and drops the payload, as in the first send here. The function that it stands in
/// may return a [`SendError`], a [`Refusal`] or a `Box<dyn Error>`. `GivenBack` does not implement `Error` itself: a boxed
/// error must not borrow anything, and a payload may be borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GivenBack<E, T> {
    error: E,
    value: T,
}

impl<E: Copy, T> GivenBack<E, T> {
    pub(super) const fn new(error: E, value: T) -> Self {
        Self { error, value }
    }

    /// Why it was refused.
    pub const fn error(&self) -> E {
        self.error
    }

    /// The payload or the buffer.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<E: fmt::Debug, T> fmt::Debug for GivenBack<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenBack").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<E: fmt::Display, T> fmt::Display for GivenBack<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> From<GivenBack<Self, T>> for SendError {
    fn from(given_back: GivenBack<Self, T>) -> Self {
        given_back.error
    }
}

impl<T> From<GivenBack<Self, T>> for Refusal {
    fn from(given_back: GivenBack<Self, T>) -> Self {
        given_back.error
    }
}

impl<E: Error + 'static, T> From<GivenBack<E, T>> for Box<dyn Error> {
    fn from(given_back: GivenBack<E, T>) -> Self {
        given_back.error.into()
    }
}

impl<E: Error + Send + Sync + 'static, T> From<GivenBack<E, T>> for Box<dyn Error + Send + Sync> {
    fn from(given_back: GivenBack<E, T>) -> Self {
        given_back.error.into()
    }
}

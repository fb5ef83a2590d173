//! The client's opening handshake, RFC 6455 section 4.1: a [`Request`] goes out, a [`ResponseReader`] takes the
//! answer, and [`Response::check_upgrade`] says whether both have agreed on a WebSocket.
//!
//! Header names keep the case they were given in. Bytes that come after the response's head are not touched: they are
//! the first frames (b1.2.19).

mod request;
mod response;

pub use request::{InvalidHeader, Request};
pub use response::{MAX_HEAD, Response, ResponseError, ResponseReader, UpgradeError};

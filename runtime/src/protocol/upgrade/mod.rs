//! The opening handshake of both roles, RFC 6455 section 4.
//!
//! | | with headers only | with the bytes of HTTP/1.1 |
//! |---|---|---|
//! | client | [`Offer`] makes the headers of a request and checks those of the response | [`Request`] goes out, [`ResponseReader`](super::http::ResponseReader) takes the answer, [`Response::check_upgrade`](super::http::Response::check_upgrade) checks it |
//! | server | [`accept`] checks the headers of a request and makes those of the response | [`UpgradeRequestReader`] takes the request, [`UpgradeRequest::accept`] or an [`Answer`] answers it |
//!
//! Bytes after a head are left alone: they are the first frames. Only the names of extensions are agreed
//! here. No extension is implemented.

mod accept;
mod answer;
mod check;
mod extension;
mod offer;
mod request;
mod upgrade_request;

pub use accept::{RequestError, accept};
pub use answer::{Answer, InvalidAnswer};
pub(crate) use answer::{REQUEST_TIMEOUT, SERVER_ERROR};
pub use offer::{Agreement, InvalidOffer, Offer, UpgradeError, VERSION};
pub(crate) use request::check_fields;
pub use request::{InvalidHeader, Request};
pub use upgrade_request::{UpgradeRequest, UpgradeRequestReader};

//! The opening handshake of both roles, RFC 6455 section 4.
//!
//! | | with headers only | with the bytes of HTTP/1.1 |
//! |---|---|---|
//! | client | [`Offer`] makes the headers of a request and checks those of the response | [`Request`] goes out, [`ResponseReader`] takes the answer, [`Response::check_upgrade`] checks it |
//! | server | [`accept`] checks the headers of a request and makes those of the response | [`UpgradeRequestReader`] takes the request, [`UpgradeRequest::accept`] answers it |
//!
//! Header names keep the case they were given in. Bytes that come after a head are not touched: they are the first
//! frames (b1.2.19). Extensions are named and agreed upon here; what they do to frames is for those who have some.

mod accept;
mod head;
mod headers;
mod offer;
mod request;
mod response;
mod upgrade;

pub use accept::{RequestError, accept};
pub use head::{HeadError, MAX_HEAD};
pub use headers::Headers;
pub use offer::{Agreement, InvalidOffer, Offer, UpgradeError, VERSION};
pub use request::{InvalidHeader, Request};
pub use response::{Response, ResponseReader};
pub use upgrade::{UpgradeRequest, UpgradeRequestReader};

//! HTTP/1.1 without I/O: heads and bodies of responses, heads of requests, and the [`Exchange`] of one for the other.
//!
//! Header names keep their case. Bytes after a head or a body are left alone.

mod body;
mod challenge;
mod chunks;
mod date;
mod exchange;
mod fields;
mod framing;
mod head;
mod headers;
mod request_head;
mod response;

pub use body::{BodyReader, Progress};
pub use challenge::{Basic, InvalidCredentials};
pub use date::Date;
pub use exchange::{Exchange, ExchangeError, Length, NotNow, Origin, Proxy, READ_AHEAD, Redirects, Rules, Step};
pub use fields::{FieldError, Fields, Modifiers, Separator};
pub use framing::{BodyError, Framing};
pub use head::{HeadError, MAX_HEAD};
pub use headers::Headers;
pub use request_head::{InvalidRequest, RequestHead};
pub use response::{Response, ResponseReader};

pub(super) use head::{Gathered, MAX_HEADERS, headers};
pub(super) use headers::{is_field_value, is_token};

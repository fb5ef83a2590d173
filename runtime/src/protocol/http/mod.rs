//! HTTP/1.1 without I/O: heads out of a stream of bytes, and the headers in them.
//!
//! Header names keep the case they were given in. Bytes that come after a head are not touched.

mod head;
mod headers;
mod response;

pub use head::{HeadError, MAX_HEAD};
pub use headers::Headers;
pub use response::{Response, ResponseReader};

pub(super) use head::{Gathered, MAX_HEADERS, headers};
pub(super) use headers::{is_field_value, is_token};

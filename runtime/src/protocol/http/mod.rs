//! HTTP/1.1 without I/O: reads heads from a stream of bytes, and the headers in them.
//!
//! Header names keep their case. Bytes after a head are left alone.

mod head;
mod headers;
mod response;

pub use head::{HeadError, MAX_HEAD};
pub use headers::Headers;
pub use response::{Response, ResponseReader};

pub(super) use head::{Gathered, MAX_HEADERS, headers};
pub(super) use headers::{is_field_value, is_token};

//! What a request is opened with.

use winws_api::winhttp::sys;

use crate::protocol::http::{FieldError, Fields, InvalidRequest};
use crate::winhttp::session::Connection;
use crate::winhttp::target::InvalidTarget;

/// The flags of `WinHttpOpenRequest` that there are.
pub(super) const FLAGS: u32 = sys::WINHTTP_FLAG_SECURE
    | sys::WINHTTP_FLAG_ESCAPE_PERCENT
    | sys::WINHTTP_FLAG_NULL_CODEPAGE
    | sys::WINHTTP_FLAG_ESCAPE_DISABLE
    | sys::WINHTTP_FLAG_ESCAPE_DISABLE_QUERY
    | sys::WINHTTP_FLAG_BYPASS_PROXY_CACHE;

/// What a request is opened with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opening<'o> {
    /// GET if there is none.
    pub(crate) verb: Option<&'o str>,
    /// Path and query.
    pub(crate) object_name: Option<&'o str>,
    /// `HTTP/1.1` if there is none.
    pub(crate) version: Option<&'o str>,
    pub(crate) referrer: Option<&'o str>,
    pub(crate) accept_types: &'o [&'o str],
    pub(crate) flags: u32,
}

/// What a request is opened with is not what HTTP or the page allows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InvalidOpening {
    Verb,
    Target,
    Version,
    Header,
    Flags,
}

impl From<InvalidTarget> for InvalidOpening {
    fn from(_: InvalidTarget) -> Self {
        Self::Target
    }
}

impl From<InvalidRequest> for InvalidOpening {
    fn from(invalid: InvalidRequest) -> Self {
        match invalid {
            InvalidRequest::Method => Self::Verb,
            InvalidRequest::Target => Self::Target,
            InvalidRequest::Version => Self::Version,
            InvalidRequest::Host => Self::Header,
        }
    }
}

/// The headers that a request has from the beginning.
pub(super) fn set_first_fields(
    fields: &mut Fields,
    connection: &Connection,
    opening: Opening<'_>,
) -> Result<(), FieldError> {
    if let Some(agent) = connection.session().agent() {
        fields.set("User-Agent", &agent)?;
    }
    if let Some(referrer) = opening.referrer {
        fields.set("Referer", referrer)?;
    }
    if !opening.accept_types.is_empty() {
        fields.set("Accept", &opening.accept_types.join(", "))?;
    }
    Ok(())
}

//! Memory that C may be using, and what structures of C point to, as safe values.
//!
//! Nothing here decides anything: [`lent`] turns pointers that somebody has vouched for into bytes, and [`block`] is the
//! memory of a session, of which C may be writing a part. It knows winws-api only.

pub(crate) mod block;
pub(crate) mod lent;

//! Memory that C may be using, and what structures of C point to, as safe values.
//!
//! Nothing here decides anything: [`lent`] and [`texts`] turn pointers that somebody has vouched for into bytes and texts, and [`block`] is the
//! memory of a session, of which C may be writing a part. [`global`] is memory that C frees. The module knows winws-api only.

pub(crate) mod block;
pub(crate) mod callback;
#[allow(dead_code, reason = "options and proxy queries hand blocks out")]
pub(crate) mod global;
pub(crate) mod lent;
pub(crate) mod texts;

//! Memory that C may be using, and what structures of C point to, as safe values.
//!
//! Nothing here decides anything: [`lent`] and [`texts`] turn pointers that somebody has vouched for into bytes and texts, and [`block`] is the
//! memory of a session, of which C may be writing a part. [`global`] is memory that C frees, and [`proxies`] are structures with
//! both. [`callback`] and `custom_channel` call functions of C. [`fork`] is told by the C library of processes that are forked off. The module knows winws-api only.

pub(crate) mod block;
pub(crate) mod callback;
#[cfg(feature = "capi")]
pub(crate) mod custom_channel;
pub(crate) mod fork;
pub(crate) mod global;
pub(crate) mod lent;
#[cfg_attr(not(feature = "capi"), allow(dead_code, reason = "only the C functions have a promise"))]
pub(crate) mod proxies;
pub(crate) mod texts;
#[cfg(test)]
pub(crate) mod told;

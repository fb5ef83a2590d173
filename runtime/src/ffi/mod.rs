//! The C functions, and what pointers of C lead to.
//!
//! winws-api has the functions generic in the runtime, generated from the pages: pointers to references, one call into
//! the trait, outputs written. Here they get their names, a guard against panics, and the thread's last error, behind the
//! feature `capi`. What structures point to becomes safe in `raw`; the promise for it is made here.

mod component;
#[cfg(feature = "capi")]
mod guard;
#[cfg(feature = "capi")]
mod last_error;
#[cfg(feature = "capi")]
pub mod webservices;
#[cfg(feature = "capi")]
pub mod websocket;
#[cfg(feature = "capi")]
pub mod winhttp;
#[cfg(feature = "capi")]
pub mod winws;

#[cfg(feature = "capi")]
pub use last_error::{last_error, set_last_error};

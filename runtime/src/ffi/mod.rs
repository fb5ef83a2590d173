//! The C functions, over [`WinHttp::process`](crate::WinHttp::process).
//!
//! winws-api has them generic in the runtime, generated from the pages: pointers to references, one call into the trait,
//! outputs written. Here they get their names, a guard against panics, and the thread's last error.

mod guard;
mod last_error;
pub mod winhttp;

pub use last_error::{winws_get_last_error, winws_set_last_error};

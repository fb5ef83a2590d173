//! The C functions, over [`WinHttp::process`](crate::WinHttp::process).
//!
//! Each export guards against panics, turns pointers into references by one set of rules, and makes one call
//! into the trait. Outputs are written on success only, except where the exported function says otherwise.

mod guard;
mod last_error;
mod pointers;
pub mod winhttp;

pub use last_error::{winws_get_last_error, winws_set_last_error};

//! The WebSocket functions of winhttp.h under their C names and signatures, over [`WinHttp::process`].

pub use winws_api::winhttp::sys::HINTERNET;

use super::guard::Guard;
use crate::WinHttp;

winws_api::export_winhttp_web_socket!(WinHttp::process(), Guard);

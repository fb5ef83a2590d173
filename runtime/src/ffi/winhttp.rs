//! The functions of winhttp.h under their C names and signatures, over the handles of [`WinHttp::process`].

pub use winws_api::winhttp::sys::HINTERNET;

use super::guard::Guard;
use crate::WinHttp;
use crate::raw::lent::Vouched;

// SAFETY: whoever calls a C function vouches for its pointers, as the page of the function says.
static WINHTTP: WinHttp = WinHttp::vouched(unsafe { Vouched::new() });

winws_api::export_winhttp_session!(&WINHTTP, Guard);
winws_api::export_winhttp_request!(&WINHTTP, Guard);
winws_api::export_winhttp_proxy!(&WINHTTP, Guard);
winws_api::export_winhttp_time!(&WINHTTP, Guard);
winws_api::export_winhttp_web_socket!(&WINHTTP, Guard);

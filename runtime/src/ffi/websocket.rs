//! The functions of websocket.h under their C names and signatures, over a [`Component`] of the process.

pub use winws_api::websocket::sys::{
    WEB_SOCKET_BUFFER, WEB_SOCKET_HANDLE, WEB_SOCKET_HTTP_HEADER, WEB_SOCKET_PROPERTY,
};

use super::guard::Guard;
use crate::raw::fork::OfProcess;
use crate::websocket::Component;

// SAFETY: the callers of the C functions vouch for every pointer in the structures that they pass.
static COMPONENT: OfProcess<Component> = OfProcess::new(|| unsafe { Component::new() });

winws_api::export_websocket_handles!(COMPONENT.get(), Guard);
winws_api::export_websocket_handshake!(COMPONENT.get(), Guard);
winws_api::export_websocket_transfer!(COMPONENT.get(), Guard);

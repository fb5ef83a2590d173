//! The functions of webservices.h under their C names and signatures: those of channels and error objects.

pub use winws_api::webservices::sys::{
    WS_ASYNC_CONTEXT, WS_CHANNEL, WS_CHANNEL_PROPERTY, WS_ERROR, WS_ERROR_PROPERTY, WS_SECURITY_DESCRIPTION,
};

use super::guard::Guard;
use crate::raw::fork::OfProcess;
use crate::raw::lent::Vouched;
use crate::webservices::WebServices;

// SAFETY: the callers of the C functions vouch for every pointer in the structures that they pass.
static WEB_SERVICES: OfProcess<WebServices> = OfProcess::new(|| WebServices::vouched(unsafe { Vouched::new() }));

winws_api::export_webservices_channels!(WEB_SERVICES.get(), Guard);
winws_api::export_webservices_error_objects!(WEB_SERVICES.get(), Guard);

//! webservices.h: custom channels, which consist of callbacks of the program, and error objects.

mod channels;
mod details;
mod error_objects;

use std::sync::Arc;

use crate::handles::HandleTable;
use crate::raw::custom_channel::CustomChannel;
use crate::raw::lent::Vouched;
use details::Details;

/// An implementation of webservices.h with objects of its own.
///
/// The functions are the methods of the traits [`Channels`](winws_api::webservices::Channels) and
/// [`ErrorObjects`](winws_api::webservices::ErrorObjects). Any number of threads may use
/// it at the same time. Pointers to objects are numbers that name them: one that is stale or made up names nothing.
#[derive(Debug)]
pub(crate) struct WebServices {
    channels: HandleTable<Arc<CustomChannel>>,
    errors: HandleTable<Details>,
    vouched: Vouched,
}

impl WebServices {
    /// One without objects, which reads pointers by this promise.
    pub(crate) const fn vouched(vouched: Vouched) -> Self {
        Self { channels: HandleTable::new(), errors: HandleTable::new(), vouched }
    }
}

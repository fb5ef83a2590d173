//! webservices.h: error objects. Nothing of its channels runs yet.

mod details;
mod error_objects;

use crate::handles::HandleTable;
use crate::raw::lent::Vouched;
use details::Details;

/// An implementation of webservices.h with objects of its own.
///
/// The functions are the methods of the trait [`ErrorObjects`](winws_api::webservices::ErrorObjects). Any number of threads may use
/// it at the same time. Pointers to objects are numbers that name them: one that is stale or made up names nothing.
#[derive(Debug)]
pub(crate) struct WebServices {
    errors: HandleTable<Details>,
    vouched: Vouched,
}

impl WebServices {
    /// One without objects, which reads pointers by this promise.
    pub(crate) const fn vouched(vouched: Vouched) -> Self {
        Self { errors: HandleTable::new(), vouched }
    }
}

//! The client's check of a response (RFC 6455 section 4.1).

use super::{Agreement, Offer, Request, UpgradeError};
use crate::protocol::http::Response;

impl Response {
    /// Checks that the server agrees to `request`, and returns the subprotocol that the server has chosen.
    ///
    /// It is `None` if the server has chosen no subprotocol, which is allowed.
    ///
    /// # Errors
    ///
    /// [`UpgradeError`] says why the response does not agree.
    pub fn check_upgrade(&self, request: &Request) -> Result<Option<String>, UpgradeError> {
        let agreement = self.check_offer(request.offer())?;
        let protocol = agreement.protocol.and_then(|index| request.protocols().nth(index));
        Ok(protocol.map(str::to_owned))
    }

    /// Checks the response to a request with this offer, as [`check_upgrade`](Self::check_upgrade) does.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn check_offer(&self, offer: &Offer) -> Result<Agreement, UpgradeError> {
        if self.status() != 101 {
            return Err(UpgradeError::Refused);
        }
        if self.is_old() {
            return Err(UpgradeError::Version);
        }
        offer.check(self.all())
    }
}

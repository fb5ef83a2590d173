//! The client's check of a response (RFC 6455 section 4.1).

use super::{Request, UpgradeError};
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
        if self.status() != 101 {
            return Err(UpgradeError::Refused);
        }
        if self.is_old() {
            return Err(UpgradeError::Version);
        }
        let agreement = request.offer().check(self.all())?;
        let protocol = agreement.protocol.and_then(|index| request.protocols().nth(index));
        Ok(protocol.map(str::to_owned))
    }
}

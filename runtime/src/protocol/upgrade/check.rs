//! The client's check of a response (RFC 6455 section 4.1).

use super::{Request, UpgradeError};
use crate::protocol::http::Response;

impl Response {
    /// Whether this is the agreement to `request`, and if so, the subprotocol it chose.
    ///
    /// A server may choose none although some were asked for (b1.2.17).
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

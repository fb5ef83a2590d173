//! What happens on the network, for `tracing`: events of the level DEBUG with the target `winws`, behind the feature `tracing`.
//! Nothing of what is sent or received stands in them, and no header.

use super::Notice;

/// A step of a request.
#[cfg(feature = "tracing")]
pub(crate) fn notice(notice: Notice<'_>) {
    match notice {
        Notice::Resolving(host) => tracing::debug!(target: "winws", host, "resolving"),
        Notice::Resolved(host) => tracing::debug!(target: "winws", host, "resolved"),
        Notice::Connecting(address) => tracing::debug!(target: "winws", %address, "connecting"),
        Notice::Connected(address) => tracing::debug!(target: "winws", %address, "connected"),
        Notice::Sending => tracing::debug!(target: "winws", "sending the request"),
        Notice::Sent(bytes) => tracing::debug!(target: "winws", bytes, "sent the request"),
        Notice::Receiving => tracing::debug!(target: "winws", "waiting for the response"),
        Notice::Received(bytes) => tracing::debug!(target: "winws", bytes, "received a part of the response"),
        Notice::Interim(status) => tracing::debug!(target: "winws", status, "received an interim response"),
        Notice::Insecure(faults) => tracing::debug!(target: "winws", ?faults, "there is no TLS with the server"),
        Notice::Redirect(url) => {
            // Servers put secrets of their own into queries.
            let url = url.split('?').next().unwrap_or_default();
            tracing::debug!(target: "winws", url, "following a redirect");
        }
    }
}

/// A WebSocket is closing, or has been given up.
#[cfg(feature = "tracing")]
pub(crate) fn socket(what: &'static str) {
    tracing::debug!(target: "winws", "{what}");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn notice(_: Notice<'_>) {}

#[cfg(not(feature = "tracing"))]
pub(crate) fn socket(_: &'static str) {}

//! What a status callback can ask about a request while a call has it.

use super::{NotNow, Request};
use crate::net::Notice;
use crate::protocol::http::{Exchange, RequestHead, Response};
use crate::winhttp::headers::Heads;
use crate::winhttp::session::lock;

/// The heads and the URL at the time of a callback.
#[derive(Debug)]
pub(super) struct Seen {
    request: RequestHead,
    response: Option<Response>,
    url: String,
}

impl Request {
    /// Tells somebody of a step of the exchange. Whoever listens may ask about its heads meanwhile.
    pub(super) fn tell(&self, notice: Notice<'_>, exchange: &Exchange, notify: &dyn Fn(Notice<'_>)) {
        // A copy is made for those only who could ask.
        let has_listener = self.settings().listener.is_some();
        if has_listener {
            let (request, response) = (exchange.sent_head().clone(), exchange.last_response().cloned());
            *lock(&self.seen) = Some(Seen { request, response, url: exchange.url() });
        }
        notify(notice);
        if has_listener {
            *lock(&self.seen) = None;
        }
    }

    /// What `look` finds in the heads of the request and of its response.
    pub(in crate::winhttp) fn with_heads<R>(&self, look: impl FnOnce(Heads<'_>) -> R) -> Result<R, NotNow> {
        if let Some(exchange) = lock(&self.exchange).as_deref() {
            let (response, trailers) = (exchange.response(), exchange.trailers());
            return Ok(look(Heads { request: exchange.sent_head(), response, trailers }));
        }
        let seen = lock(&self.seen);
        let Seen { request, response, .. } = seen.as_ref().ok_or(NotNow)?;
        Ok(look(Heads { request, response: response.as_ref(), trailers: None }))
    }

    /// The URL that is asked, or the last one that a redirect led to.
    pub(crate) fn url(&self) -> Result<String, NotNow> {
        self.look(|exchange| exchange.url()).or_else(|_| Ok(lock(&self.seen).as_ref().ok_or(NotNow)?.url.clone()))
    }
}

//! The object behind a request handle: opened, sent, answered, read, and once exchanged for a WebSocket if it asked for one.

mod calls;
mod credentials;
mod failure;
mod opening;
mod seen;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use winws_api::winhttp::sys;

use self::calls::rules;
pub(crate) use self::credentials::Credentials;
pub(crate) use self::failure::{NotNow, NotUpgraded, RequestFailure};
use self::opening::{FLAGS, set_first_fields};
pub(crate) use self::opening::{InvalidOpening, Opening};
use self::seen::Seen;
use super::session::{Connection, lock};
use super::settings::Settings;
use super::socket::Socket;
use super::target::target;
use crate::net::Notify;
use crate::net::line::Line;
use crate::protocol::Role;
use crate::protocol::http::{Exchange, FieldError, Fields, Modifiers, RequestHead, Response};
use crate::protocol::upgrade::check_fields;

/// A request, its response, and the stream that both go over.
#[derive(Debug)]
pub(crate) struct Request {
    settings: Mutex<Settings>,
    asks_for_upgrade: AtomicBool,
    /// `None` while a call is under way, which has taken it: no lock is held meanwhile.
    exchange: Mutex<Option<Box<Exchange>>>,
    /// What can be asked about it meanwhile, in a callback.
    seen: Mutex<Option<Seen>>,
    /// Whether a WebSocket has come of it already (b1.2.10).
    was_upgraded: AtomicBool,
    /// With what a challenge of the server is answered. The exchange knows it too.
    credentials: Mutex<Credentials>,
    /// The same for the proxy, if the environment has named no others.
    proxy_credentials: Mutex<Credentials>,
    line: Line,
}

impl Request {
    /// A request to a server. Nothing is sent yet.
    pub(crate) fn open(connection: &Connection, opening: Opening<'_>) -> Result<Self, InvalidOpening> {
        if opening.flags & !FLAGS != 0 {
            return Err(InvalidOpening::Flags);
        }
        let origin = connection.origin(opening.flags & sys::WINHTTP_FLAG_SECURE != 0);
        let minor_version = match opening.version {
            None | Some("" | "HTTP/1.1") => 1,
            Some("HTTP/1.0") => 0,
            Some(_) => return Err(InvalidOpening::Version),
        };
        let verb = opening.verb.filter(|verb| !verb.is_empty()).unwrap_or("GET");
        let target = target(opening.object_name, opening.flags)?;
        let mut head = RequestHead::new(verb, &target, minor_version, &origin.authority())?;
        set_first_fields(&mut head.fields, connection, opening).map_err(|_| InvalidOpening::Header)?;
        let settings = {
            let mut settings = connection.session().settings().of_request();
            let inherited = connection.settings();
            (settings.context, settings.listener) = (inherited.context, inherited.listener);
            drop(inherited);
            settings
        };
        let exchange = Exchange::new(origin, head, rules(&settings));
        Ok(Self {
            settings: Mutex::new(settings),
            asks_for_upgrade: AtomicBool::new(false),
            exchange: Mutex::new(Some(Box::new(exchange))),
            seen: Mutex::default(),
            was_upgraded: AtomicBool::new(false),
            credentials: Mutex::default(),
            proxy_credentials: Mutex::default(),
            line: Line::default(),
        })
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        lock(&self.settings)
    }

    /// Makes the request begin a WebSocket.
    pub(crate) fn ask_for_upgrade(&self) {
        self.asks_for_upgrade.store(true, Ordering::SeqCst);
    }

    /// Changes the headers. Those that are on their way already stay as they are.
    ///
    /// Fails in two ways: a call is under way, or the headers are not good.
    pub(crate) fn change_headers(&self, text: &str, modifiers: Modifiers) -> Result<Result<(), FieldError>, NotNow> {
        self.change(|fields| fields.change(text, modifiers))
    }

    /// Adds a header.
    ///
    /// Fails in the same two ways.
    pub(crate) fn add_header(&self, name: &str, value: &str) -> Result<Result<(), FieldError>, NotNow> {
        self.change(|fields| fields.append(name, value))
    }

    fn change(
        &self,
        change: impl FnOnce(&mut Fields) -> Result<(), FieldError>,
    ) -> Result<Result<(), FieldError>, NotNow> {
        let asks_for_upgrade = self.asks_for_upgrade.load(Ordering::SeqCst);
        self.look(|exchange| {
            let mut fields = exchange.head().fields.clone();
            change(&mut fields)?;
            check_fields(&fields, asks_for_upgrade)?;
            exchange.head_mut().fields = fields;
            Ok(())
        })
    }

    /// What `look` finds in the response, once it has come.
    pub(crate) fn with_response<R>(&self, look: impl FnOnce(&Response) -> R) -> Result<R, NotNow> {
        self.look(|exchange| exchange.response().map(look))?.ok_or(NotNow)
    }

    /// Exchanges the answered request for its socket, once (b1.2.11).
    pub(crate) fn complete_upgrade(&self, notify: &Notify<'_>) -> Result<Socket, NotUpgraded> {
        let is_sent_again = self.was_upgraded.load(Ordering::SeqCst)
            && self.look(|exchange| exchange.missing().is_ok()).unwrap_or(false);
        if is_sent_again {
            self.receive_response(notify).map_err(NotUpgraded::Response)?;
        }
        let taken = self.look(|exchange| match exchange.response() {
            None => Err(NotUpgraded::NotNow),
            Some(response) if response.status() != 101 || !exchange.has_asked_for_upgrade() => {
                Err(NotUpgraded::Refused)
            }
            // A call that came between the two would have the stream as well.
            Some(_) => exchange.take_upgrade().zip(self.line.take()).ok_or(NotUpgraded::NotNow),
        });
        let (read_ahead, stream) = taken.map_err(|_| NotUpgraded::NotNow)??;
        self.was_upgraded.store(true, Ordering::SeqCst);
        let settings = self.settings().clone();
        Ok(Socket::new(Role::Client, stream, &read_ahead, &settings))
    }

    /// Gives up what is under way, when the handle is closed. A socket that came of the request lives on (b1.1.8).
    pub(crate) fn abort(&self) {
        self.line.abort();
    }

    /// Looks at the exchange, unless a call is under way.
    fn look<R>(&self, look: impl FnOnce(&mut Exchange) -> R) -> Result<R, NotNow> {
        lock(&self.exchange).as_deref_mut().map(look).ok_or(NotNow)
    }
}

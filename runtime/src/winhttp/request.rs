//! The object behind a request handle: opened, sent, answered, read, and once exchanged for a WebSocket if it asked for one.

mod credentials;
mod failure;
mod opening;
mod seen;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use winws_api::winhttp::sys;

pub(crate) use self::credentials::Credentials;
pub(crate) use self::failure::{NotNow, NotUpgraded, RequestFailure};
use self::opening::{FLAGS, set_first_fields};
pub(crate) use self::opening::{InvalidOpening, Opening};
use self::seen::Seen;
use super::proxy::Proxy as ProxyAddress;
use super::session::{Connection, lock};
use super::settings::{Number, Settings};
use super::socket::Socket;
use super::target::target;
use crate::net::Notice;
use crate::net::line::{ExchangeFailure, ExchangeLimits, Line, Ways};
use crate::net::times::after;
use crate::protocol::Role;
use crate::protocol::http::{
    Basic, Exchange, FieldError, Fields, Length, Modifiers, Origin, Proxy, Redirects, RequestHead, Response, Rules,
};
use crate::protocol::upgrade::check_fields;

/// The least send buffer with which an upgrade can be sent, in bytes (b3.5).
const MIN_SEND_BUFFER: u32 = 16;

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

    /// Connects, and sends the head with the start of the body.
    pub(crate) fn send(
        &self,
        headers: Option<&str>,
        first: &[u8],
        total: u64,
        notify: &dyn Fn(Notice<'_>),
    ) -> Result<(), RequestFailure> {
        // 0 beside a body: the program says in headers of its own how long it is, or there is no more of it.
        let first_length = u64::try_from(first.len()).unwrap_or(u64::MAX);
        if total != 0 && total < first_length {
            return Err(RequestFailure::Length);
        }
        let is_upgrade = self.asks_for_upgrade.load(Ordering::SeqCst);
        let settings = self.settings().clone();
        self.run(|exchange| {
            if !exchange.can_begin() {
                return Err(RequestFailure::NotNow);
            }
            let may_upgrade = exchange.head().method() == "GET" && exchange.head().minor_version() > 0;
            if is_upgrade && !(may_upgrade && total == 0 && first.is_empty()) {
                return Err(RequestFailure::NotForUpgrade);
            }
            if is_upgrade && settings.number(Number::SendBufferSize) < MIN_SEND_BUFFER {
                return Err(RequestFailure::SendBuffer);
            }
            let mut fields = exchange.head().fields.clone();
            if let Some(headers) = headers.filter(|headers| !headers.is_empty()) {
                fields.change(headers, Modifiers { add: true, replace: true, ..Modifiers::default() })?;
            }
            check_fields(&fields, is_upgrade)?;
            let length = length_of(&fields, first_length, total).ok_or(RequestFailure::Length)?;
            exchange.head_mut().fields = fields;
            self.line.hang_up();
            exchange.begin(rules(&settings), first.to_vec(), length, is_upgrade)?;
            Ok(self.drive(exchange, &settings, notify)?)
        })
    }

    /// Sends more of the body.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), RequestFailure> {
        let limits = limits(&self.settings());
        self.run(|exchange| {
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            match exchange.missing() {
                Err(_) => return Err(RequestFailure::NotNow),
                Ok(Some(missing)) if missing < length => return Err(RequestFailure::Length),
                Ok(_) => {}
            }
            if !exchange.drops_body() {
                self.line.write(exchange, bytes, &limits).inspect_err(|_| exchange.fail())?;
            }
            exchange.wrote(length);
            Ok(())
        })
    }

    /// Waits for the head of the response. A status other than 101 is no error (b1.2.6).
    pub(crate) fn receive_response(&self, notify: &dyn Fn(Notice<'_>)) -> Result<(), RequestFailure> {
        let settings = self.settings().clone();
        self.run(|exchange| {
            exchange.begin_response().map_err(|_| RequestFailure::NotNow)?;
            Ok(self.drive(exchange, &settings, notify)?)
        })
    }

    /// Takes the exchange as far as it goes without the program.
    fn drive(
        &self,
        exchange: &mut Exchange,
        settings: &Settings,
        notify: &dyn Fn(Notice<'_>),
    ) -> Result<(), ExchangeFailure> {
        if let Some(credentials) = self.proxy_credentials() {
            exchange.set_proxy_credentials(credentials);
        }
        let proxies = |origin: &Origin| proxies_of(settings, origin);
        let ways = Ways { limits: limits(settings), proxies: &proxies, tls: &settings.policy() };
        self.line.drive(exchange, &ways, &|notice, exchange| self.tell(notice, exchange, notify))
    }

    /// What `look` finds in the response, once it has come.
    pub(crate) fn with_response<R>(&self, look: impl FnOnce(&Response) -> R) -> Result<R, NotNow> {
        self.look(|exchange| exchange.response().map(look))?.ok_or(NotNow)
    }

    /// How many bytes of the body can be read at once. It waits until there are some; 0 is the end of the body.
    pub(crate) fn available(&self) -> Result<usize, RequestFailure> {
        let deadline = after(self.settings().limit(Number::ReceiveTimeout));
        self.run(|exchange| {
            exchange.response().ok_or(RequestFailure::NotNow)?;
            loop {
                match exchange.available() {
                    (0, true) => {
                        // What stands between chunks makes room, so that no more than a little is ever held.
                        exchange.read(&mut []).map_err(ExchangeFailure::Exchange)?;
                        self.fill(exchange, deadline)?;
                    }
                    // Nothing is there to be read, but a body that broke off must not look like one that has ended.
                    (0, false) => return Ok(exchange.read(&mut [0]).map_err(ExchangeFailure::Exchange)?),
                    (count, _) => return Ok(count),
                }
            }
        })
    }

    /// Fills the buffer from the body, or to the end of the body. What came before a fault or the end of the time is given
    /// out first: the next call has the error.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize, RequestFailure> {
        self.read_by(buffer, after(self.settings().limit(Number::ReceiveTimeout)))
    }

    /// The same with another deadline.
    pub(crate) fn read_by(&self, buffer: &mut [u8], deadline: Option<Instant>) -> Result<usize, RequestFailure> {
        self.run(|exchange| {
            exchange.response().ok_or(RequestFailure::NotNow)?;
            let mut filled = 0;
            while filled < buffer.len() {
                let step = match exchange.read(&mut buffer[filled..]) {
                    Ok(0) if !exchange.available().1 => break,
                    Ok(0) => self.fill(exchange, deadline),
                    Ok(count) => {
                        filled += count;
                        Ok(())
                    }
                    Err(error) => Err(ExchangeFailure::Exchange(error).into()),
                };
                match step {
                    Err(_) if filled > 0 => break,
                    step => step?,
                }
            }
            Ok(filled)
        })
    }

    /// Reads what there is of the body, and waits only if that is nothing. 0 is the end of the body.
    pub(crate) fn read_some(&self, buffer: &mut [u8]) -> Result<usize, RequestFailure> {
        let deadline = after(self.settings().limit(Number::ReceiveTimeout));
        self.run(|exchange| {
            exchange.response().ok_or(RequestFailure::NotNow)?;
            loop {
                match exchange.read(buffer).map_err(ExchangeFailure::Exchange)? {
                    0 if !buffer.is_empty() && exchange.available().1 => self.fill(exchange, deadline)?,
                    count => return Ok(count),
                }
            }
        })
    }

    /// Exchanges the answered request for its socket, once (b1.2.11).
    pub(crate) fn complete_upgrade(&self, notify: &dyn Fn(Notice<'_>)) -> Result<Socket, NotUpgraded> {
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

    fn fill(&self, exchange: &mut Exchange, deadline: Option<Instant>) -> Result<(), RequestFailure> {
        Ok(self.line.fill(exchange, deadline)?)
    }

    /// Looks at the exchange, unless a call is under way.
    fn look<R>(&self, look: impl FnOnce(&mut Exchange) -> R) -> Result<R, NotNow> {
        lock(&self.exchange).as_deref_mut().map(look).ok_or(NotNow)
    }

    /// Makes a call that may block, with the exchange out of its place.
    fn run<R>(&self, call: impl FnOnce(&mut Exchange) -> Result<R, RequestFailure>) -> Result<R, RequestFailure> {
        let mut exchange = lock(&self.exchange).take().ok_or(NotNow)?;
        let result = call(&mut exchange);
        *lock(&self.exchange) = Some(exchange);
        result
    }
}

/// How long the body is, from the headers, the part to send at once, and the total length that the program gives. `None` if
/// they contradict each other: a server could take the end of the body for another request (RFC 9112 section 11.2).
fn length_of(fields: &Fields, first: u64, total: u64) -> Option<Length> {
    let mut stated = fields.values("Content-Length");
    if fields.values("Transfer-Encoding").next().is_some() {
        return (stated.next().is_none() && first == 0 && total == 0).then_some(Length::Own);
    }
    let Some(length) = stated.next() else { return Some(Length::Known(total.max(first))) };
    // The standard parser also takes a sign.
    let length = if length.bytes().all(|byte| byte.is_ascii_digit()) { length.parse().ok()? } else { return None };
    match total {
        0 => (first <= length).then_some(Length::Own),
        total => (total == length).then_some(Length::Known(total)),
    }
}

fn rules(settings: &Settings) -> Rules {
    let redirects = if settings.has_disabled(sys::WINHTTP_DISABLE_REDIRECTS) {
        Redirects::Never
    } else {
        match settings.number(Number::RedirectPolicy) {
            sys::WINHTTP_OPTION_REDIRECT_POLICY_NEVER => Redirects::Never,
            sys::WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS => Redirects::Always,
            _ => Redirects::NotToPlain,
        }
    };
    Rules {
        answers_challenges: !settings.has_disabled(sys::WINHTTP_DISABLE_AUTHENTICATION),
        redirects,
        max_redirects: settings.number(Number::MaxRedirects),
        max_interim: settings.number(Number::MaxStatusContinue),
        max_head: usize::try_from(settings.number(Number::MaxHeaderSize)).unwrap_or(usize::MAX),
    }
}

const fn limits(settings: &Settings) -> ExchangeLimits {
    ExchangeLimits {
        resolve: settings.limit(Number::ResolveTimeout),
        connect: settings.limit(Number::ConnectTimeout),
        send: settings.limit(Number::SendTimeout),
        receive: settings.limit(Number::ReceiveTimeout),
        response: settings.limit(Number::ReceiveResponseTimeout),
    }
}

/// The proxies to try for an origin.
fn proxies_of(settings: &Settings, origin: &Origin) -> Result<Vec<Proxy>, ExchangeFailure> {
    let found = settings.proxies.of(origin.is_secure, &origin.host, origin.port);
    let found = found.map_err(|error| ExchangeFailure::Proxy(error.into()))?;
    let proxy = |proxy: ProxyAddress| {
        let credentials = proxy.credentials.and_then(|(user, password)| Basic::new(&user, &password).ok());
        Proxy { host: proxy.host, port: proxy.port, credentials }
    };
    Ok(found.into_iter().map(proxy).collect())
}

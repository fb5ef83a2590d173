//! Reads and sets options of objects, by the table of [`options`](super::options).

use std::ptr;

use winws_api::WideChar;
use winws_api::winhttp::{ProxyInfo, QueryOptionError, SetOptionError, sys};

use super::callbacks::Listener;
use super::codes::{BadArgument, NotOnThisHandle, OneWay, TooSmall, UnknownOption};
use super::options::{Access, Kind, Row, find};
use super::proxy::{Environment, Lists, Proxies};
use super::settings::{Number, Settings};
use super::{Entry, Object, wide};
use crate::raw::global::Global;
use crate::raw::lent::Vouched;
use crate::raw::proxies::{read_proxy_info, write_proxy_info};

/// Reads an option into the buffer. `length` becomes the length of the value, or the length that it needs.
pub(super) fn query<W: WideChar>(
    entry: &Entry,
    option: u32,
    buffer: &mut [u8],
    length: &mut u32,
) -> Result<(), QueryOptionError> {
    let object = &entry.object;
    let row = find(option).ok_or(UnknownOption)?;
    if !row.is_readable() {
        return Err(OneWay.into());
    }
    match row.access(object.level()) {
        Access::Query | Access::Both => {}
        Access::Set => return Err(OneWay.into()),
        Access::None => return Err(NotOnThisHandle.into()),
    }
    let value = match row.kind {
        Kind::Number(number, _) => object.number(number).to_ne_bytes().to_vec(),
        Kind::Constant(number) => number.to_ne_bytes().to_vec(),
        Kind::HandleType => (object.level() as u32).to_ne_bytes().to_vec(),
        Kind::Parent => entry.parent.into_raw().to_ne_bytes().to_vec(),
        Kind::Context => object.context().to_ne_bytes().to_vec(),
        Kind::Url | Kind::UserAgent => {
            let text = match object {
                Object::Session(session) => session.agent().unwrap_or_default(),
                Object::Request(request) => request.url()?,
                Object::Connection(_) | Object::Socket(_) => return Err(NotOnThisHandle.into()),
            };
            wide::to_bytes::<W>(&text)
        }
        Kind::Credential(whose, part) => {
            let Object::Request(request) = object else { return Err(NotOnThisHandle.into()) };
            wide::to_bytes::<W>(&request.credential(whose, part))
        }
        Kind::Proxy => {
            let proxies = match object {
                Object::Session(session) => session.settings().proxies.clone(),
                Object::Request(request) => request.settings().proxies.clone(),
                Object::Connection(_) | Object::Socket(_) => return Err(NotOnThisHandle.into()),
            };
            return query_proxy::<W>(&proxies, buffer, length);
        }
        Kind::Ignored | Kind::Upgrade | Kind::Nothing | Kind::ClientCertificate => return Err(OneWay.into()),
    };
    *length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    buffer.get_mut(..value.len()).ok_or(TooSmall)?.copy_from_slice(&value);
    Ok(())
}

/// Writes which proxies there are. The texts are new, and belong to the caller.
pub(super) fn query_proxy<W: WideChar>(
    proxies: &Proxies,
    buffer: &mut [u8],
    length: &mut u32,
) -> Result<(), QueryOptionError> {
    let size = size_of::<ProxyInfo<W>>();
    *length = u32::try_from(size).unwrap_or(u32::MAX);
    if buffer.len() < size {
        return Err(TooSmall.into());
    }
    let lists = match proxies {
        Proxies::None => Lists::default(),
        Proxies::Named { list, bypass } => {
            Lists { proxies: Some(list.text().to_owned()), bypass: bypass.text().map(str::to_owned) }
        }
        Proxies::Automatic => Environment::PROCESS.lists()?,
    };
    let wide = |text: Option<String>| text.map(|text| Global::<W>::wide(&text)).transpose();
    let (proxy, bypass) = (wide(lists.proxies)?, wide(lists.bypass)?);
    let has_proxy = proxy.is_some();
    let access_type = if has_proxy { sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY } else { sys::WINHTTP_ACCESS_TYPE_NO_PROXY };
    let handed_out = |text: Option<Global<W>>| text.map_or(ptr::null_mut(), Global::hand_out);
    let info = ProxyInfo { access_type, proxy: handed_out(proxy), proxy_bypass: handed_out(bypass) };
    if write_proxy_info(&info, buffer) { Ok(()) } else { Err(TooSmall.into()) }
}

/// Which proxies a structure names. The texts count only where the access type has some.
fn proxies_of<W: WideChar>(value: &[u8], vouched: Option<Vouched>) -> Result<Proxies, SetOptionError> {
    let info = read_proxy_info::<W>(value).ok_or(BadArgument)?;
    let vouched = vouched.ok_or(BadArgument)?;
    match info.access_type {
        sys::WINHTTP_ACCESS_TYPE_NO_PROXY => Ok(Proxies::None),
        sys::WINHTTP_ACCESS_TYPE_DEFAULT_PROXY | sys::WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY => Ok(Proxies::Automatic),
        sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY => {
            let texts = vouched.proxy_texts(&info).map_err(BadArgument::from)?;
            Ok(Proxies::named(&texts.proxy.ok_or(BadArgument)?, texts.bypass.as_deref())?)
        }
        _ => Err(BadArgument.into()),
    }
}

/// Sets an option to the value in these bytes. A handle without the option wins over a value of the wrong size (b3.4).
pub(super) fn set<W: WideChar>(
    object: &Object,
    option: u32,
    value: &[u8],
    vouched: Option<Vouched>,
) -> Result<(), SetOptionError> {
    let row = find(option).ok_or(UnknownOption)?;
    match row.access(object.level()) {
        Access::Set | Access::Both => {}
        Access::Query => return Err(OneWay.into()),
        Access::None if !row.is_settable() => return Err(OneWay.into()),
        Access::None => return Err(NotOnThisHandle.into()),
    }
    set_value::<W>(object, row, value, vouched)
}

fn set_value<W: WideChar>(
    object: &Object,
    row: &Row,
    value: &[u8],
    vouched: Option<Vouched>,
) -> Result<(), SetOptionError> {
    match row.kind {
        Kind::Number(number, allowed) => {
            let value = number_of(value)?;
            if !allowed.has(value) {
                return Err(BadArgument.into());
            }
            object.set_number(number, value);
        }
        Kind::Ignored => drop(number_of(value)?),
        Kind::Context => {
            let context = value.try_into().map(usize::from_ne_bytes).map_err(|_| BadArgument)?;
            object.set_context(context);
        }
        Kind::Upgrade | Kind::Nothing if !value.is_empty() => return Err(BadArgument.into()),
        // There is no store of Windows to take a certificate from (b8.12).
        Kind::ClientCertificate if !value.is_empty() => return Err(UnknownOption.into()),
        Kind::Upgrade => {
            if let Object::Request(request) = object {
                request.ask_for_upgrade();
            }
        }
        Kind::ClientCertificate => {
            if let Object::Request(request) = object {
                request.settings().certificate = None;
            }
        }
        Kind::Nothing => {}
        Kind::UserAgent => {
            let agent = wide::from_bytes::<W>(value).ok_or(BadArgument)?;
            if let Object::Session(session) = object {
                session.set_agent(&agent)?;
            }
        }
        Kind::Credential(whose, part) => {
            let text = wide::from_bytes::<W>(value).ok_or(BadArgument)?;
            if let Object::Request(request) = object {
                request.set_credential(whose, part, text)??;
            }
        }
        Kind::Proxy => {
            let proxies = proxies_of::<W>(value, vouched)?;
            match object {
                Object::Session(session) => session.settings().proxies = proxies,
                Object::Request(request) => request.settings().proxies = proxies,
                Object::Connection(_) | Object::Socket(_) => {}
            }
        }
        Kind::Constant(_) | Kind::HandleType | Kind::Parent | Kind::Url => return Err(OneWay.into()),
    }
    Ok(())
}

/// A `DWORD`, or a `BOOL`, which is as large.
fn number_of(value: &[u8]) -> Result<u32, BadArgument> {
    value.try_into().map(u32::from_ne_bytes).map_err(|_| BadArgument)
}

impl Object {
    fn number(&self, number: Number) -> u32 {
        match self {
            Self::Session(session) => session.settings().number(number),
            Self::Connection(connection) => connection.settings().number(number),
            Self::Request(request) => request.settings().number(number),
            Self::Socket(socket) => socket.number(number),
        }
    }

    fn set_number(&self, number: Number, value: u32) {
        match self {
            Self::Session(session) => session.settings().set(number, value),
            Self::Connection(connection) => connection.settings().set(number, value),
            Self::Request(request) => request.settings().set(number, value),
            Self::Socket(socket) => socket.set_number(number, value),
        }
    }

    pub(super) fn context(&self) -> usize {
        match self {
            Self::Session(session) => session.settings().context,
            Self::Connection(connection) => connection.settings().context,
            Self::Request(request) => request.settings().context,
            Self::Socket(socket) => socket.context(),
        }
    }

    fn set_context(&self, context: usize) {
        let set = |settings: &mut Settings| settings.context = context;
        match self {
            Self::Session(session) => set(&mut session.settings()),
            Self::Connection(connection) => set(&mut connection.settings()),
            Self::Request(request) => set(&mut request.settings()),
            Self::Socket(socket) => socket.set_context(context),
        }
    }

    /// Who is told of what happens to this object.
    pub(super) fn listener(&self) -> Option<Listener> {
        match self {
            Self::Session(session) => session.settings().listener,
            Self::Connection(connection) => connection.settings().listener,
            Self::Request(request) => request.settings().listener,
            Self::Socket(socket) => socket.listener(),
        }
    }

    /// Sets who is told, for this object and for those made from it, and gives the one before.
    pub(super) fn replace_listener(&self, listener: Option<Listener>) -> Option<Listener> {
        let replace = |settings: &mut Settings| std::mem::replace(&mut settings.listener, listener);
        match self {
            Self::Session(session) => replace(&mut session.settings()),
            Self::Connection(connection) => replace(&mut connection.settings()),
            Self::Request(request) => replace(&mut request.settings()),
            Self::Socket(socket) => socket.replace_listener(listener),
        }
    }
}

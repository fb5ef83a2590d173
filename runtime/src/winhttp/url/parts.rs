//! The parts of an http or https URL (RFC 3986 section 3), by their structure only: what is in a part is nobody's concern here.

use winws_api::WideChar;
use winws_api::winhttp::InternetScheme;

use super::super::codes::NoUrl;
use super::units::{ascii, is_text};

/// Where the parts stand in the text. None but path and extra information is ever empty, unless it is the text of a user name
/// or a password.
#[derive(Debug)]
pub(super) struct Parts<'u, W> {
    pub(super) scheme: &'u [W],
    pub(super) number: InternetScheme,
    pub(super) user: Option<&'u [W]>,
    pub(super) password: Option<&'u [W]>,
    /// An IPv6 address has its brackets.
    pub(super) host: &'u [W],
    /// The one of the scheme, if the text has none.
    pub(super) port: u16,
    /// From its slash on.
    pub(super) path: &'u [W],
    /// From the question mark or the number sign on.
    pub(super) extra: &'u [W],
    /// Path and extra information in one.
    pub(super) target: &'u [W],
}

/// The port of a scheme, if the scheme is known.
pub(super) fn default_port<W: WideChar>(scheme: &[W]) -> Option<u16> {
    [("http", 80), ("https", 443), ("ftp", 21)]
        .into_iter()
        .find_map(|(name, port)| is_text(scheme, name).then_some(port))
}

/// Splits a URL.
///
/// The user name and the password end at the last `@` of the authority, as browsers have it: whoever writes a URL must not be
/// able to make two programs see two hosts.
pub(super) fn split<W: WideChar>(url: &[W]) -> Result<Parts<'_, W>, NoUrl> {
    let (scheme, rest) = cut(url, |byte| byte == b':').ok_or(NoUrl::Scheme)?;
    let number = if is_text(scheme, "http") {
        InternetScheme::Http
    } else if is_text(scheme, "https") {
        InternetScheme::Https
    } else {
        return Err(NoUrl::Scheme);
    };
    let [first, second, rest @ ..] = rest else { return Err(NoUrl::Authority) };
    if ascii(*first) != Some(b'/') || ascii(*second) != Some(b'/') {
        return Err(NoUrl::Authority);
    }
    let (authority, target) = split_before(rest, |byte| matches!(byte, b'/' | b'?' | b'#'));
    let (path, extra) = split_before(target, |byte| matches!(byte, b'?' | b'#'));
    let (credentials, server) = match authority.iter().rposition(|&unit| ascii(unit) == Some(b'@')) {
        Some(at) => (Some(&authority[..at]), &authority[at + 1..]),
        None => (None, authority),
    };
    let (user, password) = match credentials {
        None => (None, None),
        Some(user) => match cut(user, |byte| byte == b':') {
            Some((user, password)) => (Some(user), Some(password)),
            None => (Some(user), None),
        },
    };
    let (host, port) = split_server(server)?;
    let port = match port {
        [] => default_port(scheme).expect("http and https have a port"),
        digits => number_of(digits).ok_or(NoUrl::Authority)?,
    };
    Ok(Parts { scheme, number, user, password, host, port, path, extra, target })
}

/// Host and port; the port may be empty.
fn split_server<W: WideChar>(server: &[W]) -> Result<(&[W], &[W]), NoUrl> {
    let is = |unit: Option<&W>, byte: u8| unit.and_then(|&unit| ascii(unit)) == Some(byte);
    let (host, port) = if is(server.first(), b'[') {
        let end = server.iter().position(|&unit| ascii(unit) == Some(b']')).ok_or(NoUrl::Authority)?;
        server.split_at(end + 1)
    } else {
        split_before(server, |byte| byte == b':')
    };
    if host.is_empty() || !(port.is_empty() || is(port.first(), b':')) {
        return Err(NoUrl::Authority);
    }
    Ok((host, port.get(1..).unwrap_or_default()))
}

/// The number that all of the digits make.
fn number_of<W: WideChar>(digits: &[W]) -> Option<u16> {
    digits.iter().try_fold(0_u16, |number, &unit| {
        let digit = ascii(unit).filter(u8::is_ascii_digit)? - b'0';
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

/// What stands before the first of these characters, and from it on.
fn split_before<W: WideChar>(units: &[W], ends: impl Fn(u8) -> bool) -> (&[W], &[W]) {
    let at = units.iter().position(|&unit| ascii(unit).is_some_and(&ends));
    units.split_at(at.unwrap_or(units.len()))
}

/// What stands before and behind the first of these characters.
fn cut<W: WideChar>(units: &[W], ends: impl Fn(u8) -> bool) -> Option<(&[W], &[W])> {
    let (before, from) = split_before(units, ends);
    Some((before, from.split_first()?.1))
}

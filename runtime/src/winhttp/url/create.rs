//! WinHttpCreateUrl.

use winws_api::WideChar;
use winws_api::winhttp::sys::{ICU_ESCAPE, ICU_ESCAPE_AUTHORITY, ICU_INCLUDE_DEFAULT_PORT, ICU_REJECT_USERPWD};
use winws_api::winhttp::{CreateUrlError, InternetScheme, UrlComponents};

use super::super::codes::{BadArgument, HasCredentials, TooSmall};
use super::super::host::Host;
use super::parts::default_port;
use super::units::{Escaping, NotEscaped, Units, ascii, is_of_authority, is_of_path};
use crate::raw::global::OutOfMemory;
use crate::raw::lent::Vouched;
use crate::raw::texts::UrlTexts;

/// The parts are plain text, so a percent sign is escaped like any other character.
const OF_TARGET: Escaping = Escaping { keeps: is_of_path, keeps_sequences: false };
const OF_AUTHORITY: Escaping = Escaping { keeps: is_of_authority, keeps_sequences: false };

/// Puts the parts of a URL together.
///
/// A user name and a password that are empty are left out, as parts are that a crack of a URL without them gives. Between a host
/// and a path without a slash there comes one, so that the path does not become a part of the host.
///
/// # Errors
///
/// After `InsufficientBuffer`, `url_length` is how many units `url` needs. A password needs a user name, which may be empty.
pub(in crate::winhttp) fn create<W: WideChar>(
    vouched: Vouched,
    components: &UrlComponents<W>,
    flags: u32,
    url: &mut [W],
    url_length: &mut u32,
) -> Result<(), CreateUrlError> {
    if usize::try_from(components.struct_size) != Ok(size_of::<UrlComponents<W>>()) {
        return Err(BadArgument.into());
    }
    let texts = vouched.url_texts(components).map_err(BadArgument::from)?;
    if texts.password.is_some() && texts.user.is_none() {
        return Err(BadArgument.into());
    }
    let mut created = Units::new();
    add_scheme(&mut created, texts.scheme.as_deref(), components.scheme_number)?;
    let port_of_scheme = default_port(created.as_slice());
    created.add_ascii("://")?;
    add_credentials(&mut created, &texts, flags)?;
    let host = texts.host.as_deref().unwrap_or_default();
    if !host.is_empty() {
        add_host(&mut created, host, flags)?;
        if flags & ICU_INCLUDE_DEFAULT_PORT != 0 || port_of_scheme != Some(components.port) {
            created.add_ascii(&format!(":{}", components.port))?;
        }
    }
    add_target(&mut created, &texts, !host.is_empty(), flags)?;

    let created = created.as_slice();
    let length = u32::try_from(created.len()).map_err(|_| OutOfMemory)?;
    let Some((zero, text)) = url.get_mut(..=created.len()).and_then(<[W]>::split_last_mut) else {
        *url_length = length.checked_add(1).ok_or(OutOfMemory)?;
        return Err(TooSmall.into());
    };
    text.copy_from_slice(created);
    *zero = W::ZERO;
    *url_length = length;
    Ok(())
}

/// The text goes before the number. Windows takes 0 for http.
fn add_scheme<W: WideChar>(created: &mut Units<W>, scheme: Option<&[W]>, number: i32) -> Result<(), CreateUrlError> {
    if let Some(scheme) = scheme.filter(|scheme| !scheme.is_empty()) {
        return Ok(created.add(scheme)?);
    }
    let name = match InternetScheme::try_from(number) {
        Ok(InternetScheme::Http) => "http",
        Ok(InternetScheme::Https) => "https",
        Ok(InternetScheme::Ftp) => "ftp",
        Err(_) if number == 0 => "http",
        Ok(InternetScheme::Socks) | Err(_) => return Err(BadArgument.into()),
    };
    Ok(created.add_ascii(name)?)
}

fn add_credentials<W: WideChar>(
    created: &mut Units<W>,
    texts: &UrlTexts<'_, W>,
    flags: u32,
) -> Result<(), CreateUrlError> {
    let user = texts.user.as_deref().unwrap_or_default();
    let password = texts.password.as_deref().unwrap_or_default();
    if user.is_empty() && password.is_empty() {
        return Ok(());
    }
    if flags & ICU_REJECT_USERPWD != 0 {
        return Err(HasCredentials.into());
    }
    add_of_authority(created, user, flags)?;
    if !password.is_empty() {
        created.add_ascii(":")?;
        add_of_authority(created, password, flags)?;
    }
    Ok(created.add_ascii("@")?)
}

/// An IPv6 address gets the brackets that it needs in a URL, and its zone an escaped sign (RFC 6874).
fn add_host<W: WideChar>(created: &mut Units<W>, host: &[W], flags: u32) -> Result<(), CreateUrlError> {
    if ascii(host[0]) == Some(b'[') {
        return Ok(created.add(host)?);
    }
    let text: Option<String> = W::chars(host).collect();
    let Some(Host::V6 { address, zone }) = text.and_then(|text| Host::parse(&text).ok()) else {
        return Ok(add_of_authority(created, host, flags)?);
    };
    created.add_ascii(&format!("[{address}"))?;
    if let Some(zone) = zone {
        created.add_ascii("%25")?;
        let units: Vec<W> = zone.chars().map(|char| W::encode(char, &mut [W::ZERO; 2])[0]).collect();
        created.add_escaped(&units, Escaping { keeps: is_of_zone, keeps_sequences: false })?;
    }
    Ok(created.add_ascii("]")?)
}

fn is_of_zone(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn add_of_authority<W: WideChar>(created: &mut Units<W>, text: &[W], flags: u32) -> Result<(), NotEscaped> {
    match flags & ICU_ESCAPE_AUTHORITY {
        0 => Ok(created.add(text)?),
        _ => created.add_escaped(text, OF_AUTHORITY),
    }
}

fn add_target<W: WideChar>(
    created: &mut Units<W>,
    texts: &UrlTexts<'_, W>,
    has_host: bool,
    flags: u32,
) -> Result<(), CreateUrlError> {
    let path = texts.path.as_deref().unwrap_or_default();
    let extra = texts.extra.as_deref().unwrap_or_default();
    let first = path.first().or(extra.first()).map(|&unit| ascii(unit));
    let begins_a_target = match first {
        Some(Some(b'/')) | None => true,
        Some(Some(b'?' | b'#')) => path.is_empty(),
        Some(_) => false,
    };
    if has_host && !begins_a_target {
        created.add_ascii("/")?;
    }
    if flags & ICU_ESCAPE == 0 {
        created.add(path)?;
        return Ok(created.add(extra)?);
    }
    created.add_escaped(path, OF_TARGET)?;
    Ok(created.add_escaped_extra(extra, OF_TARGET)?)
}

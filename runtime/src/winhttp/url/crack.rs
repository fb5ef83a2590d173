//! WinHttpCrackUrl.

use std::borrow::Cow;

use winws_api::WideChar;
use winws_api::winhttp::sys::{ICU_DECODE, ICU_ESCAPE, ICU_REJECT_USERPWD};
use winws_api::winhttp::{CrackUrlError, UrlComponents};

use super::super::codes::{BadArgument, HasCredentials, TooSmall};
use super::parts::{Parts, split};
use super::units::{Escaping, Units, is_of_path};
use crate::raw::global::OutOfMemory;
use crate::raw::lent::Vouched;

/// What stays an escape sequence: those of the URL itself are what a request needs.
const ESCAPING: Escaping = Escaping { keeps: is_of_path, keeps_sequences: true };

/// A part of the URL.
#[derive(Debug)]
struct Part<'u, W: WideChar> {
    in_url: &'u [W],
    /// Where to point for a part that is empty or absent.
    if_empty: *mut W,
    /// What a buffer of the caller receives.
    copy: Cow<'u, [W]>,
}

/// What the structure says of a part, and receives.
#[derive(Debug)]
struct Asked<'c, W> {
    text: &'c mut *mut W,
    length: &'c mut u32,
}

/// Splits a URL into the parts that the structure asks for.
///
/// A zero in `url` ends it. Asked for a pointer, a user name or a password that the URL does not have is null with the length 0.
/// Every other part that is empty points to the end of the URL: where its zero is, a WinHttpCreateUrl reads an empty text.
///
/// # Errors
///
/// After `InsufficientBuffer` the lengths of the parts that are copied have been written: of those that did not fit with room
/// for the zero. Nothing else is written unless the call succeeds.
pub(in crate::winhttp) fn crack<W: WideChar>(
    vouched: Vouched,
    url: &[W],
    flags: u32,
    components: &mut UrlComponents<W>,
) -> Result<(), CrackUrlError> {
    let mut cracked = *components;
    if usize::try_from(cracked.struct_size) != Ok(size_of::<UrlComponents<W>>()) {
        return Err(BadArgument.into());
    }
    let url = url.split(|&unit| unit == W::ZERO).next().unwrap_or_default();
    let wants_extra = !cracked.extra_info.is_null() || cracked.extra_info_length > 0;
    let asked = asked(&mut cracked);
    // Windows has this code for a buffer without any room.
    if asked.iter().any(|asked| !asked.text.is_null() && *asked.length == 0) {
        return Err(BadArgument.into());
    }
    let split = split(url)?;
    if flags & ICU_REJECT_USERPWD != 0 && split.user.is_some() {
        return Err(HasCredentials.into());
    }
    let parts = parts(url, &split, flags, wants_extra)?;
    let changes = flags & (ICU_DECODE | ICU_ESCAPE) != 0;
    let pairs = || asked.iter().zip(&parts);
    if changes && pairs().any(|(asked, part)| asked.text.is_null() && *asked.length > 0 && !part.in_url.is_empty()) {
        return Err(BadArgument.into());
    }
    let mut fits = true;
    let mut found = Vec::with_capacity(parts.len());
    for (asked, part) in pairs() {
        let copy = u32::try_from(part.copy.len()).map_err(|_| OutOfMemory)?;
        found.push(match (asked.text.is_null(), *asked.length) {
            (true, 0) => (*asked.text, 0),
            (true, _) if part.in_url.is_empty() => (part.if_empty, 0),
            (true, _) => (part.in_url.as_ptr().cast_mut(), u32::try_from(part.in_url.len()).map_err(|_| OutOfMemory)?),
            (false, room) if vouched.write_text(*asked.text, room, &part.copy) => (*asked.text, copy),
            (false, _) => {
                fits = false;
                (*asked.text, copy.checked_add(1).ok_or(OutOfMemory)?)
            }
        });
    }
    // A pointer into the URL would be a buffer for the caller's next try.
    for (asked, (text, length)) in asked.into_iter().zip(found).filter(|(asked, _)| fits || !asked.text.is_null()) {
        (*asked.text, *asked.length) = (text, length);
    }
    if fits {
        cracked.scheme_number = split.number as i32;
        cracked.port = split.port;
    }
    *components = cracked;
    if fits { Ok(()) } else { Err(TooSmall.into()) }
}

/// The parts of the structure, in the order of [`parts`].
fn asked<W: WideChar>(components: &mut UrlComponents<W>) -> [Asked<'_, W>; 6] {
    [
        Asked { text: &mut components.scheme, length: &mut components.scheme_length },
        Asked { text: &mut components.user_name, length: &mut components.user_name_length },
        Asked { text: &mut components.password, length: &mut components.password_length },
        Asked { text: &mut components.host_name, length: &mut components.host_name_length },
        Asked { text: &mut components.url_path, length: &mut components.url_path_length },
        Asked { text: &mut components.extra_info, length: &mut components.extra_info_length },
    ]
}

fn parts<'u, W: WideChar>(
    url: &'u [W],
    split: &Parts<'u, W>,
    flags: u32,
    wants_extra: bool,
) -> Result<[Part<'u, W>; 6], CrackUrlError> {
    let end = url[url.len()..].as_ptr().cast_mut();
    let null = std::ptr::null_mut();
    let plain = |in_url, if_empty| Part { in_url, if_empty, copy: Cow::Borrowed(in_url) };
    let decoded = |in_url: &'u [W], if_empty| {
        let mut part = plain(in_url, if_empty);
        if flags & ICU_DECODE != 0 {
            let mut units = Units::new();
            units.add_unescaped(in_url)?;
            part.copy = Cow::Owned(units.into_vec());
        }
        Ok::<_, CrackUrlError>(part)
    };
    // Escaping goes before decoding: what was decoded could not be told from what the URL has.
    let of_target = |path: &'u [W], extra: &'u [W], in_url: &'u [W]| {
        if flags & ICU_ESCAPE == 0 {
            return decoded(in_url, end);
        }
        let mut units = Units::new();
        units.add_escaped(path, ESCAPING)?;
        units.add_escaped_extra(extra, ESCAPING)?;
        Ok(Part { in_url, if_empty: end, copy: Cow::Owned(units.into_vec()) })
    };
    Ok([
        plain(split.scheme, end),
        decoded(split.user.unwrap_or_default(), split.user.map_or(null, |_| end))?,
        decoded(split.password.unwrap_or_default(), split.password.map_or(null, |_| end))?,
        decoded(split.host, end)?,
        match wants_extra {
            true => of_target(split.path, &[], split.path)?,
            false => of_target(split.path, split.extra, split.target)?,
        },
        of_target(&[], split.extra, split.extra)?,
    ])
}

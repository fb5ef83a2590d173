//! Units of wide strings as characters, and escape sequences among them.

use winws_api::WideChar;

use crate::raw::global::OutOfMemory;

/// The character of ASCII that a unit is.
pub(super) fn ascii<W: WideChar>(unit: W) -> Option<u8> {
    W::chars(&[unit]).next()??.try_into().ok().filter(u8::is_ascii)
}

/// Whether these units are this text of ASCII, in whichever case.
pub(super) fn is_text<W: WideChar>(units: &[W], text: &str) -> bool {
    let lower = |&unit: &W| ascii(unit).map(|byte| byte.to_ascii_lowercase());
    units.len() == text.len() && units.iter().map(lower).eq(text.bytes().map(Some))
}

/// A unit that is one character below 256.
fn unit<W: WideChar>(byte: u8) -> W {
    W::encode(byte.into(), &mut [W::ZERO; 2])[0]
}

/// Why a text cannot be escaped.
#[derive(Debug)]
pub(in crate::winhttp) enum NotEscaped {
    /// Half a pair of surrogates, which has no bytes.
    NoText,
    Memory(OutOfMemory),
}

impl From<OutOfMemory> for NotEscaped {
    fn from(cause: OutOfMemory) -> Self {
        Self::Memory(cause)
    }
}

/// Which characters of ASCII stay as they are, and whether what is an escape sequence already stays one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escaping {
    pub(super) keeps: fn(u8) -> bool,
    pub(super) keeps_sequences: bool,
}

/// What ICU_ESCAPE keeps in a path. RFC 3986 would keep `~` as well, but Windows does not.
pub(super) fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"#%<>[\\]^`{|}~".contains(&byte)
}

/// What a user name, a password and a name of a host may have without escape sequences (RFC 3986 sections 3.2.1 and 3.2.2).
pub(super) fn is_of_authority(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

/// A wide string in the making. Its memory depends on what a program passes, so it asks whether there is any.
#[derive(Debug)]
pub(super) struct Units<W>(Vec<W>);

impl<W: WideChar> Units<W> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn as_slice(&self) -> &[W] {
        &self.0
    }

    pub(super) fn into_vec(self) -> Vec<W> {
        self.0
    }

    pub(super) fn add(&mut self, units: &[W]) -> Result<(), OutOfMemory> {
        self.0.try_reserve(units.len()).map_err(|_| OutOfMemory)?;
        self.0.extend_from_slice(units);
        Ok(())
    }

    pub(super) fn add_ascii(&mut self, text: &str) -> Result<(), OutOfMemory> {
        self.0.try_reserve(text.len()).map_err(|_| OutOfMemory)?;
        self.0.extend(text.bytes().map(unit::<W>));
        Ok(())
    }

    /// Adds a text whose other characters become escape sequences, of their bytes in UTF-8.
    pub(super) fn add_escaped(&mut self, units: &[W], escaping: Escaping) -> Result<(), NotEscaped> {
        let mut rest = units;
        while let Some((&first, behind)) = rest.split_first() {
            match ascii(first) {
                Some(b'%') if escaping.keeps_sequences && sequence(rest).is_some() => self.add(&[first])?,
                Some(byte) if (escaping.keeps)(byte) => self.add(&[first])?,
                _ => {
                    let char = W::chars(rest).next().flatten().ok_or(NotEscaped::NoText)?;
                    for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                        self.add_ascii(&format!("%{byte:02X}"))?;
                    }
                    rest = &rest[W::encode(char, &mut [W::ZERO; 2]).len()..];
                    continue;
                }
            }
            rest = behind;
        }
        Ok(())
    }

    /// Adds the extra information of a URL, in which one number sign begins the fragment.
    pub(super) fn add_escaped_extra(&mut self, units: &[W], escaping: Escaping) -> Result<(), NotEscaped> {
        let is_extra = units.first().and_then(|&unit| ascii(unit)).is_some_and(|byte| matches!(byte, b'?' | b'#'));
        let fragment = units.iter().position(|&unit| is_extra && ascii(unit) == Some(b'#'));
        let (query, fragment) = units.split_at(fragment.unwrap_or(units.len()));
        self.add_escaped(query, escaping)?;
        match fragment {
            [] => Ok(()),
            [sign, rest @ ..] => {
                self.add(&[*sign])?;
                self.add_escaped(rest, escaping)
            }
        }
    }

    /// Adds a text whose escape sequences become characters below 256, one for each byte. `%00` stays: for C the text would end
    /// there.
    pub(super) fn add_unescaped(&mut self, units: &[W]) -> Result<(), OutOfMemory> {
        self.0.try_reserve(units.len()).map_err(|_| OutOfMemory)?;
        let mut rest = units;
        while let Some((&first, behind)) = rest.split_first() {
            match sequence(rest) {
                Some(byte) if byte != 0 => {
                    self.0.push(unit(byte));
                    rest = &rest[3..];
                }
                _ => {
                    self.0.push(first);
                    rest = behind;
                }
            }
        }
        Ok(())
    }
}

/// The byte of an escape sequence that begins here.
fn sequence<W: WideChar>(units: &[W]) -> Option<u8> {
    let &[percent, high, low, ..] = units else { return None };
    let digit = |unit: W| char::from(ascii(unit)?).to_digit(16);
    (ascii(percent)? == b'%').then_some(())?;
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

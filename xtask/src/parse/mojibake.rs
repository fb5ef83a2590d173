//! Characters that were written as UTF-8, read as Windows-1252 and written again: `â€”` for a dash, `Ã—` for a cross.

use std::ops::Range;

/// The characters that Windows-1252 has at 0x80 to 0x9F; the five holes stand for themselves.
const UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Where such characters stand, and what each was meant to be.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, char)> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut from = 0;
    // The first bytes of UTF-8 beyond ASCII are the letters from `Â` to `ô`.
    while let Some(at) = text[from..].find(|c| ('\u{c2}'..='\u{f4}').contains(&c)) {
        let start = from + at;
        let decoded = decode(&text[start..]);
        let len = decoded.map_or_else(|| text[start..].chars().next().map_or(1, char::len_utf8), |(len, _)| len);
        found.extend(decoded.map(|(len, meant)| (start..start + len, meant)));
        from = start + len;
    }
    found
}

/// The character that the first ones of a text are the bytes of, and how long those are.
fn decode(text: &str) -> Option<(usize, char)> {
    let mut bytes = Vec::with_capacity(4);
    let mut len = 0;
    for c in text.chars().take(4) {
        bytes.push(byte(c)?);
        len += c.len_utf8();
        if let Some(meant) = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()) {
            // A control character of ISO 8859-1 was a character of Windows-1252 before its first encoding.
            let upper = u32::from(meant).checked_sub(0x80).and_then(|at| UPPER.get(at as usize));
            return Some((len, upper.copied().unwrap_or(meant)));
        }
    }
    None
}

/// The byte of a character in Windows-1252.
fn byte(c: char) -> Option<u8> {
    let upper = || UPPER.iter().position(|&known| known == c).and_then(|at| u8::try_from(0x80 + at).ok());
    u8::try_from(u32::from(c)).ok().filter(|&byte| byte >= 0xA0).or_else(upper)
}

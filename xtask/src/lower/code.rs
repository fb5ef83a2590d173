//! What reads as a code, and what reads as its number, wherever they stand.

use crate::c::names::is_identifier;
use crate::c::values;

/// A C identifier that is no lone English word, none of the values that are no codes, and no family of codes.
pub(super) fn is_code(name: &str) -> bool {
    let of_family = || name.as_bytes().last_chunk::<3>().is_some_and(|end| end.eq_ignore_ascii_case(b"xxx"));
    if !is_identifier(name) || name.len() <= 2 || matches!(name, "TRUE" | "FALSE" | "NULL") || of_family() {
        return false;
    }
    let capitals = name.bytes().filter(u8::is_ascii_uppercase).count();
    (name.contains('_') || capitals == name.len()) && capitals > 0
}

/// One name in capitals with an underscore within it, which is a code even among cells that are none.
pub(super) fn is_plain_code(name: &str) -> bool {
    is_code(name)
        && !name.ends_with('_')
        && name.trim_matches('_').contains('_')
        && !name.contains(|c: char| c.is_ascii_lowercase())
}

/// `12002`, `0x803D0000` or `87 (0x57)`. Of two numbers that differ neither counts.
pub(super) fn number(text: &str) -> Option<u32> {
    let first = text.split([' ', '(']).next()?;
    let rest = text[first.len()..].trim();
    let value = literal(first)?;
    if rest.is_empty() {
        return Some(value);
    }
    let again = rest.strip_prefix('(')?.strip_suffix(')')?.trim();
    literal(again).filter(|&again| again == value && rest.starts_with("(0x"))
}

fn literal(text: &str) -> Option<u32> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match values::evaluate(text, |_| None) {
        values::Outcome::Value(value) => u32::try_from(value).ok(),
        _ => None,
    }
}

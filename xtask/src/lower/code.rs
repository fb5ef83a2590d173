//! What reads as a code, and what reads as its number, wherever they stand.

use crate::c::names::is_identifier;
use crate::c::values;

/// A C identifier that is no lone English word, none of the values that are no codes, and no family of codes.
pub(super) fn is_code(name: &str) -> bool {
    if matches!(name, "TRUE" | "FALSE" | "NULL") || name.to_ascii_lowercase().ends_with("xxx") {
        return false;
    }
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    is_identifier(name) && name.len() > 2 && (name.contains('_') || capitals == name.len()) && capitals > 0
}

/// `12002`, `0x803D0000` or `87 (0x57)`.
pub(super) fn number(text: &str) -> Option<u32> {
    let first = text.split([' ', '(']).next()?;
    let rest = text[first.len()..].trim();
    let alone = rest.is_empty() || rest.starts_with("(0x") && rest.ends_with(')');
    if !alone || !first.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match values::evaluate(first, |_| None) {
        values::Outcome::Value(value) => u32::try_from(value).ok(),
        _ => None,
    }
}

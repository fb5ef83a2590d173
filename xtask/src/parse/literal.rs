//! Text that CommonMark would take for a block of another kind and so drop: it is escaped before Markdown sees it.

use std::borrow::Cow;

/// The text of a heading, which is running text whatever it starts with: `1. First step` is no list here.
pub(super) fn running(text: &str) -> Cow<'_, str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text.as_bytes().get(digits);
    let starts_block = match (digits, mark) {
        (0, Some(b'-' | b'*' | b'+' | b'>' | b'#' | b'`' | b'~' | b'_' | b'=')) => !is_inline(text),
        (1..=9, Some(b'.' | b')')) => true,
        _ => is_false_definition(text),
    };
    if !starts_block {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}\\{}", &text[..digits], &text[digits..]))
}

/// Whether marks at the start of a text belong to a word: `*name*`, `__init__`, `` `code` ``.
fn is_inline(text: &str) -> bool {
    let rest = text.trim_start_matches(['*', '_', '`']);
    rest.len() < text.len() && rest.starts_with(|c: char| !c.is_whitespace()) && !text.starts_with("```")
}

/// A text without link definitions that define nothing: `[in]: The handle` would vanish with all that it says.
pub(super) fn without_false_definitions(text: &str) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"]:").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    for line in text.split_inclusive('\n') {
        let body = line.trim_start_matches(|c: char| c.is_ascii_digit() || " \t-*+.)>".contains(c));
        if is_false_definition(body) {
            out.push_str(&line[..line.len() - body.len()]);
            out.push('\\');
            out.push_str(body);
        } else {
            out.push_str(line);
        }
    }
    Cow::Owned(out)
}

/// `[label]:` without a target behind it.
fn is_false_definition(line: &str) -> bool {
    let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]:")) else { return false };
    let word = target.split_whitespace().next().unwrap_or_default();
    !word.trim_end_matches(['.', ':', ',']).contains(['/', '.', '#', ':'])
}

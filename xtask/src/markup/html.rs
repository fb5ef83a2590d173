//! HTML tags as the pages use them: found in text, never trusted. Unknown `<words>` are text.

use std::borrow::Cow;

/// A tag found in text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Its name in lower case.
    pub name: Cow<'a, str>,
    /// `</name>`
    pub closing: bool,
    /// Everything between name and `>`.
    pub attributes: &'a str,
    /// Its length in bytes, brackets included.
    pub len: usize,
}

/// The longest tag that is looked for; a link with its target fits many times.
const MAX_TAG: usize = 4096;

/// Reads a tag or comment that starts at the beginning of `text`.
pub fn tag(text: &str) -> Option<Tag<'_>> {
    let rest = text.strip_prefix('<')?;
    let (closing, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
    let name_len = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if name_len == 0 || name_len > 16 || !rest.as_bytes()[0].is_ascii_alphabetic() {
        return None;
    }
    let after = &rest[name_len..];
    if !after.starts_with(['>', '/', ' ', '\t', '\n']) {
        return None;
    }
    let mut quote = None;
    for (at, b) in after.bytes().enumerate().take(MAX_TAG) {
        match (quote, b) {
            (None, b'>') => {
                let name = lower(&rest[..name_len]);
                let len = text.len() - after.len() + at + 1;
                return Some(Tag { name, closing, attributes: &after[..at], len });
            }
            (None, b'"' | b'\'') => quote = Some(b),
            (None, b'<') => return None,
            (Some(open), _) if open == b => quote = None,
            _ => {}
        }
    }
    None
}

/// A name in lower case, as nearly all of them are written.
fn lower(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

/// The tags that make a block, the most frequent ones first.
const BLOCKS: &[&str] = &[
    "td",
    "tr",
    "dt",
    "dl",
    "dd",
    "p",
    "th",
    "li",
    "ul",
    "table",
    "div",
    "ol",
    "pre",
    "thead",
    "tbody",
    "tfoot",
    "caption",
    "colgroup",
    "col",
    "blockquote",
    "center",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];

impl Tag<'_> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let Some(equals) = rest.find('=') {
            let key = rest[..equals].trim().rsplit(char::is_whitespace).next().unwrap_or_default();
            let tail = rest[equals + 1..].trim_start();
            let (value, after) = match tail.bytes().next() {
                Some(mark @ (b'"' | b'\'')) => {
                    let inner = &tail[1..];
                    let end = inner.find(mark as char).unwrap_or(inner.len());
                    (&inner[..end], inner.get(end + 1..).unwrap_or_default())
                }
                _ => tail.split_at(tail.find([' ', '\t', '\n']).unwrap_or(tail.len())),
            };
            if key.eq_ignore_ascii_case(name) {
                return Some(decode_entities(value));
            }
            rest = after;
        }
        None
    }

    /// Its name, if the tag makes a block: its content is not running text of the paragraph around it.
    pub fn block(&self) -> Option<&'static str> {
        BLOCKS.iter().find(|name| **name == self.name).copied()
    }

    /// Whether the tag makes a block.
    pub fn is_block(&self) -> bool {
        self.block().is_some()
    }
}

/// The length of a comment that starts at the beginning of `text`.
pub fn comment(text: &str) -> Option<usize> {
    text.starts_with("<!--").then(|| text.find("-->").map(|end| end + 3)).flatten()
}

/// Replaces entities that end in a semicolon. `&Name` in code is no entity.
pub fn decode_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let decoded = rest[1..].bytes().take(12).position(|b| b == b';').and_then(|end| {
            let name = &rest[1..=end];
            entity(name).map(|c| (c, end + 2))
        });
        let (c, len) = decoded.unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[len..];
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "times" => '×',
        "plusmn" => '±',
        "le" => '≤',
        "ge" => '≥',
        "micro" => 'µ',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => return None,
    })
}

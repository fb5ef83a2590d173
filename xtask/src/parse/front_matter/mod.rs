//! Front matter: YAML between two `---` lines, every scalar as a string.
//!
//! A line scan finds the keys, their places and which of them are lists. Most values are plain or simply quoted text on
//! one line, which YAML and the scan read alike; for these the YAML crate would take more time than the rest of the page
//! takes. It reads all others. What it rejects, as 30 % of the pages of 2018, is read by the line scan alone.

mod yaml;

use std::borrow::Cow;
use std::ops::Range;
use std::vec;

use crate::diag::{Diagnostics, Rule};
use crate::page::FrontMatter;
use crate::source::{SourceFile, Span};

/// Values of the template that nobody filled in: they say nothing about the page.
const TEMPLATE: &[&str] = &[
    "The unique id of the API.",
    "The title of the API.",
    "Authoring type of the API(ie windows-driver-content)",
    "Description of API",
    "The MSDN ID of the API",
    "The Author of the API",
    "The date of API publishing",
    "The topic type of the API (ie enum)",
    "The main header of the API",
    "The included headers of the API",
];

/// Reads the front matter. Returns it and the number of lines it takes, with its fences.
pub(super) fn parse(file: &SourceFile, diags: &mut Diagnostics) -> (FrontMatter, usize) {
    // One page of the driver kit starts with `9---`.
    let opening = file.line(0).trim_end();
    if opening.trim_start_matches(|c: char| c.is_ascii_digit()) != "---" {
        return (FrontMatter::default(), 0);
    }
    let closes = |line: &str| line.starts_with(['-', '.']) && matches!(line.trim_end(), "---" | "...");
    let Some(end) = (1..file.line_count()).find(|&at| closes(file.line(at))) else {
        diags.report(Rule::FrontMatterYaml, file.at(Span::line(1)), "the front matter is never closed by `---`");
        return (FrontMatter::default(), 0);
    };
    let scan = scan(file, end, diags);
    let mut read = read(file, &scan, end).unwrap_or_else(|failure| {
        let (span, message) = match failure {
            Failure::Nested => (Span::line(2), "brackets are nested deeper than any page needs".to_owned()),
            Failure::Refused(span, why) => (span, format!("this is not valid YAML: {why}")),
        };
        diags.report(Rule::FrontMatterYaml, file.at(span), message);
        Read::Nothing
    });
    let mut front_matter = FrontMatter::with_capacity(scan.keys.len(), file.line_start(end));
    let mut unfilled: Vec<Span> = Vec::new();
    let mut values: Vec<Cow<'_, str>> = Vec::new();
    for key in &scan.keys {
        let pieces = scan.pieces_of(key);
        values.clear();
        match &mut read {
            Read::Nothing => values.extend(pieces.iter().map(|piece| Cow::Borrowed(unquote(piece.text)))),
            Read::Odd(_) if key.simple => values.extend(written(pieces).map(Cow::Borrowed)),
            Read::Odd(read) | Read::All(read) => {
                let Some(read) = read.next() else { break };
                values.extend(read.into_iter().map(Cow::Owned));
            }
        }
        let is_first = !front_matter.has(key.name.text);
        if is_first {
            front_matter.add_key(key.name.text);
        }
        let mut is_filled = true;
        for (index, value) in values.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            if TEMPLATE.contains(&&**value) {
                is_filled = false;
            } else if is_first {
                let piece = pieces.get(index).or(pieces.last()).unwrap_or(&key.name);
                front_matter.add_value(value, piece.span(file));
            }
        }
        if !is_filled {
            unfilled.push(pieces.first().unwrap_or(&key.name).span(file));
        }
    }
    if let Some(&first) = unfilled.first() {
        let message = format!("values come from the unfilled template, {} in all; this is the first", unfilled.len());
        diags.report(Rule::TemplateText, file.at(first), message);
    }
    (front_matter, end + 1)
}

/// What the line scan sees.
struct Scan<'a> {
    keys: Vec<Key<'a>>,
    /// The values of all keys: those beside them, and the items below.
    pieces: Vec<Piece<'a>>,
    /// There are lines before the first key.
    loose: bool,
}

impl<'a> Scan<'a> {
    fn pieces_of(&self, key: &Key<'_>) -> &[Piece<'a>] {
        &self.pieces[key.values.clone()]
    }
}

/// A key as the line scan sees it.
struct Key<'a> {
    name: Piece<'a>,
    list: bool,
    /// The value beside the key, or the items below it, among all pieces.
    values: Range<usize>,
    /// Whether the values are plain or simply quoted: YAML reads them as `written` does.
    simple: bool,
}

/// The values of a simple key.
fn written<'a>(pieces: &[Piece<'a>]) -> impl Iterator<Item = &'a str> {
    let flow = pieces.first().and_then(|value| flow(value.text));
    let each = if flow.is_some() { &[] } else { pieces };
    let values = flow.into_iter().flatten().chain(each.iter().map(|value| value.text));
    values.map(|value| quoted(value).unwrap_or(value).trim())
}

/// A piece of a line. Most are looked at without anybody asking where they stand.
struct Piece<'a> {
    text: &'a str,
    /// The line, from 0.
    line: usize,
    /// Where in the line it starts, in bytes.
    from: usize,
}

impl Piece<'_> {
    fn span(&self, file: &SourceFile) -> Span {
        file.span_in_line(self.line, self.from, self.from + self.text.len())
    }
}

fn scan<'a>(file: &'a SourceFile, end: usize, diags: &mut Diagnostics) -> Scan<'a> {
    let mut keys: Vec<Key<'_>> = Vec::with_capacity(end);
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(end);
    let mut loose = false;
    // How far the items of the last key's list are indented.
    let mut indent = None;
    for index in 1..end {
        let line = file.line(index);
        let trimmed = line.trim_start();
        let piece = |text: &'a str, from: usize| Piece { text, line: index, from };
        if let Some(item) = trimmed.strip_prefix('-') {
            let Some(key) = keys.last_mut() else {
                loose = true;
                continue;
            };
            let value = item.trim();
            let depth = line.len() - trimmed.len();
            let is_flow =
                key.list && pieces[key.values.clone()].first().is_some_and(|value| value.text.starts_with('['));
            let alike = *indent.get_or_insert(depth) == depth && (key.list || key.values.is_empty()) && !is_flow;
            // A tab may stand between the mark and the item, as in many pages of 2018.
            let rest = item.trim_start_matches([' ', '\t']);
            key.simple &= alike && rest.len() < item.len() && is_printable(rest) && is_simple(value);
            key.list = true;
            pieces.push(piece(value, line.len() - item.trim_start().len()));
            key.values.end = pieces.len();
            continue;
        }
        let at_start = trimmed.len() == line.len();
        let Some((name, value)) = key_and_value(line).filter(|(name, _)| at_start && is_key(name)) else {
            // A continuation of the value above.
            let nothing = trimmed.is_empty() && is_printable(line);
            match keys.last_mut() {
                Some(key) => key.simple &= nothing,
                None => loose |= !nothing,
            }
            continue;
        };
        let bare = unquote(name);
        let key = piece(bare, usize::from(bare.len() < name.len()));
        if keys.iter().any(|known| known.name.text == name) {
            diags.report(Rule::DuplicateKey, file.at(key.span(file)), format!("`{name}` stands here again"));
        }
        let from = line.len() - value.trim_start().len();
        let separate = value.is_empty() || value.starts_with(' ');
        let value = value.trim();
        let first = pieces.len();
        pieces.extend((!value.is_empty()).then(|| piece(value, from)));
        let is_read = |value: &str| value.is_empty() || is_simple(value) || flow(value).is_some();
        let simple = separate && is_printable(line) && is_plain_key(name) && is_read(value);
        keys.push(Key { name: key, list: value.starts_with('['), values: first..pieces.len(), simple });
        indent = None;
    }
    Scan { keys, pieces, loose }
}

/// A key ends at the first colon with a blank or nothing behind it; `ms:assetid` is one. Without any it ends at the
/// first colon, for the line scan alone.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    let ends = |&at: &usize| bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t'));
    let at = memchr::memchr_iter(b':', bytes).find(ends).or_else(|| memchr::memchr(b':', bytes))?;
    Some((&line[..at], &line[at + 1..]))
}

/// The text with a blank for each tab where YAML takes both and the crate does not: after the mark of an item, and on
/// lines with nothing else.
fn without_tabs(text: &str) -> Cow<'_, str> {
    if !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let marks = line.len() - line.trim_start_matches([' ', '-', '\t']).len();
        let lead = &line[..marks];
        let is_item = lead.trim_start_matches(' ').starts_with('-');
        let blank = if is_item || line.trim().is_empty() { marks } else { 0 };
        out.extend(line[..blank].chars().map(|c| if c == '\t' { ' ' } else { c }));
        out.push_str(&line[blank..]);
    }
    Cow::Owned(out)
}

/// Why the YAML crate did not read it.
enum Failure {
    Nested,
    Refused(Span, String),
}

/// What the YAML crate has read.
enum Read {
    /// Nothing: the line scan alone counts.
    Nothing,
    /// The values of each key that is not simple.
    Odd(vec::IntoIter<Vec<String>>),
    /// Those of every key.
    All(vec::IntoIter<Vec<String>>),
}

/// Reads what the line scan cannot read.
fn read(file: &SourceFile, scan: &Scan<'_>, end: usize) -> Result<Read, Failure> {
    let keys = &scan.keys;
    let lines = |from: usize, to: usize| without_tabs(&file.text()[file.line_start(from)..file.line_start(to)]);
    if !scan.loose {
        let mut rest = String::new();
        for (at, key) in keys.iter().enumerate().filter(|(_, key)| !key.simple) {
            rest += &lines(key.name.line, keys.get(at + 1).map_or(end, |next| next.name.line));
        }
        let odd: Vec<&Key<'_>> = keys.iter().filter(|key| !key.simple).collect();
        let read = if odd.is_empty() { Some(Vec::new()) } else { yaml::read(&rest, &odd).ok() };
        if let Some(read) = read {
            return Ok(Read::Odd(read.into_iter()));
        }
    }
    // A quotation or bracket may reach over what looks like the next key.
    let read = yaml::read(&lines(1, end), &keys.iter().collect::<Vec<_>>());
    read.map(|read| Read::All(read.into_iter())).map_err(|failure| match failure {
        yaml::Failure::Nested => Failure::Nested,
        yaml::Failure::Refused(line, column, why) => {
            // The text that the crate read starts on line 2 of the page.
            let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            Failure::Refused(Span { line: number(line + 1), column: number(column), width: 0 }, why)
        }
    })
}

fn is_key(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('#') && !name.contains(|c: char| c.is_whitespace())
}

fn unquote(value: &str) -> &str {
    let quoted = |mark| value.strip_prefix(mark).and_then(|rest: &str| rest.strip_suffix(mark));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

/// A key that needs no quotes in YAML.
fn is_plain_key(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// A value that is plain, or stands in quotes with nothing in them that YAML would read as something else.
fn is_simple(value: &str) -> bool {
    is_plain(value) || quoted(value).is_some()
}

/// What stands in the quotes of a value in which nothing is escaped.
fn quoted(value: &str) -> Option<&str> {
    let inside = |mark| value.strip_prefix(mark).and_then(|rest: &str| rest.strip_suffix(mark));
    let inner = inside('"').or_else(|| inside('\''))?;
    (!inner.bytes().any(|b| matches!(b, b'"' | b'\'' | b'\\'))).then_some(inner)
}

/// The values of a list in brackets, each in quotes: `["one", "two"]`.
fn flow(value: &str) -> Option<impl Iterator<Item = &str>> {
    let inner = value.strip_prefix('[')?.strip_suffix(']')?;
    let values = || inner.split(',').map(str::trim);
    values().all(|value| quoted(value).is_some()).then(values)
}

/// A value that is itself in YAML: it starts with nothing that could mean something else, and nothing in it ends it.
fn is_plain(value: &str) -> bool {
    let bytes = value.as_bytes();
    let marks = |at: usize| match bytes[at] {
        b':' => bytes.get(at + 1) == Some(&b' '),
        _ => bytes[..at].last() == Some(&b' '),
    };
    bytes.first().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'(' | b'<' | b'_' | b'\\'))
        && bytes.last() != Some(&b':')
        && !memchr::memchr2_iter(b':', b'#', bytes).any(marks)
}

fn is_printable(line: &str) -> bool {
    // To look at all bytes at once takes less time than to stop at the first.
    line.bytes().fold(true, |all, b| all & (0x20..0x7f).contains(&b))
}

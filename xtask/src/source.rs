//! Load: a folder of pages becomes `SourceFile`s. Knows disks, encodings and line ends; knows nothing of Markdown.
//!
//! Text is normalised so that one character of the file stays one character of the text: a span's line and column
//! are right for the file as it lies on disk.

mod tree;

use std::fmt;
use std::sync::Arc;

pub use tree::{Licence, Tree, Unreadable, load, load_config};

/// A place within one line of a file. Lines and columns count from 1, columns and widths in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The line.
    pub line: u32,
    /// The first character.
    pub column: u32,
    /// How many characters; 0 means up to the end of the line.
    pub width: u32,
}

impl Span {
    /// The whole of a line.
    pub const fn line(line: u32) -> Self {
        Self { line, column: 1, width: 0 }
    }
}

/// A span and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file, as diagnostics show it.
    pub path: Arc<str>,
    /// Where in it.
    pub span: Span,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.span.line)
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its page.
    pub span: Span,
}

/// What is wrong with the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A NUL byte: this is no text.
    Binary,
    /// The first bytes that are no UTF-8; they were replaced by U+FFFD.
    NotUtf8(Span),
}

/// One file, decoded and normalised.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as diagnostics show it: the root as it was given, then the path below it.
    pub path: Arc<str>,
    /// The path below the root, with `/`.
    pub name: Arc<str>,
    /// What is wrong with its bytes, if anything.
    pub damage: Option<Damage>,
    /// Where a stray `Â` of a doubly encoded no-break space stood.
    pub mojibake: Vec<Span>,
    text: String,
    starts: Vec<u32>,
}

impl SourceFile {
    /// Decodes and normalises the bytes of a file.
    pub fn new(path: impl Into<Arc<str>>, name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        let (path, name) = (path.into(), name.into());
        if memchr::memchr(0, &bytes).is_some() {
            let damage = Some(Damage::Binary);
            return Self { path, name, damage, mojibake: Vec::new(), text: String::new(), starts: vec![0] };
        }
        let (raw, bad) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(good))
            }
        };
        let (text, mojibake) = normalise(raw);
        let starts = line_starts(&text);
        let mut file = Self { path, name, damage: None, mojibake: Vec::new(), text, starts };
        // Offsets before the first bad byte are not moved by its replacement, only by normalisation, which
        // removes carriage returns: the line is right, and the column is where U+FFFD stands.
        file.damage = bad.map(|_| {
            let at = file.text.find('\u{fffd}').unwrap_or(file.text.len());
            Damage::NotUtf8(file.span(at, at))
        });
        file.mojibake = mojibake.into_iter().map(|at| file.span(at, at + 1)).collect();
        file
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many lines there are; an empty last line does not count.
    pub fn line_count(&self) -> usize {
        let last = *self.starts.last().expect("there is always a first line") as usize;
        self.starts.len() - usize::from(last == self.text.len())
    }

    /// The text of a line, counted from 0, without its line end.
    pub fn line(&self, index: usize) -> &str {
        let Some(&start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        &self.text[start as usize..end]
    }

    /// Where a line, counted from 0, starts in `text`.
    pub fn line_start(&self, index: usize) -> usize {
        self.starts.get(index).map_or(self.text.len(), |&start| start as usize)
    }

    /// The span of a byte range of `text`; it ends with its first line.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let index = self.starts.partition_point(|&s| s as usize <= start).saturating_sub(1);
        let line_start = self.starts[index] as usize;
        self.span_in_line(index, start - line_start, end.saturating_sub(line_start))
    }

    /// The span of a byte range of a line, which counts from 0.
    pub fn span_in_line(&self, index: usize, from: usize, to: usize) -> Span {
        let line = self.line(index);
        let from = from.min(line.len());
        let to = to.clamp(from, line.len());
        let count = |text: &str| u32::try_from(text.chars().count()).expect("a line is shorter than 4 GiB");
        let number = u32::try_from(index + 1).expect("a page has fewer than 2^32 lines");
        Span { line: number, column: count(&line[..from]) + 1, width: count(&line[from..to]).max(1) }
    }

    /// A span of this file as a location.
    pub fn at(&self, span: Span) -> Location {
        Location { path: self.path.clone(), span }
    }
}

/// Folds what would hinder every later match: BOM, carriage returns, no-break spaces, and the `Â` that a doubly
/// encoded no-break space leaves behind. Returns where the last stood.
fn normalise(raw: String) -> (String, Vec<usize>) {
    let bytes = raw.as_bytes();
    // `Â` is rare, and three bytes are what can be looked for at once.
    let accented = memchr::memchr(0xC3, bytes).is_some();
    let next = |bytes: &[u8]| match accented {
        false => memchr::memchr3(b'\r', 0xC2, 0xE2, bytes),
        true => bytes.iter().position(|b| matches!(b, b'\r' | 0xC2 | 0xC3 | 0xE2)),
    };
    if next(bytes).is_none() && !raw.starts_with('\u{feff}') {
        return (raw, Vec::new());
    }
    let raw = raw.strip_prefix('\u{feff}').unwrap_or(&raw);
    let mut text = String::with_capacity(raw.len());
    let mut mojibake = Vec::new();
    // Everything between two special bytes is copied at once.
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = next(&raw.as_bytes()[at..]) {
        at += found;
        let rest = &raw[at..];
        let (len, with) = match rest.chars().next().expect("a byte was found here") {
            '\r' => (1, if rest[1..].starts_with('\n') { "" } else { "\n" }),
            c @ ('\u{a0}' | '\u{202f}') => (c.len_utf8(), " "),
            c @ 'Â' if matches!(rest[c.len_utf8()..].chars().next(), None | Some('\u{a0}' | '\n' | '\r')) => {
                mojibake.push(text.len() + (at - copied));
                (c.len_utf8(), " ")
            }
            c => {
                at += c.len_utf8();
                continue;
            }
        };
        text.push_str(&raw[copied..at]);
        text.push_str(with);
        at += len;
        copied = at;
    }
    text.push_str(&raw[copied..]);
    (text, mojibake)
}

fn line_starts(text: &str) -> Vec<u32> {
    let after = |at| u32::try_from(at + 1).expect("a page is shorter than 4 GiB");
    // Lines of pages are short, and many are empty.
    let mut starts = Vec::with_capacity(1 + text.len() / 32);
    starts.push(0);
    starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(after));
    starts
}

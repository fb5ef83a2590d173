//! Headings, found by a line scan that knows fences and `<pre>`, and what each announces.
//!
//! A scan instead of the Markdown crate, because an HTML block or a stray indent must not hide a heading.

use std::collections::BTreeSet;

use super::entries;
use crate::c::names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::markup::fences::{closes_fence, opens_fence};
use crate::page::{EntryKind, SectionKind};
use crate::source::{SourceFile, Span, Spanned};

/// A heading of level 1 to 6.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// The line, from 0.
    pub line: usize,
    /// How many `#`.
    pub level: u8,
    /// The text after the `#`s, trimmed.
    pub text: Spanned<String>,
}

/// Finds the headings from line `first` on.
pub(super) fn scan(file: &SourceFile, first: usize, diags: &mut Diagnostics) -> Vec<Heading> {
    let mut headings = Vec::new();
    let mut verbatim = Verbatim::default();
    let lines = file.line_count();
    for index in first..lines {
        let line = file.line(index);
        if verbatim.covers(file, index, lines, diags) {
            continue;
        }
        let level = line.bytes().take_while(|&b| b == b'#').count();
        let rest = &line[level..];
        if !(1..=6).contains(&level) {
            continue;
        }
        let unspaced = !rest.is_empty() && !rest.starts_with([' ', '\t']);
        if unspaced && !is_of_template(level, rest) {
            continue;
        }
        let text = without_closing_marks(rest.trim());
        let from = line.len() - rest.trim_start().len();
        let span = match text {
            "" => Span::line(number(index)),
            _ => file.span_in_line(index, from, from + text.len()),
        };
        if unspaced {
            let message = "there is no blank after the `#` marks of this heading";
            diags.report_help(
                Rule::UnspacedHeading,
                file.at(span),
                message,
                "add a blank; other readers of Markdown take this line for text",
            );
        }
        let level = u8::try_from(level).expect("six at most");
        headings.push(Heading { line: index, level, text: Spanned { value: text.to_owned(), span } });
    }
    headings
}

/// Whether what stands right behind the marks is a heading of the templates all the same: `###-param x`, `##Parameters`.
/// As text it would be lost. Anything else may be text: `#pragma`, `#1`.
fn is_of_template(level: usize, rest: &str) -> bool {
    let dashed = rest.strip_prefix('-').is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    level > 1 && (dashed || level == 3 && rest.starts_with('`') || section_kind(rest).is_some())
}

/// `Remarks ##` without the marks that may close a heading; `C#` keeps its own.
fn without_closing_marks(text: &str) -> &str {
    let bare = text.trim_end_matches('#');
    if bare.len() < text.len() && bare.ends_with([' ', '\t']) { bare.trim_end() } else { text }
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).expect("a page has fewer than 2^32 lines")
}

/// Whether the scan is inside a fence, a `<pre>` or a comment.
#[derive(Default)]
pub(super) struct Verbatim {
    open: Option<Open>,
    /// For each line, the longest run of backticks, and of tildes, that closes a fence on it or below.
    closing: Option<Vec<[usize; 2]>>,
    /// Whether there is any `<pre>` in the file; most have none.
    any_pre: Option<bool>,
    unclosed: bool,
    unclosed_pre: bool,
    unclosed_comment: bool,
}

enum Open {
    Fence { mark: u8, len: usize },
    Pre,
    Comment,
}

impl Verbatim {
    /// Advances by one line; true if the line belongs to a fence, a `<pre>` or a comment, its first and last line included.
    /// What is not closed before `end` does not open.
    pub(super) fn covers(&mut self, file: &SourceFile, index: usize, end: usize, diags: &mut Diagnostics) -> bool {
        let line = file.line(index);
        match self.open {
            Some(Open::Fence { mark, len }) => {
                if closes_fence(line, mark, len) {
                    self.open = None;
                }
                return true;
            }
            Some(Open::Pre) => {
                if find_tag(line, "</pre").is_some() {
                    self.open = None;
                }
                return true;
            }
            Some(Open::Comment) => {
                if line.contains("-->") {
                    self.open = None;
                }
                return true;
            }
            None => {}
        }
        if let Some((mark, len)) = opens_fence(line) {
            let closing = self.closing.get_or_insert_with(|| longest_closing(file, end));
            if closing.get(index + 1).is_some_and(|longest| longest[usize::from(mark == b'~')] >= len) {
                self.open = Some(Open::Fence { mark, len });
                return true;
            }
            if std::mem::replace(&mut self.unclosed, true) {
                return false;
            }
            diags.report(Rule::UnclosedFence, file.at(Span::line(number(index))), "this code fence is never closed");
            return false;
        }
        if line.trim_start().starts_with("<!--") && !line.contains("-->") && !self.unclosed_comment {
            let closes = (index + 1..end).any(|at| file.line(at).contains("-->"));
            self.open = closes.then_some(Open::Comment);
            self.unclosed_comment = !closes;
            return closes;
        }
        if !*self.any_pre.get_or_insert_with(|| find_tag(file.text(), "<pre").is_some()) {
            return false;
        }
        let Some(at) = find_tag(line, "<pre") else { return false };
        if find_tag(&line[at..], "</pre").is_some() || self.unclosed_pre {
            return false;
        }
        if (index + 1..end).any(|at| find_tag(file.line(at), "</pre").is_some()) {
            self.open = Some(Open::Pre);
            return true;
        }
        self.unclosed_pre = true;
        diags.report(Rule::UnclosedFence, file.at(Span::line(number(index))), "this `<pre>` is never closed");
        false
    }
}

fn longest_closing(file: &SourceFile, end: usize) -> Vec<[usize; 2]> {
    let mut longest = [0, 0];
    let mut all: Vec<[usize; 2]> = (0..end)
        .rev()
        .map(|index| {
            let line = file.line(index).trim();
            for (mark, longest) in [b'`', b'~'].into_iter().zip(&mut longest) {
                if closes_fence(line, mark, 3) {
                    *longest = line.len().max(*longest);
                }
            }
            longest
        })
        .collect();
    all.reverse();
    all
}

/// Where a tag such as `<pre` starts in a line, in any case, followed by no further letter.
fn find_tag(line: &str, tag: &str) -> Option<usize> {
    let (bytes, tag) = (line.as_bytes(), tag.as_bytes());
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[from..]) {
        let at = from + found;
        let end = at + tag.len();
        let named = bytes.get(at..end).is_some_and(|name| name.eq_ignore_ascii_case(tag));
        if named && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// What a heading announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Announces {
    /// The item that the page is about.
    Title,
    /// A section.
    Section(SectionKind),
    /// An entry; the text is what follows the item's word.
    Entry(EntryKind, Spanned<String>),
    /// A heading of the prose.
    Prose,
}

/// Where a heading stands.
pub(super) struct Place<'a> {
    /// The section that is open.
    pub inside: Option<&'a SectionKind>,
    /// A section has the title of the page, and the sections of the template stand below it.
    pub titled: bool,
    /// The words of the declaration above.
    pub declared: &'a dyn Fn() -> BTreeSet<String>,
}

/// What a heading announces where it stands.
pub(super) fn announces(heading: &Heading, place: &Place<'_>) -> Announces {
    let text = &*heading.text.value;
    if heading.level == 1 {
        return Announces::Title;
    }
    if let Some(dashed) = text.strip_prefix('-') {
        return dashed_item(heading, dashed);
    }
    if heading.level > 2 && text.starts_with(['–', '—']) {
        // A dash that a word processor made: what it announces is nothing that the template knows.
        return Announces::Entry(EntryKind::Other, heading.text.clone());
    }
    if heading.level == 2 {
        return Announces::Section(section_kind(text).unwrap_or(SectionKind::Other));
    }
    if let Some(kind) = section_kind(text).filter(|_| place.titled) {
        return Announces::Section(kind);
    }
    // The rendered form has no dashes: under these sections each heading of level 3 is an entry.
    let entry = match place.inside {
        Some(SectionKind::Parameters) => EntryKind::Param,
        Some(SectionKind::EnumFields | SectionKind::StructFields) => EntryKind::Field,
        _ => return Announces::Prose,
    };
    if heading.level == 3 && (text.starts_with('`') || is_name(heading, entry, place.declared)) {
        return Announces::Entry(entry, heading.text.clone());
    }
    Announces::Prose
}

/// `### name [in]` without a code span: attributes behind one word, or a word that the declaration has.
fn is_name(heading: &Heading, kind: EntryKind, declared: &dyn Fn() -> BTreeSet<String>) -> bool {
    let parts = entries::parse(&heading.text, kind);
    let name = parts.name.filter(|name| is_identifier(&name.value));
    name.is_some_and(|name| {
        kind == EntryKind::Param && !parts.attributes.is_empty() || declared().contains(&name.value)
    })
}

fn dashed_item(heading: &Heading, dashed: &str) -> Announces {
    let rest = dashed.trim_start();
    let word_len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
    let word = rest[..word_len].to_ascii_lowercase();
    let spaced = rest.len() < dashed.len();
    if !(spaced && heading.level > 3)
        && let Some(kind) = section_kind(&word).filter(|_| rest[word_len..].trim_matches([' ', '\t', ':']).is_empty())
    {
        return Announces::Section(kind);
    }
    let after = |skip: usize| {
        let tail = rest[skip..].trim_start();
        let value = tail.trim_end().to_owned();
        let lead = heading.text.value[..heading.text.value.len() - tail.len()].chars().count();
        let width = u32::try_from(value.chars().count()).expect("a heading is short");
        let column = heading.text.span.column + u32::try_from(lead).expect("a heading is short");
        Spanned { value, span: Span { line: heading.text.span.line, column, width } }
    };
    // Demoted headings stand at level 4 and below: see param_behind_a_blank.
    let ours = !spaced || heading.level <= 3;
    match &*word {
        "param" if ours => Announces::Entry(EntryKind::Param, after(word_len)),
        "field" if ours => Announces::Entry(EntryKind::Field, after(word_len)),
        _ if heading.level > 2 && spaced => Announces::Entry(EntryKind::Demoted, after(0)),
        _ if heading.level > 2 => Announces::Entry(EntryKind::Other, after(0)),
        _ => Announces::Section(SectionKind::Other),
    }
}

/// The section of that name, whatever its dashes, blanks and case.
fn section_kind(text: &str) -> Option<SectionKind> {
    // No name of a section is as long as this; what is left of a longer text is none of them.
    let mut name = [0; 24];
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    let mut length = 0;
    for letter in letters {
        *name.get_mut(length)? = letter;
        length += 1;
    }
    Some(match std::str::from_utf8(&name[..length]).ok()? {
        "description" => SectionKind::Description,
        "parameters" => SectionKind::Parameters,
        "enumfields" | "constants" => SectionKind::EnumFields,
        "structfields" | "unionfields" | "members" => SectionKind::StructFields,
        "ioctlparameters" => SectionKind::IoctlParameters,
        "returns" | "returnvalue" | "returnvalues" => SectionKind::Returns,
        "syntax" | "prototype" => SectionKind::Syntax,
        "remarks" => SectionKind::Remarks,
        "seealso" => SectionKind::SeeAlso,
        "requirements" => SectionKind::Requirements,
        "inheritance" => SectionKind::Inheritance,
        "example" | "examples" => SectionKind::Examples,
        _ => return None,
    })
}

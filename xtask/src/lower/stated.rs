//! Where a page states an enumerator's value if its heading does not: in the syntax block, in the first words of its
//! text, or in a table beside its name. Only what is plainly said counts; nothing is ever counted.

use std::collections::BTreeMap;

use super::code;
use crate::c::names::is_identifier;
use crate::c::text::{lines, without_comments};
use crate::page::{Page, SectionKind};
use crate::prose::{BlockKind, Definition, Inline, Prose, plain};
use crate::source::{Span, Spanned};

/// The values that syntax blocks and tables of the page state, by name.
pub(super) fn beside(page: &Page) -> BTreeMap<String, Spanned<String>> {
    let mut found = BTreeMap::new();
    for section in &page.sections {
        for block in &section.prose.blocks {
            match &block.kind {
                BlockKind::Code(language, text) if section.kind == SectionKind::Syntax => {
                    // A fence with a language is one, and its text starts on the next line; a `<pre>` may start anywhere.
                    let first = language.as_ref().map(|_| block.span.line + 1);
                    for (name, value, line) in initialisers(text) {
                        let line = first.map_or(block.span.line, |first| first + line);
                        found.entry(name).or_insert(Spanned { value, span: Span::line(line) });
                    }
                }
                BlockKind::Table(table) if section.kind == SectionKind::EnumFields => {
                    let terms = table.rows.iter().filter_map(|row| row.cells.first()).filter_map(two_terms);
                    found.extend(terms.map(|(name, value)| (name.value, value)));
                }
                _ => {}
            }
        }
    }
    found
}

/// `NAME = value` of every enumerator in a C declaration that has one, with its line from 0.
fn initialisers(text: &str) -> Vec<(String, String, u32)> {
    let clean = without_comments(text);
    let mut found = Vec::new();
    // Where the piece starts that is looked at, and on which line; commas only count within an enumeration.
    let (mut start, mut line, mut depth, mut inside) = (0, 0, 0_usize, false);
    for (at, b) in clean.bytes().enumerate() {
        let piece = || &clean[start..at];
        match b {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'{' => inside = piece().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == "enum"),
            b',' if depth == 0 && inside => found.extend(initialiser(piece(), line)),
            b'}' if inside => {
                found.extend(initialiser(piece(), line));
                inside = false;
            }
            b'}' | b';' => inside = false,
            _ => continue,
        }
        if matches!(b, b'{' | b'}' | b';') || b == b',' && depth == 0 {
            line += lines(piece());
            start = at + 1;
            depth = 0;
        }
    }
    found
}

/// One enumerator with its value; `line` is where the text starts.
fn initialiser(text: &str, line: u32) -> Option<(String, String, u32)> {
    let (name, value) = text.split_once('=')?;
    let lead = &name[..name.len() - name.trim_start().len()];
    let value: Vec<&str> = value.split_whitespace().collect();
    let known = !value.is_empty() && is_identifier(name.trim());
    known.then(|| (name.trim().to_owned(), value.join(" "), line + lines(lead)))
}

/// A cell with a name and, in a second term or after a break, its number.
pub(super) fn two_terms(cell: &Prose) -> Option<(Spanned<String>, Spanned<String>)> {
    let first = cell.blocks.first()?;
    let (name, value, [name_span, span]) = match &first.kind {
        BlockKind::Definitions(entries) => {
            let mut terms = entries.iter().filter_map(|entry| match entry {
                Definition::Term(term) => Some(term),
                Definition::Meaning(_) => None,
            });
            let (name, value) = (terms.next()?, terms.next()?);
            (name.plain(), value.plain(), [name.blocks.first()?.span, value.blocks.first()?.span])
        }
        BlockKind::Paragraph(inlines) => {
            let mut parts = inlines.split(|inline| *inline == Inline::Break).filter(|part| !part.is_empty());
            (plain(parts.next()?), plain(parts.next()?), [first.span; 2])
        }
        _ => return None,
    };
    let value = value.trim().to_owned();
    code::number(&value)?;
    // `1 (0x1)` says one number twice.
    let value = value.split(' ').next().expect("a split has a first part").to_owned();
    Some((Spanned { value: name.trim().to_owned(), span: name_span }, Spanned { value, span }))
}

/// The value in the first words under the heading of an enumerator.
pub(super) fn in_text(name: &str, docs: &Prose) -> Option<Spanned<String>> {
    let first = docs.blocks.first()?;
    let BlockKind::Paragraph(inlines) = &first.kind else { return None };
    let text = plain(inlines);
    let value = match inlines.first() {
        // `NAME = 1,`
        Some(Inline::Code(code)) if code.trim_start().starts_with(name) => {
            let value =
                code.trim_start()[name.len()..].trim_start().strip_prefix('=')?.trim().trim_end_matches([',', ';']);
            (!value.is_empty()).then_some(value)
        }
        _ => in_words(text.trim()),
    };
    value.map(|value| Spanned { value: value.to_owned(), span: first.span })
}

/// What announces a value.
const ANNOUNCED: &[&str] = &["value is ", "value = ", "value: ", "value=", "the value is ", "value of "];

fn in_words(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    if let Some(rest) = ANNOUNCED.iter().find_map(|words| lower.starts_with(words).then(|| &text[words.len()..])) {
        return number(rest).filter(|(_, after)| ends_sentence(after)).map(|(value, _)| value);
    }
    if let Some(at) = lower.find("constant with a value of ") {
        let rest = &text[at + "constant with a value of ".len()..];
        return number(rest).filter(|(_, after)| ends_sentence(after)).map(|(value, _)| value);
    }
    let (value, after) = number(text)?;
    // `0x0. Returns`, `3 - OEM defined`, or nothing else at all. `4-Way`, `16-bit` and `24 bits` are words.
    let dash = [" - ", " – ", " — "].into_iter().any(|dash| after.starts_with(dash));
    let point = value.contains('x') && (after.starts_with(". ") || after.starts_with(": "));
    (dash || point || matches!(after, "" | "." | ",")).then_some(value)
}

/// A number at the start of a text, with a sign or a cast, and what follows it.
fn number(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    if let Some(inner) = text.strip_prefix('(') {
        let close = inner.find(')').filter(|&close| inner[..close].bytes().all(|b| b.is_ascii_alphabetic()))?;
        at = close + 2;
    }
    if text[at..].starts_with('-') {
        at += 1;
    }
    let digits = text[at..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len() - at);
    let literal = &text[at..at + digits];
    crate::c::values::is_literal(literal).then(|| text.split_at(at + digits))
}

/// Whether a sentence ends or goes on without taking the number back, as ` or 2` would.
fn ends_sentence(after: &str) -> bool {
    let rest = after.strip_prefix(['.', ',', ';', ')']).unwrap_or(after);
    rest.is_empty() || rest.len() < after.len() && rest.starts_with(' ') || after.starts_with(" (")
}

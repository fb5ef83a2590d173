//! Entries that have a label instead of a heading, as win32's own templates write parameters, members and enumerators:
//! a `<dt>` whose `<dd>` is the text, or a paragraph of nothing but `*name*` or `` `[in] name` ``.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::entries;
use super::lines::Lines;
use crate::c::names::is_identifier;
use crate::markup::fences::{closes_fence, opens_fence};
use crate::markup::html;
use crate::page::EntryKind;
use crate::source::{Span, Spanned};

/// A label, and the lines under it.
pub(super) struct Labelled<'a> {
    /// The label as a heading would have it: the name, then its attributes.
    pub label: Spanned<String>,
    /// What belongs to it.
    pub body: Lines<'a>,
}

/// Takes the entries out of the lines of a section. `declared` has the words of the declaration above, which tell a name
/// from any other word in bold.
pub(super) fn take<'a>(
    lines: &mut Lines<'a>,
    kind: EntryKind,
    declared: &dyn Fn() -> BTreeSet<String>,
) -> Vec<Labelled<'a>> {
    let found = definitions(lines, kind);
    if found.is_empty() { paragraphs(lines, kind, declared) } else { found }
}

/// A place in some lines: which one, and which byte of it.
type Place = (usize, usize);

/// A tag of a definition list.
struct Mark<'a> {
    name: Cow<'a, str>,
    closing: bool,
    from: Place,
    to: Place,
}

/// The lists whose terms are all labels.
fn definitions<'a>(lines: &mut Lines<'a>, kind: EntryKind) -> Vec<Labelled<'a>> {
    let marks = marks(lines);
    let (mut found, mut taken) = (Vec::new(), Vec::new());
    let (mut depth, mut first) = (0_usize, 0);
    for (at, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.name == "dl") {
        match mark.closing {
            false => {
                first = if depth == 0 { at } else { first };
                depth += 1;
            }
            true if depth == 1 => {
                depth = 0;
                if let Some(entries) = list(lines, kind, &marks[first..=at]) {
                    found.extend(entries);
                    taken.push((marks[first].from, mark.to));
                }
            }
            true => depth = depth.saturating_sub(1),
        }
    }
    for (from, to) in taken {
        for (at, line) in lines.text.iter_mut().enumerate().take(to.0 + 1).skip(from.0) {
            let before = if at == from.0 { &line[..from.1] } else { "" };
            let after = if at == to.0 { &line[to.1..] } else { "" };
            *line = if before.trim().is_empty() { after } else { before };
        }
    }
    found
}

/// The tags of definition lists, outside of code and tables.
fn marks<'a>(lines: &Lines<'a>) -> Vec<Mark<'a>> {
    let mut marks = Vec::new();
    let (mut fence, mut tables) = (None, 0_usize);
    for (index, &line) in lines.text.iter().enumerate() {
        if let Some((mark, len)) = fence {
            fence = (!closes_fence(line, mark, len)).then_some((mark, len));
            continue;
        }
        fence = opens_fence(line);
        if fence.is_some() || line.trim_start().starts_with('|') {
            continue;
        }
        for from in memchr::memchr_iter(b'<', line.as_bytes()) {
            let Some(tag) = html::tag(&line[from..]) else { continue };
            match (&*tag.name, tag.closing) {
                ("table", false) => tables += 1,
                ("table", true) => tables = tables.saturating_sub(1),
                ("dl" | "dt" | "dd", closing) if tables == 0 => {
                    let to = (index, from + tag.len);
                    marks.push(Mark { name: tag.name, closing, from: (index, from), to });
                }
                _ => {}
            }
        }
    }
    marks
}

/// The entries of one list; none if a term of it is no label or has no text of its own.
fn list<'a>(lines: &Lines<'a>, kind: EntryKind, marks: &[Mark<'_>]) -> Option<Vec<Labelled<'a>>> {
    let mut found: Vec<Labelled<'a>> = Vec::new();
    let mut depth = 0_usize;
    // Where the term or the text starts that is open.
    let (mut term, mut text): (Option<Place>, Option<Place>) = (None, None);
    let mut open: Option<Spanned<String>> = None;
    for mark in marks {
        if mark.name == "dl" {
            depth = if mark.closing { depth.saturating_sub(1) } else { depth + 1 };
        }
        let ends = depth == 0 && mark.name == "dl";
        if !ends && (depth != 1 || mark.name == "dl") {
            continue;
        }
        if let Some(from) = term.take() {
            open = Some(label(lines, from, mark.from, kind)?);
        }
        if let Some(from) = text.take() {
            let body = between(lines, from, mark.from);
            match open.take() {
                Some(label) => found.push(Labelled { label, body }),
                // A second text belongs to the same term.
                None => extend(&mut found.last_mut()?.body, &body),
            }
        }
        match (&*mark.name, mark.closing) {
            // A second term for one text: the list says something else.
            ("dt", false) if open.is_some() => return None,
            ("dt", false) => term = Some(mark.to),
            ("dd", false) => text = Some(mark.to),
            _ => {}
        }
    }
    open.is_none().then_some(found)
}

/// Adds the lines of a text further down.
fn extend<'a>(body: &mut Lines<'a>, more: &Lines<'a>) {
    let next = usize::try_from(more.first - body.first).expect("numbers of lines fit");
    let (&first, rest) = more.text.split_first().expect("what stands between two places has a line");
    body.text.resize(body.text.len().max(next), "");
    match body.text.get_mut(next) {
        None => body.text.push(first),
        Some(line) if line.trim().is_empty() => *line = first,
        Some(_) => {}
    }
    body.text.extend(rest);
}

/// What stands between two places.
fn between<'a>(lines: &Lines<'a>, from: Place, to: Place) -> Lines<'a> {
    let part = |at: usize| {
        let line = lines.text[at];
        let end = if at == to.0 { to.1 } else { line.len() };
        let start = if at == from.0 { from.1 } else { 0 };
        &line[start..end]
    };
    let text = (from.0..=to.0).map(part).collect();
    Lines { file: lines.file, text, first: lines.number(from.0) }
}

fn label(lines: &Lines<'_>, from: Place, to: Place, kind: EntryKind) -> Option<Spanned<String>> {
    let inside = between(lines, from, to);
    let mut text = String::new();
    for line in &inside.text {
        let mut rest = line.trim();
        text.push(' ');
        while let Some(at) = rest.find('<') {
            text.push_str(&rest[..at]);
            let len = html::tag(&rest[at..]).map_or(1, |tag| tag.len);
            if len == 1 {
                text.push('<');
            }
            rest = &rest[at + len..];
        }
        text.push_str(rest);
    }
    let place = inside.text.iter().position(|line| !line.trim().is_empty())?;
    let span = inside.span_of(place, inside.text[place].trim());
    name_and_attributes(&text, kind).map(|value| Spanned { value, span })
}

/// A label as a heading has it: `*name* \[in\]`, `` `[in] name` ``, `**NAME**`. None if it is something else.
fn name_and_attributes(text: &str, kind: EntryKind) -> Option<String> {
    let text = text.trim().replace('\\', "");
    let bare = text.trim_matches(['`', '*', ' ']);
    let label = match entries::leading_attributes(bare) {
        Some((words, name)) => format!("{} [{words}]", name.trim_matches(['`', '*', ' '])),
        None => text.clone(),
    };
    let parts = entries::parse(&Spanned { value: label.clone(), span: Span::default() }, kind);
    let name = parts.name?.value;
    (name == "..." || is_identifier(&name) && !name.contains(' ')).then_some(label)
}

/// Paragraphs of one line that are labels.
fn paragraphs<'a>(
    lines: &mut Lines<'a>,
    kind: EntryKind,
    declared: &dyn Fn() -> BTreeSet<String>,
) -> Vec<Labelled<'a>> {
    // Most pages have no label, and need no words.
    let declared = LazyCell::new(declared);
    let blank = |at: Option<&&str>| at.is_none_or(|line| line.trim().is_empty());
    let mut labels: Vec<(usize, Spanned<String>)> = Vec::new();
    let mut fence = None;
    for (index, line) in lines.text.iter().enumerate() {
        if let Some((mark, len)) = fence {
            fence = (!closes_fence(line, mark, len)).then_some((mark, len));
            continue;
        }
        fence = opens_fence(line);
        let alone =
            blank(index.checked_sub(1).and_then(|before| lines.text.get(before))) && blank(lines.text.get(index + 1));
        let text = line.trim();
        if fence.is_some() || !alone || !text.starts_with(['`', '*']) {
            continue;
        }
        let Some(value) = name_and_attributes(text, kind) else { continue };
        let parts = entries::parse(&Spanned { value: value.clone(), span: Span::default() }, kind);
        let known = parts.name.is_some_and(|name| declared.contains(&name.value));
        if known || !parts.attributes.is_empty() {
            labels.push((index, Spanned { value, span: lines.span_of(index, text) }));
        }
    }
    let end = lines.text.len();
    let ends: Vec<usize> = labels.iter().skip(1).map(|(at, _)| *at).chain([end]).collect();
    let first = labels.first().map_or(end, |(at, _)| *at);
    let entry = |((at, label), end): ((usize, Spanned<String>), usize)| Labelled {
        label,
        body: Lines { file: lines.file, text: lines.text[at + 1..end].to_vec(), first: lines.number(at + 1) },
    };
    let found = labels.into_iter().zip(ends).map(entry).collect();
    lines.text.truncate(first);
    found
}

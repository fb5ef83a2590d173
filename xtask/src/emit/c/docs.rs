//! Prose as comments: plain text in which nothing of a page can end the comment or begin another one.

use std::iter::once;

use super::super::fold::fold;
use crate::model::{Origin, Spec};
use crate::prose::{self, Block, BlockKind, Definition, Inline, Prose, Row, Table, Target};

/// How long the lines of running text are.
const WIDTH: usize = 100;

/// A comment of its own, each line behind `indent`; nothing if there is nothing to say.
pub(super) fn comment(lines: &[String], indent: &str) -> String {
    let lines: Vec<String> = lines.iter().map(|line| harmless(line)).collect();
    match &lines[..] {
        [] => String::new(),
        [only] => format!("{indent}/** {only} */\n"),
        _ => {
            let rows = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n");
            once(format!("{indent}/**\n")).chain(rows).chain(once(format!("{indent} */\n"))).collect()
        }
    }
}

/// The comment of an item: description, `middle`, and where all of it comes from.
pub(super) fn item(spec: &Spec, origin: &Origin, middle: Vec<String>) -> String {
    let mut out = lines(&origin.docs.description);
    if out.is_empty() {
        out.push(format!("{}.", origin.c_name));
    }
    if !middle.is_empty() {
        out.push(String::new());
        out.extend(middle);
    }
    let location = &origin.place;
    out.push(String::new());
    out.push(format!("From {}, line {}.", spec.file(location), location.span.line));
    comment(&out, "")
}

/// The lines of a text.
pub(super) fn lines(prose: &Prose) -> Vec<String> {
    let mut out = Vec::new();
    for block in &prose.blocks {
        let block = of_block(block);
        if !out.is_empty() && !block.is_empty() {
            out.push(String::new());
        }
        out.extend(block);
    }
    out
}

/// Lines under something else.
pub(super) fn indented(lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| format!("    {line}").trim_end().to_owned())
}

fn of_block(block: &Block) -> Vec<String> {
    match &block.kind {
        BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) => paragraph(&words(inlines)),
        BlockKind::Note(_, prose) | BlockKind::Quote(prose) => lines(prose),
        BlockKind::List(_, items) => items.iter().flat_map(point).collect(),
        BlockKind::Definitions(entries) => {
            let entry = |entry: &Definition| match entry {
                Definition::Term(term) => point(term),
                Definition::Meaning(text) => indented(lines(text)).collect(),
            };
            entries.iter().flat_map(entry).collect()
        }
        BlockKind::Code(_, text) => indented(text.lines().map(str::to_owned).collect()).collect(),
        BlockKind::Table(table) => table.rows.iter().flat_map(|row| hanging("- ", &self::row(row, table))).collect(),
    }
}

/// A row as what its first cell names and what is said of it. Two columns need no headings; more have them before each
/// cell.
fn row(row: &Row, table: &Table) -> String {
    let Some((first, others)) = row.cells.split_first() else { return String::new() };
    let others = others.iter().enumerate().map(|(at, cell)| match table.header.get(at + 1) {
        Some(heading) if row.cells.len() > 2 && !heading.is_empty() => format!("{}: {}", heading.plain(), cell.plain()),
        _ => cell.plain().into_owned(),
    });
    let others: Vec<String> = others.filter(|text| !text.is_empty()).collect();
    let first = head(first);
    if others.is_empty() { first } else { format!("{first}: {}", others.join("; ")) }
}

/// `NAME (0x1)` of a cell with a name and, in a second term or after a break, its number.
fn head(cell: &Prose) -> String {
    let terms: Vec<String> = match &cell.blocks[..] {
        [Block { kind: BlockKind::Definitions(terms), .. }] => {
            terms.iter().map(|term| term.prose().plain().into_owned()).collect()
        }
        [Block { kind: BlockKind::Paragraph(inlines), .. }] => {
            inlines.split(|inline| *inline == Inline::Break).map(|words| prose::plain(words).into_owned()).collect()
        }
        _ => Vec::new(),
    };
    match &terms[..] {
        [name, value] if !value.trim().is_empty() => format!("{} ({})", name.trim(), value.trim()),
        _ => cell.plain().into_owned(),
    }
}

/// Running text; the title of another page is between quotation marks, for nothing else shows that it is one.
fn words(inlines: &[Inline]) -> String {
    let word = |inline: &Inline| match inline {
        Inline::Link(Target::Item(_), text) if prose::plain(text).trim().contains(' ') => {
            format!("\"{}\"", prose::plain(text).trim())
        }
        other => prose::plain(std::slice::from_ref(other)).into_owned(),
    };
    inlines.iter().map(word).collect()
}

/// Running text.
pub(super) fn paragraph(text: &str) -> Vec<String> {
    if text.trim().is_empty() { Vec::new() } else { fold(text, WIDTH) }
}

/// A point of a list.
fn point(prose: &Prose) -> Vec<String> {
    let mut first = true;
    let lead = |line: String| {
        let lead = if std::mem::take(&mut first) { "- " } else { "  " };
        format!("{lead}{line}").trim_end().to_owned()
    };
    lines(prose).into_iter().map(lead).collect()
}

/// Running text behind a mark, its other lines below where it begins.
pub(super) fn hanging(mark: &str, text: &str) -> Vec<String> {
    let lines = fold(text, WIDTH - mark.len()).into_iter().enumerate();
    let rest = " ".repeat(mark.len());
    lines.map(|(at, line)| format!("{}{line}", if at == 0 { mark } else { &rest })).collect()
}

/// A line that neither ends a comment, nor begins one, nor joins the next line, nor shows its letters in another order
/// than the compiler reads them.
fn harmless(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match (out.chars().last(), c) {
            (Some('*'), '/') | (Some('/'), '*') | (Some('?'), '?') => out.push(' '),
            _ => {}
        }
        out.push(if c.is_control() || turns(c) { ' ' } else { c });
    }
    out.truncate(out.trim_end().len());
    if out.ends_with('\\') {
        out.push('.');
    }
    out
}

/// Marks that change the direction in which text is shown.
fn turns(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

//! Constants and option flags that a page lists with their numbers under a parameter, a field or in its text: two terms
//! in one cell of a table, or `NAME (0x1)` in a cell or as a heading.

use super::returns::is_code;
use super::{at, codes, stated};
use crate::c::names::is_identifier;
use crate::c::values;
use crate::draft::Constant;
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Inline, Prose, plain};
use crate::source::{Span, Spanned};

/// The constants of a page, each once, in its order.
pub fn lower(page: &Page) -> Vec<Constant> {
    let mut found = Vec::new();
    // Codes of the return section and members of an enumeration are facts of their own.
    let other = |kind: &SectionKind| !matches!(kind, SectionKind::Returns | SectionKind::EnumFields);
    for section in &page.sections {
        if other(&section.kind) {
            collect(&section.prose, &mut found);
        }
        section.entries.iter().for_each(|entry| collect(&entry.prose, &mut found));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(name, value)| seen.insert((name.value.clone(), value.value.clone())));
    let constant = |(name, value): (Spanned<String>, Spanned<String>)| {
        let number = Fact { value: codes::number(&value.value)?, source: at(page, value.span) };
        Some(Constant { name: super::stated(page, &name), number })
    };
    found.into_iter().filter_map(constant).collect()
}

fn collect(prose: &Prose, found: &mut Vec<(Spanned<String>, Spanned<String>)>) {
    for block in &prose.blocks {
        match &block.kind {
            BlockKind::Table(table) => {
                let first = table.rows.iter().filter_map(|row| row.cells.first());
                let stated = first.filter_map(|cell| stated::two_terms(cell).or_else(|| in_cell(cell)));
                found.extend(stated.filter(|(name, _)| is_code(&name.value)));
                table.cells().for_each(|cell| collect(cell, found));
            }
            BlockKind::Heading(_, inlines) => found.extend(beside(inlines, block.span)),
            BlockKind::List(_, items) => items.iter().for_each(|item| collect(item, found)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| collect(entry.prose(), found)),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => collect(inner, found),
            BlockKind::Paragraph(_) | BlockKind::Code(..) => {}
        }
    }
}

/// A cell that holds nothing but a name and its number.
fn in_cell(cell: &Prose) -> Option<(Spanned<String>, Spanned<String>)> {
    match &cell.blocks[..] {
        [Block { span, kind: BlockKind::Paragraph(inlines) }] => beside(inlines, *span),
        _ => None,
    }
}

/// `NAME (0x1)` or `NAME = 1`.
fn beside(inlines: &[Inline], span: Span) -> Option<(Spanned<String>, Spanned<String>)> {
    let text = plain(inlines);
    let (name, value) = text
        .split_once('(')
        .and_then(|(name, rest)| Some((name, rest.trim_end().strip_suffix(')')?)))
        .or_else(|| text.split_once('='))?;
    let (name, value) = (name.trim(), value.trim());
    let known = is_identifier(name) && values::is_literal(value);
    let spanned = |text: &str| Spanned { value: text.to_owned(), span };
    known.then(|| (spanned(name), spanned(value)))
}

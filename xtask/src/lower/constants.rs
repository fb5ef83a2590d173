//! Constants and option flags that a page lists with their numbers under a parameter, a field or in its text: two terms
//! in one cell of a table, or a heading `NAME (0x1)`.

use super::returns::is_code;
use super::{at, codes, stated, values};
use crate::c_names::is_identifier;
use crate::draft::{Constant, Fact};
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Prose, plain};
use crate::source::Spanned;

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
    found.retain(|(name, value)| seen.insert((name.clone(), value.value.clone())));
    let constant = |(name, value): (String, Spanned<String>)| {
        let source = at(page, value.span);
        let number = codes::number(&value.value)?;
        Some(Constant { name: Fact { value: name, source: source.clone() }, number: Fact { value: number, source } })
    };
    found.into_iter().filter_map(constant).collect()
}

fn collect(prose: &Prose, found: &mut Vec<(String, Spanned<String>)>) {
    for block in &prose.blocks {
        match &block.kind {
            BlockKind::Table(table) => {
                let first = table.rows.iter().filter_map(|row| row.cells.first());
                found.extend(first.filter_map(stated::two_terms).filter(|(name, _)| is_code(name)));
                table.cells().for_each(|cell| collect(cell, found));
            }
            BlockKind::Heading(..) => found.extend(heading(block)),
            BlockKind::List(_, items) => items.iter().for_each(|item| collect(item, found)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| collect(entry.prose(), found)),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => collect(inner, found),
            BlockKind::Paragraph(_) | BlockKind::Code(..) => {}
        }
    }
}

/// `NAME (0x1)` or `NAME = 1`.
fn heading(block: &Block) -> Option<(String, Spanned<String>)> {
    let BlockKind::Heading(_, inlines) = &block.kind else { return None };
    let text = plain(inlines);
    let (name, value) = text
        .split_once('(')
        .and_then(|(name, rest)| Some((name, rest.trim_end().strip_suffix(')')?)))
        .or_else(|| text.split_once('='))?;
    let (name, value) = (name.trim(), value.trim());
    let known = is_identifier(name) && values::is_literal(value);
    known.then(|| (name.to_owned(), Spanned { value: value.to_owned(), span: block.span }))
}

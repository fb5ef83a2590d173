//! Constants and option flags that a page lists with their numbers under a parameter, a field or in its text: two terms
//! in one cell of a table, or `NAME (0x1)` in a cell or as a heading. `NAME (NULL)` over a `Type:` line is a pointer.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::code::{self, is_code};
use super::columns::Heading;
use super::{at, stated};
use crate::c::names::is_identifier;
use crate::c::types::{self, CType};
use crate::c::values;
use crate::draft::Constant;
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Inline, Prose, Table, plain};
use crate::source::{Span, Spanned};

/// What C calls the null pointer.
const NULL: &str = "NULL";

/// The constants of a page, each once, in its order.
pub(super) fn lower(page: &Page) -> Vec<Constant> {
    let mut found = Vec::new();
    // Codes of the return section and members of an enumeration are facts of their own.
    let other = |kind: &SectionKind| !matches!(kind, SectionKind::Returns | SectionKind::EnumFields);
    for section in &page.sections {
        if other(&section.kind) {
            collect(&section.prose, &mut found);
        }
        section.entries.iter().for_each(|entry| collect(&entry.prose, &mut found));
    }
    let mut seen = BTreeSet::new();
    found.retain(|Found { name, value, .. }| seen.insert((name.value.clone(), value.value.clone())));
    found.into_iter().filter_map(|found| constant(page, found)).collect()
}

/// A name and its number where they stand, and the text that is about them.
struct Found<'a> {
    name: Spanned<String>,
    value: Spanned<String>,
    text: Vec<&'a Block>,
    /// The constant under whose heading it has its own.
    under: Option<String>,
}

fn constant(page: &Page, Found { name, value, mut text, under }: Found<'_>) -> Option<Constant> {
    let pointer = pointer(&value.value);
    let c_type = pointer.and_then(|_| {
        let first = *text.first()?;
        let c_type = type_line(first)?;
        text.remove(0);
        Some(Fact { value: c_type, source: at(page, first.span) })
    });
    let number = match (pointer, &c_type) {
        (Some(number), Some(_)) => number,
        _ => code::number(&value.value)?,
    };
    let digits = value.value.strip_prefix("0x").or_else(|| value.value.strip_prefix("0X"));
    Some(Constant {
        name: super::stated(page, &name),
        number: Fact { value: number, source: at(page, value.span) },
        hex_digits: digits.map(|digits| digits.bytes().take_while(u8::is_ascii_hexdigit).count()),
        c_type,
        under,
        docs: Arc::new(Prose { blocks: text.into_iter().cloned().collect() }),
    })
}

/// The values that pointers without an object have: none, or all bits.
fn pointer(value: &str) -> Option<u32> {
    match value {
        NULL | "0" => Some(0),
        "-1" => Some(u32::MAX),
        _ => None,
    }
}

/// `Type: LPCWSTR`, as the rendered dialect has it under a heading.
fn type_line(block: &Block) -> Option<CType> {
    let BlockKind::Paragraph(inlines) = &block.kind else { return None };
    types::parse(plain(inlines).trim().strip_prefix("Type:")?)
}

fn collect<'a>(prose: &'a Prose, found: &mut Vec<Found<'a>>) {
    // The headings above, with the constants that they are.
    let mut above: Vec<(u8, Option<String>)> = Vec::new();
    for (place, block) in prose.blocks.iter().enumerate() {
        match &block.kind {
            BlockKind::Table(table) => {
                rows(table, found);
                table.cells().for_each(|cell| collect(cell, found));
            }
            BlockKind::Heading(level, inlines) => {
                above.retain(|(of, _)| of < level);
                let stated = beside(inlines, block.span);
                let under = above.last().and_then(|(_, name)| name.clone());
                above.push((*level, stated.as_ref().map(|(name, _)| name.value.clone())));
                let text = below(*level, &prose.blocks[place + 1..]).iter().collect();
                found.extend(stated.map(|(name, value)| Found { name, value, text, under }));
            }
            BlockKind::List(_, items) => items.iter().for_each(|item| collect(item, found)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| collect(entry.prose(), found)),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => collect(inner, found),
            BlockKind::Paragraph(_) | BlockKind::Code(..) => {}
        }
    }
}

/// The rows that begin with a name and its number: the other cells are about it.
fn rows<'a>(table: &'a Table, found: &mut Vec<Found<'a>>) {
    if Heading::over(table, 0) == Heading::Types {
        return;
    }
    for row in &table.rows {
        let Some((first, others)) = row.cells.split_first() else { continue };
        let stated = stated::two_terms(first).or_else(|| in_cell(first));
        let Some((name, value)) = stated.filter(|(name, _)| is_code(&name.value)) else { continue };
        found.push(Found { name, value, text: others.iter().flat_map(|cell| &cell.blocks).collect(), under: None });
    }
}

/// What stands under a heading, without what has a heading of its own as a constant.
fn below(level: u8, after: &[Block]) -> &[Block] {
    let ends = |block: &Block| match &block.kind {
        BlockKind::Heading(next, inlines) => *next <= level || beside(inlines, block.span).is_some(),
        _ => false,
    };
    &after[..after.iter().position(ends).unwrap_or(after.len())]
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
    let known = is_identifier(name) && (values::is_literal(value) || value == NULL);
    let spanned = |text: &str| Spanned { value: text.to_owned(), span };
    known.then(|| (spanned(name), spanned(value)))
}

//! The return section: its type, the codes it lists with every text they have, and the prose around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code_rows::{self, Named, Row};
use super::{at, c_type, code, locate};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{DocumentedCode, Returns};
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Definition, Prose, plain};
use crate::source::Span;

/// Lowers the return sections; a page that has two is read as if they were one.
pub(super) fn lower(page: &Page, diags: &mut Diagnostics) -> Returns {
    let mut returns = Returns::default();
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::Returns) {
        if let Some(stated) = &section.c_type {
            returns.c_type = returns.c_type.take().or_else(|| c_type(page, stated));
        }
        add_prose(page, &mut returns, section.heading.span, &section.prose, diags);
    }
    returns
}

/// Adds what a text under a heading says of codes, and keeps the rest as prose.
pub(super) fn add_prose(
    page: &Page,
    returns: &mut Returns,
    heading: Span,
    prose: &Arc<Prose>,
    diags: &mut Diagnostics,
) {
    returns.span.get_or_insert_with(|| locate(page, heading));
    if returns.docs.is_empty() && prose.blocks.iter().all(|block| matches!(block.kind, BlockKind::Paragraph(_))) {
        returns.docs = prose.clone();
        return;
    }
    let mut places: BTreeMap<String, usize> =
        returns.codes.iter().enumerate().map(|(at, code)| (code.name.value.clone(), at)).collect();
    let mut rest = &prose.blocks[..];
    while let Some((block, after)) = rest.split_first() {
        rest = after;
        let listed = match &block.kind {
            BlockKind::Table(table) => code_rows::of_table(table),
            BlockKind::Definitions(entries) => code_rows::of_definitions(block.span, entries),
            BlockKind::List(_, items) => code_rows::of_bullets(items),
            _ => None,
        };
        let Some(mut rows) = listed else {
            match &block.kind {
                BlockKind::Table(_) => {
                    let message = "no column of this table holds codes";
                    diags.report(Rule::UnreadTable, locate(page, block.span), message);
                }
                BlockKind::Definitions(entries) => {
                    let parts = entries.iter().map(Definition::prose);
                    parts.for_each(|part| doubt(page, block.span, part, diags));
                }
                BlockKind::List(_, items) => items.iter().for_each(|item| doubt(page, block.span, item, diags)),
                _ => {}
            }
            Arc::make_mut(&mut returns.docs).blocks.push(block.clone());
            continue;
        };
        if let (BlockKind::Definitions(_), [row]) = (&block.kind, &mut rows[..])
            && row.text.is_empty()
        {
            let (text, after) = rest.split_at(text_of_term(rest));
            row.text.blocks.extend_from_slice(text);
            rest = after;
        }
        report_nameless(page, &rows, diags);
        rows.into_iter().for_each(|row| add(page, returns, &mut places, row, diags));
    }
}

/// Reports numbers among codes: each is a code whose name is not there. See number_without_a_name.
fn report_nameless(page: &Page, rows: &[Row], diags: &mut Diagnostics) {
    if !rows.iter().any(|row| matches!(row.code, Named::Code(_)) && !row.is_minor) {
        return;
    }
    for row in rows {
        let Named::Label(label) = &row.code else { continue };
        let words = label.plain();
        if code::number(words.trim()).is_some() {
            let message = format!("`{}` stands among codes without a name; it is kept as text", words.trim());
            diags.report_help(Rule::UnreadCode, locate(page, row.span), message, "give the code its name");
        }
    }
}

/// How many blocks after a `<dl>` with a lone term are its text, as pages of early 2018 have it: all up to the next
/// list; after the last list only one, because what follows that may be about all codes.
fn text_of_term(rest: &[Block]) -> usize {
    let next = |block: &Block| matches!(block.kind, BlockKind::Definitions(_) | BlockKind::Table(_));
    rest.iter().position(next).unwrap_or(rest.len().min(1))
}

/// Reports the codes that a text starts with and that are not read.
fn doubt(page: &Page, around: Span, text: &Prose, diags: &mut Diagnostics) {
    let Some(first) = text.blocks.first() else { return };
    let BlockKind::Paragraph(inlines) = &first.kind else { return };
    let words = plain(inlines);
    let named = code_rows::mentioned(&words);
    let Some(name) = named.into_iter().find(|name| words.trim_start().starts_with(name)) else { return };
    let message =
        format!("most of these entries are not codes, so `{name}` is not read as a code either; it is kept as text");
    let span = if first.span == Span::default() { around } else { first.span };
    diags.report_help(Rule::UnreadCode, locate(page, span), message, APART);
}

/// What to do about a code that is not read.
const APART: &str = "give each code a cell of its own, and move everything else into the text";

/// Adds a row; `places` tells where in the list each code is.
fn add(page: &Page, returns: &mut Returns, places: &mut BTreeMap<String, usize>, row: Row, diags: &mut Diagnostics) {
    let source = at(page, row.span);
    let name = match row.code {
        Named::Other => {
            returns.open.get_or_insert(Fact { value: (), source });
            if returns.docs.blocks.is_empty() || !row.text.is_empty() {
                Arc::make_mut(&mut returns.docs).blocks.extend(row.text.blocks);
            }
            return;
        }
        Named::Label(label) => {
            let words = label.plain();
            if label.is_empty() {
                diags.report(Rule::TornTable, locate(page, row.span), "this row names no code; its text is kept");
            }
            if words.to_lowercase().contains("xxx") || words.contains('*') {
                returns.open.get_or_insert(Fact { value: (), source });
            }
            let named = code_rows::mentioned(&words);
            if !named.is_empty() {
                let message =
                    format!("`{}` stands in a row that is not a list of codes; it is kept as text", named.join("`, `"));
                diags.report_help(Rule::UnreadCode, locate(page, row.span), message, APART);
            }
            let blocks = &mut Arc::make_mut(&mut returns.docs).blocks;
            blocks.extend(label.blocks);
            blocks.extend(row.text.blocks);
            return;
        }
        Named::Code(name) => name,
    };
    let number = row.number.map(|(value, span)| Fact { value, source: at(page, span) });
    let text = Fact { value: Arc::new(row.text), source: source.clone() };
    if let Some(&place) = places.get(&name) {
        let code = &mut returns.codes[place];
        let message = format!("`{name}` is listed again; all its texts are kept");
        diags.report(Rule::DuplicateCode, locate(page, row.span), message);
        code.texts.push(text);
        code.number = code.number.take().or(number);
        code.is_minor &= row.is_minor;
        return;
    }
    places.insert(name.clone(), returns.codes.len());
    let name = Fact { value: name, source };
    returns.codes.push(DocumentedCode { name, number, texts: vec![text], is_minor: row.is_minor });
}

//! The return section: its type, the codes it lists with every text they have, and the prose around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code::{is_code, number as number_in};
use super::{at, c_type, locate};
use crate::c::names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{DocumentedCode, Returns};
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Definition, Inline, Prose, Table, plain};
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
            BlockKind::Table(table) => code_rows(table),
            BlockKind::Definitions(entries) => definition_rows(block.span, entries),
            BlockKind::List(_, items) => bullet_rows(items),
            _ => None,
        };
        let Some(mut rows) = listed else {
            if matches!(block.kind, BlockKind::Table(_)) {
                let message = "no column of this table holds codes";
                diags.report(Rule::UnreadTable, locate(page, block.span), message);
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
        rows.into_iter().for_each(|row| add(page, returns, &mut places, row, diags));
    }
}

/// How many blocks after a `<dl>` with a lone term are its text, as pages of early 2018 have it: all up to the next
/// list; after the last list only one, because what follows that may be about all codes.
fn text_of_term(rest: &[Block]) -> usize {
    let next = |block: &Block| matches!(block.kind, BlockKind::Definitions(_) | BlockKind::Table(_));
    rest.iter().position(next).unwrap_or(rest.len().min(1))
}

/// A row of any of the forms that list codes.
struct Row {
    span: Span,
    code: CodeCell,
    number: Option<(u32, Span)>,
    text: Prose,
}

enum CodeCell {
    Code(String),
    /// "Other errors": the list is not complete.
    Other,
    /// A cell that says something else, such as `Zero` or a family of codes.
    Label(Prose),
}

/// Adds a row; `places` tells where in the list each code is.
fn add(page: &Page, returns: &mut Returns, places: &mut BTreeMap<String, usize>, row: Row, diags: &mut Diagnostics) {
    let source = at(page, row.span);
    let name = match row.code {
        CodeCell::Other => {
            returns.open.get_or_insert(Fact { value: (), source });
            if returns.docs.blocks.is_empty() || !row.text.is_empty() {
                Arc::make_mut(&mut returns.docs).blocks.extend(row.text.blocks);
            }
            return;
        }
        CodeCell::Label(label) => {
            if label.is_empty() {
                diags.report(Rule::TornTable, locate(page, row.span), "this row names no code; its text is kept");
            }
            if label.plain().to_lowercase().contains("xxx") || label.plain().contains('*') {
                returns.open.get_or_insert(Fact { value: (), source });
            }
            let blocks = &mut Arc::make_mut(&mut returns.docs).blocks;
            blocks.extend(label.blocks);
            blocks.extend(row.text.blocks);
            return;
        }
        CodeCell::Code(name) => name,
    };
    let number = row.number.map(|(value, span)| Fact { value, source: at(page, span) });
    let text = Fact { value: Arc::new(row.text), source: source.clone() };
    if let Some(&place) = places.get(&name) {
        let code = &mut returns.codes[place];
        let message = format!("`{name}` is listed again; all its texts are kept");
        diags.report(Rule::DuplicateCode, locate(page, row.span), message);
        code.texts.push(text);
        code.number = code.number.take().or(number);
        return;
    }
    places.insert(name.clone(), returns.codes.len());
    returns.codes.push(DocumentedCode { name: Fact { value: name, source }, number, texts: vec![text] });
}

/// The rows of a table that lists codes: its code column is the first whose cells read as codes.
fn code_rows(table: &Table) -> Option<Vec<Row>> {
    let columns = table.rows.iter().map(|row| row.cells.len()).max()?;
    if !(1..=3).contains(&columns) {
        return None;
    }
    let filled =
        |column: usize| table.rows.iter().filter_map(move |row| row.cells.get(column)).filter(|c| !c.is_empty());
    let reads = |column: usize| filled(column).filter(|cell| code_cell(cell).is_some()).count();
    let column = (0..columns).find(|&column| reads(column) * 2 > filled(column).count())?;
    let mut rows = Vec::new();
    for row in &table.rows {
        let mut text = Prose::default();
        let mut number = row.cells.get(column).and_then(second_term);
        for (index, cell) in row.cells.iter().enumerate() {
            if index == column {
                continue;
            }
            match own_number(cell).filter(|_| number.is_none()) {
                Some(stated) => number = Some(stated),
                None => text.blocks.extend(cell.blocks.iter().cloned()),
            }
        }
        // Two codes in one cell share a text; what an empty cell lost is not the code of the row above.
        let cell = row.cells.get(column);
        let label = || vec![CodeCell::Label(cell.cloned().unwrap_or_default())];
        let codes = cell.and_then(code_cell).unwrap_or_else(label);
        let span = cell.and_then(|cell| cell.blocks.first()).map_or(row.span, innermost);
        // A number beside two codes tells neither's.
        let number = number.filter(|_| codes.len() == 1);
        let several = codes.len() > 1;
        rows.extend(codes.into_iter().map(|code| {
            // The text of a range stands with its ends.
            let text = if several && matches!(code, CodeCell::Other) { Prose::default() } else { text.clone() };
            Row { span, code, number, text }
        }));
    }
    Some(rows)
}

/// A cell that holds nothing but a hexadecimal number. A decimal one may as well count the rows.
fn own_number(cell: &Prose) -> Option<(u32, Span)> {
    let [block] = &cell.blocks[..] else { return None };
    let text = cell.plain();
    let number = number_in(text.trim()).filter(|_| text.trim().starts_with("0x"));
    number.map(|number| (number, innermost(block)))
}

/// The number that stands under the name in one cell: in a second `<dt>` or after a break.
fn second_term(cell: &Prose) -> Option<(u32, Span)> {
    let first = cell.blocks.first()?;
    match &first.kind {
        BlockKind::Definitions(entries) => {
            let second = entries.get(1)?.prose();
            Some((number_in(second.plain().trim())?, innermost(second.blocks.first()?)))
        }
        BlockKind::Paragraph(inlines) => {
            let second = inlines.split(|inline| *inline == Inline::Break).skip(1).find(|part| !part.is_empty())?;
            Some((number_in(plain(second).trim())?, first.span))
        }
        _ => None,
    }
}

/// Where the text of a cell starts, below its lists of terms.
fn innermost(block: &Block) -> Span {
    match &block.kind {
        BlockKind::Definitions(entries) => {
            let first = entries.first().and_then(|entry| entry.prose().blocks.first());
            first.map_or(block.span, innermost)
        }
        _ => block.span,
    }
}

fn definition_rows(span: Span, entries: &[Definition]) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for entry in entries {
        match entry {
            Definition::Term(term) => {
                let span = term.blocks.first().map_or(span, innermost);
                if let (Some(number), Some(row)) = (number_in(term.plain().trim()), rows.last_mut()) {
                    row.number.get_or_insert((number, span));
                    continue;
                }
                let codes = code_cell(term)?;
                let row = |code| Row { span, code, number: None, text: Prose::default() };
                rows.extend(codes.into_iter().map(row));
            }
            Definition::Meaning(text) => rows.last_mut()?.text.blocks.extend(text.blocks.iter().cloned()),
        }
    }
    Some(rows)
}

/// Bullets that each start with a code and go on with its text.
fn bullet_rows(items: &[Prose]) -> Option<Vec<Row>> {
    let row = |item: &Prose| -> Option<Row> {
        let (first, rest) = item.blocks.split_first()?;
        let BlockKind::Paragraph(inlines) = &first.kind else { return None };
        let (head, tail) = inlines.split_first()?;
        let (name, mut after) = match head {
            Inline::Strong(_) | Inline::Code(_) => (plain(std::slice::from_ref(head)), tail.to_vec()),
            Inline::Text(text) => {
                let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
                let end = text.find(')').map(|close| close + 1).filter(|&end| is_wrapped(&text[..end])).unwrap_or(end);
                let mut after = vec![Inline::Text(text[end..].to_owned())];
                after.extend(tail.iter().cloned());
                (text[..end].to_owned(), after)
            }
            _ => return None,
        };
        if !is_code(name.trim()) && !is_wrapped(name.trim()) {
            return None;
        }
        if let Some(Inline::Text(text)) = after.first_mut() {
            *text = text.trim_start_matches([' ', ':', '-', '–', '—']).to_owned();
        }
        after.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
        let mut blocks = Vec::new();
        if !after.is_empty() {
            blocks.push(Block { span: first.span, kind: BlockKind::Paragraph(after) });
        }
        blocks.extend(rest.iter().cloned());
        let code = CodeCell::Code(name.trim().to_owned());
        Some(Row { span: first.span, code, number: None, text: Prose { blocks } })
    };
    items.iter().map(row).collect()
}

/// The codes that a cell names, if it names any.
fn code_cell(cell: &Prose) -> Option<Vec<CodeCell>> {
    let text = match cell.blocks.first().map(|block| &block.kind) {
        // `<dt>` name, and maybe a second `<dt>` with its number.
        Some(BlockKind::Definitions(entries)) => entries.first()?.prose().plain(),
        Some(BlockKind::Paragraph(inlines)) => {
            let end = inlines.iter().position(|inline| *inline == Inline::Break).unwrap_or(inlines.len());
            plain(&inlines[..end])
        }
        _ => return None,
    };
    let text = text.trim();
    let lower = text.to_lowercase();
    if lower.starts_with("other") || lower.starts_with("none of the above") {
        return Some(vec![CodeCell::Other]);
    }
    if is_identifier(text) && lower.ends_with("xxx") {
        // A family of codes, none of which is named.
        return Some(vec![CodeCell::Label(cell.clone())]);
    }
    let codes = |names: &[&str]| names.iter().map(|name| CodeCell::Code((*name).to_owned())).collect();
    if let Some((first, last)) = ["–", "—", " through ", " - "].into_iter().find_map(|dash| text.split_once(dash)) {
        // A range names its ends; what lies between is documented and not named.
        let ends = [first.trim(), last.trim()];
        return ends.iter().all(|end| is_code(end)).then(|| {
            let mut cells: Vec<CodeCell> = codes(&ends);
            cells.push(CodeCell::Other);
            cells
        });
    }
    if is_wrapped(text) {
        return Some(codes(&[text]));
    }
    let names: Vec<&str> = text.split(" or ").flat_map(|part| part.split([',', '/'])).map(str::trim).collect();
    names.iter().all(|name| is_code(name)).then(|| codes(&names))
}

/// `HRESULT_FROM_NT(STATUS_X)`, the name of one code.
fn is_wrapped(text: &str) -> bool {
    let wrapped = text.split_once('(').and_then(|(outer, inner)| Some((outer, inner.strip_suffix(')')?)));
    wrapped.is_some_and(|(outer, inner)| is_code(outer.trim()) && is_code(inner.trim()))
}

//! The rows of a text that lists codes, in whatever form: a table, a run of `<dl>`, bullets. A row has a code, or text
//! that is kept as such; a code that is named in a way that is not read is reported.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::code::{is_code, is_plain_code, number as number_in};
use super::columns::{Heading, filled};
use crate::c::names::is_identifier;
use crate::prose::{Block, BlockKind, Definition, Inline, Prose, Table, plain};
use crate::source::Span;

/// A row of any of the forms that list codes.
pub(super) struct Row {
    /// Where its code stands.
    pub span: Span,
    /// What it is about.
    pub code: Named,
    /// The code's number.
    pub number: Option<(u32, Span)>,
    /// What the page says of it.
    pub text: Prose,
    /// Whether most rows around it name no codes.
    pub is_minor: bool,
}

/// What a row is about.
pub(super) enum Named {
    /// A code.
    Code(String),
    /// "Other errors": the list is not complete.
    Other,
    /// Something else, such as `Zero` or a family of codes.
    Label(Prose),
}

/// The codes of one cell, with what else is in it.
#[derive(Default)]
struct Cell {
    codes: Vec<Named>,
    number: Option<(u32, Span)>,
    text: Vec<Block>,
}

/// The rows of a table that lists codes. Its column of codes is the first whose header says so, else the first; another
/// one only if most of its cells, and more than one, are codes.
pub(super) fn of_table(table: &Table) -> Option<Vec<Row>> {
    let width = table.rows.iter().map(|row| row.cells.len()).max()?;
    if !(1..=3).contains(&width) {
        return None;
    }
    let columns = || (0..width).filter(|&column| Heading::over(table, column) != Heading::Types);
    let said = |column: &usize| matches!(Heading::over(table, *column), Heading::Codes | Heading::Values);
    let reads = |column: usize| filled(table, column).filter(|cell| self::cell(cell).is_some()).count();
    let mostly = |column: &usize| reads(*column) * 2 > filled(table, *column).count();
    let some = |column: &usize| filled(table, *column).any(is_whole_code);
    let by_header = || columns().filter(said).find(mostly).or_else(|| columns().filter(said).find(some));
    let by_place = || columns().find(|column| *column == 0).filter(mostly);
    let by_cells = || columns().filter(|&column| reads(column) > 1).find(mostly);
    let by_one_cell = || columns().find(|column| *column == 0).filter(some);
    let column = by_header().or_else(by_place).or_else(by_cells).or_else(by_one_cell)?;
    let is_minor = !mostly(&column);
    let mut rows = Vec::new();
    for row in &table.rows {
        let cell = row.cells.get(column);
        let named = cell.filter(|cell| !is_minor || is_whole_code(cell)).and_then(self::cell);
        // What an empty cell lost is not the code of the row above.
        let label = || Cell { codes: vec![Named::Label(cell.cloned().unwrap_or_default())], ..Cell::default() };
        let Cell { codes, number, text } = named.unwrap_or_else(label);
        let others = || row.cells.iter().enumerate().filter(|(index, _)| *index != column).map(|(_, cell)| cell);
        let mut beside = others().filter_map(own_number);
        let stated = number.or_else(|| beside.next());
        let agree = stated.is_none_or(|(stated, _)| beside.all(|(other, _)| other == stated));
        // A number beside two codes tells neither's, and two numbers tell nothing.
        let number = stated.filter(|_| agree && codes.len() == 1);
        let mut text = Prose { blocks: text };
        for cell in others().filter(|cell| number.is_none() || own_number(cell).is_none()) {
            text.blocks.extend(cell.blocks.iter().cloned());
        }
        let span = cell.and_then(|cell| cell.blocks.first()).map_or(row.span, innermost);
        push(&mut rows, span, codes, number, &text, is_minor);
    }
    Some(rows)
}

/// A row for each code of a cell: they share a text. The text of a range stands with its ends.
fn push(rows: &mut Vec<Row>, span: Span, codes: Vec<Named>, number: Option<(u32, Span)>, text: &Prose, is_minor: bool) {
    let several = codes.len() > 1;
    rows.extend(codes.into_iter().map(|code| {
        let text = if several && matches!(code, Named::Other) { Prose::default() } else { text.clone() };
        Row { span, code, number, text, is_minor }
    }));
}

/// A cell that holds nothing but a hexadecimal number. A decimal one may as well count the rows.
fn own_number(cell: &Prose) -> Option<(u32, Span)> {
    let [block] = &cell.blocks[..] else { return None };
    let text = cell.plain();
    let number = number_in(text.trim()).filter(|_| text.trim().starts_with("0x"));
    number.map(|number| (number, innermost(block)))
}

/// Where the text of a cell starts, below its lists of terms.
fn innermost(block: &Block) -> Span {
    let first = match &block.kind {
        BlockKind::Definitions(entries) => entries.first().and_then(|entry| entry.prose().blocks.first()),
        BlockKind::List(_, items) => items.first().and_then(|item| item.blocks.first()),
        _ => None,
    };
    first.map_or(block.span, innermost)
}

/// Whether a cell is one name of a code and nothing else, or several of them.
fn is_whole_code(cell: &Prose) -> bool {
    let plain = |code: &Named| matches!(code, Named::Code(name) if is_plain_code(name));
    self::cell(cell).is_some_and(|cell| cell.text.is_empty() && cell.codes.iter().all(plain))
}

/// The rows of a `<dl>`: most of its terms are codes.
pub(super) fn of_definitions(span: Span, entries: &[Definition]) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    // Where the rows of the last term begin: they share its meaning.
    let mut last = 0;
    let (mut terms, mut named) = (0, 0);
    for entry in entries {
        match entry {
            Definition::Term(term) => {
                let span = term.blocks.first().map_or(span, innermost);
                if let (Some(number), [row]) = (number_in(term.plain().trim()), &mut rows[last..]) {
                    row.number.get_or_insert((number, span));
                    continue;
                }
                terms += 1;
                let cell = self::cell(term).inspect(|_| named += 1);
                let label = || Cell { codes: vec![Named::Label(term.clone())], ..Cell::default() };
                let Cell { codes, number, text } = cell.unwrap_or_else(label);
                last = rows.len();
                let number = number.filter(|_| codes.len() == 1);
                push(&mut rows, span, codes, number, &Prose { blocks: text }, false);
            }
            Definition::Meaning(text) => {
                let rows = &mut rows[last..];
                if rows.is_empty() {
                    return None;
                }
                let told = rows.iter_mut().filter(|row| !matches!(row.code, Named::Other));
                told.for_each(|row| row.text.blocks.extend(text.blocks.iter().cloned()));
            }
        }
    }
    (named * 2 > terms).then_some(rows)
}

/// Bullets of which most start with a code and go on with its text.
pub(super) fn of_bullets(items: &[Prose]) -> Option<Vec<Row>> {
    let read: Vec<Option<(Vec<String>, Vec<Block>)>> = items.iter().map(bullet).collect();
    if read.iter().flatten().count() * 2 <= items.len() {
        return None;
    }
    let mut rows = Vec::new();
    for (item, read) in items.iter().zip(read) {
        let Some(span) = item.blocks.first().map(|block| block.span) else { continue };
        let (codes, text) = match read {
            Some((names, text)) => (names.into_iter().map(Named::Code).collect(), text),
            None => (vec![Named::Label(item.clone())], Vec::new()),
        };
        push(&mut rows, span, codes, None, &Prose { blocks: text }, false);
    }
    Some(rows)
}

/// The codes that a bullet starts with, and its text.
fn bullet(item: &Prose) -> Option<(Vec<String>, Vec<Block>)> {
    let (first, rest) = item.blocks.split_first()?;
    let BlockKind::Paragraph(inlines) = &first.kind else { return None };
    let (name, mut after) = head(inlines)?;
    let mut names = vec![name];
    // `A`, `B` or `C`: text.
    while let Some(next) = without_separator(&after)
        && let Some((name, behind)) = head(&next)
    {
        names.push(name);
        after = behind;
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
    Some((names, blocks))
}

/// The code at the start of a run of text, and what follows it.
fn head(inlines: &[Inline]) -> Option<(String, Vec<Inline>)> {
    let (head, tail) = inlines.split_first()?;
    let (name, after) = match head {
        Inline::Strong(_) | Inline::Code(_) | Inline::Link(..) => (plain(std::slice::from_ref(head)), tail.to_vec()),
        Inline::Text(text) => {
            let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
            let end = text.find(')').map(|close| close + 1).filter(|&end| is_wrapped(&text[..end])).unwrap_or(end);
            let mut after = vec![Inline::Text(text[end..].to_owned())];
            after.extend(tail.iter().cloned());
            (Cow::Borrowed(&text[..end]), after)
        }
        _ => return None,
    };
    let name = name.trim().trim_end_matches(':');
    (is_code(name) || is_wrapped(name)).then(|| (name.to_owned(), after))
}

/// What stands behind a comma or the like that may separate two codes.
fn without_separator(inlines: &[Inline]) -> Option<Vec<Inline>> {
    let (Inline::Text(text), tail) = inlines.split_first()? else { return None };
    let text = text.trim_start();
    let separators = [", or ", ", and ", ",or ", "or ", "and ", ", ", ",", "/ ", "/"];
    let rest = separators.into_iter().find_map(|separator| text.strip_prefix(separator))?;
    let mut after = Vec::new();
    if !rest.trim_start().is_empty() {
        after.push(Inline::Text(rest.trim_start().to_owned()));
    }
    after.extend(tail.iter().cloned());
    Some(after)
}

/// The codes that a cell names, if it begins with one. Its pieces are its paragraphs, lines, terms and bullets.
fn cell(cell: &Prose) -> Option<Cell> {
    let mut pieces = Vec::new();
    cell.blocks.iter().for_each(|block| split(block, &mut pieces));
    let mut found = Cell::default();
    for piece in pieces {
        let text = match &piece.kind {
            BlockKind::Paragraph(inlines) => plain(inlines),
            _ => Cow::Borrowed(""),
        };
        if let Some(number) = number_in(text.trim()) {
            match found.number {
                // Of two numbers that differ neither counts: both are text.
                Some((before, _)) if before != number => found.text.push(piece),
                _ => found.number = Some((number, piece.span)),
            }
            continue;
        }
        match names_in(&text, &piece) {
            Some((codes, number)) => {
                found.number = found.number.or(number.map(|number| (number, piece.span)));
                found.codes.extend(codes);
            }
            None if found.codes.is_empty() => return None,
            None => found.text.push(piece),
        }
    }
    (!found.codes.is_empty()).then_some(found)
}

fn split(block: &Block, pieces: &mut Vec<Block>) {
    match &block.kind {
        BlockKind::Paragraph(inlines) => {
            let lines = inlines.split(|inline| *inline == Inline::Break).filter(|line| !plain(line).trim().is_empty());
            let line = |line: &[Inline]| Block { span: block.span, kind: BlockKind::Paragraph(line.to_vec()) };
            pieces.extend(lines.map(line));
        }
        BlockKind::Definitions(entries) => {
            entries.iter().flat_map(|entry| &entry.prose().blocks).for_each(|block| split(block, pieces));
        }
        BlockKind::List(_, items) => items.iter().flat_map(|item| &item.blocks).for_each(|block| split(block, pieces)),
        _ => pieces.push(block.clone()),
    }
}

/// The codes that a piece of text is made of, and the number beside the only one.
fn names_in(text: &str, piece: &Block) -> Option<(Vec<Named>, Option<u32>)> {
    let text = without_marks(text.trim());
    let lower = text.to_lowercase();
    if lower.starts_with("other") || lower.starts_with("none of the above") {
        return Some((vec![Named::Other], None));
    }
    if is_identifier(text) && lower.ends_with("xxx") {
        // A family of codes, none of which is named.
        return Some((vec![Named::Label(Prose { blocks: vec![piece.clone()] })], None));
    }
    let codes = |names: &[&str]| names.iter().map(|name| Named::Code((*name).to_owned())).collect();
    if let Some((first, last)) = ["–", "—", " through ", " - "].into_iter().find_map(|dash| text.split_once(dash)) {
        // A range names its ends; what lies between is documented and not named.
        let ends = [first.trim(), last.trim()];
        return ends.iter().all(|end| is_code(end)).then(|| {
            let mut named: Vec<Named> = codes(&ends);
            named.push(Named::Other);
            (named, None)
        });
    }
    if is_wrapped(text) {
        return Some((codes(&[text]), None));
    }
    if let Some((name, number)) = numbered(text) {
        return Some((codes(&[name]), Some(number)));
    }
    let mut names = Vec::new();
    let parts = text.split([',', '/', ';']).flat_map(|part| part.split(" or ")).flat_map(|part| part.split(" and "));
    for part in parts.map(|part| without_marks(part.trim())) {
        let part = ["or ", "and "].into_iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part).trim();
        // A blank may as well tear one name. See returns_name_that_a_blank_tears.
        let words = || part.split_whitespace();
        if is_code(part) {
            names.push(part);
        } else if words().next().is_some() && words().all(is_plain_code) {
            names.extend(words());
        } else {
            return None;
        }
    }
    (!names.is_empty()).then(|| (codes(&names), None))
}

/// `NAME (0x1)`, `NAME = 1` or `0x1 (NAME)`.
fn numbered(text: &str) -> Option<(&str, u32)> {
    let (one, two) = text
        .strip_suffix(')')
        .and_then(|text| text.split_once('('))
        .or_else(|| text.split_once('='))
        .map(|(one, two)| (one.trim(), two.trim()))?;
    let pair = |name, number| number_in(number).filter(|_| is_code(name)).map(|number| (name, number));
    pair(one, two).or_else(|| pair(two, one))
}

/// A text without the marks of emphasis that a page left open or closed once too often, and without the full stop.
fn without_marks(text: &str) -> &str {
    let text = text.trim_end_matches(['.', ',', ':', ';']);
    let text = text.trim_matches('`').trim_start_matches('*');
    // `ERROR_*` is a family of codes.
    let bare = text.trim_end_matches('*');
    if bare.ends_with('_') { text } else { bare.trim() }
}

/// `HRESULT_FROM_NT(STATUS_X)`, the name of one code.
fn is_wrapped(text: &str) -> bool {
    let wrapped = text.split_once('(').and_then(|(outer, inner)| Some((outer, inner.strip_suffix(')')?)));
    wrapped.is_some_and(|(outer, inner)| is_code(outer.trim()) && is_code(inner.trim()))
}

/// The codes that stand in a text which is read as text. What ends with an underscore is the start of many names.
pub(super) fn mentioned(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut found: Vec<&str> = words.filter(|word| !word.ends_with('_') && is_plain_code(word)).collect();
    let mut seen = BTreeSet::new();
    found.retain(|word| seen.insert(*word));
    found
}

//! Pages that list codes with their numbers, in any of their forms: runs of `<dl>`, tables with columns of names and
//! numbers or with two terms in a cell, or a name, a number and a text in paragraphs of their own.
//!
//! All forms come down to the same sequence: a piece of text that is nothing but a name, one that is nothing but a
//! number, and text up to the next name. Whether names or numbers come first is told once for each part of a page.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::code::{is_code, number};
use super::columns::{self, Heading, Pair};
use super::{at, locate};
use crate::diag::{Diagnostics, Rule};
use crate::draft::Code;
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{Block, BlockKind, Inline, Prose, Row, Table, plain};
use crate::source::Span;

/// What a page lists.
#[derive(Default)]
pub(super) struct Listing {
    /// The codes; none if it is no such page.
    pub codes: Vec<Code>,
    /// The text that belongs to no code: of the lead, then of each section.
    pub around: Vec<Arc<Prose>>,
}

/// The codes of a page and the text around them.
pub(super) fn lower(page: &Page, diags: &mut Diagnostics) -> Listing {
    if page.front_matter.has("UID") || page.sections.iter().any(|section| is_of_item(&section.kind)) {
        return Listing::default();
    }
    let proses: Vec<&Prose> =
        std::iter::once(&*page.lead).chain(page.sections.iter().map(|section| &*section.prose)).collect();
    let mut atoms = Vec::new();
    let mut unclear = Vec::new();
    for (part, prose) in proses.iter().enumerate() {
        for (index, block) in prose.blocks.iter().enumerate() {
            collect(block, (part, index), &mut atoms, &mut unclear);
        }
    }
    let pairs = Pairs::of(page, &atoms, &mut unclear);
    for (span, message) in unclear {
        let help = "say in the header which column has the values, and write a number beside each name";
        diags.report_help(Rule::UncertainNumber, locate(page, span), message, help);
    }
    let mut loose = BTreeSet::new();
    let mut codes: Vec<Code> = Vec::new();
    let mut numbers = BTreeMap::new();
    let mut index = 0;
    // Text that follows a code belongs to it until something else starts.
    let mut open = false;
    while index < atoms.len() {
        let atom = &atoms[index];
        // A heading or the end of a row ends the text of the code above it.
        open &= index == 0 || atoms[index - 1].is_near(atom);
        if let Some((named, number)) = pairs.at(&atoms, index) {
            let span = atoms[number.at].block.span;
            let number = number.value;
            let name = Fact { value: named.text.clone(), source: at(page, named.block.span) };
            let before = *numbers.entry(name.value.clone()).or_insert(number);
            if before != number {
                let message = format!("`{}` is {number} here and {before} above", name.value);
                diags.report(Rule::CodeConflict, locate(page, span), message);
            }
            codes.push(Code { name, number: Fact { value: number, source: at(page, span) }, docs: Arc::default() });
            open = true;
            index += 2;
            continue;
        }
        if open && !is_code(&atom.text) {
            let code = codes.last_mut().expect("a code is open");
            Arc::make_mut(&mut code.docs).blocks.push(atom.block.clone().into_owned());
        } else {
            open = false;
            loose.insert(index);
        }
        index += 1;
    }
    Listing { codes, around: around(&proses, &atoms, &loose) }
}

/// Which atoms are a name and its number.
struct Pairs {
    /// For each atom, whether numbers come before their names where it stands; none if that cannot be told.
    number_first: Vec<Option<bool>>,
}

/// A number and the place of its atom.
struct Numbered {
    at: usize,
    value: u32,
}

impl Pairs {
    fn of(page: &Page, atoms: &[Atom<'_>], unclear: &mut Vec<(Span, String)>) -> Self {
        let mut number_first = Vec::with_capacity(atoms.len());
        for run in atoms.chunk_by(Atom::is_near) {
            let first = number_first.len();
            let heading = run[0].place.0.checked_sub(1).map(|section| &*page.sections[section].heading.value);
            // Under `Data type` there are names of types, and the numbers below them are no numbers of theirs.
            let of_types = run[0].cell.is_none() && heading.is_some_and(is_about_types);
            let pairs = || run.windows(2).filter(|two| two[0].is_beside(&two[1]));
            let after = pairs().filter(|two| is_name(&two[0]) && number(&two[1].text).is_some()).count();
            let before: Vec<&Atom<'_>> =
                pairs().filter(|two| number(&two[0].text).is_some() && is_name(&two[1])).map(|two| &two[1]).collect();
            let which = match before.len().cmp(&after) {
                _ if of_types => None,
                Ordering::Less => Some(false),
                Ordering::Greater => Some(true),
                Ordering::Equal => {
                    unclear.extend(before.first().map(|name| {
                        let message =
                            format!("`{}` stands between two numbers, and either of them may be its number", name.text);
                        (name.block.span, message)
                    }));
                    None
                }
            };
            number_first.resize(first + run.len(), which);
        }
        Self { number_first }
    }

    /// The name and the number that begin at an atom.
    fn at<'a, 'b>(&self, atoms: &'a [Atom<'b>], index: usize) -> Option<(&'a Atom<'b>, Numbered)> {
        let (one, two) = (&atoms[index], atoms.get(index + 1)?);
        let number_first = self.number_first[index].filter(|_| one.is_beside(two))?;
        let (named, text, at) = if number_first { (two, one, index) } else { (one, two, index + 1) };
        let label = index.checked_sub(1).map(|before| &atoms[before]).filter(|before| before.is_near(one));
        let of_type = label.is_some_and(|label| named.cell.is_none() && is_about_types(&label.text));
        let value = number(&text.text).filter(|_| is_name(named) && !of_type)?;
        Some((named, Numbered { at, value }))
    }
}

/// Whether a label or a heading announces types and nothing else: `Data type`.
fn is_about_types(label: &str) -> bool {
    let mut words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let known =
        ["data", "type", "types", "datatype", "value", "values", "property", "registry", "and", "default", "range"];
    Heading::of(label) == Heading::Types && words.all(|word| known.contains(&&*word.to_lowercase()))
}

fn is_name(atom: &Atom<'_>) -> bool {
    atom.cell != Some(Cell::Loose) && is_code(&atom.text)
}

/// The text of each part that belongs to no code: whole blocks where none of it does.
fn around(proses: &[&Prose], atoms: &[Atom<'_>], loose: &BTreeSet<usize>) -> Vec<Arc<Prose>> {
    let mut around = vec![Prose::default(); proses.len()];
    let mut at = 0;
    for run in atoms.chunk_by(|a, b| a.place == b.place) {
        let (part, index) = run[0].place;
        let blocks = &mut around[part].blocks;
        if (at..at + run.len()).all(|atom| loose.contains(&atom)) {
            blocks.push(proses[part].blocks[index].clone());
        } else {
            let loose = (at..).zip(run).filter(|(at, _)| loose.contains(at));
            blocks.extend(loose.map(|(_, atom)| atom.block.clone().into_owned()));
        }
        at += run.len();
    }
    around.into_iter().map(Arc::new).collect()
}

/// Whether only pages of items have such a section. Lists of codes may end with requirements and links.
fn is_of_item(kind: &SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Description
            | SectionKind::Parameters
            | SectionKind::EnumFields
            | SectionKind::StructFields
            | SectionKind::IoctlParameters
            | SectionKind::Returns
            | SectionKind::Syntax
    )
}

/// A piece of text that no finer block divides.
struct Atom<'a> {
    text: String,
    block: Cow<'a, Block>,
    /// The part of the page and the block of it that it is from.
    place: (usize, usize),
    /// The row of the block, if that is a table.
    row: usize,
    /// What of the row it is.
    cell: Option<Cell>,
}

/// What the columns of its table make of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// The name or the number that the columns of the table say.
    Stated,
    /// The cell of that number: a name and a number in it belong together.
    Own(usize),
    /// One that is text and nothing else.
    Loose,
}

impl Atom<'_> {
    /// Whether text after the one may be about it: in one row of a table, or below the same heading outside of tables.
    fn is_near(&self, next: &Atom<'_>) -> bool {
        let row = |atom: &Atom<'_>| atom.cell.map(|_| (atom.place.1, atom.row));
        self.place.0 == next.place.0 && row(self) == row(next)
    }

    /// Whether the one may be a name and the other its number.
    fn is_beside(&self, next: &Atom<'_>) -> bool {
        self.is_near(next) && self.cell == next.cell && self.cell != Some(Cell::Loose)
    }
}

fn collect<'a>(block: &'a Block, place: (usize, usize), atoms: &mut Vec<Atom<'a>>, unclear: &mut Vec<(Span, String)>) {
    match &block.kind {
        BlockKind::Definitions(entries) => {
            let blocks = entries.iter().flat_map(|entry| &entry.prose().blocks);
            blocks.for_each(|block| collect(block, place, atoms, unclear));
        }
        BlockKind::Table(table) => rows(block.span, table, place, atoms, unclear),
        BlockKind::Paragraph(inlines) => paragraph(block, inlines, place, atoms),
        _ => atoms.push(atom(String::new(), Cow::Borrowed(block), place)),
    }
}

fn atom(text: String, block: Cow<'_, Block>, place: (usize, usize)) -> Atom<'_> {
    Atom { text, block, place, row: 0, cell: None }
}

/// The rows of a table, each with its name and its number first.
fn rows<'a>(
    span: Span,
    table: &'a Table,
    place: (usize, usize),
    atoms: &mut Vec<Atom<'a>>,
    unclear: &mut Vec<(Span, String)>,
) {
    let lists = columns::side_by_side(table);
    let found = columns::of(table, &lists).unwrap_or_else(|why| {
        unclear.push((span, why));
        vec![None; lists.len()]
    });
    let parts: Vec<_> = lists.into_iter().zip(found).collect();
    for (at, row) in table.rows.iter().enumerate() {
        for (part, (among, found)) in parts.iter().enumerate() {
            let first = atoms.len();
            cells(table, row, among, *found, place, atoms, unclear);
            for atom in &mut atoms[first..] {
                // Lines count from the cell's own text; what matters is the row.
                atom.block.to_mut().span = row.span;
                atom.row = at * parts.len() + part;
            }
        }
    }
}

/// The cells of a row in some columns of its table; `found` are those of names and numbers.
fn cells<'a>(
    table: &'a Table,
    row: &'a Row,
    among: &Range<usize>,
    found: Option<Pair>,
    place: (usize, usize),
    atoms: &mut Vec<Atom<'a>>,
    unclear: &mut Vec<(Span, String)>,
) {
    let pair = found.and_then(|Pair { names, numbers }| {
        let name = row.cells.get(names)?;
        let number = row.cells.get(numbers).and_then(|cell| columns::number(table, numbers, cell));
        if !columns::is_name(table, names, name) {
            let text = name.plain();
            unclear.extend(
                number.map(|number| (row.span, format!("`{}` beside {number} is not the name of a code", text.trim()))),
            );
            return None;
        }
        if number.is_none() {
            unclear.push((row.span, format!("no number stands beside `{}`", name.plain().trim())));
        }
        Some(([names, numbers], [name.plain().trim().to_owned(), number?.to_string()]))
    });
    if let Some((pair, texts)) = &pair {
        for (column, text) in pair.iter().zip(texts) {
            let block = row.cells[*column].blocks.first().expect("a cell with a text has a block");
            let stated = Atom { cell: Some(Cell::Stated), ..atom(text.clone(), Cow::Borrowed(block), place) };
            atoms.push(stated);
        }
    }
    for (column, cell) in row.cells.iter().enumerate().filter(|(column, _)| among.contains(column)) {
        // `0x80004005 (E_FAIL)` says more than a number.
        let says_more = |(pair, _): &([usize; 2], _)| pair[1] == column && cell.plain().contains('_');
        if pair.as_ref().is_some_and(|pair| pair.0.contains(&column) && !says_more(pair)) {
            continue;
        }
        let from = atoms.len();
        cell.blocks.iter().for_each(|block| collect(block, place, atoms, unclear));
        let is_text = found.is_some() || Heading::over(table, column) == Heading::Types;
        let cell = if is_text { Cell::Loose } else { Cell::Own(column) };
        atoms[from..].iter_mut().for_each(|atom| atom.cell = Some(cell));
    }
}

/// `**NAME**<br>0x1` is two atoms, and so is `0x1<br>**NAME**`.
fn paragraph<'a>(block: &'a Block, inlines: &[Inline], place: (usize, usize), atoms: &mut Vec<Atom<'a>>) {
    if !inlines.contains(&Inline::Break) {
        atoms.push(atom(plain(inlines).trim().to_owned(), Cow::Borrowed(block), place));
        return;
    }
    let parts: Vec<&[Inline]> =
        inlines.split(|inline| *inline == Inline::Break).filter(|part| !part.is_empty()).collect();
    let texts: Vec<String> = parts.iter().map(|part| plain(part).trim().to_owned()).collect();
    let is_pair = match &texts[..] {
        [name, ..] if is_code(name) => true,
        [value, name, ..] => number(value).is_some() && is_code(name),
        _ => false,
    };
    if !is_pair {
        atoms.push(atom(plain(inlines).trim().to_owned(), Cow::Borrowed(block), place));
        return;
    }
    for (part, text) in parts.into_iter().zip(texts) {
        let block = Block { span: block.span, kind: BlockKind::Paragraph(part.to_vec()) };
        atoms.push(atom(text, Cow::Owned(block), place));
    }
}

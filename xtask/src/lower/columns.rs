//! Which column of a table names codes and which has their numbers: its header tells first, its cells second.

use std::ops::Range;

use super::code::{self, is_code, is_plain_code};
use crate::prose::{Prose, Row, Table};

/// What a header says of the cells below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    /// `Type`, `Data type`: names of types, which are no codes.
    Types,
    /// `Return code`, `Constant`: codes, by name or number.
    Codes,
    /// `Hex`: numbers, which may lack their `0x`.
    Hex,
    /// `Value`: what the codes stand for.
    Values,
    /// Nothing that tells.
    Other,
}

/// Words that make a column one of explanations, whatever else its header says.
const EXPLAIN: &[&str] =
    &["description", "descriptions", "meaning", "message", "text", "comment", "comments", "explanation", "remarks"];

/// Words for what has a name or a number of its own.
const CODES: &[&str] = &[
    "code",
    "codes",
    "error",
    "errors",
    "status",
    "return",
    "returns",
    "result",
    "results",
    "hresult",
    "ntstatus",
    "constant",
    "constants",
    "symbol",
    "symbolic",
    "name",
    "names",
    "macro",
    "flag",
    "flags",
    "identifier",
];

impl Heading {
    /// What the words of a header say.
    pub(super) fn of(header: &str) -> Self {
        let text = header.to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
        // `Error type` may be a column of either.
        match () {
            () if has(EXPLAIN) => Self::Other,
            () if has(&["type", "types", "datatype"]) => Self::Types,
            () if has(&["hex", "hexadecimal"]) => Self::Hex,
            () if has(CODES) => Self::Codes,
            () if has(&["value", "values", "decimal"]) => Self::Values,
            () => Self::Other,
        }
    }

    /// What the header of that column of a table says.
    pub(super) fn over(table: &Table, column: usize) -> Self {
        table.header.get(column).map_or(Self::Other, |header| Self::of(&header.plain()))
    }
}

/// The columns that make a table, or a part of it, a list of names with their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// The one of names.
    pub names: usize,
    /// The first one of numbers.
    pub numbers: usize,
}

/// The lists that stand side by side in a table, as ranges of its columns: its header says the same words again, or names
/// and numbers alternate. Mostly there is one.
pub(super) fn side_by_side(table: &Table) -> Vec<Range<usize>> {
    let all = width(table);
    let header: Vec<String> = table.header.iter().map(|cell| cell.plain().trim().to_lowercase()).collect();
    let is_repeated = |period: usize| {
        let mut parts = header.chunks(period);
        let first = parts.next().expect("a header has columns");
        first.iter().all(|word| !word.is_empty()) && parts.all(|part| part == first)
    };
    let alternate = || {
        let is_name = |cell: &Prose| is_code(cell.plain().trim());
        let named = |column: usize| mostly(table, column, is_name);
        let numbered = |column: usize| mostly(table, column, |cell| number(table, column, cell).is_some());
        let first = usize::from(!named(0));
        (0..all).all(|column| if column % 2 == first { named(column) } else { numbered(column) })
    };
    let mut periods = (2..=all / 2).filter(|period| all.is_multiple_of(*period));
    let period = match header.len() == all {
        true => periods.find(|&period| is_repeated(period)),
        false => None,
    };
    let period =
        period.or_else(|| (all > 2 && all.is_multiple_of(2) && alternate()).then_some(2)).unwrap_or(all.max(1));
    (0..all).step_by(period).map(|from| from..from + period).collect()
}

/// Finds the columns of names and numbers in each of the lists, wherever they stand, or says why it cannot be told which
/// number is whose. What is unclear in one list is so in all of them.
pub(super) fn of(table: &Table, lists: &[Range<usize>]) -> Result<Vec<Option<Pair>>, String> {
    let found = lists.iter().map(|among| of_list(table, among)).collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<usize> = found.iter().flatten().map(|pair| pair.numbers).collect();
    if let Some(first) = columns.first().filter(|_| counts_rows(table, &columns)) {
        return Err(format!(
            "column {} may only count the rows: the header of the column does not say that it has values",
            first + 1
        ));
    }
    Ok(found)
}

fn of_list(table: &Table, among: &Range<usize>) -> Result<Option<Pair>, String> {
    let Some(names) = names(table, among) else { return Ok(None) };
    let others = || among.clone().filter(|&column| column != names);
    if let Some(column) = others().find(|&column| is_of_no_base(table, column)) {
        return Err(format!(
            "the header does not say whether the numbers of column {} are decimal or hexadecimal",
            column + 1
        ));
    }
    let numeric: Vec<usize> = others().filter(|&column| has_numbers(table, column)).collect();
    let Some(&first) = numeric.first() else { return Ok(None) };
    let stated = |column: usize| table.rows.iter().map(move |row| number(table, column, row.cells.get(column)?));
    let differs = |&column: &usize| {
        let mut pairs = stated(first).zip(stated(column)).filter_map(|(one, other)| one.zip(other));
        pairs.any(|(one, other)| one != other)
    };
    if let Some(other) = numeric.iter().copied().find(differs) {
        return Err(format!(
            "columns {} and {} both have numbers for these names, and they differ",
            first + 1,
            other + 1
        ));
    }
    Ok(Some(Pair { names, numbers: first }))
}

/// The number in a cell, as its column writes numbers.
pub(super) fn number(table: &Table, column: usize, cell: &Prose) -> Option<u32> {
    let text = cell.plain();
    let text = text.trim();
    if Heading::over(table, column) == Heading::Hex && is_digits(text, 16) {
        return u32::from_str_radix(text, 16).ok();
    }
    // `0x80004005 (E_FAIL)` says what else has the number.
    let alone =
        text.strip_suffix(')').and_then(|text| text.split_once('(')).filter(|(_, name)| is_plain_code(name.trim()));
    code::number(alone.map_or(text, |(number, _)| number.trim()))
}

/// Whether a cell names a code: where most cells of the column do, any name; else only what can be nothing else.
pub(super) fn is_name(table: &Table, column: usize, cell: &Prose) -> bool {
    let text = cell.plain();
    let text = text.trim();
    if mostly(table, column, |cell| is_code(cell.plain().trim())) { is_code(text) } else { is_plain_code(text) }
}

/// The column of names: of those that tell the rows apart, as types do not, the first whose header says so and in which
/// most cells are names, else the first of these; else one that the header or its place makes that column.
fn names(table: &Table, among: &Range<usize>) -> Option<usize> {
    let all = || among.clone().filter(|&column| Heading::over(table, column) != Heading::Types);
    let named = || {
        let is_name = |cell: &Prose| is_code(cell.plain().trim());
        all().filter(move |&column| mostly(table, column, is_name) && tells_apart(table, column))
    };
    let said = |column: &usize| Heading::over(table, *column) == Heading::Codes;
    let is_plain = |column: &usize| {
        let mut cells = filled(table, *column);
        cells.any(|cell| is_plain_code(cell.plain().trim())) && tells_apart(table, *column)
    };
    let few = || all().filter(|column| said(column) || *column == among.start).find(is_plain);
    named().find(said).or_else(|| named().next()).or_else(few)
}

fn width(table: &Table) -> usize {
    table.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default()
}

/// The cells of a column that have something in them.
pub(super) fn filled(table: &Table, column: usize) -> impl Iterator<Item = &Prose> {
    table.rows.iter().filter_map(move |row| row.cells.get(column)).filter(|cell| !cell.is_empty())
}

/// Whether more than half of the filled cells of a column are of a kind.
pub(super) fn mostly(table: &Table, column: usize, is_so: impl Fn(&Prose) -> bool) -> bool {
    filled(table, column).filter(|cell| is_so(cell)).count() * 2 > filled(table, column).count()
}

/// Whether a column has more names than half of the cells that are one.
fn tells_apart(table: &Table, column: usize) -> bool {
    let mut names: Vec<_> = filled(table, column).map(Prose::plain).filter(|text| is_code(text.trim())).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() * 2 > all
}

/// Whether a column has numbers: in most cells, or in any if its header announces them.
fn has_numbers(table: &Table, column: usize) -> bool {
    let is_number = |cell: &Prose| number(table, column, cell).is_some();
    let announced = matches!(Heading::over(table, column), Heading::Codes | Heading::Hex | Heading::Values);
    mostly(table, column, is_number) || announced && filled(table, column).any(is_number)
}

/// Whether a column has digits of which some begin with zeros or are none of a decimal number, and nothing says of what
/// base they are: `08`, `0A`.
fn is_of_no_base(table: &Table, column: usize) -> bool {
    let is_padded = |text: &str| text.len() > 1 && text.starts_with('0');
    let odd = |cell: &Prose| {
        let text = cell.plain();
        let text = text.trim();
        is_digits(text, 16) && (is_padded(text) || !is_digits(text, 10))
    };
    let digits = |cell: &Prose| is_digits(cell.plain().trim(), 16);
    Heading::over(table, column) != Heading::Hex
        && filled(table, column).any(|cell| is_digits(cell.plain().trim(), 10))
        && filled(table, column).any(odd)
        && mostly(table, column, digits)
}

fn is_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_digit(radix))
}

/// Whether the numbers of these columns are 1 to n in plain digits, along the rows or down the columns, and no header
/// calls them values.
fn counts_rows(table: &Table, columns: &[usize]) -> bool {
    let says_values = |column: &usize| {
        let header = table.header.get(*column).map(Prose::plain).unwrap_or_default().to_lowercase();
        header
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ["value", "values", "code", "codes", "hex", "hexadecimal", "decimal"].contains(&word))
    };
    let text = |row: &Row, column: usize| row.cells.get(column).map(|cell| cell.plain().trim().to_owned());
    // The last list may end before the others.
    let counts = |cells: Vec<Option<String>>| {
        let numbers: Vec<String> = cells.into_iter().map(Option::unwrap_or_default).collect();
        let end = numbers.iter().rposition(|text| !text.is_empty()).map_or(0, |last| last + 1);
        end > 1 && numbers[..end].iter().zip(1..).all(|(text, at)| *text == at.to_string())
    };
    let along = || table.rows.iter().flat_map(|row| columns.iter().map(|&column| text(row, column))).collect();
    let down = || columns.iter().flat_map(|&column| table.rows.iter().map(move |row| text(row, column))).collect();
    !columns.iter().any(says_values) && (counts(along()) || counts(down()))
}

//! Pipe tables, read by line: with and without outer pipes, with blank headers, with rows broken over two lines.

use super::lines::Lines;
use super::literal::running;
use super::mixed::cell;
use crate::diag::{Diagnostics, Rule};
use crate::prose::{Prose, Row, Table};
use crate::source::Span;

/// How many lines of these a pipe table takes that starts on the first of them.
pub(super) fn pipe_table(lines: &[&str]) -> Option<usize> {
    let [header, delimiter, ..] = lines else { return None };
    if memchr::memchr(b'|', header.as_bytes()).is_none() || !is_delimiter(delimiter) {
        return None;
    }
    let columns = split(header).len();
    if columns != split(delimiter).len() && columns < 2 {
        return None;
    }
    let rows = lines[2..].iter().zip(&lines[1..]).take_while(|(line, before)| belongs(line, before));
    Some(2 + rows.count())
}

/// A row, or the second half of one that is broken over two lines.
fn belongs(line: &str, before: &str) -> bool {
    let line = line.trim();
    let unfinished = !before.trim_end().ends_with('|') && !is_delimiter(before);
    !line.is_empty() && !line.starts_with(['#', '>']) && (line.contains('|') || unfinished && !line.starts_with('<'))
}

/// Whether a line goes on with a row of too few cells, or of one whose last cell is not closed.
fn continues(row: &str, line: &str, columns: usize) -> bool {
    if row.ends_with('|') {
        return false;
    }
    let row_is_short = || split(row).len() < columns && !line.trim_start().starts_with('|');
    !line.contains('|') || row_is_short()
}

fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    line.contains('-')
        && line.contains('|')
        && line.bytes().all(|b| matches!(b, b'-' | b':' | b'|' | b' ' | b'\t'))
        && split(line).iter().all(|cell| cell.text.contains('-'))
}

struct Cell<'a> {
    text: &'a str,
}

/// Splits a row at its pipes; an escaped one, or one in a code span, is text.
fn split(line: &str) -> Vec<Cell<'_>> {
    let line = line.trim();
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(inner);
    let mut cells = Vec::new();
    let (mut start, mut escaped, mut code) = (0, false, false);
    for (at, b) in inner.bytes().enumerate() {
        match b {
            b'\\' if !code => escaped = !escaped,
            b'`' if !escaped && (code || inner[at + 1..].contains('`')) => code = !code,
            b'|' if !escaped && !code => {
                cells.push(Cell { text: inner[start..at].trim() });
                start = at + 1;
            }
            _ => {}
        }
        if b != b'\\' {
            escaped = false;
        }
    }
    cells.push(Cell { text: inner[start..].trim() });
    cells
}

/// Parses the table that takes `count` lines from `index` on.
pub(super) fn parse_pipe(lines: &Lines<'_>, index: usize, count: usize, diags: &mut Diagnostics) -> Table {
    let number = |at: usize| lines.first + u32::try_from(at).expect("a page has fewer than 2^32 lines");
    let header_line = lines.text[index].trim().trim_start_matches('<');
    let header =
        split(header_line).iter().map(|c| cell(lines.file, &running(c.text), number(index), diags)).collect::<Vec<_>>();
    let columns = header.len();
    let mut rows = Vec::new();
    let mut at = index + 2;
    while at < index + count {
        let start = at;
        let mut text = lines.text[at].trim().to_owned();
        at += 1;
        while at < index + count && continues(&text, lines.text[at], columns) {
            text.push(' ');
            text.push_str(lines.text[at].trim());
            at += 1;
        }
        while at < index + count && !lines.text[at].contains(|c: char| !c.is_whitespace() && c != '|') {
            // What is left of a row that was closed on a line of its own.
            at += 1;
        }
        let parts = split(&text);
        let span = Span::line(number(start));
        if parts.len() != columns {
            let message = format!("this row has {} cells, its header has {columns}", parts.len());
            diags.report(Rule::TornTable, lines.file.at(span), message);
        }
        let cells = parts.iter().map(|c| cell(lines.file, &running(c.text), span.line, diags)).collect();
        rows.push(Row { span, cells });
    }
    let header = if header.iter().all(Prose::is_empty) { Vec::new() } else { header };
    Table { header, rows }
}

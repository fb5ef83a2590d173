//! What an item needs: from the front matter, else from the table under `Requirements` that win32's own pages have.

use std::borrow::Cow;

use super::{at, stated};
use crate::draft::{Kind, Requirements};
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{BlockKind, Definition, Inline, Prose, Row, plain};

/// Lowers the requirements.
pub(super) fn lower(page: &Page, kind: Kind) -> Requirements {
    // A list of codes or a topic is from no header.
    let has_table = !matches!(kind, Kind::Codes | Kind::Topic | Kind::Overview);
    let row = |labels: &[&str]| has_table.then(|| rows(page).find_map(|row| value(page, row, labels))).flatten();
    // Pages escape a bar as if front matter were a table. See escaped_bars_in_requirements.
    let required = |key: &str, labels: &[&str]| {
        let stated = page.scalar(key).map(|value| stated(page, &value));
        stated.map(|fact| fact.map(|text| text.replace("\\|", "|"))).or_else(|| row(labels))
    };
    let file = |key: &str, labels: &[&str], ending: &str| {
        let stated = page.scalar(key).is_some();
        required(key, labels).map(|fact| if stated { fact } else { fact.map(|text| file_in(&text, ending).to_owned()) })
    };
    Requirements {
        header: file("req.header", &["header"], ".h"),
        lib: file("req.lib", &["library", "lib"], ".lib"),
        dll: file("req.dll", &["dll"], ".dll"),
        client: required("req.target-min-winverclnt", &["minimum supported client", "client"]),
        server: required("req.target-min-winversvr", &["minimum supported server", "server"]),
    }
}

/// The rows of the tables under `Requirements` that have a label and a value.
fn rows(page: &Page) -> impl Iterator<Item = &Row> {
    let sections = page.sections.iter().filter(|section| section.kind == SectionKind::Requirements);
    let tables = sections.flat_map(|section| &section.prose.blocks).filter_map(|block| match &block.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    });
    tables.flat_map(|table| &table.rows).filter(|row| row.cells.len() == 2)
}

fn value(page: &Page, row: &Row, labels: &[&str]) -> Option<Fact<String>> {
    let [label, value] = &row.cells[..] else { return None };
    let label = label.plain().trim().trim_end_matches(':').to_ascii_lowercase();
    if !labels.contains(&&*label) {
        return None;
    }
    let text = first_line(value)?;
    let text = text.trim();
    let none = text.is_empty() || matches!(&*text.to_ascii_lowercase(), "n/a" | "none" | "not applicable");
    let span = value.blocks.first().map_or(row.span, |block| block.span);
    (!none).then(|| Fact { value: text.to_owned(), source: at(page, span) })
}

/// The first line of a cell, or the first term of the list that it holds.
fn first_line(cell: &Prose) -> Option<Cow<'_, str>> {
    match &cell.blocks.first()?.kind {
        BlockKind::Paragraph(inlines) => {
            let end = inlines.iter().position(|inline| *inline == Inline::Break).unwrap_or(inlines.len());
            Some(plain(&inlines[..end]))
        }
        BlockKind::Definitions(entries) => entries.iter().find_map(|entry| match entry {
            Definition::Term(term) => Some(term.plain()),
            Definition::Meaning(_) => None,
        }),
        _ => None,
    }
}

/// `Winuser.h (include Windows.h)` and `Declared in Esent.h.` without what stands around the name of the file.
fn file_in<'a>(text: &'a str, ending: &str) -> &'a str {
    let mut words = text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';']));
    let is_file = |word: &&str| word.len() > ending.len() && word.to_ascii_lowercase().ends_with(ending);
    words.find(is_file).unwrap_or(text)
}

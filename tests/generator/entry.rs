//! What property tests and fuzz targets do with one input. Both call the same functions, so that what one of them
//! finds the other one knows.
//!
//! Each demands that nothing panics and that what was read is consistent in itself.

use serde_json::Value;
use xtask::c::types as c_types;
use xtask::c::values::{self, Outcome};
use xtask::diag::{Diagnostics, Rule};
use xtask::emit;
use xtask::lower;
use xtask::page::Page;
use xtask::parse;
use xtask::prose::{Block, BlockKind, Prose};
use xtask::source::{SourceFile, Span};

use crate::stage;

/// Reads a page all the way to facts and Rust: no panic, and every place is one of the file.
pub fn page(bytes: &[u8]) {
    let tree = stage::page(bytes);
    let file = &tree.pages[0];
    let page = parse::parse(file, &mut Diagnostics::default());
    page_inside(file, &page);
    front_matter(bytes);
    lower::lower(&page, &mut Diagnostics::default());
    let (spec, diags) = xtask::understand(std::slice::from_ref(&tree), None);
    for finding in &diags.list {
        inside(file, finding.location.span, finding.rule.name());
    }
    let facts = serde_json::from_str(&emit::json::facts(&spec, true)).expect("facts are JSON");
    places_inside(file, &facts);
    // What is written of nothing is always the same, and takes longer than all the rest.
    if !spec.codes.is_empty() || spec.items.iter().any(|item| item.rust_path.is_some()) {
        emit::crate_files(&spec);
    }
    stage::rendered(&diags, &tree);
}

/// Reads front matter as it is, where the line scan reads what is plain, and behind a comment, where the YAML crate
/// reads all of it: both say the same.
pub fn front_matter(bytes: &[u8]) {
    let Some(rest) = bytes.strip_prefix(b"---\n") else { return };
    let read = |text: Vec<u8>| {
        let mut diags = Diagnostics::default();
        let page = parse::parse(&stage::page(text).pages[0], &mut diags);
        let refused = diags.list.iter().any(|finding| finding.rule == Rule::FrontMatterYaml);
        let mut values: Vec<(String, Vec<String>)> = Vec::new();
        for (key, texts) in page.front_matter.iter() {
            values.push((key.to_owned(), texts.map(|text| text.value.to_owned()).collect()));
        }
        (refused, values)
    };
    let whole = read([&b"---\n# A comment\n"[..], rest].concat());
    assert_eq!(read(bytes.to_vec()), whole, "{:?}", String::from_utf8_lossy(bytes));
}

/// Computes an expression: no panic, the value is one of 64 bits, and written as a number it is itself.
pub fn value(text: &str) {
    for known in [None, Some(0), Some(i128::from(i64::MIN)), Some(i128::from(u64::MAX))] {
        let Outcome::Value(value) = values::evaluate(text, |_| known) else { continue };
        assert!((i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value), "{text:?} is {value}");
        let again = values::evaluate(&value.to_string(), |_| None);
        // The absolute value of the least number is no literal that fits into 64 bits with a sign, but one without.
        assert_eq!(again, Outcome::Value(value), "{text:?}");
    }
}

/// Reads a C type: no panic, and what is shown for it is read as what is shown for it.
pub fn c_type(text: &str) {
    let Some(c_type) = c_types::parse(text) else { return };
    let shown = c_type.to_string();
    let again = c_types::parse(&shown).map(|c_type| c_type.to_string());
    assert_eq!(again.as_ref(), Some(&shown), "of {text:?}");
}

/// Demands that a place is one of the file.
fn inside(file: &SourceFile, span: Span, what: &str) {
    let lines = file.line_count().max(1);
    assert!((1..=lines).contains(&(span.line as usize)), "{what} at {span:?} of {lines} lines");
    let width = file.line(span.line as usize - 1).chars().count();
    let (column, end) = (span.column as usize, (span.column + span.width) as usize);
    // An empty line still has a first column to point at.
    assert!(column >= 1 && end <= width.max(1) + 1, "{what} at {span:?} of {width} characters");
}

fn page_inside(file: &SourceFile, page: &Page) {
    let values = page.front_matter.iter().flat_map(|(_, values)| values);
    values.for_each(|value| inside(file, value.span, "front matter"));
    page.title.iter().for_each(|title| inside(file, title.span, "the title"));
    prose_inside(file, &page.lead);
    for section in &page.sections {
        inside(file, section.heading.span, "a section");
        section.c_type.iter().for_each(|c_type| inside(file, c_type.span, "a return type"));
        prose_inside(file, &section.prose);
        for entry in &section.entries {
            inside(file, entry.span, "an entry");
            inside(file, entry.name.span, "a name");
            entry.value.iter().for_each(|value| inside(file, value.span, "a value"));
            entry.attributes.iter().for_each(|word| inside(file, word.span, "an attribute"));
            entry.c_type.iter().for_each(|c_type| inside(file, c_type.span, "a type"));
            prose_inside(file, &entry.prose);
        }
    }
}

fn prose_inside(file: &SourceFile, prose: &Prose) {
    for Block { span, kind } in &prose.blocks {
        inside(file, *span, "a block");
        match kind {
            BlockKind::Paragraph(_) | BlockKind::Heading(..) | BlockKind::Code(..) => {}
            BlockKind::List(_, items) => items.iter().for_each(|item| prose_inside(file, item)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| prose_inside(file, entry.prose())),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => prose_inside(file, inner),
            BlockKind::Table(table) => {
                table.rows.iter().for_each(|row| inside(file, row.span, "a row"));
                table.cells().for_each(|cell| prose_inside(file, cell));
            }
        }
    }
}

/// Every place of facts with their sources.
fn places_inside(file: &SourceFile, value: &Value) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| places_inside(file, value)),
        Value::Object(object) => {
            if let (Some(line), Some(column)) = (number(object.get("line")), number(object.get("column"))) {
                inside(file, Span { line, column, width: 0 }, "a fact");
            }
            object.values().for_each(|value| places_inside(file, value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn number(value: Option<&Value>) -> Option<u32> {
    value?.as_u64().and_then(|number| u32::try_from(number).ok())
}

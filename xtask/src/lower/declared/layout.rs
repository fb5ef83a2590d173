//! The fields of an item in the order and nesting of its declaration, with what that says of each.

use super::super::{at, locate};
use super::fill::{fill, kind_of, without_heading};
use super::known::{joined, segment, without_unnamed};
use super::shown::Lines;
use crate::c::compare::{differ, numbers_differ};
use crate::c::fields::{Declaration, Declared, What};
use crate::c::types::CType;
use crate::diag::{Diagnostics, Rule};
use crate::draft::Field;
use crate::fact::Fact;
use crate::page::Page;
use crate::source::Span;

/// Puts the fields where the declaration has them. `listed` has for each declared field its heading; only parts
/// without a name may have none, and every heading is listed once.
pub(super) fn arrange(
    page: &Page,
    declaration: &Declaration,
    lines: Lines,
    listed: &[Option<usize>],
    fields: &mut Vec<Field>,
) {
    let paths = paths(declaration, listed, fields);
    let mut headings: Vec<Option<Field>> = std::mem::take(fields).into_iter().map(Some).collect();
    for ((declared, listed), path) in declaration.fields.iter().zip(listed).zip(paths) {
        let source = at(page, lines.span(declared));
        let heading = listed.and_then(|listed| headings[listed].take());
        let mut field = heading.unwrap_or_else(|| without_heading(path.clone(), source.clone()));
        if field.name.value != path {
            field.name = field.name.derive("nesting-of-declaration", path);
        }
        fill(&mut field, declared, source);
        fields.push(field);
    }
}

/// The path of each field as headings spell it, or, where they leave out a part without a name, with that.
fn paths(declaration: &Declaration, listed: &[Option<usize>], fields: &[Field]) -> Vec<String> {
    let all = &declaration.fields;
    let mut depths: Vec<usize> = Vec::with_capacity(all.len());
    // What headings that name all parts of a path call the parts.
    let mut called: Vec<Option<&str>> = vec![None; all.len()];
    for (index, declared) in all.iter().enumerate() {
        depths.push(declared.within.map_or(0, |part| depths[part] + 1));
        let Some(heading) = listed[index] else { continue };
        let parts: Vec<&str> = fields[heading].name.value.split('.').collect();
        if parts.len() != depths[index] + 1 {
            called[index] = parts.last().copied();
            continue;
        }
        let mut place = Some(index);
        for part in parts.iter().rev() {
            let at = place.expect("a path is as long as the parts around its field");
            called[at].get_or_insert(part);
            place = all[at].within;
        }
    }
    let mut paths: Vec<String> = Vec::with_capacity(all.len());
    for (declared, called) in all.iter().zip(called) {
        let within = declared.within.map_or("", |part| &*paths[part]);
        let last = called.map(str::to_owned).or_else(|| segment(declared));
        let last = last.expect("only parts have no name, and those have a kind");
        paths.push(joined(within, &last));
    }
    paths
}

/// Whether a declared field needs no heading: a part without a name.
pub(super) fn needs_no_heading(declared: &Declared) -> bool {
    segment(declared).is_some_and(|last| without_unnamed(&last).is_none()) && matches!(declared.what, What::Part(_))
}

/// Reports where a heading or a `Type:` line says something else than the declaration, which then counts.
pub(super) fn compare(page: &Page, field: &mut Field, declared: &Declared, span: Span, diags: &mut Diagnostics) {
    let source = at(page, span);
    let name = field.name.value.clone();
    let mut report = |says: String, shown: String| {
        let message =
            format!("the heading says that `{name}` is {says}, but it is declared as {shown}; the declaration counts");
        let help = "correct the heading, its `Type:` line, or the declaration";
        diags.report_help(Rule::HeadingAgainstDeclaration, locate(page, span), message, help);
    };
    match &declared.what {
        What::Value(c_type, bits) => {
            if let Some(nested) = field.nested.take_if(|_| true) {
                report(format!("a {}", nested.value.name()), format!("`{c_type}`"));
            }
            if let Some(stated) = field.c_type.take_if(|stated| differ(&stated.value, c_type)) {
                report(format!("`{}`", stated.value), format!("`{c_type}`"));
                field.dimensions = None;
                field.c_type = Some(Fact { value: c_type.clone(), source: source.clone() });
            }
            if let Some(stated) = field.dimensions.take_if(|stated| dimensions_differ(&stated.value, c_type)) {
                report(format!("`{name}{}`", stated.value), format!("`{c_type}`"));
            }
            if let Some(stated) = field.bits.take_if(|stated| Some(stated.value) != *bits) {
                let shown = bits.map_or_else(|| "a whole value".to_owned(), |bits| format!("{bits} bits"));
                report(format!("{} bits wide", stated.value), shown);
            }
        }
        What::Part(part) => {
            let kind = kind_of(*part);
            if let Some(stated) = field.c_type.take_if(|_| true) {
                report(format!("`{}`", stated.value), format!("a {} in its place", kind.name()));
            }
            if let Some(stated) = field.nested.take_if(|stated| stated.value != kind) {
                report(format!("a {}", stated.value.name()), format!("a {}", kind.name()));
            }
        }
        What::Unknown => {}
    }
}

/// Whether the dimensions of a heading are others than those of the declared type.
fn dimensions_differ(stated: &str, c_type: &CType) -> bool {
    let (mut element, mut declared) = (c_type, Vec::new());
    while let CType::Array(inner, dimension) = element {
        declared.push(&**dimension);
        element = inner;
    }
    declared.reverse();
    let stated: Vec<&str> = stated.split(['[', ']']).filter(|part| !part.is_empty()).collect();
    // A heading may have a number for a name.
    declared.len() != stated.len() || declared.iter().zip(stated).any(|(one, other)| numbers_differ(one, other))
}

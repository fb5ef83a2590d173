//! Structures and unions: their fields as the page lists them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::declared::{self, Shown};
use super::{adopt_demoted, at, c_type, demoted, dimensions, entry_docs, locate, stated, with_dimensions};
use crate::c::fields::{PartKind, dummy};
use crate::c::names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Afterwards, Body, Field, Kind};
use crate::fact::Fact;
use crate::page::{Entry, EntryKind, Page, SectionKind};
use crate::prose::plain;
use crate::source::Spanned;

/// Lowers the fields of a structure.
pub(super) fn lower(
    page: &Page,
    name: &str,
    declarations: &[Shown],
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) -> Body {
    let mut fields: Vec<Field> = Vec::new();
    let mut dropped = Vec::new();
    let mut seen = BTreeSet::new();
    // Headings of which no field was made: each may be any.
    let mut unread = Vec::new();
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::StructFields) {
        fields.reserve_exact(section.entries.len());
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Field) {
            if entry.name.value.is_empty() {
                flaws.push("a field without a name".to_owned());
                unread.push(String::new());
                continue;
            }
            let name = stated(page, &entry.name);
            if !is_path(&name.value) {
                let message = format!("`{}` is not a C identifier", name.value);
                diags.report(Rule::InvalidName, locate(page, entry.name.span), message);
                flaws.push(format!("field {}", name.value));
                unread.push(name.value);
                continue;
            }
            if !seen.insert(name.value.clone()) {
                let message = format!("`{}` is listed again", name.value);
                diags.report(Rule::DuplicateMember, locate(page, entry.name.span), message);
                flaws.push(format!("one field {}: it is listed twice", name.value));
            }
            let bits = entry.value.as_ref().and_then(|value| bits(page, value, diags)).map(Box::new);
            let dimensions = dimensions(page, entry);
            let c_type = entry.c_type.as_ref().and_then(|stated| c_type(page, stated));
            let c_type = c_type.map(|c_type| with_dimensions(c_type, dimensions.as_deref()));
            let nested = nested(page, entry).map(Box::new);
            let docs = entry_docs(page, entry, diags);
            fields.push(Field {
                name,
                bits,
                c_type,
                dimensions,
                nested,
                wide: None,
                afterwards: Afterwards::default(),
                docs,
            });
        }
        dropped.extend(demoted(page, section, EntryKind::Field, diags));
    }
    declared::complete(page, name, declarations, unread, &mut fields, flaws, diags);
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::StructFields) {
        adopt_demoted(section, fields.iter_mut().map(|field| (&*field.name.value, &mut field.docs)));
    }
    Body::Struct(fields, dropped)
}

/// A field whose type is `struct` or `union` and nothing else, or that is called `(unnamed union)` or as headers call
/// what only some compilers let have no name.
fn nested(page: &Page, entry: &Entry) -> Option<Fact<Kind>> {
    let (words, span) = if let Some(line) = &entry.c_type {
        (plain(&line.value), line.span)
    } else {
        let last = entry.name.value.rsplit('.').next().expect("a split has a last part");
        let kind = match dummy(last) {
            Some(PartKind::Struct) => "struct",
            Some(PartKind::Union) => "union",
            None => last.strip_prefix('(')?.strip_suffix(')')?.trim().strip_prefix("unnamed ")?,
        };
        (Cow::Borrowed(kind), entry.name.span)
    };
    let kind = match words.trim() {
        "struct" => Kind::Struct,
        "union" => Kind::Union,
        _ => return None,
    };
    Some(Fact { value: kind, source: at(page, span) })
}

/// What stands after the colon of a field is its width in bits.
fn bits(page: &Page, value: &Spanned<String>, diags: &mut Diagnostics) -> Option<Fact<u32>> {
    if let Ok(width) = value.value.parse() {
        return Some(Fact { value: width, source: stated(page, value).source });
    }
    let message = format!("`{}` is not a width in bits", value.value);
    diags.report(Rule::UnevaluatedValue, locate(page, value.span), message);
    None
}

/// `a.b`, where a part may also be `(unnamed union)`.
fn is_path(name: &str) -> bool {
    let unnamed = |part: &str| {
        let inner = part.strip_prefix('(').and_then(|part| part.strip_suffix(')'));
        inner.is_some_and(|inner| matches!(inner.trim(), "unnamed struct" | "unnamed union"))
    };
    name.split('.').all(|part| is_identifier(part) || unnamed(part))
}

//! Structures and unions: their fields as the page lists them.

use std::collections::BTreeSet;

use super::{c_types, demoted, entry_docs, locate, stated};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Fact, Field};
use crate::page::{EntryKind, Page, SectionKind};
use crate::parse::entries::is_identifier;

/// Lowers the fields of a structure.
pub fn lower(page: &Page, diags: &mut Diagnostics) -> Body {
    let mut fields: Vec<Field> = Vec::new();
    let mut dropped = Vec::new();
    let mut seen = BTreeSet::new();
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::StructFields) {
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Field) {
            let name = stated(page, &entry.name);
            if !is_path(&name.value) {
                let message = format!("`{}` is no C identifier", name.value);
                diags.report(Rule::InvalidName, locate(page, entry.name.span), message);
                continue;
            }
            if !seen.insert(name.value.clone()) {
                let message = format!("`{}` is listed again", name.value);
                diags.report(Rule::DuplicateMember, locate(page, entry.name.span), message);
            }
            let bits = entry.value.as_ref().and_then(|value| {
                let width = value.value.parse().ok()?;
                Some(Fact { value: width, source: stated(page, value).source })
            });
            let c_type = entry.c_type.as_ref().and_then(|stated| c_types::of_line(page, stated));
            fields.push(Field { name, bits, c_type, docs: entry_docs(entry) });
        }
        dropped.extend(demoted(page, section, diags));
    }
    Body::Struct(fields, dropped)
}

/// `a.b`, where a part may also be `(unnamed union)`.
fn is_path(name: &str) -> bool {
    let unnamed = |part: &str| {
        let inner = part.strip_prefix('(').and_then(|part| part.strip_suffix(')'));
        inner.is_some_and(|inner| matches!(inner.trim(), "unnamed struct" | "unnamed union"))
    };
    name.split('.').all(|part| is_identifier(part) || unnamed(part))
}

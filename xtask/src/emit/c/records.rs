//! Structures and unions: their names first, so that pointers to them can stand anywhere, their fields later.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::docs;
use super::keywords::ident;
use super::names::{Context, Names};
use super::types::{base, declare};
use crate::model::{Field, FieldKind, Record, Struct, Type};

/// `typedef struct X X;`
pub(super) fn forward(struct_: &Struct) -> String {
    let name = ident(&struct_.origin.c_name);
    format!("typedef {} {name} {name};\n", keyword(&struct_.body))
}

/// The fields.
pub(super) fn definition(struct_: &Struct, context: &Context<'_>) -> String {
    let mut used = BTreeSet::new();
    bases(&struct_.body, &mut used);
    let doc = docs::item(context.spec, &struct_.origin, Vec::new());
    // Compilers let parts without a name, and arrays without elements, pass where the declaration begins so.
    let extension = if is_plain(&struct_.body) { "" } else { "__extension__ " };
    let (keyword, name) = (keyword(&struct_.body), ident(&struct_.origin.c_name));
    let fields = fields(&struct_.body, "    ", &used, &context.names);
    format!("{doc}{extension}{keyword} {name} {{\n{fields}}};\n")
}

fn keyword(record: &Record) -> &'static str {
    if record.union { "union" } else { "struct" }
}

fn fields(record: &Record, indent: &str, used: &BTreeSet<String>, names: &Names<'_>) -> String {
    let mut out = String::new();
    let mut unnamed = 0;
    for Field { c_name, kind, docs: text, .. } in &record.fields {
        out.push_str(&docs::comment(&docs::lines(text), indent));
        let name = c_name.as_deref().map(|name| names.field(name, used));
        match kind {
            FieldKind::Value { raw, c_type } => {
                let name = name.unwrap_or_else(|| {
                    unnamed += 1;
                    if unnamed == 1 { "Anonymous".to_owned() } else { format!("Anonymous{unnamed}") }
                });
                writeln!(out, "{indent}{};", declare(c_type, raw, &name))
            }
            FieldKind::Part(part) => {
                let fields = fields(part, &format!("{indent}    "), used, names);
                let name = name.map_or_else(String::new, |name| format!(" {name}"));
                writeln!(out, "{indent}{} {{\n{fields}{indent}}}{name};", keyword(part))
            }
        }
        .expect("writing to a string cannot fail");
    }
    out
}

/// The names of the types of all fields.
fn bases(record: &Record, used: &mut BTreeSet<String>) {
    for field in &record.fields {
        match &field.kind {
            FieldKind::Value { raw, c_type } => used.extend(base(c_type, raw).map(|(name, _)| name.to_owned())),
            FieldKind::Part(part) => bases(part, used),
        }
    }
}

/// Whether all standards have what is in it.
fn is_plain(record: &Record) -> bool {
    record.fields.iter().all(|field| match &field.kind {
        FieldKind::Value { raw, .. } => !has_no_elements(raw),
        FieldKind::Part(part) => field.c_name.is_some() && is_plain(part),
    })
}

fn has_no_elements(type_: &Type) -> bool {
    matches!(type_, Type::Array(of, length) if *length == 0 || has_no_elements(of))
}

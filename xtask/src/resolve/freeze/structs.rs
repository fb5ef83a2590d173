//! Structures and unions whose fields all have a type: their parts as a tree, as C has them.

use std::collections::BTreeMap;

use super::super::names;
use super::{Context, Gaps, Names, origin};
use crate::c::names::is_identifier;
use crate::diag::Rule;
use crate::draft::{self, Draft, Kind};
use crate::model::{Field, FieldKind, Record, Struct, Type};
use crate::name::{CName, RustName};

/// How deep parts may nest.
const MAX_DEPTH: usize = 16;

/// Freezes a structure or union.
pub(super) fn freeze(
    index: usize,
    draft: &Draft,
    fields: &[draft::Field],
    context: &Context<'_>,
    names: &Names<'_>,
    gaps: &mut Gaps<'_>,
) -> Option<Struct> {
    let name = &draft.name.value;
    if !is_identifier(name) {
        return None;
    }
    if fields.is_empty() {
        let message = format!("`{name}` has no fields");
        gaps.add(Rule::MissingType, &draft.place, message, "list its fields", "fields".to_owned());
        return None;
    }
    let open: Vec<&draft::Field> =
        fields.iter().filter(|field| field.c_type.is_none() && field.nested.is_none()).collect();
    if let Some(first) = open.first() {
        let list: Vec<String> = open.iter().map(|field| format!("`{}`", field.name.value)).collect();
        let message =
            format!("{} of {} fields of `{name}` have no type: {}", open.len(), fields.len(), list.join(", "));
        let help = "add a `Type:` line under each heading, or state `type` in overrides.toml";
        gaps.diags.report_help(Rule::MissingType, first.name.source.location().clone(), message, help);
        gaps.list.extend(open.iter().map(|field| format!("type of {}", field.name.value)));
    }
    if let Some(bits) = fields.iter().find_map(|field| field.bits.as_ref()) {
        let message = format!("`{name}` has bit fields, and Rust has none");
        let help = "nothing is generated for it; its facts are in facts.json";
        gaps.add(Rule::BitField, bits.source.location(), message, help, "a form for bit fields".to_owned());
    }
    let rust_name = names::type_name(name, names.settings, names.config);
    let entries: Vec<(Vec<&str>, &draft::Field)> =
        fields.iter().map(|field| (field.name.value.split('.').collect(), field)).collect();
    let mut builder = Builder { item: name, context, names, gaps };
    let body = builder.record(rust_name.clone(), draft.kind == Kind::Union, &entries, 0);
    let body = body.filter(|_| fields.iter().all(|field| field.bits.is_none()))?;
    Some(Struct { origin: origin(index, draft, rust_name), body })
}

struct Builder<'a, 'b> {
    item: &'a str,
    context: &'a Context<'a>,
    names: &'a Names<'a>,
    gaps: &'a mut Gaps<'b>,
}

impl Builder<'_, '_> {
    /// The record of the fields whose first `depth` parts of the path have been read.
    fn record(
        &mut self,
        rust_name: RustName,
        union: bool,
        entries: &[(Vec<&str>, &draft::Field)],
        depth: usize,
    ) -> Option<Record> {
        let mut fields: Vec<(Field, RustName)> = Vec::new();
        let mut complete = true;
        let mut parts_without_a_name = 0_usize;
        let mut rest = entries;
        while let Some(((path, field), after)) = rest.split_first() {
            let called = path[depth];
            let inner = after.iter().take_while(|(path, _)| path.len() > depth + 1 && path[depth] == called).count();
            let (inner, after) = after.split_at(inner);
            rest = after;
            if path.len() > depth + 1 {
                let message = format!("nothing says whether `{}` is a structure or a union", path[..=depth].join("."));
                let help = "give it a heading of its own, with `Type: struct` or `Type: union`";
                let what = format!("kind of {}", path[..=depth].join("."));
                self.gaps.add(Rule::MissingType, field.name.source.location(), message, help, what);
                complete = false;
                continue;
            }
            let unnamed = !is_identifier(called);
            parts_without_a_name += usize::from(unnamed);
            let full = match parts_without_a_name {
                _ if !unnamed => self.names.field(called, false),
                1 => RustName::new("anonymous"),
                number => RustName::new(format!("anonymous_{number}")),
            };
            let bare = self
                .names
                .chosen(self.item, &field.name.value)
                .unwrap_or_else(|| if unnamed { full.clone() } else { self.names.field(called, true) });
            let Some(kind) = self.kind(&rust_name, &full, field, inner, depth) else {
                complete = false;
                continue;
            };
            let c_name = (!unnamed).then(|| CName::new(called));
            let (wide, docs) = (field.wide.is_some(), field.docs.clone());
            fields.push((Field { c_name, rust_name: bare, kind, wide, docs }, full));
        }
        settle(&mut fields);
        complete.then(|| Record { rust_name, union, fields: fields.into_iter().map(|(field, _)| field).collect() })
    }

    fn kind(
        &mut self,
        outer: &str,
        name: &str,
        field: &draft::Field,
        inner: &[(Vec<&str>, &draft::Field)],
        depth: usize,
    ) -> Option<FieldKind> {
        if let Some(nested) = field.nested.as_ref().filter(|_| !inner.is_empty() && depth < MAX_DEPTH) {
            let part = names::type_name(name, &super::FamilyConfig::default(), self.names.config);
            let union = nested.value == Kind::Union;
            return Some(FieldKind::Part(self.record(
                RustName::new(format!("{outer}{part}")),
                union,
                inner,
                depth + 1,
            )?));
        }
        if field.c_type.is_none() && field.nested.is_none() {
            // It was reported with all others.
            return None;
        }
        let Some(c_type) = field.c_type.as_ref().filter(|_| inner.is_empty()) else {
            let message = format!("`{}` and its parts do not fit together", field.name.value);
            let help = "list the parts directly after it, and give it `Type: struct` or `Type: union`";
            self.gaps.add(
                Rule::MissingType,
                field.name.source.location(),
                message,
                help,
                format!("parts of {}", field.name.value),
            );
            return None;
        };
        let name = &field.name.value;
        let (what, message, help) = match self.context.types.resolve_field(&c_type.value) {
            Ok(raw) if !has_no_size(&raw) => return Some(FieldKind::Value { raw, c_type: c_type.value.clone() }),
            Ok(_) => {
                let why = "which may only be used through a pointer";
                let what = format!("type of {name}: {}, {why}", c_type.value);
                (what, format!("`{name}` is a `{}`, {why}", c_type.value), "mend its type")
            }
            Err(unknown) => {
                let (why, help) = self.context.types.why(&unknown);
                let what = format!("type of {name}: {unknown} {why}");
                (what, format!("the type `{unknown}` of `{name}` {why}"), help)
            }
        };
        self.gaps.add(Rule::UnknownType, c_type.source.location(), message, help, what);
        None
    }
}

fn has_no_size(type_: &Type) -> bool {
    match type_ {
        Type::Void | Type::Opaque(_) => true,
        Type::Array(of, _) => has_no_size(of),
        _ => false,
    }
}

/// Fields that would be called alike keep the letters that tell their types; what is still alike is numbered.
fn settle(fields: &mut [(Field, RustName)]) {
    for full in [true, false] {
        let mut count: BTreeMap<RustName, usize> = BTreeMap::new();
        for (field, _) in fields.iter() {
            *count.entry(field.rust_name.clone()).or_default() += 1;
        }
        let mut number: BTreeMap<RustName, usize> = BTreeMap::new();
        for (field, name) in fields.iter_mut().filter(|(field, _)| count[&field.rust_name] > 1) {
            if full {
                field.rust_name.clone_from(name);
                continue;
            }
            let number = number.entry(field.rust_name.clone()).or_default();
            *number += 1;
            if *number > 1 {
                field.rust_name = RustName::new(format!("{}_{number}", field.rust_name));
            }
        }
    }
}

/// The Rust names of a record's type and of those of its parts.
pub(super) fn type_names(record: &Record, out: &mut Vec<RustName>) {
    out.push(record.rust_name.clone());
    for field in &record.fields {
        if let FieldKind::Part(part) = &field.kind {
            type_names(part, out);
        }
    }
}

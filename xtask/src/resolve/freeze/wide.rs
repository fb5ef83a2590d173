//! Which functions have strings of `WCHAR`s, whose units have two bytes on Windows and four in most C libraries elsewhere.

use std::collections::BTreeSet;

use crate::draft::Direction;
use crate::model::{ArgKind, Family, FieldKind, Function, Record, Type, TypeName, Wide};

/// Settles it for every function.
pub fn settle(families: &mut [Family]) {
    let records = wide_records(families);
    for family in families {
        for function in family.functions.iter_mut().chain(&mut family.callbacks) {
            function.wide = of(function, &records);
        }
    }
}

fn of(function: &Function, records: &BTreeSet<TypeName>) -> Wide {
    let mut wide = Wide::No;
    for (at, param) in function.params.iter().enumerate() {
        if !is_wide(&param.raw, records) {
            continue;
        }
        let text = function
            .args
            .iter()
            .any(|arg| arg.param == at && matches!(arg.kind, ArgKind::Str { .. } | ArgKind::Strs { .. }));
        if !text || param.direction != Direction::In {
            return Wide::Beyond;
        }
        wide = Wide::Inputs;
    }
    if is_wide(&function.c_return, records) { Wide::Beyond } else { wide }
}

/// The structures that have wide strings in them, or lead to such ones.
fn wide_records(families: &[Family]) -> BTreeSet<TypeName> {
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for family in families {
            for struct_ in &family.structs {
                let name = TypeName {
                    family: family.name.clone(),
                    c_name: struct_.origin.c_name.clone(),
                    rust_name: struct_.origin.rust_name.clone(),
                };
                if !found.contains(&name) && holds(&struct_.body, &found) {
                    found.insert(name);
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn holds(record: &Record, records: &BTreeSet<TypeName>) -> bool {
    record.fields.iter().any(|field| match &field.kind {
        FieldKind::Value { raw, .. } => is_wide(raw, records),
        FieldKind::Part(part) => holds(part, records),
    })
}

fn is_wide(type_: &Type, records: &BTreeSet<TypeName>) -> bool {
    match type_ {
        Type::Char { wide } => *wide,
        Type::Pointer { to, .. } | Type::Array(to, _) => is_wide(to, records),
        Type::Struct(name) => records.contains(name),
        _ => false,
    }
}

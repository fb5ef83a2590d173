//! Which functions and types have strings of `WCHAR`s, whose units have two bytes on Windows and four in most C libraries
//! elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ArgKind, Family, FieldKind, Function, Origin, Record, Type, Wide};
use crate::name::CName;

/// A type, by its family and C name.
type Name = (String, CName);

/// Settles it for everything.
pub(super) fn settle(families: &mut [Family]) {
    let generic = reaching(families, false);
    let holding = reaching(families, true);
    for family in families {
        let records = family.structs.iter_mut().flat_map(|struct_| struct_.body.types_mut());
        let functions = family.functions.iter_mut().chain(&mut family.callbacks);
        for type_ in records.chain(functions.flat_map(Function::types_mut)) {
            mark(type_, &generic);
        }
        for function in &mut family.functions {
            function.wide = of(function, &holding);
        }
    }
}

fn of(function: &Function, holding: &BTreeSet<Name>) -> Wide {
    let mut wide = Wide::No;
    for (at, param) in function.params.iter().enumerate() {
        // How many bytes it counts depends on the units.
        if param.characters_if.is_some() {
            return Wide::Generic;
        }
        if !param.wide && !holds(&param.raw, holding) {
            continue;
        }
        let is_text = |kind: &ArgKind| matches!(kind, ArgKind::Str { .. } | ArgKind::Strs { .. });
        if !function.args.iter().any(|arg| arg.param == at && is_text(&arg.kind)) {
            return Wide::Generic;
        }
        wide = Wide::Inputs;
    }
    if holds(&function.c_return, holding) { Wide::Generic } else { wide }
}

/// The structures and callbacks that have wide strings in them or lead to such ones; with `stated`, also where no type
/// says so but somebody does.
fn reaching(families: &[Family], stated: bool) -> BTreeSet<Name> {
    let mut users: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
    let mut queue = Vec::new();
    for family in families {
        let named = |origin: &Origin| (family.name.clone(), origin.c_name.clone());
        let structs = family
            .structs
            .iter()
            .map(|struct_| (named(&struct_.origin), struct_.body.types(), stated && states(&struct_.body)));
        let callbacks = family.callbacks.iter().map(|callback| {
            let states = stated && callback.params.iter().any(|param| param.wide);
            (named(&callback.origin), callback.types(), states)
        });
        for (name, types, states) in structs.chain(callbacks) {
            if states {
                queue.push(name.clone());
            }
            for type_ in types {
                match type_.innermost() {
                    Type::Char { wide: true } => queue.push(name.clone()),
                    Type::Struct(used) | Type::Callback(used) => {
                        let used = (used.family.clone(), used.c_name.clone());
                        users.entry(used).or_default().push(name.clone());
                    }
                    _ => {}
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    while let Some(name) = queue.pop() {
        queue.extend(users.remove(&name).unwrap_or_default());
        found.insert(name);
    }
    found
}

fn states(record: &Record) -> bool {
    record.fields.iter().any(|field| field.wide || matches!(&field.kind, FieldKind::Part(part) if states(part)))
}

fn holds(type_: &Type, holding: &BTreeSet<Name>) -> bool {
    match type_.innermost() {
        Type::Char { wide } => *wide,
        Type::Struct(name) | Type::Callback(name) => holding.contains(&(name.family.clone(), name.c_name.clone())),
        _ => false,
    }
}

fn mark(type_: &mut Type, generic: &BTreeSet<Name>) {
    match type_ {
        Type::Pointer { to, .. } | Type::Array(to, _) => mark(to, generic),
        Type::Struct(name) | Type::Callback(name) => {
            name.wide = generic.contains(&(name.family.clone(), name.c_name.clone()));
        }
        _ => {}
    }
}

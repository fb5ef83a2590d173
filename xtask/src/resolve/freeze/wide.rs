//! Which functions have strings of `WCHAR`s, whose units have two bytes on Windows and four in most C libraries elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::draft::Direction;
use crate::model::{ArgKind, Family, Function, Origin, Type, TypeName, Wide};

/// Settles it for every function.
pub fn settle(families: &mut [Family]) {
    let types = wide_types(families);
    for family in families {
        for function in family.functions.iter_mut().chain(&mut family.callbacks) {
            function.wide = of(function, &types);
        }
    }
}

fn of(function: &Function, types: &BTreeSet<TypeName>) -> Wide {
    let mut wide = Wide::No;
    for (at, param) in function.params.iter().enumerate() {
        if !is_wide(&param.raw, types) {
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
    if is_wide(&function.c_return, types) { Wide::Beyond } else { wide }
}

/// The structures and callbacks that have wide strings in them, or lead to such ones.
fn wide_types(families: &[Family]) -> BTreeSet<TypeName> {
    let mut users: BTreeMap<TypeName, Vec<TypeName>> = BTreeMap::new();
    let mut queue = Vec::new();
    for family in families {
        let named = |origin: &Origin| TypeName {
            family: family.name.clone(),
            c_name: origin.c_name.clone(),
            rust_name: origin.rust_name.clone(),
        };
        let structs = family.structs.iter().map(|struct_| (named(&struct_.origin), struct_.body.types()));
        let callbacks = family.callbacks.iter().map(|callback| (named(&callback.origin), callback.types()));
        for (name, types) in structs.chain(callbacks) {
            for type_ in types {
                match innermost(type_) {
                    Type::Char { wide: true } => queue.push(name.clone()),
                    Type::Struct(used) | Type::Callback(used) => {
                        users.entry(used.clone()).or_default().push(name.clone());
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

fn innermost(type_: &Type) -> &Type {
    match type_ {
        Type::Pointer { to, .. } | Type::Array(to, _) => innermost(to),
        other => other,
    }
}

fn is_wide(type_: &Type, wide: &BTreeSet<TypeName>) -> bool {
    match innermost(type_) {
        Type::Char { wide } => *wide,
        Type::Struct(name) | Type::Callback(name) => wide.contains(name),
        _ => false,
    }
}

//! What each header declares, and in which order: every type before it is used, and a type that several headers need in
//! the one that all of them include.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Enum, Family, Function, Opaque, Spec, Struct, Type, TypeName};

/// The types that a header declares.
pub(super) struct Declared<'a> {
    /// Handles, and types of which only pointers are known.
    pub opaques: Vec<&'a Opaque>,
    /// Enumerations.
    pub enums: Vec<&'a Enum>,
    /// Structures and unions, each behind those that it holds.
    pub structs: Vec<&'a Struct>,
    /// Callbacks, each behind those that it is given.
    pub callbacks: Vec<&'a Function>,
}

/// A type: its family and its C name.
type Key<'a> = (&'a str, &'a str);

/// What a family's own header declares.
pub(super) fn own<'a>(family: &'a Family, shared: &BTreeSet<Key<'a>>) -> Declared<'a> {
    declared(std::slice::from_ref(family), |key| !shared.contains(&key))
}

/// What the header declares that all others include.
pub(super) fn common<'a>(spec: &'a Spec, shared: &BTreeSet<Key<'a>>) -> Declared<'a> {
    declared(&spec.families, |key| shared.contains(&key))
}

/// The types that another family refers to, and all that they refer to.
pub(super) fn shared(spec: &Spec) -> BTreeSet<Key<'_>> {
    let mut parts: BTreeMap<Key<'_>, Vec<&Type>> = BTreeMap::new();
    let mut open = Vec::new();
    for family in &spec.families {
        let foreign = |type_: &&Type| name(type_).is_some_and(|name| name.family != family.name);
        for struct_ in &family.structs {
            parts.insert((&family.name, &struct_.origin.c_name), struct_.body.types());
        }
        for callback in &family.callbacks {
            parts.insert((&family.name, &callback.origin.c_name), callback.types());
        }
        let own = parts.range((&*family.name, "")..).take_while(|((of, _), _)| *of == family.name);
        open.extend(own.flat_map(|(_, parts)| parts).copied().filter(foreign));
        open.extend(family.functions.iter().flat_map(Function::types).filter(foreign));
    }
    let mut shared = BTreeSet::new();
    while let Some(name) = open.pop().map(name) {
        let Some(key) = name.map(key) else { continue };
        if shared.insert(key) {
            open.extend(parts.get(&key).into_iter().flatten());
        }
    }
    shared
}

fn declared<'a>(families: &'a [Family], wanted: impl Fn(Key<'a>) -> bool) -> Declared<'a> {
    let keyed = families.iter().map(|family| (family, |c_name: &'a str| (&*family.name, c_name)));
    let mut out = Declared { opaques: Vec::new(), enums: Vec::new(), structs: Vec::new(), callbacks: Vec::new() };
    let (mut structs, mut callbacks) = (BTreeMap::new(), BTreeMap::new());
    for (family, key) in keyed {
        out.opaques.extend(family.opaques.iter().filter(|opaque| wanted(key(&opaque.c_name))));
        out.enums.extend(family.enums.iter().filter(|enum_| wanted(key(&enum_.origin.c_name))));
        structs.extend(family.structs.iter().map(|struct_| (key(&struct_.origin.c_name), struct_)));
        callbacks.extend(family.callbacks.iter().map(|callback| (key(&callback.origin.c_name), callback)));
    }
    structs.retain(|key, _| wanted(*key));
    callbacks.retain(|key, _| wanted(*key));
    out.structs = in_order(&structs, |struct_| struct_.body.types().into_iter().filter_map(held).collect());
    out.callbacks = in_order(&callbacks, |callback| callback.types().into_iter().filter_map(name).collect());
    out
}

/// Each behind those that it needs, otherwise by family and name. Resolve takes out structures that hold themselves.
fn in_order<'a, T>(items: &BTreeMap<Key<'a>, &'a T>, needs: impl Fn(&'a T) -> Vec<&'a TypeName>) -> Vec<&'a T> {
    let mut out = Vec::new();
    let (mut entered, mut left) = (BTreeSet::new(), BTreeSet::new());
    for &first in items.keys() {
        let mut open = vec![first];
        while let Some(&key) = open.last() {
            let Some(&item) = items.get(&key).filter(|_| !left.contains(&key)) else {
                open.pop();
                continue;
            };
            if entered.insert(key) {
                open.extend(needs(item).into_iter().map(self::key).filter(|key| !entered.contains(key)));
            } else {
                open.pop();
                left.insert(key);
                out.push(item);
            }
        }
    }
    out
}

fn key(name: &TypeName) -> Key<'_> {
    (&name.family, &name.c_name)
}

/// The item that a type is, or points to.
fn name(type_: &Type) -> Option<&TypeName> {
    match type_ {
        Type::Enum(name) | Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            Some(name)
        }
        Type::Pointer { to, .. } | Type::Array(to, _) => self::name(to),
        Type::Void | Type::Int(_) | Type::Char { .. } | Type::Bool | Type::HResult => None,
    }
}

/// The structure whose bytes a type has in it.
fn held(type_: &Type) -> Option<&TypeName> {
    match type_ {
        Type::Struct(name) => Some(name),
        Type::Array(of, _) => held(of),
        _ => None,
    }
}

//! What C calls things: names of keywords give way, and so do those of macros, which would replace every other thing
//! of their name.

use std::collections::BTreeSet;

use super::basics;
use super::keywords::ident;
use crate::c::names::is_identifier;
use crate::model::{CodeEntry, Constant, Family, Spec};

/// What the declarations of all headers rest on.
pub(super) struct Context<'a> {
    /// What is declared.
    pub spec: &'a Spec,
    /// What its names are.
    pub names: Names<'a>,
}

/// What the names of a Spec are.
pub(super) struct Names<'a> {
    /// Types, functions and enumerators of all families, under all their names.
    declared: BTreeSet<&'a str>,
    /// Types and functions.
    first: BTreeSet<&'a str>,
    /// Macros.
    macros: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// The names of a Spec.
    pub(super) fn new(spec: &'a Spec) -> Self {
        let first: BTreeSet<&str> = spec.families.iter().flat_map(types_and_functions).collect();
        let mut declared = first.clone();
        let mut values = Vec::new();
        for enum_ in spec.families.iter().flat_map(|family| &family.enums) {
            let members = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
            let names = members.map(|member| &*member.c_name);
            if enum_.stands_for.is_some() { values.extend(names) } else { declared.extend(names) }
        }
        declared.extend(spec.families.iter().flat_map(other_names));
        let codes = spec.codes.iter().map(|code| &*code.name);
        let constants = spec.families.iter().flat_map(|family| &family.constants).map(|constant| &*constant.c_name);
        let fixed = basics::MACROS.iter().map(|(name, _)| *name);
        let macros = codes.chain(constants).chain(values).chain(fixed);
        let macros = macros.filter(|name| !declared.contains(name) && is_identifier(name)).collect();
        Self { declared, first, macros }
    }

    /// Whether a type, function or enumerator has this name.
    pub(super) fn is_declared(&self, name: &str) -> bool {
        self.declared.contains(name)
    }

    /// Whether a type or function has this name, so that no enumerator can.
    pub(super) fn is_type_or_function(&self, name: &str) -> bool {
        self.first.contains(name) || basics::is_basic(name)
    }

    /// Whether this name is a macro's.
    pub(super) fn is_macro(&self, name: &str) -> bool {
        self.macros.contains(name)
    }

    /// The constants of a family that become macros: no code is called so, and nothing else.
    pub(super) fn constants(&self, family: &'a Family, codes: &[CodeEntry]) -> Vec<&'a Constant> {
        let mut codes: BTreeSet<&str> = codes.iter().map(|code| &*code.name).collect();
        let values = family.enums.iter().filter(|enum_| enum_.stands_for.is_some());
        codes.extend(values.flat_map(|enum_| &enum_.members).map(|member| &*member.c_name));
        let own = |constant: &&Constant| self.is_macro(&constant.c_name) && !codes.contains(&*constant.c_name);
        family.constants.iter().filter(own).collect()
    }

    /// The name of a field, beside fields of the types `used`.
    pub(super) fn field(&self, name: &str, used: &BTreeSet<String>) -> String {
        // C++ lets no member change what a name means in its class.
        let taken = self.is_macro(name) || used.contains(name);
        if taken { format!("{name}_") } else { ident(name) }
    }

    /// The name of a parameter.
    pub(super) fn param(&self, name: &str) -> String {
        // Parameters behind it could not be of that type.
        let taken = self.is_macro(name) || self.is_declared(name) || basics::is_basic(name);
        if taken { format!("{name}_") } else { ident(name) }
    }
}

fn types_and_functions(family: &Family) -> impl Iterator<Item = &str> {
    let functions = family.functions.iter().chain(&family.callbacks).map(|function| &*function.origin.c_name);
    let enums = family.enums.iter().map(|enum_| &*enum_.origin.c_name);
    let structs = family.structs.iter().map(|struct_| &*struct_.origin.c_name);
    functions.chain(enums).chain(structs).chain(family.opaques.iter().map(|opaque| &*opaque.c_name))
}

fn other_names(family: &Family) -> impl Iterator<Item = &str> {
    let enums = family.enums.iter().map(|enum_| &enum_.origin);
    let structs = family.structs.iter().map(|struct_| &struct_.origin);
    let origins = enums.chain(structs).chain(family.callbacks.iter().map(|callback| &callback.origin));
    let others = origins.flat_map(|origin| origin.aliases.iter().chain(&origin.pointers));
    others.chain(family.typedefs.keys()).map(|name| &**name)
}

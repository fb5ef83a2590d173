//! The declarations of a header, in the order in which C can read them.

use std::collections::BTreeSet;

use super::declared::Declared;
use super::keywords::ident;
use super::names::Context;
use super::types::{base, declare, declare_raw};
use super::{basics, codes, enums, functions, records};
use crate::c::basics::basic;
use crate::c::names::is_identifier;
use crate::model::{Family, FieldKind, Function, Opaque, Origin, Record, Type};
use crate::name::CName;

/// The names that a header has, with those of the headers that it includes.
pub(super) type Known<'a> = BTreeSet<&'a str>;

/// What the header declares that all others include.
pub(super) fn common<'a>(context: &Context<'a>, types: &Declared<'a>, known: &mut Known<'a>) -> Vec<String> {
    known.extend(own_names(types));
    let mut body = vec![types.opaques.iter().map(|opaque| opaque_type(opaque)).collect()];
    body.extend(declarations(context, types, &[], known));
    body
}

/// What the header of a family declares.
pub(super) fn of_family<'a>(
    context: &Context<'a>,
    family: &'a Family,
    types: &Declared<'a>,
    known: &mut Known<'a>,
) -> Vec<String> {
    known.extend(own_names(types));
    known.extend(family.functions.iter().map(|function| &*function.origin.c_name));
    let constants = context.names.constants(family, &context.spec.codes);
    let mut body: Vec<String> = vec![types.opaques.iter().map(|opaque| opaque_type(opaque)).collect()];
    body.push(codes::constants(&constants));
    body.push(typedefs(family, known));
    body.extend(declarations(context, types, &family.functions, known));
    let prototype = |function: &'a Function| Some((function, functions::prototype(function, context)?));
    let declared: Vec<(&Function, String)> = family.functions.iter().filter_map(prototype).collect();
    let twin = |(function, _): &(&Function, String)| {
        function.twin().map(|twin| format!("#define {} {twin}\n", function.origin.c_name))
    };
    let twins: Vec<String> = declared.iter().filter_map(twin).collect();
    if !twins.is_empty() {
        body.push(format!("#ifdef WINWS_W32\n{}#endif\n", twins.concat()));
    }
    body.extend(declared.into_iter().map(|(_, text)| text));
    body
}

fn own_names<'a>(types: &Declared<'a>) -> impl Iterator<Item = &'a str> {
    let enums = types.enums.iter().map(|enum_| &*enum_.origin.c_name);
    let structs = types.structs.iter().map(|struct_| &*struct_.origin.c_name);
    let callbacks = types.callbacks.iter().map(|callback| &*callback.origin.c_name);
    let names: Vec<&str> = enums.chain(structs).chain(callbacks).collect();
    types.opaques.iter().map(|opaque| &*opaque.c_name).chain(names)
}

fn opaque_type(opaque: &Opaque) -> String {
    let name = ident(&opaque.c_name);
    if opaque.handle { format!("typedef void *{name};\n") } else { format!("typedef struct {name} {name};\n") }
}

/// Other names of basic types and handles.
fn typedefs<'a>(family: &'a Family, known: &mut Known<'a>) -> String {
    let mut out = Vec::new();
    for (name, c_type) in &family.typedefs {
        let base = c_type.base();
        let stands = basic(base).is_some() || basics::is_basic(base) || known.contains(base);
        if stands && is_identifier(name) && basic(name).is_none() && known.insert(name) {
            // Nothing here has a length: what is an array where it stands is a pointer where it is used.
            out.push(format!("typedef {};\n", declare(c_type, &Type::Void, &ident(name))));
        }
    }
    out.concat()
}

/// Types: first what has no parts, then the names of structures, so that callbacks can be given pointers to them, then
/// their fields.
fn declarations<'a>(
    context: &Context<'a>,
    types: &Declared<'a>,
    functions: &'a [Function],
    known: &mut Known<'a>,
) -> Vec<String> {
    let mut body = Vec::new();
    for &enum_ in &types.enums {
        body.push(enums::definition(enum_, context, known) + &other_names(&enum_.origin, known));
    }
    let forward = types.structs.iter().map(|struct_| records::forward(struct_) + &other_names(&struct_.origin, known));
    body.push(forward.collect());
    let made = made(types, functions, known);
    let is_own = |c_name: &str| types.callbacks.iter().any(|callback| callback.origin.c_name == c_name);
    let early = made.iter().filter(|(_, type_)| !of_callback(type_).is_some_and(is_own));
    body.push(early.map(made_type).collect());
    for &callback in &types.callbacks {
        let mut text = functions::callback(callback, context);
        text += &other_names(&callback.origin, known);
        let late = made.iter().filter(|(_, type_)| of_callback(type_) == Some(&callback.origin.c_name));
        text.extend(late.map(made_type));
        body.push(text);
    }
    body.extend(types.structs.iter().map(|struct_| records::definition(struct_, context)));
    body
}

/// The aliases of a type, and the names of pointers to it; one that is something else already is none.
fn other_names<'a>(origin: &'a Origin, known: &mut Known<'a>) -> String {
    let name = ident(&origin.c_name);
    let mut new = |other: &&'a CName| is_identifier(other) && known.insert(&**other);
    let aliases = origin.aliases.iter().filter(&mut new).map(|other| format!("typedef {name} {};\n", ident(other)));
    let aliases: String = aliases.collect();
    let pointers = origin.pointers.iter().filter(&mut new).map(|other| format!("typedef {name} *{};\n", ident(other)));
    aliases + &pointers.collect::<String>()
}

/// Names that pages make of others, such as those of pointers to an item that its own page does not name.
fn made<'a>(types: &Declared<'a>, functions: &'a [Function], known: &mut Known<'a>) -> Vec<(&'a str, &'a Type)> {
    let mut found = Vec::new();
    for function in functions.iter().chain(types.callbacks.iter().copied()) {
        found.extend(function.params.iter().filter_map(|param| base(&param.c_type, &param.raw)));
        found.extend(function.c_return_type.iter().filter_map(|c_type| base(c_type, &function.c_return)));
    }
    types.structs.iter().for_each(|struct_| of_record(&struct_.body, &mut found));
    found.sort_by_key(|(name, _)| *name);
    let is_new = |name: &str| is_identifier(name) && !basics::is_basic(name) && !is_of_c(name);
    found.into_iter().filter(|(name, _)| is_new(name) && known.insert(name)).collect()
}

fn made_type((name, type_): &(&str, &Type)) -> String {
    format!("typedef {};\n", declare_raw(type_, &ident(name)))
}

fn of_record<'a>(record: &'a Record, found: &mut Vec<(&'a str, &'a Type)>) {
    for field in &record.fields {
        match &field.kind {
            FieldKind::Value { raw, c_type } => found.extend(base(c_type, raw)),
            FieldKind::Part(part) => of_record(part, found),
        }
    }
}

/// Whether C itself has a basic type of that name.
fn is_of_c(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_lowercase()) && basic(name).is_some()
}

/// The callback that a type is, or points to.
fn of_callback(type_: &Type) -> Option<&str> {
    match type_ {
        Type::Callback(name) => Some(&name.c_name),
        Type::Pointer { to, .. } | Type::Array(to, _) => of_callback(to),
        _ => None,
    }
}

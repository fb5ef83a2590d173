//! Enumerations.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::docs;
use super::keywords::ident;
use super::names::Context;
use super::types::declare;
use crate::model::{Enum, Int, Type};

/// An enumeration with its members, or what its name stands for and a macro for each; `taken` are the names that the header has already.
pub(super) fn definition<'a>(enum_: &'a Enum, context: &Context<'_>, taken: &mut BTreeSet<&'a str>) -> String {
    let name = ident(&enum_.origin.c_name);
    let doc = docs::item(context.spec, &enum_.origin, Vec::new());
    if let Some(c_type) = &enum_.stands_for {
        return format!(
            "{doc}typedef {};\n{}",
            declare(c_type, &Type::Int(Int::I32), &name),
            macros(enum_, context, taken)
        );
    }
    let mut members = String::new();
    for member in enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)) {
        if context.names.is_type_or_function(&member.c_name) || !taken.insert(&member.c_name) {
            continue;
        }
        members.push_str(&docs::comment(&docs::lines(&member.docs), "    "));
        // The least number has no literal of type `int`: C knows only the one without the sign.
        let value = if member.value == i32::MIN { "-2147483647 - 1".to_owned() } else { member.value.to_string() };
        writeln!(members, "    {} = {value},", ident(&member.c_name)).expect("writing to a string cannot fail");
    }
    if members.is_empty() {
        return format!("{doc}typedef int32_t {name};\n");
    }
    // C++ has no comma behind the last one before 2011, and these sources are no older.
    format!("{doc}typedef enum {name} {{\n{members}}} {name};\n")
}

/// The values as macros.
fn macros<'a>(enum_: &'a Enum, context: &Context<'_>, taken: &mut BTreeSet<&'a str>) -> String {
    let mut out = String::new();
    for member in enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)) {
        if !context.names.is_macro(&member.c_name) || !taken.insert(&member.c_name) {
            continue;
        }
        out.push_str(&docs::comment(&docs::lines(&member.docs), ""));
        let value = match member.value {
            // See the literal above.
            i32::MIN => "(-2147483647 - 1)".to_owned(),
            negative @ ..0 => format!("({negative})"),
            value => value.to_string(),
        };
        writeln!(out, "#define {} {value}", member.c_name).expect("writing to a string cannot fail");
    }
    out
}

//! Enumerations.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::names::ident;
use super::{Context, docs};
use crate::model::Enum;

/// An enumeration with its members; `taken` are the names that the header has already.
pub fn definition<'a>(enum_: &'a Enum, context: &Context<'_>, taken: &mut BTreeSet<&'a str>) -> String {
    let name = ident(&enum_.origin.c_name);
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
    let doc = docs::item(context.spec, &enum_.origin, Vec::new());
    if members.is_empty() {
        return format!("{doc}typedef int32_t {name};\n");
    }
    // C++ has no comma behind the last one before 2011, and these sources are no older.
    format!("{doc}typedef enum {name} {{\n{members}}} {name};\n")
}

//! Writes the table of the witness: every constant, member, structure, function, callback and code of the Spec, one line each, for the
//! compiler to compare with windows-sys. What is here and not there goes by `deviations.toml`.

use std::fmt::Write;

use toml::Table;
use xtask::model::{CodeSpace, Enum, Family, Field, FieldKind, Function, Record, Spec};

const HEAD: &str = "\
//! Everything that the compiler compares with windows-sys; see `witness.rs`.
//!
//! Written from the pages: `UPDATE_EXPECT=1 cargo test -p winws-tests-workspace witness`.
";

/// The module with windows-sys' names of a family, by header. The last has structures of other headers besides.
const MODULES: [(&str, &str); 3] = [
    ("webservices.h", "windows_sys::Win32::Networking::WindowsWebServices"),
    ("websocket.h", "windows_sys::Win32::Networking::WebSocket"),
    ("winhttp.h", "super::super::winhttp"),
];

pub(crate) fn table(spec: &Spec, deviations: &Table) -> String {
    let mut out = HEAD.to_owned();
    // Windows has none of our own functions.
    let of_windows = spec.families.iter().filter(|family| family.header != "winws.h");
    for family in of_windows.filter(|family| !is_empty(family)) {
        let (_, module) = MODULES.iter().find(|(header, _)| *header == family.header).expect("the header has a module");
        let name = &family.name;
        writeln!(out, "\nmod {name} {{").unwrap();
        writeln!(out, "    use {module} as theirs;").unwrap();
        writeln!(out, "    use winws_api::{name}::{{self as rust, sys as ours}};\n").unwrap();
        for line in lines(family, deviations) {
            writeln!(out, "    {line}").unwrap();
        }
        out.push_str("}\n");
    }
    out.push_str(
        "\nmod codes {\n    use super::super::codes as theirs;\n    use winws_api::{HResult, Win32Error};\n\n",
    );
    for code in &spec.codes {
        let space = match code.space {
            CodeSpace::Win32 => "Win32Error",
            CodeSpace::HResult => "HResult",
        };
        writeln!(out, "    code!({space}, {});", code.name).unwrap();
    }
    out.push_str("}\n");
    out
}

fn is_empty(family: &Family) -> bool {
    family.enums.is_empty() && family.functions.is_empty() && family.structs.is_empty() && family.constants.is_empty()
}

fn lines(family: &Family, deviations: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(family.constants.iter().map(|it| constant(&it.c_name, deviations)));
    lines.extend(family.enums.iter().flat_map(|it| members(it, deviations)));
    for opaque in &family.opaques {
        let kind = if opaque.handle { "handle" } else { "opaque" };
        lines.push(format!("{kind}!({}, {});", opaque.c_name, opaque.rust_name));
    }
    let here = |name: &&str| family.opaques.iter().any(|opaque| opaque.c_name == *name);
    lines.extend(names(deviations, "opaque").filter(here).map(|name| format!("reduced!({name});")));
    for record in &family.structs {
        let (c_name, rust_name) = (&record.origin.c_name, &record.origin.rust_name);
        lines.push(format!("record!({c_name}, {rust_name});"));
        let mut fields = Vec::new();
        collect(&record.body, "", "", &mut fields);
        lines.extend(fields.iter().map(|(c, rust)| {
            let theirs = lookup(deviations, "field", "names", &format!("{c_name}.{c}"));
            let theirs = theirs.map(|name| format!(" = {name}")).unwrap_or_default();
            format!("field!({c_name}, {rust_name}, {c}{theirs}, {rust});")
        }));
    }
    lines
        .extend(family.callbacks.iter().map(|it| format!("callback!({}, {});", it.origin.c_name, it.origin.rust_name)));
    lines.extend(family.functions.iter().map(function));
    lines
}

/// A constant and what windows-sys has for it.
fn constant(name: &str, deviations: &Table) -> String {
    let renamed = lookup(deviations, "renamed", "names", name);
    match renamed.or_else(|| lookup(deviations, "absent", "values", name)) {
        Some(value) if value == "NULL" => format!("null!({name});"),
        Some(value) => format!("constant!({name}, {});", value.trim()),
        None if names(deviations, "width").any(|it| it == name) => format!("unlike!({name});"),
        None => format!("constant!({name});"),
    }
}

/// What an entry of a list has for a name.
fn lookup(deviations: &Table, list: &str, key: &str, name: &str) -> Option<String> {
    let mut entries = deviations.get(list)?.as_array()?.iter();
    entries.find_map(|entry| Some(entry.get(key)?.get(name)?.as_str()?.replace('\n', " ")))
}

/// The names in the entries of a list.
fn names<'a>(deviations: &'a Table, list: &str) -> impl Iterator<Item = &'a str> {
    let entries = deviations[list].as_array().expect("a list of entries").iter();
    let names = entries.flat_map(|entry| entry["names"].as_array().expect("an entry has names"));
    names.map(|name| name.as_str().expect("a name is a string"))
}

fn members(enum_: &Enum, deviations: &Table) -> Vec<String> {
    let members = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
    let kind = if enum_.flags { "flag" } else { "member" };
    let line = |rust_name: &str, c_name: &str| format!("{kind}!({}, {rust_name}, {c_name});", enum_.origin.rust_name);
    members.flat_map(|it| [constant(&it.c_name, deviations), line(&it.rust_name, &it.c_name)]).collect()
}

/// The paths of all values in a structure or union, in C and in Rust.
fn collect(record: &Record, c: &str, rust: &str, fields: &mut Vec<(String, String)>) {
    for Field { c_name, rust_name, kind, .. } in &record.fields {
        let c_name =
            c_name.as_ref().expect("no structure so far has a part without a name: say what windows-sys calls it");
        let (c, rust) = (format!("{c}{c_name}"), format!("{rust}{rust_name}"));
        match kind {
            FieldKind::Value { .. } => fields.push((c, rust)),
            FieldKind::Part(part) => collect(part, &format!("{c}."), &format!("{rust}."), fields),
        }
    }
}

fn function(function: &Function) -> String {
    format!("function!({}, ({}));", function.origin.c_name, vec!["_"; function.params.len()].join(", "))
}

//! The Rust name of every C name, for review.

use std::fmt::Write as _;

use crate::model::{FieldKind, Record, Role, Spec};

/// The fields of a structure and of its parts.
fn record(record_: &Record, c_name: &str, module: &str, rows: &mut Vec<(String, String)>) {
    for field in &record_.fields {
        let called = format!("{c_name}.{}", field.c_name.as_deref().unwrap_or("(unnamed)"));
        if let FieldKind::Part(part) = &field.kind {
            record(part, &called, module, rows);
        }
        rows.push((called, format!("{module}::{}.{}", record_.rust_name, field.rust_name)));
    }
}

/// One line per name: C name, Rust path.
pub fn names(spec: &Spec) -> String {
    let mut rows = Vec::new();
    for family in &spec.families {
        let module = &family.name;
        for enum_ in &family.enums {
            let path = format!("{module}::{}", enum_.origin.rust_name);
            let members = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
            rows.extend(members.map(|member| (member.c_name.to_string(), format!("{path}::{}", member.rust_name))));
            rows.push((enum_.origin.c_name.to_string(), path));
        }
        let has_method = |place: &usize| family.groups.iter().any(|group| group.functions.contains(place));
        let functions = family.functions.iter().enumerate().map(|(place, function)| (function, has_method(&place)));
        for (function, has_method) in functions.chain(family.callbacks.iter().map(|callback| (callback, false))) {
            let path = spec.items[function.origin.item].rust_path.clone();
            let path = path.expect("a frozen function has a path");
            let c_name = &function.origin.c_name;
            for (index, param) in function.params.iter().enumerate() {
                let returned = has_method && function.returned().any(|arg| arg.param == index);
                let place = match function.counted(index) {
                    _ if returned && function.has_output_type() => {
                        format!("{module}::{}.{}", function.output_name, param.rust_name)
                    }
                    _ if returned => format!("{path}, what it returns"),
                    Some(buffer) => format!("{path}({}), its length", function.params[buffer].rust_name),
                    None => format!("{path}({})", param.rust_name),
                };
                rows.push((format!("{c_name}.{}", param.c_name), place));
            }
            let errors = function.errors.iter().map(|code| (&function.error_name, code));
            let successes = function.successes.iter().map(|code| (&function.success_name, code));
            for (name, code) in errors.chain(successes) {
                rows.push((format!("{c_name}.{}", code.c_name), format!("{module}::{name}::{}", code.rust_name)));
            }
            rows.push((function.origin.c_name.to_string(), path));
        }
        for struct_ in &family.structs {
            record(&struct_.body, &struct_.origin.c_name, module, &mut rows);
            rows.push((struct_.origin.c_name.to_string(), format!("{module}::{}", struct_.origin.rust_name)));
        }
        for table in &family.tables {
            let path = format!("{module}::{}", table.name);
            let methods = table.slots.iter().filter(|slot| slot.role != Role::Free);
            rows.extend(methods.map(|slot| {
                let c_name = family.callbacks[slot.callback].origin.c_name.to_string();
                (c_name, format!("{path}::{}", slot.rust_name))
            }));
            rows.push((family.structs[table.record].origin.c_name.to_string(), path));
        }
        let opaques = family.opaques.iter();
        rows.extend(opaques.map(|opaque| (opaque.c_name.to_string(), format!("{module}::{}", opaque.rust_name))));
    }
    rows.sort();
    let width = rows.iter().map(|(c_name, _)| c_name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (c_name, path) in rows {
        writeln!(out, "{c_name:width$}  {path}").expect("writing to a string cannot fail");
    }
    out
}

//! Tables of callbacks: structures all of whose fields are callbacks of one object.

use toml::Spanned;

use super::super::config::{CallbacksConfig, Families, FamilyConfig};
use super::super::names;
use super::functions;
use crate::c::names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Convention, Direction};
use crate::model::{Family, Field, FieldKind, Function, Role, Slot, Struct, Table, Type};
use crate::name::RustName;

/// Freezes the tables that families.toml names; of what is no table it says why.
pub(super) fn freeze(family: &mut Family, settings: &FamilyConfig, config: &Families, diags: &mut Diagnostics) {
    for entry in &settings.callbacks {
        match table(entry, family, config) {
            Ok(table) => {
                // What makes an object returns that alone.
                for slot in table.slots.iter().filter(|slot| slot.role == Role::Create) {
                    family.callbacks[slot.callback].args.iter_mut().for_each(|arg| arg.returned = false);
                }
                family.tables.push(table);
            }
            Err((key, message)) => {
                let help = "name a structure whose fields are all callbacks, and what its callbacks have";
                diags.report_help(Rule::UnfitTable, entry.at(key), message, help);
            }
        }
    }
}

/// What is wrong with an entry, and the key that says so.
type Unfit<'a> = (&'a Spanned<String>, String);

fn table<'a>(entry: &'a CallbacksConfig, family: &Family, config: &Families) -> Result<Table, Unfit<'a>> {
    let unfit = |message: String| (&entry.table, message);
    if !is_identifier(&entry.name) || is_taken(&entry.name, family) {
        return Err(unfit(format!("no trait of `{}` can be called `{}`", family.header, entry.name)));
    }
    let called = |struct_: &Struct| struct_.origin.c_name == *entry.table.get_ref();
    let Some(record) = family.structs.iter().position(called) else {
        let message = format!("`{}` has no complete structure `{}`", family.header, entry.table.get_ref());
        return Err(unfit(message));
    };
    let body = &family.structs[record].body;
    if body.union {
        return Err(unfit(format!("`{}` is a union", entry.table.get_ref())));
    }
    let mut slots: Vec<Slot> = Vec::new();
    for field in &body.fields {
        let Some(callback) = callback_of(field, family) else {
            return Err(unfit(format!("`{}` is not a callback of `{}`", field.rust_name, family.header)));
        };
        let called = &family.callbacks[callback].origin.c_name;
        if slots.iter().any(|slot| slot.callback == callback) {
            return Err(unfit(format!("two fields are `{called}`")));
        }
        slots.push(slot(entry, &family.callbacks[callback], callback)?);
    }
    for (key, role) in [(&entry.create, Role::Create), (&entry.free, Role::Free)] {
        if slots.iter().all(|slot| slot.role != role) {
            return Err((key, format!("no field of `{}` is `{}`", entry.table.get_ref(), key.get_ref())));
        }
    }
    let names = method_names(&body.fields, config);
    if let Some(name) = functions::twice(names.iter().map(|name| &**name)) {
        return Err(unfit(format!("two functions of `{}` would both be `{name}`", entry.name)));
    }
    for (slot, name) in slots.iter_mut().zip(names) {
        slot.rust_name = name;
    }
    Ok(Table { name: RustName::new(&*entry.name), summary: entry.summary.clone(), record, slots })
}

/// Whether something of the module is called so already. Items of pages give way to tables, as they do to groups.
fn is_taken(name: &str, family: &Family) -> bool {
    let groups = family.groups.iter().map(|group| &group.name).chain(family.tables.iter().map(|table| &table.name));
    groups.chain(family.opaques.iter().map(|opaque| &opaque.rust_name)).any(|taken| *taken == *name)
}

fn callback_of(field: &Field, family: &Family) -> Option<usize> {
    let FieldKind::Value { raw: Type::Callback(name), .. } = &field.kind else { return None };
    let called = |callback: &Function| callback.origin.c_name == name.c_name;
    family.callbacks.iter().position(called).filter(|_| name.family == family.name)
}

/// What a callback does with the object, and in which parameter.
fn slot<'a>(entry: &'a CallbacksConfig, callback: &Function, place: usize) -> Result<Slot, Unfit<'a>> {
    let c_name = &callback.origin.c_name;
    let role = match c_name {
        name if name == entry.create.get_ref() => Role::Create,
        name if name == entry.free.get_ref() => Role::Free,
        _ => Role::Use,
    };
    let instance = entry.instance.get_ref();
    let Some(at) = callback.params.iter().position(|param| param.c_name == *instance) else {
        return Err((&entry.instance, format!("`{c_name}` has no parameter `{instance}`")));
    };
    let param = &callback.params[at];
    let fits = match role {
        Role::Create => param.direction == Direction::Out && depth(&param.raw) == Some(2),
        Role::Free | Role::Use => depth(&param.raw) == Some(1),
    };
    if !fits {
        return Err((&entry.instance, format!("`{instance}` of `{c_name}` cannot be an object of any type")));
    }
    let coded = matches!(callback.convention, Convention::HResult | Convention::Win32);
    match role {
        Role::Create if !coded || !callback.successes.is_empty() => {
            Err((&entry.create, format!("`{c_name}` has to succeed in one way only, or to fail with a code")))
        }
        Role::Free if callback.convention != Convention::Void || callback.params.len() != 1 => {
            Err((&entry.free, format!("`{c_name}` has to take the object and to return nothing")))
        }
        _ => Ok(Slot { callback: place, rust_name: RustName::default(), role, instance: at }),
    }
}

/// How many pointers lead to memory of unknown kind.
fn depth(type_: &Type) -> Option<usize> {
    match type_ {
        Type::Void => Some(0),
        Type::Pointer { to, .. } => Some(depth(to)? + 1),
        _ => None,
    }
}

/// The names of the fields without the words at the end that all of them have.
fn method_names(fields: &[Field], config: &Families) -> Vec<RustName> {
    let plain = FamilyConfig::default();
    let name = |c_name: &str| names::function_name(c_name, &plain, config);
    let c_name = |field: &Field| field.c_name.clone().expect("what holds a value has a name");
    let all: Vec<RustName> = fields.iter().map(|field| name(&c_name(field))).collect();
    let words: Vec<Vec<&str>> = all.iter().map(|name| name.split('_').collect()).collect();
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
    let same =
        |back: &usize| words.windows(2).all(|pair| pair[0][pair[0].len() - back] == pair[1][pair[1].len() - back]);
    let shared = (1..shortest).take_while(same).count();
    words.iter().map(|words| name(&words[..words.len() - shared].join("_"))).collect()
}

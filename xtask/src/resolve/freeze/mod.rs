//! The last pass: complete drafts become the typed items that Rust is made of; what is missing becomes a gap.

mod enums;
mod functions;

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Families, FamilyConfig};
use super::families;
use super::types::Types;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Draft, Kind, Source};
use crate::model::{CodeEntry, Family, Function, Group, Item, Opaque, Origin, Type, TypeName};

/// Freezes every complete item. Items that are not get their gaps, and a diagnostic for each.
pub fn freeze(items: &mut [Item], codes: &[CodeEntry], config: &Families, diags: &mut Diagnostics) -> Vec<Family> {
    // A family that families.toml names exists as soon as any page of it was read.
    let mut by_family: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| has_code(item.draft.kind)) {
        match by_family.get_mut(&item.family) {
            Some(places) => places.push(index),
            None => drop(by_family.insert(item.family.clone(), vec![index])),
        }
    }
    let settings: Vec<FamilyConfig> = by_family.keys().map(|name| families::config(name, config)).collect();
    let mut out: Vec<Family> = settings.iter().map(shell).collect();
    let codes = codes.iter().map(|code| (&*code.name, code)).collect();
    let mut context = Context { types: Types::default(), codes, config };
    for family in &out {
        for opaque in &family.opaques {
            let name = TypeName {
                family: family.name.clone(),
                c_name: opaque.c_name.clone(),
                rust_name: opaque.rust_name.clone(),
            };
            context.types.insert(&opaque.c_name, if opaque.handle { Type::Handle(name) } else { Type::Opaque(name) });
        }
    }
    for ((family, settings), places) in out.iter_mut().zip(&settings).zip(by_family.values()) {
        let names = Names { settings, config };
        let mut enumerators = BTreeSet::new();
        for &index in places {
            let Item { draft, gaps, rust_path, .. } = &mut items[index];
            if draft.kind != Kind::Enum || !gaps.is_empty() {
                continue;
            }
            let mut gaps = Gaps { list: gaps, diags };
            let Some(enum_) = enums::freeze(index, draft, &names, &mut gaps) else { continue };
            let all = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
            let all: Vec<&String> = all.map(|member| &member.c_name).collect();
            if let Some(member) = all.iter().find(|name| enumerators.contains(**name)) {
                let message = format!("`{member}` is a member of another enumeration of `{}` too", family.header);
                let help = "C has one of that name; remove the other one";
                gaps.add(Rule::ClashingName, &draft.name.source, message, help, format!("name of {member}"));
                continue;
            }
            // C has one name for the enumerators of all enumerations.
            enumerators.extend(all.into_iter().cloned());
            let Origin { c_name, aliases, rust_name, .. } = &enum_.origin;
            *rust_path = Some(format!("{}::{rust_name}", family.name));
            let name = TypeName { family: family.name.clone(), c_name: c_name.clone(), rust_name: rust_name.clone() };
            context.types.insert_enum(aliases.iter().map(|alias| &**alias).chain([&**c_name]), &name);
            family.enums.push(enum_);
        }
    }
    // Functions may name the enumerations of any family, so they come after all of them.
    for ((family, settings), places) in out.iter_mut().zip(&settings).zip(by_family.values()) {
        let names = Names { settings, config };
        for &index in places {
            let Item { draft, gaps, rust_path, .. } = &mut items[index];
            let Some(function) = draft.function().filter(|_| gaps.is_empty()) else { continue };
            let mut gaps = Gaps { list: gaps, diags };
            let Some(function) = functions::freeze(index, draft, function, &context, &names, &mut gaps) else {
                continue;
            };
            let callback = draft.kind == Kind::Callback;
            *rust_path = Some(match callback {
                true => format!("{}::{}", family.name, function.origin.rust_name),
                false => format!("{}::sys::{}", family.name, function.origin.c_name),
            });
            if callback { family.callbacks.push(function) } else { family.functions.push(function) }
        }
        finish(family, settings, items, diags);
    }
    out
}

/// What items refer to: types and codes of any family.
struct Context<'a> {
    types: Types,
    codes: BTreeMap<&'a str, &'a CodeEntry>,
    config: &'a Families,
}

fn has_code(kind: Kind) -> bool {
    matches!(kind, Kind::Enum | Kind::Function | Kind::Callback)
}

fn shell(settings: &FamilyConfig) -> Family {
    let opaque = |handle: bool| {
        move |(c_name, rust_name): (&String, &String)| Opaque {
            c_name: c_name.clone(),
            rust_name: rust_name.clone(),
            handle,
        }
    };
    let mut opaques: Vec<Opaque> = settings.handles.iter().map(opaque(true)).collect();
    opaques.extend(settings.opaque.iter().map(opaque(false)));
    opaques.sort_by(|a, b| a.c_name.cmp(&b.c_name));
    Family {
        name: settings.name.clone(),
        title: if settings.title.is_empty() { settings.name.clone() } else { settings.title.clone() },
        header: settings.header.clone(),
        opaques,
        ..Family::default()
    }
}

struct Names<'a> {
    settings: &'a FamilyConfig,
    config: &'a Families,
}

/// Where what is missing in an item goes.
struct Gaps<'a> {
    list: &'a mut Vec<String>,
    diags: &'a mut Diagnostics,
}

impl Gaps<'_> {
    /// Reports a gap; `what` is missing.
    fn add(&mut self, rule: Rule, at: &Source, message: String, help: &str, what: String) {
        self.diags.report_help(rule, at.location().clone(), message, help);
        self.list.push(what);
    }
}

fn origin(index: usize, draft: &Draft, rust_name: String) -> Origin {
    Origin {
        item: index,
        c_name: draft.name.value.clone(),
        aliases: draft.aliases.iter().map(|alias| alias.value.clone()).collect(),
        rust_name,
        docs: draft.docs.clone(),
        requirements: draft.requirements.clone(),
        source: draft.name.source.clone(),
    }
}

/// Sorts, groups, and settles what may clash within a family.
fn finish(family: &mut Family, settings: &FamilyConfig, items: &mut [Item], diags: &mut Diagnostics) {
    family.enums.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.functions.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.callbacks.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    for group in &settings.groups {
        let held = |(_, function): &(usize, &Function)| group.holds(&function.origin.c_name);
        let functions: Vec<usize> = family.functions.iter().enumerate().filter(held).map(|(index, _)| index).collect();
        if functions.is_empty() {
            continue;
        }
        for &index in &functions {
            let origin = &family.functions[index].origin;
            items[origin.item].rust_path = Some(format!("{}::{}::{}", family.name, group.name, origin.rust_name));
        }
        family.groups.push(Group { name: group.name.clone(), summary: group.summary.clone(), functions });
    }
    clashes(family, items, diags);
}

/// Two types of one module must not share a name: both are taken out, and both are reported.
fn clashes(family: &mut Family, items: &mut [Item], diags: &mut Diagnostics) {
    let mut owners: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for enum_ in &family.enums {
        owners.entry(enum_.origin.rust_name.clone()).or_default().push(enum_.origin.item);
    }
    for callback in &family.callbacks {
        owners.entry(callback.origin.rust_name.clone()).or_default().push(callback.origin.item);
        owners.entry(callback.error_name.clone()).or_default().push(callback.origin.item);
    }
    for function in &family.functions {
        owners.entry(function.error_name.clone()).or_default().push(function.origin.item);
    }
    let taken =
        family.opaques.iter().map(|opaque| &opaque.rust_name).chain(family.groups.iter().map(|group| &group.name));
    let taken: BTreeSet<String> = taken.cloned().collect();
    let mut out = BTreeSet::new();
    for (name, owners) in owners.iter().filter(|(name, owners)| owners.len() > 1 || taken.contains(*name)) {
        for &index in owners {
            let item = &mut items[index];
            let called = &item.draft.name;
            let message = format!("`{}` would be `{name}`, which is the name of something else too", called.value);
            let help = "give one of them another name, or strip less in families.toml";
            let mut gaps = Gaps { list: &mut item.gaps, diags };
            gaps.add(Rule::ClashingName, &called.source, message, help, format!("Rust name {name}"));
            item.rust_path = None;
            out.insert(index);
        }
    }
    family.enums.retain(|enum_| !out.contains(&enum_.origin.item));
    family.callbacks.retain(|callback| !out.contains(&callback.origin.item));
    let kept: Vec<bool> = family.functions.iter().map(|function| !out.contains(&function.origin.item)).collect();
    for group in &mut family.groups {
        group.functions.retain(|&index| kept[index]);
        for index in &mut group.functions {
            *index -= kept[..*index].iter().filter(|&&kept| !kept).count();
        }
    }
    let mut kept = kept.into_iter();
    family.functions.retain(|_| kept.next().expect("one mark for each function"));
}

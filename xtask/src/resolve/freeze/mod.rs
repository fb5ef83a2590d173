//! The last pass: complete drafts become the typed items that Rust is made of; what is missing becomes a gap.

mod characters;
mod complete;
mod constants;
mod enums;
mod functions;
mod outputs;
mod structs;
mod tables;
mod wide;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::config::{Families, FamilyConfig};
use super::types::{Aliases, Types};
use super::{families, names};
use crate::c::types;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Draft, Kind};
use crate::model::{CodeEntry, Family, Function, Group, Item, Opaque, Origin, Struct, Type, TypeName};
use crate::name::{CName, RustName};
use crate::source::Location;

/// Freezes every complete item. Items that are not get their gaps, and a diagnostic for each.
pub(super) fn freeze(
    items: &mut [Item],
    codes: &[CodeEntry],
    config: &Families,
    diags: &mut Diagnostics,
) -> Vec<Family> {
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
    let mut context = Context { types: Types::default(), codes, numbers: characters::numbers(items), config };
    for family in &out {
        for opaque in &family.opaques {
            let name = TypeName {
                family: family.name.clone(),
                c_name: opaque.c_name.clone(),
                rust_name: opaque.rust_name.clone(),
                wide: false,
            };
            context.types.insert(&opaque.c_name, if opaque.handle { Type::Handle(name) } else { Type::Opaque(name) });
        }
        for (name, c_type) in &family.typedefs {
            if let Ok(type_) = context.types.resolve(c_type) {
                context.types.insert(name, type_);
            }
        }
    }
    for ((family, settings), places) in out.iter_mut().zip(&settings).zip(by_family.values()) {
        freeze_enums(family, &Names { settings, config }, places, items, &mut context, diags);
    }
    let everything: Vec<(&FamilyConfig, &[usize])> =
        settings.iter().zip(by_family.values().map(Vec::as_slice)).collect();
    complete::types(&everything, items, &mut context);
    // What refers to types of any family comes after all of them.
    for ((family, settings), places) in out.iter_mut().zip(&settings).zip(by_family.values()) {
        let names = Names { settings, config };
        let one = |&index: &usize| Frozen::of(index, &items[index], &context, &names);
        let frozen: Vec<Frozen> = places.par_iter().map(one).collect();
        for (&index, mut frozen) in places.iter().zip(frozen) {
            let Item { draft, gaps, rust_path, .. } = &mut items[index];
            let sound = gaps.is_empty();
            *gaps = frozen.gaps;
            diags.list.append(&mut frozen.diags.list);
            match frozen.made.filter(|_| sound) {
                Some(Made::Function(function)) => {
                    let (rust_name, c_name) = (&function.origin.rust_name, &function.origin.c_name);
                    if draft.kind == Kind::Callback {
                        *rust_path = Some(format!("{}::{rust_name}", family.name));
                        family.callbacks.push(*function);
                    } else {
                        *rust_path = Some(format!("{}::sys::{c_name}", family.name));
                        family.functions.push(*function);
                    }
                }
                Some(Made::Struct(struct_)) => {
                    *rust_path = Some(format!("{}::{}", family.name, struct_.origin.rust_name));
                    family.structs.push(*struct_);
                }
                None => {}
            }
        }
        finish(family, settings, items, diags);
        tables::freeze(family, settings, config, diags);
    }
    wide::settle(&mut out);
    constants::collect(&mut out, items, &context.types);
    out
}

/// What became of one item, apart from all others.
struct Frozen {
    made: Option<Made>,
    /// All that it has, those from before included.
    gaps: Vec<String>,
    diags: Diagnostics,
}

enum Made {
    Function(Box<Function>),
    Struct(Box<Struct>),
}

impl Frozen {
    /// Freezes a function, a structure or a union. An item that is incomplete already is frozen all the same, so that all its
    /// gaps are reported at once.
    fn of(index: usize, item: &Item, context: &Context<'_>, names: &Names<'_>) -> Self {
        let (mut list, mut diags) = (item.gaps.clone(), Diagnostics::default());
        let mut gaps = Gaps { list: &mut list, diags: &mut diags };
        let draft = &item.draft;
        let made = match &draft.body {
            Body::Function(function) => {
                let mut made = functions::freeze(index, draft, function, context, names, &mut gaps);
                if let Some(made) = &mut made {
                    characters::settle(draft.kind, function, made, &context.numbers, gaps.diags);
                }
                made.map(|made| Made::Function(Box::new(made)))
            }
            Body::Struct(fields, _) => structs::freeze(index, draft, fields, context, names, &mut gaps)
                .map(|made| Made::Struct(Box::new(made))),
            _ => None,
        };
        Self { made, gaps: list, diags }
    }
}

fn freeze_enums(
    family: &mut Family,
    names: &Names<'_>,
    places: &[usize],
    items: &mut [Item],
    context: &mut Context<'_>,
    diags: &mut Diagnostics,
) {
    let mut enumerators = BTreeSet::new();
    for &index in places {
        let Item { draft, gaps, rust_path, .. } = &mut items[index];
        if draft.kind != Kind::Enum {
            continue;
        }
        let sound = gaps.is_empty();
        let mut gaps = Gaps { list: gaps, diags };
        let Some(enum_) = enums::freeze(index, draft, names, &mut gaps).filter(|_| sound) else { continue };
        let all = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
        let all: Vec<&CName> = all.map(|member| &member.c_name).collect();
        if let Some(member) = all.iter().find(|name| enumerators.contains(**name)) {
            let message = format!("another enumeration of `{}` also has the member `{member}`", family.header);
            let help = "C allows a member's name only once; remove one of them";
            gaps.add(Rule::ClashingName, &draft.place, message, help, format!("name of {member}"));
            continue;
        }
        // C has one name for the enumerators of all enumerations.
        enumerators.extend(all.into_iter().cloned());
        let Origin { c_name, rust_name, .. } = &enum_.origin;
        *rust_path = Some(format!("{}::{rust_name}", family.name));
        let name =
            TypeName { family: family.name.clone(), c_name: c_name.clone(), rust_name: rust_name.clone(), wide: false };
        context.types.insert_item(c_name, &Aliases::of(draft), &Type::Enum(name));
        family.enums.push(enum_);
    }
}

/// What items refer to: types, codes and constants of any family.
struct Context<'a> {
    types: Types,
    codes: BTreeMap<&'a str, &'a CodeEntry>,
    /// The constants that decide what a length counts.
    numbers: BTreeMap<String, i128>,
    config: &'a Families,
}

fn has_code(kind: Kind) -> bool {
    matches!(kind, Kind::Enum | Kind::Function | Kind::Callback | Kind::Struct | Kind::Union)
}

fn shell(settings: &FamilyConfig) -> Family {
    let opaque = |handle: bool| {
        move |(c_name, rust_name): (&String, &String)| Opaque {
            c_name: CName::new(&**c_name),
            rust_name: RustName::new(&**rust_name),
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
        typedefs: settings
            .typedefs
            .iter()
            .filter_map(|(name, text)| Some((CName::new(&**name), types::parse(text)?)))
            .collect(),
        opaques,
        ..Family::default()
    }
}

struct Names<'a> {
    settings: &'a FamilyConfig,
    config: &'a Families,
}

impl Names<'_> {
    /// The Rust name that families.toml chooses for a field or parameter of an item.
    fn chosen(&self, item: &str, c_name: &str) -> Option<RustName> {
        let names = &self.settings.names;
        if names.is_empty() {
            return None;
        }
        names.get(&format!("{item}.{c_name}")).map(RustName::new)
    }

    /// The Rust name of a field or parameter, with or without the letters that say its type.
    fn field(&self, c_name: &str, bare: bool) -> RustName {
        let keep = FamilyConfig::default();
        names::param_name(c_name, if bare { self.settings } else { &keep }, self.config)
    }
}

/// Where what is missing in an item goes.
struct Gaps<'a> {
    list: &'a mut Vec<String>,
    diags: &'a mut Diagnostics,
}

impl Gaps<'_> {
    /// Reports a gap; `what` is missing.
    fn add(&mut self, rule: Rule, at: &Location, message: String, help: &'static str, what: String) {
        self.diags.report_help(rule, at.clone(), message, help);
        self.list.push(what);
    }
}

fn origin(index: usize, draft: &Draft, rust_name: RustName) -> Origin {
    let aliases = Aliases::of(draft);
    Origin {
        item: index,
        c_name: CName::new(&*draft.name.value),
        aliases: aliases.others,
        pointers: aliases.pointers,
        rust_name,
        docs: draft.docs.clone(),
        requirements: draft.requirements.clone(),
        place: draft.place.clone(),
    }
}

/// Sorts, groups, and settles what may clash within a family.
fn finish(family: &mut Family, settings: &FamilyConfig, items: &mut [Item], diags: &mut Diagnostics) {
    family.enums.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.functions.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.callbacks.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.structs.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
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
        family.groups.push(Group { name: RustName::new(&*group.name), summary: group.summary.clone(), functions });
    }
    if !settings.groups.is_empty() {
        for function in &family.functions {
            let Origin { c_name, place, .. } = &function.origin;
            if settings.groups.iter().all(|group| !group.holds(c_name)) {
                let message = format!("no group of `{}` has `{c_name}`, so no trait has a method for it", family.name);
                let help = "add it to the functions of a group in families.toml";
                diags.report_help(Rule::UngroupedFunction, place.clone(), message, help);
            }
        }
    }
    clashes(family, settings, items, diags);
}

/// Two types of one module must not share a name: both are taken out, and both are reported.
fn clashes(family: &mut Family, settings: &FamilyConfig, items: &mut [Item], diags: &mut Diagnostics) {
    let mut owners: BTreeMap<RustName, Vec<usize>> = BTreeMap::new();
    for enum_ in &family.enums {
        owners.entry(enum_.origin.rust_name.clone()).or_default().push(enum_.origin.item);
    }
    for struct_ in &family.structs {
        let mut names = Vec::new();
        structs::type_names(&struct_.body, &mut names);
        for name in names {
            owners.entry(name).or_default().push(struct_.origin.item);
        }
    }
    for callback in &family.callbacks {
        owners.entry(callback.origin.rust_name.clone()).or_default().push(callback.origin.item);
    }
    for function in family.functions.iter().chain(&family.callbacks) {
        owners.entry(function.error_name.clone()).or_default().push(function.origin.item);
        if function.has_output_type() {
            owners.entry(function.output_name.clone()).or_default().push(function.origin.item);
        }
    }
    let taken =
        family.opaques.iter().map(|opaque| &opaque.rust_name).chain(family.groups.iter().map(|group| &group.name));
    let tables = settings.callbacks.iter().map(|table| RustName::new(&*table.name));
    let taken: BTreeSet<RustName> = taken.cloned().chain(tables).collect();
    let mut out = BTreeSet::new();
    for (name, owners) in owners.iter().filter(|(name, owners)| owners.len() > 1 || taken.contains(*name)) {
        for &index in owners {
            let item = &mut items[index];
            let Draft { name: called, place, .. } = &item.draft;
            let message =
                format!("the Rust name of `{}` would be `{name}`, but something else has that name", called.value);
            let help = "give one of them another name, or strip less in families.toml";
            let mut gaps = Gaps { list: &mut item.gaps, diags };
            gaps.add(Rule::ClashingName, place, message, help, format!("Rust name {name}"));
            item.rust_path = None;
            out.insert(index);
        }
    }
    family.enums.retain(|enum_| !out.contains(&enum_.origin.item));
    family.structs.retain(|struct_| !out.contains(&struct_.origin.item));
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

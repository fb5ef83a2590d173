//! Which structures, unions and callbacks can be types of others: those that are complete, whatever they refer to
//! included, and that do not contain themselves.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::super::config::FamilyConfig;
use super::super::types::Aliases;
use super::{Context, Gaps, Names, functions, structs};
use crate::c::types::CType;
use crate::diag::Diagnostics;
use crate::draft::{Body, Draft, Kind};
use crate::model::{Item, Type, TypeName};
use crate::name::CName;

/// An item that may be a type.
struct Candidate {
    item: usize,
    aliases: Aliases,
    complete: bool,
}

/// What a name of an item stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Itself,
    Pointer,
}

/// Adds every complete structure, union and callback to the types.
pub(super) fn types(families: &[(&FamilyConfig, &[usize])], items: &[Item], context: &mut Context<'_>) {
    let mut candidates = Vec::new();
    for (settings, places) in families {
        for &item in *places {
            let draft = &items[item].draft;
            let make = match draft.kind {
                Kind::Struct | Kind::Union => Type::Struct,
                Kind::Callback => Type::Callback,
                _ => continue,
            };
            let aliases = Aliases::of(draft);
            if !items[item].gaps.is_empty() {
                context.types.miss_item(&draft.name.value, &aliases);
                continue;
            }
            let name = TypeName {
                family: settings.name.clone(),
                c_name: CName::new(&*draft.name.value),
                rust_name: super::super::names::type_name(&draft.name.value, settings, context.config),
                wide: false,
            };
            context.types.insert_item(&draft.name.value, &aliases, &make(name));
            candidates.push(Candidate { item, aliases, complete: true });
        }
    }
    let settings: BTreeMap<&str, &FamilyConfig> =
        families.iter().map(|(settings, _)| (&*settings.name, *settings)).collect();
    candidates.par_iter_mut().for_each(|candidate| {
        let item = &items[candidate.item];
        candidate.complete = is_complete(item, settings[&*item.family], context);
    });
    let mut by_name: BTreeMap<&str, (usize, Called)> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        by_name.insert(&items[candidate.item].draft.name.value, (at, Called::Itself));
        by_name.extend(candidate.aliases.others.iter().map(|alias| (&**alias, (at, Called::Itself))));
        by_name.extend(candidate.aliases.pointers.iter().map(|alias| (&**alias, (at, Called::Pointer))));
    }
    let failed = failed(&candidates, items, &by_name);
    for (candidate, failed) in candidates.iter().zip(failed) {
        if failed {
            context.types.remove_item(&items[candidate.item].draft.name.value, &candidate.aliases);
        }
    }
}

/// Whether an item is complete if all that it refers to is.
fn is_complete(item: &Item, settings: &FamilyConfig, context: &Context<'_>) -> bool {
    // What is missing is reported when all types are known.
    let mut diags = Diagnostics::default();
    let mut gaps = Gaps { list: &mut Vec::new(), diags: &mut diags };
    let names = Names { settings, config: context.config };
    match &item.draft.body {
        Body::Struct(fields, _) => structs::freeze(0, &item.draft, fields, context, &names, &mut gaps).is_some(),
        Body::Function(function) => functions::freeze(0, &item.draft, function, context, &names, &mut gaps).is_some(),
        _ => false,
    }
}

/// Which candidates are incomplete, contain themselves, or refer to such ones.
fn failed(candidates: &[Candidate], items: &[Item], by_name: &BTreeMap<&str, (usize, Called)>) -> Vec<bool> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); candidates.len()];
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); candidates.len()];
    let mut held = vec![0_usize; candidates.len()];
    for (at, candidate) in candidates.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for c_type in c_types(&items[candidate.item].draft) {
            let Some(&(used, called)) = by_name.get(c_type.base()) else { continue };
            let by_value = called == Called::Itself
                && !has_pointer(c_type)
                && items[candidates[used].item].draft.kind != Kind::Callback;
            if seen.insert((used, by_value)) {
                users[used].push(at);
                if by_value {
                    holders[used].push(at);
                    held[at] += 1;
                }
            }
        }
    }
    let mut failed: Vec<bool> = candidates.iter().map(|candidate| !candidate.complete).collect();
    // What can be laid out after all that it holds does not contain itself.
    let mut ready: Vec<usize> = (0..candidates.len()).filter(|&at| held[at] == 0).collect();
    let mut laid_out = vec![false; candidates.len()];
    while let Some(at) = ready.pop() {
        laid_out[at] = true;
        for &holder in &holders[at] {
            held[holder] -= 1;
            if held[holder] == 0 {
                ready.push(holder);
            }
        }
    }
    for (failed, laid_out) in failed.iter_mut().zip(laid_out) {
        *failed |= !laid_out;
    }
    let mut queue: Vec<usize> = (0..candidates.len()).filter(|&at| failed[at]).collect();
    while let Some(at) = queue.pop() {
        for &user in &users[at] {
            if !std::mem::replace(&mut failed[user], true) {
                queue.push(user);
            }
        }
    }
    failed
}

/// The types that an item refers to.
fn c_types(draft: &Draft) -> Vec<&CType> {
    match &draft.body {
        Body::Struct(fields, _) => fields.iter().filter_map(|field| Some(&field.c_type.as_ref()?.value)).collect(),
        Body::Function(function) => {
            let params = function.params.iter().filter_map(|param| param.c_type.as_ref());
            params.chain(&function.returns.c_type).map(|c_type| &c_type.value).collect()
        }
        _ => Vec::new(),
    }
}

fn has_pointer(c_type: &CType) -> bool {
    match c_type {
        CType::Named(_) => false,
        CType::Pointer(_) => true,
        CType::Const(inner) | CType::Array(inner, _) | CType::Of(_, inner) => has_pointer(inner),
    }
}

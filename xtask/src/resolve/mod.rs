//! Resolve: drafts, overrides and families become the Spec. Knows the whole; knows nothing of Markdown or Rust syntax.

pub mod behaviour;
mod codes;
pub mod config;
mod families;
mod freeze;
mod ghosts;
mod lenient;
mod links;
mod names;
pub mod overrides;
mod returned;
mod returns;
pub mod runtime;
mod types;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::c::names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Draft, Kind};
use crate::model::{Item, Spec};
use crate::name::CName;
use config::Families;

/// Resolves drafts, to which overrides were applied, into the Spec.
pub fn resolve(mut drafts: Vec<Draft>, families: &Families, diags: &mut Diagnostics) -> Spec {
    drafts.sort_by(|a, b| (&a.page, &a.path).cmp(&(&b.page, &b.path)));
    let mut codes = codes::collect(&drafts, diags);
    codes::number(&mut drafts, &codes, diags);
    ghosts::report(&drafts, &codes, families, diags);
    values::across_pages(&mut drafts, diags);
    returns::conventions(&mut drafts, &codes, families, diags);
    let item = |draft: Draft| {
        let family = families::of(&draft, families);
        // What is on the page and could not be read makes the item as incomplete as what is not there.
        let gaps = draft.flaws.clone();
        Item { draft, family, gaps, rust_path: None }
    };
    let mut items: Vec<Item> = drafts.into_par_iter().map(item).collect();
    mark_duplicates(&mut items, diags);
    links::resolve(&mut items, diags);
    codes::adopt_docs(&mut codes, &items);
    let title = families.title.clone().unwrap_or_else(|| "Windows APIs".to_owned());
    let last_error = families.last_error.clone();
    let published = families.published.clone();
    let families = freeze::freeze(&mut items, &codes, families, diags);
    let mut by_name = BTreeMap::new();
    for (index, Item { draft, .. }) in items.iter().enumerate() {
        for name in std::iter::once(&draft.name).chain(&draft.aliases) {
            by_name.entry(name.value.clone()).or_insert(index);
        }
    }
    Spec {
        title,
        published,
        last_error: last_error.map(CName::new),
        items,
        codes,
        families,
        by_name,
        ..Spec::default()
    }
}

/// Of two pages about one item the first counts. The second keeps its facts, and a gap keeps it out of the code. Pages of
/// overloads are about several items of one name, which their signatures tell apart; C has one function of a name, and
/// which of them that would be is for nobody to guess, so that none is made.
fn mark_duplicates(items: &mut [Item], diags: &mut Diagnostics) {
    type Key = (Kind, String, Option<String>);
    /// The UID of an item, its page, and its place.
    type Page = (Option<String>, std::sync::Arc<str>, usize);
    let mut seen: BTreeMap<Key, Vec<Page>> = BTreeMap::new();
    let mut overloads = BTreeSet::new();
    for (place, Item { draft, gaps, .. }) in items.iter_mut().enumerate() {
        if matches!(draft.kind, Kind::Codes | Kind::Overview | Kind::Topic) {
            continue;
        }
        // One name may be declared by two headers; those are two items.
        let header = draft.requirements.header.as_ref().map(|header| header.value.to_ascii_lowercase());
        let key = (draft.kind, draft.name.value.clone(), header);
        let uid = draft.uid.as_ref().map(|uid| uid.value.clone());
        let known = seen.entry(key).or_default();
        let is_function = matches!(draft.kind, Kind::Function | Kind::Callback);
        let is_one_of_several = is_function
            && uid.as_ref().is_some_and(|uid| known.iter().any(|(other, ..)| is_overload(uid, other.as_deref())));
        let same =
            known.iter().find(|(other, ..)| !is_one_of_several || *other == uid).map(|(_, path, _)| path.clone());
        if let Some(first) = same {
            let message = format!("`{}` is described by {first} already", draft.name.value);
            diags.report(Rule::DuplicateItem, draft.place.clone(), message);
            gaps.push("a page of its own: another one describes the same item".to_owned());
        } else if is_one_of_several {
            overloads.insert(place);
            overloads.extend(known.iter().map(|(_, _, place)| *place));
        }
        known.push((uid, draft.path.clone(), place));
    }
    for place in overloads {
        let Item { draft, gaps, .. } = &mut items[place];
        // Methods and operators are no functions of C anyway.
        if is_identifier(&draft.name.value) {
            let message = format!("`{}` is overloaded, but C has only one function of each name", draft.name.value);
            let help = "nothing is generated for any of them; keep only the page of the function that C has";
            diags.report_help(Rule::Overload, draft.place.clone(), message, help);
            gaps.push("a name of its own in C: it is an overload".to_owned());
        }
    }
}

/// Whether two UIDs differ in what tells overloads apart: a signature in parentheses, or `~r1`.
fn is_overload(uid: &str, other: Option<&str>) -> bool {
    let Some(other) = other else { return false };
    let marked = |uid: &str| {
        let number = uid.rsplit_once("~r").map(|(_, number)| number);
        uid.contains('(')
            || number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    uid != other && (marked(uid) || marked(other))
}

//! Resolve: drafts, overrides and families become the Spec. Knows the whole; knows nothing of Markdown or Rust syntax.

mod codes;
pub mod config;
mod families;
mod freeze;
mod ghosts;
mod links;
mod names;
pub mod overrides;
mod returns;
pub mod runtime;
mod types;
mod values;

use std::collections::BTreeMap;

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
    returns::conventions(&mut drafts, &codes, families);
    let item = |draft: Draft| {
        let family = families::of(&draft, families);
        // What is on the page and could not be read makes the item as incomplete as what is not there.
        let gaps = draft.flaws.clone();
        Item { draft, family, gaps, rust_path: None }
    };
    let mut items: Vec<Item> = drafts.into_iter().map(item).collect();
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

/// Of two pages about one item the first counts. The second keeps its facts, and a gap keeps it out of the code.
fn mark_duplicates(items: &mut [Item], diags: &mut Diagnostics) {
    let mut seen: BTreeMap<(Kind, String, Option<String>), std::sync::Arc<str>> = BTreeMap::new();
    for Item { draft, gaps, .. } in items {
        if matches!(draft.kind, Kind::Codes | Kind::Overview | Kind::Topic) {
            continue;
        }
        // One name may be declared by two headers; those are two items.
        let header = draft.requirements.header.as_ref().map(|header| header.value.to_ascii_lowercase());
        let key = (draft.kind, draft.name.value.clone(), header);
        let Some(first) = seen.get(&key) else {
            seen.insert(key, draft.path.clone());
            continue;
        };
        let message = format!("`{}` is described by {first} already", draft.name.value);
        diags.report(Rule::DuplicateItem, draft.place.clone(), message);
        gaps.push("a page of its own: another one describes the same item".to_owned());
    }
}

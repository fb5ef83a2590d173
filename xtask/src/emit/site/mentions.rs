//! Names in running text, and the pages that they mean.

use rustc_hash::FxHashMap;

use super::catalogue::Catalogue;
use super::titles::is_code;
use crate::model::Spec;

/// A page that a name may mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// That of an item, by its place.
    Item(usize),
    /// That of a code of the catalogue.
    Code(usize),
    /// That of a constant of the catalogue.
    Constant(usize),
    /// Several things of one sort are called so: which one is meant, nobody can tell.
    Several,
}

/// What each name means: an item, or else an alias of one, a code, a constant.
pub(super) fn names<'a>(spec: &'a Spec, catalogue: &Catalogue<'a>) -> FxHashMap<&'a str, Meant> {
    let items = || spec.items.iter().enumerate().filter(|(_, item)| is_code(item.draft.kind));
    let mut out = FxHashMap::default();
    add(&mut out, items().map(|(at, item)| (&*item.draft.name.value, Meant::Item(at))));
    let aliases = items().flat_map(|(at, item)| item.draft.aliases.iter().map(move |alias| (at, alias)));
    add(&mut out, aliases.map(|(at, alias)| (&*alias.value, Meant::Item(at))));
    add(&mut out, catalogue.codes.iter().enumerate().map(|(at, code)| (code.name, Meant::Code(at))));
    let constants = catalogue.constants.iter().enumerate();
    add(&mut out, constants.map(|(at, constant)| (constant.name, Meant::Constant(at))));
    out
}

/// Adds names that are not there yet.
fn add<'a>(out: &mut FxHashMap<&'a str, Meant>, names: impl Iterator<Item = (&'a str, Meant)>) {
    let mut new: FxHashMap<&str, Meant> = FxHashMap::default();
    for (name, meant) in names {
        new.entry(name)
            .and_modify(|known| *known = if *known == meant { meant } else { Meant::Several })
            .or_insert(meant);
    }
    for (name, meant) in new {
        out.entry(name).or_insert(meant);
    }
}

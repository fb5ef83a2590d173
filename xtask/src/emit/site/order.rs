//! What comes before and after a page: items of one family by kind and name, codes by number, constants by name.

use std::collections::BTreeMap;

use super::catalogue::Catalogue;
use crate::draft::Kind;
use crate::model::Spec;

/// The pages before and after a page: names with addresses.
#[derive(Default)]
pub(super) struct Around {
    pub previous: Option<(String, String)>,
    pub next: Option<(String, String)>,
    /// Whether the names are ones of code.
    pub code: bool,
}

impl Around {
    /// The one before and the one after.
    pub(super) fn new([previous, next]: [Option<(String, String)>; 2], code: bool) -> Self {
        Self { previous, next, code }
    }
}

/// The places of the items of each family, by kind and name. Lists of codes are no family's.
pub(super) fn items(spec: &Spec) -> BTreeMap<&str, Vec<usize>> {
    let mut out: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, item) in spec.items.iter().enumerate() {
        out.entry(&item.family).or_default().push(at);
    }
    for places in out.values_mut() {
        let key = |&at: &usize| (spec.items[at].draft.kind, &*spec.items[at].draft.name.value, at);
        places.sort_by(|a, b| key(a).cmp(&key(b)));
    }
    out
}

/// The item before and after each item of its family. Lists of codes follow each other, whatever their family.
pub(super) fn around_items(spec: &Spec, by_family: &BTreeMap<&str, Vec<usize>>) -> Vec<[Option<usize>; 2]> {
    let mut out = vec![[None; 2]; spec.items.len()];
    let is_list = |at: &usize| spec.items[*at].draft.kind == Kind::Codes;
    let mut lists = Vec::new();
    for places in by_family.values() {
        let (codes, others): (Vec<usize>, Vec<usize>) = places.iter().copied().partition(is_list);
        lists.extend(codes);
        chain(&others, &mut out);
    }
    chain(&lists, &mut out);
    out
}

fn chain(places: &[usize], out: &mut [[Option<usize>; 2]]) {
    for pair in places.windows(2) {
        out[pair[0]][1] = Some(pair[1]);
        out[pair[1]][0] = Some(pair[0]);
    }
}

/// The constant before and after one, within its family.
pub(super) fn around_constant(catalogue: &Catalogue<'_>, at: usize) -> [Option<usize>; 2] {
    let same = |other: &usize| {
        let family = catalogue.constants.get(*other).map(|constant| constant.family);
        family == Some(catalogue.constants[at].family)
    };
    [at.checked_sub(1).filter(same), Some(at + 1).filter(same)]
}

//! Constants and option flags that pages list beside what they are about.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Constant, Family, Item};

/// Gives each family the constants of its pages, by name; one that is an enumerator already, or has two numbers, is left
/// out. Numbers that pages disagree on are reported where values are resolved.
pub fn collect(families: &mut [Family], items: &[Item]) {
    let mut listed: BTreeMap<&str, BTreeMap<&str, Vec<Constant>>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let of_family = listed.entry(&item.family).or_default();
        for constant in &item.draft.constants {
            let found = Constant { c_name: constant.name.value.clone(), number: constant.number.value, item: index };
            of_family.entry(&constant.name.value).or_default().push(found);
        }
    }
    for family in families {
        let Some(listed) = listed.remove(&*family.name) else { continue };
        let members = family.enums.iter().flat_map(|enum_| {
            enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)).map(|member| &*member.c_name)
        });
        let taken: BTreeSet<&str> = members.collect();
        let one = |(name, mut found): (&str, Vec<Constant>)| {
            let agree = found.iter().all(|other| other.number == found[0].number);
            (agree && !taken.contains(name)).then(|| found.swap_remove(0))
        };
        family.constants = listed.into_iter().filter_map(one).collect();
    }
}

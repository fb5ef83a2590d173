//! Constants and option flags that pages list beside what they are about.

use std::collections::{BTreeMap, BTreeSet};

use super::super::types::Types;
use crate::draft;
use crate::model::{Constant, Family, Item, Type};
use crate::name::CName;

/// Gives each family the constants of its pages, by name; one that is an enumerator already, or has two numbers, is left
/// out. Numbers that pages disagree on are reported where values are resolved.
pub(super) fn collect(families: &mut [Family], items: &[Item], types: &Types) {
    let mut listed: BTreeMap<&str, BTreeMap<&str, Vec<Constant>>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let of_family = listed.entry(&item.family).or_default();
        for constant in &item.draft.constants {
            let found = self::constant(constant, index, types);
            of_family.entry(&constant.name.value).or_default().extend(found);
        }
    }
    for family in families {
        let Some(listed) = listed.remove(&*family.name) else { continue };
        let members = family.enums.iter().flat_map(|enum_| {
            enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)).map(|member| &*member.c_name)
        });
        let taken: BTreeSet<&str> = members.collect();
        let one = |(name, mut found): (&str, Vec<Constant>)| {
            let first = found.first()?;
            let agree = found.iter().all(|other| other.number == first.number && other.pointer == first.pointer);
            // A page that only names it leaves the word to one that says something.
            let best = found.iter().position(|constant| !constant.docs.is_empty()).unwrap_or(0);
            (agree && !taken.contains(name)).then(|| found.swap_remove(best))
        };
        family.constants = listed.into_iter().filter_map(one).collect();
        let names: BTreeSet<CName> = family.constants.iter().map(|constant| constant.c_name.clone()).collect();
        for constant in &mut family.constants {
            constant.under.take_if(|under| !names.contains(under));
        }
    }
}

/// A constant of a page; `None` if nothing is known of its type.
fn constant(constant: &draft::Constant, item: usize, types: &Types) -> Option<Constant> {
    let type_ = match &constant.c_type {
        Some(c_type) => Some(types.resolve(&c_type.value).ok()?),
        None => None,
    };
    Some(Constant {
        c_name: CName::new(&*constant.name.value),
        number: constant.number.value,
        hex_digits: constant.hex_digits,
        pointer: type_.filter(is_pointer),
        under: constant.under.as_deref().map(CName::new),
        docs: constant.docs.clone(),
        item,
        source: constant.name.source.clone(),
    })
}

fn is_pointer(type_: &Type) -> bool {
    matches!(type_, Type::Pointer { .. } | Type::Callback(_) | Type::Handle(_))
}

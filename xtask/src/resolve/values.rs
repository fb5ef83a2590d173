//! Values of enumerators that refer to those of other pages, and pages that disagree on one.

use std::collections::BTreeMap;

use crate::c::members;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Constant, Draft, Member, as_c_sees};
use crate::fact::Fact;

/// Computes what refers to another page's enumerator, and reports what has no value still.
pub(super) fn across_pages(drafts: &mut [Draft], diags: &mut Diagnostics) {
    let known = known(drafts, diags);
    for draft in drafts {
        let Body::Enum(members, _) = &mut draft.body else { continue };
        members::evaluate(members, |name| known.get(name)?.clone());
        members::report_unevaluated(members, diags);
    }
}

/// Every enumerator with a value and every constant, by name; `None` where pages disagree on it.
fn known(drafts: &[Draft], diags: &mut Diagnostics) -> BTreeMap<String, Option<Fact<i128>>> {
    let mut known: BTreeMap<String, Option<Fact<i128>>> = BTreeMap::new();
    let mut first: BTreeMap<&str, Fact<i128>> = BTreeMap::new();
    for draft in drafts {
        let members: &[Member] = match &draft.body {
            Body::Enum(members, _) => members,
            _ => &[],
        };
        let members = members.iter().filter_map(|member| Some((&*member.name.value, member.value.clone()?)));
        let constant = |it: &'_ Constant| Fact { value: i128::from(it.number.value), source: it.number.source.clone() };
        let constants = draft.constants.iter().map(|it| (&*it.name.value, constant(it)));
        for (name, value) in members.chain(constants) {
            let Some(other) = first.get(name) else {
                first.insert(name, value.clone());
                known.insert(name.to_owned(), Some(value));
                continue;
            };
            let place = other.source.location();
            if as_c_sees(other.value) == as_c_sees(value.value) || place.path == value.source.location().path {
                continue;
            }
            let message = format!("`{name}` is {} here and {} in {place}", value.value, other.value);
            diags.report(Rule::ValueConflict, value.source.location().clone(), message);
            known.insert(name.to_owned(), None);
        }
    }
    known
}

//! The values of enumerators, computed from what is stated of them: within a page, again where an override replaced one,
//! and across pages.

use std::collections::{BTreeMap, VecDeque};

use super::values::{self, Outcome};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Member, as_c_sees};
use crate::fact::{Fact, Source};

/// Computes what is stated. Members may refer to each other in any order, and to what `known` has; what refers to
/// itself has no value. Values that are there already, as an override's, stay.
pub fn evaluate(members: &mut [Member], known: impl Fn(&str) -> Option<Fact<i128>>) {
    let mut by_name = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        by_name.entry(member.name.value.clone()).or_insert(index);
    }
    let is_open = |member: &Member| (member.stated.is_some() || member.follows.is_some()) && member.value.is_none();
    // Members that wait for the value of another one are tried again when that one is known.
    let mut waiting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut queue: VecDeque<usize> = (0..members.len()).filter(|&at| is_open(&members[at])).collect();
    while let Some(index) = queue.pop_front() {
        let Some(source) = stated_source(&members[index]).cloned() else { continue };
        let mut used = vec![source.clone()];
        let mut lookup = |name: &str| {
            let Some(&at) = by_name.get(name) else {
                let other = known(name)?;
                used.push(other.source);
                return Some(other.value);
            };
            let member = &members[at];
            let value = member.value.as_ref()?;
            // Where the other one's value stands, not how it came about: that is its own story.
            let stated = stated_source(member).filter(|_| !matches!(value.source, Source::Override { .. }));
            used.push(stated.unwrap_or(&value.source).clone());
            Some(value.value)
        };
        let member = &members[index];
        let (outcome, rule) = match (&member.stated, member.follows.as_ref().map(|follows| follows.value.as_deref())) {
            (Some(text), _) => (values::evaluate(&text.value, lookup), "value-of-expression"),
            (None, Some(Some(before))) => {
                let value = lookup(before).map(next);
                (value.unwrap_or_else(|| Outcome::Unknown(before.to_owned())), "value-of-declaration")
            }
            (None, _) => (Outcome::Value(0), "value-of-declaration"),
        };
        match outcome {
            Outcome::Value(value) => {
                let is_literal = |text: &Fact<String>| values::is_constant(&text.value);
                let literal = used.len() == 1 && member.stated.as_ref().is_some_and(is_literal);
                let source = if literal { source } else { Source::Derived { rule, from: used } };
                members[index].value = Some(Fact { value, source });
                queue.extend(waiting.remove(&index).unwrap_or_default());
            }
            Outcome::Unknown(name) => {
                if let Some(&other) = by_name.get(&name) {
                    waiting.entry(other).or_default().push(index);
                }
            }
            Outcome::Invalid(_) => {}
        }
    }
}

/// Where the page tells a member's value, by itself or by the place of the member in its declaration.
fn stated_source(member: &Member) -> Option<&Source> {
    let stated = member.stated.as_ref().map(|stated| &stated.source);
    stated.or_else(|| member.follows.as_ref().map(|follows| &follows.source))
}

/// The value of an enumerator without one, behind that of another (C11, 6.7.2.2). Behind the greatest `int` there is none.
fn next(before: i128) -> Outcome {
    match as_c_sees(before) {
        before if before == i128::from(i32::MAX) => Outcome::Invalid("no `int` is greater".to_owned()),
        before => Outcome::Value(before + 1),
    }
}

/// Reports what is stated and has no value, once nothing more can give it one.
pub fn report_unevaluated(members: &[Member], diags: &mut Diagnostics) {
    for member in members.iter().filter(|member| member.value.is_none()) {
        let Some(text) = &member.stated else { continue };
        let why = match values::evaluate(&text.value, |_| None) {
            Outcome::Unknown(name) => format!("`{name}` is not known here"),
            Outcome::Invalid(why) => why,
            // It refers to members that have no value themselves.
            Outcome::Value(_) => continue,
        };
        let message = format!("the value `{}` of `{}` cannot be computed: {why}", text.value, member.name.value);
        diags.report(Rule::UnevaluatedValue, text.source.location().clone(), message);
    }
}

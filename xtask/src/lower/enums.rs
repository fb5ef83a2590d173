//! Enumerations: members and the values that the page states.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::values::{self, Outcome};
use super::{demoted, entry_docs, locate, stated};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Fact, Member, Source};
use crate::page::{EntryKind, Page, SectionKind};
use crate::parse::entries::is_identifier;

/// Lowers the members of an enumeration.
pub fn lower(page: &Page, diags: &mut Diagnostics) -> Body {
    let mut members: Vec<Member> = Vec::new();
    let mut dropped = Vec::new();
    let mut seen = BTreeSet::new();
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::EnumFields) {
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Field) {
            let name = stated(page, &entry.name);
            if !is_identifier(&name.value) {
                let message = format!("`{}` is no C identifier", name.value);
                diags.report(Rule::InvalidName, locate(page, entry.name.span), message);
                continue;
            }
            if !seen.insert(name.value.clone()) {
                let message = format!("`{}` is listed again", name.value);
                diags.report(Rule::DuplicateMember, locate(page, entry.name.span), message);
            }
            let stated = entry.value.as_ref().map(|value| stated(page, value));
            members.push(Member { name, stated, value: None, docs: entry_docs(entry) });
        }
        dropped.extend(demoted(page, section, diags));
    }
    evaluate(&mut members, diags);
    Body::Enum(members, dropped)
}

/// Computes what is stated. Members may refer to each other in any order; what refers to itself has no value.
fn evaluate(members: &mut [Member], diags: &mut Diagnostics) {
    let mut by_name = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        by_name.entry(member.name.value.clone()).or_insert(index);
    }
    let mut open: BTreeSet<usize> = (0..members.len()).filter(|&at| members[at].stated.is_some()).collect();
    // Members that wait for the value of another one are tried again when that one is known.
    let mut waiting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut queue: VecDeque<usize> = open.iter().copied().collect();
    while let Some(index) = queue.pop_front() {
        let text = members[index].stated.clone().expect("only members with a stated value are open");
        let mut used = vec![text.source.clone()];
        let lookup = |name: &str| {
            let member = &members[*by_name.get(name)?];
            // Where the other one's value stands, not how it came about: that is its own story.
            used.extend(member.stated.iter().map(|stated| stated.source.clone()));
            member.value.as_ref().map(|value| value.value)
        };
        match values::evaluate(&text.value, lookup) {
            Outcome::Value(value) => {
                let literal = used.len() == 1 && values::is_literal(&text.value);
                let source =
                    if literal { text.source } else { Source::Derived { rule: "value-of-expression", from: used } };
                members[index].value = Some(Fact { value, source });
                open.remove(&index);
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
    for index in open {
        let text = members[index].stated.as_ref().expect("only members with a stated value are open");
        let why = match values::evaluate(&text.value, |_| None) {
            Outcome::Unknown(name) => format!("`{name}` is not known here"),
            Outcome::Invalid(why) => why,
            Outcome::Value(_) => unreachable!("a value that can be computed was taken out"),
        };
        let message =
            format!("the value `{}` of `{}` cannot be computed: {why}", text.value, members[index].name.value);
        let Source::Page(location) = &text.source else { unreachable!("stated values stand on the page") };
        diags.report(Rule::UnevaluatedValue, location.clone(), message);
    }
}

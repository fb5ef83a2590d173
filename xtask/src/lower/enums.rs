//! Enumerations: members and the values that the page states.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::values::{self, Outcome};
use super::{adopt_demoted, demoted, entry_docs, locate, stated};
use crate::c_names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::as_c_sees;
use crate::draft::{Body, Fact, Member, Source};
use crate::page::{EntryKind, Page, SectionKind};
use crate::source::Spanned;

/// Lowers the members of an enumeration.
pub fn lower(page: &Page, flaws: &mut Vec<String>, diags: &mut Diagnostics) -> Body {
    let mut members: Vec<Member> = Vec::new();
    let mut dropped = Vec::new();
    let mut seen = BTreeSet::new();
    let beside = stated::beside(page);
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::EnumFields) {
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Field) {
            if entry.name.value.is_empty() {
                flaws.push("a member without a name".to_owned());
                continue;
            }
            let name = super::stated(page, &entry.name);
            if !is_identifier(&name.value) {
                let message = format!("`{}` is no C identifier", name.value);
                diags.report(Rule::InvalidName, locate(page, entry.name.span), message);
                flaws.push(format!("member {}", name.value));
                continue;
            }
            if !seen.insert(name.value.clone()) {
                let message = format!("`{}` is listed again", name.value);
                diags.report(Rule::DuplicateMember, locate(page, entry.name.span), message);
                flaws.push(format!("one member {}: it is listed twice", name.value));
            }
            let elsewhere = [stated::in_text(&name.value, &entry.prose), beside.get(&name.value).cloned()];
            let mut places = entry.value.iter().chain(elsewhere.iter().flatten());
            let first = places.next();
            for other in places {
                compare(page, &name.value, first.expect("there is one before"), other, diags);
            }
            let stated = first.map(|value| super::stated(page, value));
            members.push(Member { name, stated, value: None, docs: entry_docs(page, entry, diags) });
        }
        adopt_demoted(section, members.iter_mut().map(|member| (&*member.name.value, &mut member.docs)));
        dropped.extend(demoted(page, section, EntryKind::Field, diags));
    }
    evaluate(&mut members, |_| None);
    Body::Enum(members, dropped)
}

/// Two values of one enumerator that can both be told from the text alone, and differ.
fn compare(page: &Page, name: &str, first: &Spanned<String>, other: &Spanned<String>, diags: &mut Diagnostics) {
    let value = |text: &str| match values::evaluate(text, |_| None) {
        Outcome::Value(value) => Some(as_c_sees(value)),
        _ => None,
    };
    if let (Some(one), Some(two)) = (value(&first.value), value(&other.value))
        && one != two
    {
        let message = format!("`{name}` is {two} here and {one} on line {}", first.span.line);
        diags.report(Rule::ValueConflict, locate(page, other.span), message);
    }
}

/// Computes what is stated. Members may refer to each other in any order, and to what `known` has; what refers to
/// itself has no value. Values that are there already, as an override's, stay.
pub fn evaluate(members: &mut [Member], known: impl Fn(&str) -> Option<Fact<i128>>) {
    let mut by_name = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        by_name.entry(member.name.value.clone()).or_insert(index);
    }
    let is_open = |member: &Member| member.stated.is_some() && member.value.is_none();
    // Members that wait for the value of another one are tried again when that one is known.
    let mut waiting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut queue: VecDeque<usize> = (0..members.len()).filter(|&at| is_open(&members[at])).collect();
    while let Some(index) = queue.pop_front() {
        let text = members[index].stated.clone().expect("only members with a stated value are open");
        let mut used = vec![text.source.clone()];
        let lookup = |name: &str| {
            let Some(&at) = by_name.get(name) else {
                let other = known(name)?;
                used.push(other.source);
                return Some(other.value);
            };
            let member = &members[at];
            let value = member.value.as_ref()?;
            // Where the other one's value stands, not how it came about: that is its own story.
            let stated = member.stated.as_ref().filter(|_| !matches!(value.source, Source::Override { .. }));
            used.push(stated.map_or(&value.source, |stated| &stated.source).clone());
            Some(value.value)
        };
        match values::evaluate(&text.value, lookup) {
            Outcome::Value(value) => {
                let literal = used.len() == 1 && values::is_constant(&text.value);
                let source =
                    if literal { text.source } else { Source::Derived { rule: "value-of-expression", from: used } };
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

//! Enumerations: members and the values that the page states.

use std::collections::BTreeSet;

use super::{adopt_demoted, demoted, entry_docs, enumerators, locate, stated};
use crate::c::members;
use crate::c::names::is_identifier;
use crate::c::values::{self, Outcome};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Member, as_c_sees};
use crate::fact::Fact;
use crate::page::{EntryKind, Page, SectionKind};
use crate::source::Spanned;

/// Lowers the members of an enumeration.
pub(super) fn lower(
    page: &Page,
    name: &Fact<String>,
    aliases: &[Fact<String>],
    flaws: &mut Vec<String>,
    diags: &mut Diagnostics,
) -> Body {
    let names: BTreeSet<&str> = std::iter::once(name).chain(aliases).map(|name| &*name.value).collect();
    let mut members: Vec<Member> = Vec::new();
    let mut dropped = Vec::new();
    let mut seen = BTreeSet::new();
    let beside = stated::beside(page);
    let mut agree = true;
    for section in page.sections.iter().filter(|section| section.kind == SectionKind::EnumFields) {
        for entry in section.entries.iter().filter(|entry| entry.kind == EntryKind::Field) {
            if entry.name.value.is_empty() {
                flaws.push("a member without a name".to_owned());
                continue;
            }
            let name = super::stated(page, &entry.name);
            if !is_identifier(&name.value) {
                let message = format!("`{}` is not a C identifier", name.value);
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
                agree &= compare(page, &name.value, first.expect("there is one before"), other, diags);
            }
            let stated = first.map(|value| super::stated(page, value));
            members.push(Member { name, stated, follows: None, value: None, docs: entry_docs(page, entry, diags) });
        }
        adopt_demoted(section, members.iter_mut().map(|member| (&*member.name.value, &mut member.docs)));
        dropped.extend(demoted(page, section, EntryKind::Field, diags));
    }
    members::evaluate(&mut members, |_| None);
    if agree {
        enumerators::complete(page, &names, &mut members, diags);
        members::evaluate(&mut members, |_| None);
    }
    Body::Enum(members, dropped)
}

/// Whether two values of one enumerator agree. Those that can both be told from the text alone, and differ, do not.
fn compare(page: &Page, name: &str, first: &Spanned<String>, other: &Spanned<String>, diags: &mut Diagnostics) -> bool {
    let value = |text: &str| match values::evaluate(text, |_| None) {
        Outcome::Value(value) => Some(as_c_sees(value)),
        _ => None,
    };
    let (Some(one), Some(two)) = (value(&first.value), value(&other.value)) else { return true };
    if one != two {
        let message = format!("`{name}` is {two} here and {one} on line {}", first.span.line);
        diags.report(Rule::ValueConflict, locate(page, other.span), message);
    }
    one == two
}

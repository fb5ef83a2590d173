//! Enumerations whose members all have a value that C's `int` holds, and names of their own.

use std::collections::BTreeMap;

use super::super::names;
use super::{Gaps, Names, origin};
use crate::diag::Rule;
use crate::draft::{self, Body, Draft};
use crate::fact::Source;
use crate::model::{Enum, Member};
use crate::name::{CName, RustName};

/// Freezes an enumeration.
pub(super) fn freeze(index: usize, draft: &Draft, names: &Names<'_>, gaps: &mut Gaps<'_>) -> Option<Enum> {
    let Body::Enum(members, _) = &draft.body else { return None };
    let name = &draft.name.value;
    if members.is_empty() {
        let message = format!("`{name}` has no members");
        gaps.add(Rule::MissingValue, &draft.place, message, "list its members", "members".to_owned());
        return None;
    }
    let missing: Vec<&draft::Member> = members.iter().filter(|member| member.value.is_none()).collect();
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|member| format!("`{}`", member.name.value)).collect();
        let message =
            format!("{} of {} members of `{name}` have no value: {}", missing.len(), members.len(), list.join(", "));
        let help = "state the values in the headings, or in overrides.toml with a source";
        for member in &missing {
            gaps.list.push(format!("value of {}", member.name.value));
        }
        gaps.diags.report_help(Rule::MissingValue, missing[0].name.source.location().clone(), message, help);
        return None;
    }
    let c_names: Vec<&str> = members.iter().map(|member| &*member.name.value).collect();
    let flags = names.settings.flags.contains(name);
    let mut rust_names = names::member_names(&c_names, names.settings, names.config);
    if flags {
        // They are constants.
        rust_names.iter_mut().for_each(|name| *name = names::constant_name(name));
    }
    let mut enum_ = Enum {
        origin: origin(index, draft, names::type_name(name, names.settings, names.config)),
        members: Vec::new(),
        flags,
        stands_for: draft.stands_for.as_ref().map(|c_type| c_type.value.clone()),
        aliases: Vec::new(),
    };
    let mut taken: BTreeMap<RustName, &str> = BTreeMap::new();
    let mut places: BTreeMap<i32, usize> = BTreeMap::new();
    for (member, rust_name) in members.iter().zip(rust_names) {
        let value = member.value.as_ref().expect("members without a value were sorted out above");
        let Some(c_int) = as_c_int(value.value) else {
            let message = format!("{} does not fit into the `int` of `{}`", value.value, member.name.value);
            let what = format!("value of {}", member.name.value);
            gaps.add(Rule::UnevaluatedValue, value.source.location(), message, "mend the value", what);
            continue;
        };
        let other = taken.insert(rust_name.clone(), &member.name.value);
        // What is listed again was reported as that.
        if let Some(other) = other.filter(|other| *other != member.name.value) {
            let message = format!("`{other}` and `{}` would both be `{rust_name}`", member.name.value);
            let what = format!("name of {}", member.name.value);
            let help = "rename one of them";
            gaps.add(Rule::ClashingName, member.name.source.location(), message, help, what);
            continue;
        }
        let frozen =
            Member { c_name: CName::new(&*member.name.value), rust_name, value: c_int, docs: member.docs.clone() };
        if let Some(&first) = places.get(&c_int) {
            let first_name = &enum_.members[first].c_name;
            // One that is stated as another one's name shares its value on purpose.
            if frozen.c_name != *first_name && !matches!(value.source, Source::Derived { .. }) {
                let message = format!("`{}` has the value of `{first_name}`: {c_int}", frozen.c_name);
                gaps.diags.report(Rule::SharedValue, value.source.location().clone(), message);
            }
            enum_.aliases.push((frozen, first));
            continue;
        }
        places.insert(c_int, enum_.members.len());
        enum_.members.push(frozen);
    }
    (enum_.members.len() + enum_.aliases.len() == members.len()).then_some(enum_)
}

/// The value in C's `int`, if it fits.
fn as_c_int(value: i128) -> Option<i32> {
    i32::try_from(draft::as_c_sees(value)).ok()
}

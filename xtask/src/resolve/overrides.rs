//! `overrides.toml`: facts that no page states, corrections of wrong ones, and findings that we live with.
//!
//! An entry that changes nothing is an error, so that none outlives its reason.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::config;
use crate::c::names::is_identifier;
use crate::c::{members, types};
use crate::diag::{Diagnostic, Diagnostics, Rule};
use crate::draft::{Body, Direction, Draft, Function, Kind, Param};
use crate::fact::{Fact, Grounds, Source};
use crate::source::{Location, SourceFile};

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    #[serde(default, rename = "enum")]
    enums: Vec<Spanned<EnumEntry>>,
    #[serde(default, rename = "function")]
    functions: Vec<Spanned<FunctionEntry>>,
    #[serde(default, rename = "callback")]
    callbacks: Vec<Spanned<FunctionEntry>>,
    #[serde(default, rename = "struct")]
    structs: Vec<Spanned<StructEntry>>,
    #[serde(default, rename = "union")]
    unions: Vec<Spanned<StructEntry>>,
    #[serde(default, rename = "accept")]
    accepts: Vec<Spanned<AcceptEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnumEntry {
    name: Spanned<String>,
    values: BTreeMap<String, Spanned<i64>>,
    reason: String,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StructEntry {
    name: Spanned<String>,
    kind: Option<Spanned<String>>,
    #[serde(default)]
    fields: BTreeMap<String, Spanned<FieldEntry>>,
    reason: String,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    #[serde(rename = "type")]
    c_type: Option<Spanned<String>>,
    wide: Option<Spanned<bool>>,
    kept_until: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionEntry {
    name: Spanned<String>,
    #[serde(default)]
    params: BTreeMap<String, Spanned<ParamEntry>>,
    #[serde(default)]
    errors: BTreeMap<String, Spanned<ErrorEntry>>,
    returns: Option<Spanned<String>>,
    failure: Option<Spanned<i64>>,
    reason: String,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParamEntry {
    #[serde(rename = "type")]
    c_type: Option<Spanned<String>>,
    optional: Option<Spanned<bool>>,
    direction: Option<Spanned<String>>,
    length_of: Option<Spanned<String>>,
    null_terminated: Option<Spanned<bool>>,
    terminated_if: Option<Spanned<i64>>,
    wide: Option<Spanned<bool>>,
    aliased: Option<Spanned<bool>>,
    kept_until: Option<Spanned<String>>,
    lent_until: Option<Spanned<String>>,
    #[serde(default)]
    written_on_failure: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorEntry {
    rename: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptEntry {
    rule: Spanned<String>,
    page: String,
    reason: String,
}

/// Reads the file.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> Overrides {
    let overrides: Overrides = config::read(file, diags).unwrap_or_default();
    for entry in &overrides.accepts {
        let entry = entry.get_ref();
        if Rule::by_name(entry.rule.get_ref()).is_none() {
            let message = format!("there is no rule `{}`", entry.rule.get_ref());
            diags.report(Rule::InvalidConfig, locate(file, &entry.rule.span()), message);
        }
        if entry.reason.trim().is_empty() {
            diags.report(Rule::InvalidConfig, locate(file, &entry.rule.span()), "an accepted finding needs a reason");
        }
    }
    overrides
}

fn locate(file: &SourceFile, range: &Range<usize>) -> Location {
    file.at(file.span(range.start, range.end))
}

/// Applies the facts and corrections to the drafts of the same folder.
pub fn apply(overrides: &Overrides, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    for entry in &overrides.enums {
        enum_entry(entry.get_ref(), file, drafts, diags);
    }
    for entry in &overrides.functions {
        function_entry(entry.get_ref(), Kind::Function, file, drafts, diags);
    }
    for entry in &overrides.callbacks {
        function_entry(entry.get_ref(), Kind::Callback, file, drafts, diags);
    }
    for entry in &overrides.structs {
        struct_entry(entry.get_ref(), Kind::Struct, file, drafts, diags);
    }
    for entry in &overrides.unions {
        struct_entry(entry.get_ref(), Kind::Union, file, drafts, diags);
    }
}

/// What one entry says of where its facts come from.
struct Entry<'a> {
    file: &'a SourceFile,
    grounds: Arc<Grounds>,
}

impl Entry<'_> {
    fn fact<T>(&self, value: T, range: &Range<usize>) -> Fact<T> {
        let location = locate(self.file, range);
        Fact { value, source: Source::Override { location, grounds: self.grounds.clone() } }
    }

    /// A fact that is there if it is stated to be.
    fn flag(&self, stated: &Spanned<bool>) -> Option<Fact<()>> {
        stated.get_ref().then(|| self.fact((), &stated.span()))
    }

    fn expired(&self, range: &Range<usize>, why: String, diags: &mut Diagnostics) {
        diags.report_help(Rule::ExpiredOverride, locate(self.file, range), why, "remove the entry, or mend its name");
    }

    fn invalid(&self, range: &Range<usize>, why: String, diags: &mut Diagnostics) {
        diags.report(Rule::InvalidConfig, locate(self.file, range), why);
    }
}

fn grounds<'a>(
    file: &'a SourceFile,
    name: &Spanned<String>,
    reason: &str,
    source: &str,
    diags: &mut Diagnostics,
) -> Entry<'a> {
    let grounds = Entry { file, grounds: Arc::new(Grounds { reason: reason.to_owned(), source: source.to_owned() }) };
    if reason.trim().is_empty() || source.trim().is_empty() {
        grounds.invalid(&name.span(), "an override needs a reason and a source".to_owned(), diags);
    }
    grounds
}

fn find<'a>(drafts: &'a mut [Draft], kind: Kind, name: &str) -> Option<&'a mut Draft> {
    drafts.iter_mut().find(|draft| draft.kind == kind && draft.name.value == name)
}

fn enum_entry(entry: &EnumEntry, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let grounds = grounds(file, &entry.name, &entry.reason, &entry.source, diags);
    let name = entry.name.get_ref();
    let Some(Draft { body: Body::Enum(members, _), .. }) = find(drafts, Kind::Enum, name) else {
        grounds.expired(&entry.name.span(), format!("no page describes an enumeration `{name}`"), diags);
        return;
    };
    if entry.values.is_empty() {
        grounds.expired(&entry.name.span(), format!("this entry changes nothing of `{name}`"), diags);
    }
    for (member, value) in &entry.values {
        let range = value.span();
        let Some(member) = members.iter_mut().find(|known| known.name.value == *member) else {
            grounds.expired(&range, format!("`{name}` has no member `{member}`"), diags);
            continue;
        };
        let value = i128::from(*value.get_ref());
        if member.value.as_ref().is_some_and(|known| known.value == value) {
            grounds.expired(&range, format!("the page states {value} for `{}` by now", member.name.value), diags);
            continue;
        }
        member.value = Some(grounds.fact(value, &range));
    }
    // What was computed from a member that has another value now is computed again.
    let overridden = |value: &Fact<i128>| matches!(value.source, Source::Override { .. });
    for member in members.iter_mut() {
        member.value = member.value.take().filter(overridden);
    }
    members::evaluate(members, |_| None);
}

fn struct_entry(entry: &StructEntry, kind: Kind, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let grounds = grounds(file, &entry.name, &entry.reason, &entry.source, diags);
    let name = entry.name.get_ref();
    let Some(draft) = find(drafts, kind, name) else {
        grounds.expired(&entry.name.span(), format!("no page describes a {} `{name}`", kind.name()), diags);
        return;
    };
    if entry.kind.is_none() && entry.fields.is_empty() {
        grounds.expired(&entry.name.span(), format!("this entry changes nothing of `{name}`"), diags);
    }
    if let Some(stated) = &entry.kind {
        let range = stated.span();
        match [Kind::Struct, Kind::Union].into_iter().find(|kind| kind.name() == stated.get_ref()) {
            None => grounds.invalid(&range, format!("`{}` is none of struct, union", stated.get_ref()), diags),
            Some(other) if other == kind => {
                grounds.expired(&range, format!("the page says by now that `{name}` is a {}", kind.name()), diags);
            }
            Some(other) => {
                draft.kind = other;
                // The override answers the doubt.
                let doubt = |finding: &Diagnostic| {
                    finding.rule == Rule::UnionAsStructure && finding.location.path == draft.path
                };
                diags.list.retain(|finding| !doubt(finding));
            }
        }
    }
    let Body::Struct(fields, _) = &mut draft.body else { return };
    for (field, change) in &entry.fields {
        let (range, FieldEntry { c_type, wide, kept_until }) = (change.span(), change.get_ref());
        let Some(field) = fields.iter_mut().find(|known| known.name.value == *field) else {
            grounds.expired(&range, format!("`{name}` has no field `{field}`"), diags);
            continue;
        };
        if let Some(stated) = wide {
            field.wide = grounds.flag(stated);
        }
        if let Some(until) = kept_until {
            field.afterwards.kept_until = moment(&grounds, until, diags);
        }
        let Some(stated) = c_type else { continue };
        let (range, text) = (stated.span(), stated.get_ref());
        match types::parse(text) {
            None => grounds.invalid(&range, format!("`{text}` is no C type"), diags),
            Some(c_type) if field.c_type.as_ref().is_some_and(|known| known.value == c_type) => {
                let message = format!("the page says by now that `{}` is {text}", field.name.value);
                grounds.expired(&range, message, diags);
            }
            Some(c_type) => field.c_type = Some(grounds.fact(c_type, &range)),
        }
    }
}

fn function_entry(entry: &FunctionEntry, kind: Kind, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let grounds = grounds(file, &entry.name, &entry.reason, &entry.source, diags);
    let name = entry.name.get_ref();
    let Some(function) = find(drafts, kind, name).and_then(Draft::function_mut) else {
        grounds.expired(&entry.name.span(), format!("no page describes a {} `{name}`", kind.name()), diags);
        return;
    };
    if entry.params.is_empty() && entry.errors.is_empty() && entry.returns.is_none() && entry.failure.is_none() {
        grounds.expired(&entry.name.span(), format!("this entry changes nothing of `{name}`"), diags);
    }
    for (param, change) in &entry.params {
        param_entry(&grounds, param, change, function, diags);
    }
    for (code, change) in &entry.errors {
        let range = change.span();
        let to = &change.get_ref().rename;
        let Some(at) = function.returns.codes.iter().position(|known| known.name.value == *code) else {
            grounds.expired(&range, format!("`{name}` does not list `{code}`"), diags);
            continue;
        };
        function.returns.codes[at].name = grounds.fact(to.clone(), &range);
        let mut same = function.returns.codes.iter().enumerate().filter(|(_, known)| known.name.value == *to);
        if let Some((other, _)) = same.find(|&(other, _)| other != at) {
            let texts = function.returns.codes.remove(at).texts;
            function.returns.codes[other - usize::from(other > at)].texts.extend(texts);
        }
    }
    if let Some(failure) = &entry.failure {
        function.returns.failure = Some(grounds.fact(*failure.get_ref(), &failure.span()));
    }
    if let Some(returns) = &entry.returns {
        let range = returns.span();
        match types::parse(returns.get_ref()) {
            None => grounds.invalid(&range, format!("`{}` is no C type", returns.get_ref()), diags),
            Some(c_type) if function.returns.c_type.as_ref().is_some_and(|known| known.value == c_type) => {
                grounds.expired(&range, format!("the page states that `{name}` returns `{c_type}` by now"), diags);
            }
            Some(c_type) => function.returns.c_type = Some(grounds.fact(c_type, &range)),
        }
    }
}

fn param_entry(
    grounds: &Entry<'_>,
    name: &str,
    change: &Spanned<ParamEntry>,
    function: &mut Function,
    diags: &mut Diagnostics,
) {
    let range = change.span();
    let names: Vec<String> = function.params.iter().map(|param| param.name.value.clone()).collect();
    let codes: Vec<String> = function.returns.codes.iter().map(|code| code.name.value.clone()).collect();
    let Some(param) = function.params.iter_mut().find(|param| param.name.value == name) else {
        grounds.expired(&range, format!("there is no parameter `{name}`"), diags);
        return;
    };
    let ParamEntry {
        c_type,
        optional,
        direction,
        length_of,
        null_terminated,
        terminated_if,
        wide,
        aliased,
        kept_until,
        lent_until,
        written_on_failure,
    } = change.get_ref();
    let same = |range: &Range<usize>, what: &dyn std::fmt::Display, diags: &mut Diagnostics| {
        grounds.expired(range, format!("the page says by now that `{name}` is {what}"), diags);
    };
    if let Some(stated) = c_type {
        let (text, range) = (stated.get_ref(), stated.span());
        match types::parse(text) {
            None => grounds.invalid(&range, format!("`{text}` is no C type"), diags),
            Some(c_type) if param.c_type.as_ref().is_some_and(|known| known.value == c_type) => {
                same(&range, &text, diags);
            }
            Some(c_type) => param.c_type = Some(grounds.fact(c_type, &range)),
        }
    }
    if let Some(optional) = optional {
        set_optional(grounds, param, *optional.get_ref(), &optional.span(), diags);
    }
    if let Some(stated) = direction {
        let (text, range) = (stated.get_ref(), stated.span());
        match [Direction::In, Direction::Out, Direction::InOut].into_iter().find(|direction| direction.name() == text) {
            None => grounds.invalid(&range, format!("`{text}` is none of in, out, inout"), diags),
            Some(direction) if param.direction.as_ref().is_some_and(|known| known.value == direction) => {
                same(&range, &text, diags);
            }
            Some(direction) => param.direction = Some(grounds.fact(direction, &range)),
        }
    }
    if let Some(stated) = length_of {
        let (buffer, range) = (stated.get_ref(), stated.span());
        if !names.contains(buffer) {
            grounds.invalid(&range, format!("there is no parameter `{buffer}`"), diags);
        } else if param.length_of.as_ref().is_some_and(|known| known.value == *buffer) {
            same(&range, &format_args!("the length of `{buffer}`"), diags);
        } else {
            param.length_of = Some(grounds.fact(buffer.clone(), &range));
        }
    }
    if let Some(stated) = null_terminated {
        param.null_terminated = grounds.flag(stated);
    }
    if let Some(stated) = terminated_if {
        param.terminated_if = Some(grounds.fact(*stated.get_ref(), &stated.span()));
    }
    if let Some(stated) = wide {
        param.wide = grounds.flag(stated);
    }
    let afterwards = &mut param.afterwards;
    if let Some(stated) = aliased {
        afterwards.aliased = grounds.flag(stated);
    }
    if let Some(until) = kept_until {
        afterwards.kept_until = moment(grounds, until, diags);
    }
    if let Some(until) = lent_until {
        afterwards.lent_until = moment(grounds, until, diags);
    }
    for code in written_on_failure {
        if codes.contains(code.get_ref()) {
            afterwards.written_on_failure.push(grounds.fact(code.get_ref().clone(), &code.span()));
        } else {
            let message = format!("`{}` is no failure that the page lists", code.get_ref());
            grounds.expired(&code.span(), message, diags);
        }
    }
}

/// Until when something holds: `completion`, `handle`, or the name of a call.
fn moment(grounds: &Entry<'_>, until: &Spanned<String>, diags: &mut Diagnostics) -> Option<Fact<String>> {
    let (word, range) = (until.get_ref(), until.span());
    if !is_identifier(word) {
        grounds.invalid(&range, format!("`{word}` is none of completion, handle, and no name of a call"), diags);
        return None;
    }
    Some(grounds.fact(word.clone(), &range))
}

fn set_optional(grounds: &Entry<'_>, param: &mut Param, optional: bool, range: &Range<usize>, diags: &mut Diagnostics) {
    if optional == param.optional.is_some() {
        let word = if optional { "optional" } else { "required" };
        grounds.expired(range, format!("the page says by now that `{}` is {word}", param.name.value), diags);
        return;
    }
    param.optional = optional.then(|| grounds.fact((), range));
}

/// Takes accepted findings of some rules out of the list; an entry that accepts nothing has expired.
pub fn accept(overrides: &Overrides, file: &SourceFile, rules: impl Fn(Rule) -> bool, diags: &mut Diagnostics) {
    for entry in &overrides.accepts {
        let AcceptEntry { rule, page, reason: _ } = entry.get_ref();
        let Some(known) = Rule::by_name(rule.get_ref()).filter(|&rule| rules(rule)) else { continue };
        let before = diags.list.len();
        let on_page = |path: &str| path == page || path.strip_suffix(&**page).is_some_and(|rest| rest.ends_with('/'));
        diags.list.retain(|finding| finding.rule != known || !on_page(&finding.location.path));
        if diags.list.len() == before {
            let message = format!("there is no finding `{}` in {page} any more", known.name());
            diags.report(Rule::ExpiredOverride, locate(file, &rule.span()), message);
        }
    }
}

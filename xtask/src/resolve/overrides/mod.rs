//! `overrides.toml`: facts that no page states, corrections of wrong ones, and findings that we live with.
//!
//! An entry that changes nothing is an error, so that none outlives its reason.

mod form;
mod functions;
mod public;
mod requirements;

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

pub use self::form::Overrides;
use self::form::{AcceptEntry, EnumEntry, FieldEntry, StructEntry};
use self::functions::function_entry;
use self::public::public_entry;
use super::lenient;
use crate::c::types::CType;
use crate::c::{basics, members, types};
use crate::diag::{Diagnostic, Diagnostics, Rule};
use crate::draft::{Body, Draft, Kind, UNKNOWN_RECORD, Until};
use crate::fact::{Fact, Grounds, Source};
use crate::model::{Int, Type};
use crate::source::{Location, SourceFile};

/// Reads the file.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> Overrides {
    let overrides: Overrides = lenient::read(file, diags).unwrap_or_default();
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
    // They speak of what the others have made.
    for entry in &overrides.publics {
        public_entry(entry.get_ref(), file, drafts, diags);
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
    fn flag(&self, stated: &Spanned<bool>) -> Option<Box<Fact<()>>> {
        stated.get_ref().then(|| Box::new(self.fact((), &stated.span())))
    }

    /// The page says the same, or nothing is changed.
    fn expired(&self, range: &Range<usize>, why: String, diags: &mut Diagnostics) {
        let help = "take it out, and remove the entry if nothing is left";
        diags.report_help(Rule::ExpiredOverride, locate(self.file, range), why, help);
    }

    /// No page has what the entry names.
    fn gone(&self, range: &Range<usize>, why: String, diags: &mut Diagnostics) {
        let help =
            "correct the name here, or the page if the name was removed there by mistake; otherwise remove the entry";
        diags.report_help(Rule::ExpiredOverride, locate(self.file, range), why, help);
    }

    /// A name that nothing has; `near` is the one that was probably meant.
    fn misspelt(&self, range: &Range<usize>, why: String, near: Option<&str>, diags: &mut Diagnostics) {
        lenient::report_near(locate(self.file, range), why, near, diags);
    }

    fn invalid(&self, range: &Range<usize>, why: String, diags: &mut Diagnostics) {
        diags.report(Rule::InvalidConfig, locate(self.file, range), why);
    }
}

fn grounds<'a>(
    file: &'a SourceFile,
    at: &Range<usize>,
    reason: &str,
    source: &str,
    diags: &mut Diagnostics,
) -> Entry<'a> {
    let grounds = Entry { file, grounds: Arc::new(Grounds { reason: reason.to_owned(), source: source.to_owned() }) };
    if reason.trim().is_empty() || source.trim().is_empty() {
        grounds.invalid(at, "an override needs a reason and a source".to_owned(), diags);
    }
    grounds
}

fn find<'a>(drafts: &'a mut [Draft], kind: Kind, name: &str) -> Option<&'a mut Draft> {
    drafts.iter_mut().find(|draft| draft.kind == kind && draft.name.value == name)
}

fn enum_entry(entry: &EnumEntry, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let grounds = grounds(file, &entry.name.span(), &entry.reason, &entry.source, diags);
    let name = entry.name.get_ref();
    let draft = find(drafts, Kind::Enum, name);
    let Some(Draft { body: Body::Enum(members, _), stands_for, requirements, .. }) = draft else {
        grounds.gone(&entry.name.span(), format!("no page describes an enumeration `{name}`"), diags);
        return;
    };
    if entry.values.is_empty() && entry.c_type.is_none() && requirements::is_empty(&entry.requirements) {
        grounds.expired(&entry.name.span(), format!("this entry changes nothing of `{name}`"), diags);
    }
    requirements::set(&grounds, &entry.requirements, requirements, diags);
    if let Some(stated) = &entry.c_type {
        let (text, range) = (stated.get_ref(), stated.span());
        match types::parse(text).filter(is_number) {
            None => grounds.invalid(&range, format!("`{text}` is not a signed C type of 32 bits"), diags),
            Some(c_type) => *stands_for = Some(grounds.fact(c_type, &range)),
        }
    }
    for (member, value) in &entry.values {
        let range = value.span();
        let Some(member) = members.iter_mut().find(|known| known.name.value == *member) else {
            grounds.gone(&range, format!("`{name}` has no member `{member}`"), diags);
            continue;
        };
        let value = i128::from(*value.get_ref());
        if member.value.as_ref().is_some_and(|known| known.value == value) {
            grounds.expired(&range, format!("the page now states {value} for `{}`", member.name.value), diags);
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

/// Whether a type is a number as wide as C's enumerations are.
fn is_number(c_type: &CType) -> bool {
    matches!(c_type, CType::Named(name) if matches!(basics::basic(name), Some(Type::Int(Int::I32))))
}

fn struct_entry(entry: &StructEntry, kind: Kind, file: &SourceFile, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let grounds = grounds(file, &entry.name.span(), &entry.reason, &entry.source, diags);
    let name = entry.name.get_ref();
    // A page of a structure that says itself that it is of a union is one: the entry confirms it.
    let other = if kind == Kind::Union { Kind::Struct } else { Kind::Union };
    let confirms = entry.kind.as_ref().is_some_and(|stated| stated.get_ref() == other.name());
    let kind = if confirms && find(drafts, kind, name).is_none() { other } else { kind };
    let Some(draft) = find(drafts, kind, name) else {
        grounds.gone(&entry.name.span(), format!("no page describes a {} `{name}`", kind.name()), diags);
        return;
    };
    if entry.kind.is_none() && entry.fields.is_empty() && requirements::is_empty(&entry.requirements) {
        grounds.expired(&entry.name.span(), format!("this entry changes nothing of `{name}`"), diags);
    }
    requirements::set(&grounds, &entry.requirements, &mut draft.requirements, diags);
    if let Some(stated) = &entry.kind {
        let range = stated.span();
        match [Kind::Struct, Kind::Union].into_iter().find(|kind| kind.name() == stated.get_ref()) {
            None => grounds.invalid(&range, format!("`{}` is not one of struct, union", stated.get_ref()), diags),
            Some(stated) => {
                // The override answers the doubt.
                let unknown = draft.flaws.iter().any(|flaw| flaw == UNKNOWN_RECORD);
                let doubt = |finding: &Diagnostic| {
                    let rule = finding.rule == Rule::UnionAsStructure || unknown && finding.rule == Rule::UnknownKind;
                    rule && finding.location.path == draft.path
                };
                let doubts = diags.list.len();
                diags.list.retain(|finding| !doubt(finding));
                if stated == draft.kind && doubts == diags.list.len() {
                    grounds.expired(&range, format!("the page now says that `{name}` is a {}", kind.name()), diags);
                }
                draft.kind = stated;
                draft.flaws.retain(|flaw| flaw != UNKNOWN_RECORD);
            }
        }
    }
    let Body::Struct(fields, _) = &mut draft.body else { return };
    for (field, change) in &entry.fields {
        let (range, FieldEntry { c_type, wide, kept_until }) = (change.span(), change.get_ref());
        let Some(field) = fields.iter_mut().find(|known| known.name.value == *field) else {
            grounds.gone(&range, format!("`{name}` has no field `{field}`"), diags);
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
            None => grounds.invalid(&range, format!("`{text}` is not a C type"), diags),
            Some(c_type) if field.c_type.as_ref().is_some_and(|known| known.value == c_type) => {
                let message = format!("the page now says that `{}` is {text}", field.name.value);
                grounds.expired(&range, message, diags);
            }
            Some(c_type) => field.c_type = Some(grounds.fact(c_type, &range)),
        }
    }
}

/// Until when something holds: `completion`, `handle`, or the name of a call.
fn moment(grounds: &Entry<'_>, until: &Spanned<String>, diags: &mut Diagnostics) -> Option<Box<Fact<Until>>> {
    let (word, range) = (until.get_ref(), until.span());
    let Some(until) = Until::parse(word) else {
        grounds.invalid(&range, format!("`{word}` is neither `completion` nor `handle` nor the name of a call"), diags);
        return None;
    };
    Some(Box::new(grounds.fact(until, &range)))
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
            let message = format!("{page} has no finding `{}` any more", known.name());
            diags.report(Rule::ExpiredOverride, locate(file, &rule.span()), message);
        }
    }
}

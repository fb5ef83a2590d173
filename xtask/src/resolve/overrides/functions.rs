//! Entries of functions and callbacks: their parameters, failures, and what they return.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::form::{FunctionEntry, ParamEntry};
use super::{Entry, find, grounds, moment, requirements};
use crate::c::names::closest;
use crate::c::types;
use crate::diag::Diagnostics;
use crate::draft::{Body, CharactersIf, Direction, Draft, Function, Kind, Param, Unit};
use crate::fact::Fact;
use crate::source::SourceFile;

/// Applies an entry of a function or callback.
pub(super) fn function_entry(
    entry: &FunctionEntry,
    kind: Kind,
    file: &SourceFile,
    drafts: &mut [Draft],
    diags: &mut Diagnostics,
) {
    let grounds = grounds(file, &entry.name.span(), &entry.reason, &entry.source, diags);
    let name = entry.name.get_ref();
    let Some(Draft { body: Body::Function(function), requirements, .. }) = find(drafts, kind, name) else {
        grounds.gone(&entry.name.span(), format!("no page describes a {} `{name}`", kind.name()), diags);
        return;
    };
    let silent = entry.params.is_empty() && entry.errors.is_empty();
    if silent && entry.returns.is_none() && entry.failure.is_none() && requirements::is_empty(&entry.requirements) {
        grounds.expired(&entry.name.span(), format!("this entry changes nothing of `{name}`"), diags);
    }
    requirements::set(&grounds, &entry.requirements, requirements, diags);
    for (param, change) in &entry.params {
        param_entry(&grounds, param, change, function, diags);
    }
    for (code, change) in &entry.errors {
        let range = change.span();
        let to = &change.get_ref().rename;
        let Some(at) = function.returns.codes.iter().position(|known| known.name.value == *code) else {
            grounds.gone(&range, format!("`{name}` does not list `{code}`"), diags);
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
                grounds.expired(&range, format!("the page now states that `{name}` returns `{c_type}`"), diags);
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
        grounds.gone(&range, format!("there is no parameter `{name}`"), diags);
        return;
    };
    let ParamEntry {
        c_type,
        optional,
        direction,
        length_of,
        length_unit,
        characters_if,
        null_terminated,
        terminated_if,
        wide,
        aliased,
        kept_until,
        lent_until,
        written_on_failure,
    } = change.get_ref();
    let same = |range: &Range<usize>, what: &dyn std::fmt::Display, diags: &mut Diagnostics| {
        grounds.expired(range, format!("the page now says that `{name}` is {what}"), diags);
    };
    if let Some(stated) = c_type {
        let (text, range) = (stated.get_ref(), stated.span());
        match types::parse(text) {
            None => grounds.invalid(&range, format!("`{text}` is not a C type"), diags),
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
        match Direction::by_name(text) {
            None => grounds.invalid(&range, format!("`{text}` is not one of in, out, inout"), diags),
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
            // What the page says of the unit, it says of its own length.
            (param.length_of, param.unit) = (Some(Box::new(grounds.fact(buffer.clone(), &range))), None);
        }
    }
    if let Some(stated) = length_unit {
        set_unit(grounds, param, stated, diags);
    }
    if let Some(stated) = characters_if {
        set_characters(grounds, param, &names, stated, diags);
    }
    if let Some(stated) = null_terminated {
        param.null_terminated = grounds.flag(stated);
    }
    if let Some(stated) = terminated_if {
        param.terminated_if = Some(Box::new(grounds.fact(stated.get_ref().clone(), &stated.span())));
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
    if let ([first, ..], Some(Fact { value: Direction::In, .. })) = (&written_on_failure[..], &param.direction) {
        grounds.expired(&first.span(), format!("`{name}` is an input, so no failure writes it"), diags);
    }
    for code in written_on_failure {
        if codes.contains(code.get_ref()) {
            afterwards.written_on_failure.push(grounds.fact(code.get_ref().clone(), &code.span()));
        } else {
            let message = format!("the page does not list the failure `{}`", code.get_ref());
            grounds.gone(&code.span(), message, diags);
        }
    }
}

fn set_unit(grounds: &Entry<'_>, param: &mut Param, stated: &Spanned<String>, diags: &mut Diagnostics) {
    let (text, range) = (stated.get_ref(), stated.span());
    let Some(unit) = Unit::ALL.into_iter().find(|unit| unit.name() == text) else {
        grounds.invalid(&range, format!("`{text}` is not one of bytes, elements"), diags);
        return;
    };
    if param.length_of.is_none() {
        grounds.invalid(&range, format!("`{}` is not the length of any parameter", param.name.value), diags);
    } else if param.unit.as_ref().is_some_and(|known| known.value == unit) {
        grounds.expired(&range, format!("the page now says that `{}` counts {text}", param.name.value), diags);
    } else {
        param.unit = Some(Box::new(grounds.fact(unit, &range)));
    }
}

/// What is named must be a parameter; whether the values are constants shows when all pages are known.
fn set_characters(
    grounds: &Entry<'_>,
    param: &mut Param,
    names: &[String],
    stated: &Spanned<BTreeMap<String, Vec<Spanned<String>>>>,
    diags: &mut Diagnostics,
) {
    let (range, name) = (stated.span(), &param.name.value);
    let mut entries = stated.get_ref().iter();
    let (Some((decides, values)), None) = (entries.next(), entries.next()) else {
        grounds.invalid(&range, format!("one parameter decides what `{name}` counts"), diags);
        return;
    };
    let others = || names.iter().filter(|other| *other != name).map(String::as_str);
    if !others().any(|other| other == decides) {
        let message = format!("there is no other parameter `{decides}`");
        grounds.misspelt(&range, message, closest(decides, others()), diags);
    } else if param.length_of.is_none() {
        grounds.invalid(&range, format!("`{name}` is the length of no parameter"), diags);
    } else if param.unit.as_ref().is_some_and(|unit| unit.value == Unit::Elements) {
        grounds.expired(&range, format!("`{name}` counts elements, whatever `{decides}` is"), diags);
    } else if values.is_empty() {
        grounds.expired(&range, format!("without a value of `{decides}` this changes nothing"), diags);
    } else {
        let values = values.iter().map(|value| grounds.fact(value.get_ref().clone(), &value.span())).collect();
        param.characters_if = Some(Box::new(grounds.fact(CharactersIf { param: decides.clone(), values }, &range)));
    }
}

fn set_optional(grounds: &Entry<'_>, param: &mut Param, optional: bool, range: &Range<usize>, diags: &mut Diagnostics) {
    if optional == param.optional.is_some() {
        let word = if optional { "optional" } else { "required" };
        grounds.expired(range, format!("the page now says that `{}` is {word}", param.name.value), diags);
        return;
    }
    param.optional = optional.then(|| grounds.fact((), range));
}

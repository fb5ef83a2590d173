//! Lengths that count wide characters for some values of another parameter, and bytes for the others.

use std::collections::BTreeMap;

use super::super::lenient::report_near;
use super::functions::{as_c, is_byte};
use crate::c::names::Names;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{self, Body, Kind};
use crate::fact::Fact;
use crate::model::{Arg, ArgKind, CharactersIf, Function, Int, Item, Type};
use crate::name::CName;

/// The numbers of all constants and enumerators, if any length needs them.
pub(super) fn numbers(items: &[Item]) -> BTreeMap<String, i128> {
    let is_needed = items.iter().any(|item| match &item.draft.body {
        Body::Function(function) => function.params.iter().any(|param| param.characters_if.is_some()),
        _ => false,
    });
    let mut numbers = BTreeMap::new();
    for draft in items.iter().map(|item| &item.draft).filter(|_| is_needed) {
        let members = match &draft.body {
            Body::Enum(members, _) => &members[..],
            _ => &[],
        };
        let members = members.iter().filter_map(|member| Some((&member.name, member.value.as_ref()?.value)));
        let constants = draft.constants.iter().map(|it| (&it.name, i128::from(it.number.value)));
        numbers.extend(members.chain(constants).map(|(name, number)| (name.value.clone(), number)));
    }
    numbers
}

/// Settles it for every length of a function or callback.
pub(super) fn settle(
    kind: Kind,
    stated: &draft::Function,
    function: &mut Function,
    numbers: &BTreeMap<String, i128>,
    diags: &mut Diagnostics,
) {
    for (at, param) in stated.params.iter().enumerate() {
        if let Some(stated) = &param.characters_if {
            function.params[at].characters_if = of_length(kind, at, stated, function, numbers, diags);
        }
    }
}

fn of_length(
    kind: Kind,
    at: usize,
    stated: &Fact<draft::CharactersIf>,
    function: &Function,
    numbers: &BTreeMap<String, i128>,
    diags: &mut Diagnostics,
) -> Option<CharactersIf> {
    let params = &function.params;
    let (place, name) = (stated.source.location(), &params[at].c_name);
    let decides = params.iter().position(|param| *param.c_name == *stated.value.param)?;
    let buffer = function.args.iter().find(|arg| arg.kind.length() == Some(at));
    let holds_bytes = match buffer.map(|arg| &arg.kind) {
        Some(ArgKind::Slice { of, .. }) => is_byte(of),
        Some(ArgKind::Kept { .. }) => true,
        _ => false,
    };
    let is_wide = |arg: &Arg| matches!(params[arg.param].raw.innermost(), Type::Char { wide: true });
    if buffer.is_some_and(is_wide) {
        let message = format!("the buffer of `{name}` is made of wide characters, which it counts in any case");
        let help = "take it out, and remove the entry if nothing is left";
        diags.report_help(Rule::ExpiredOverride, place.clone(), message, help);
        return None;
    }
    let complaint = if kind == Kind::Callback {
        Some(format!("`{name}` is passed to a callback, and only lengths of functions are counted in characters"))
    } else if matches!(params[at].raw, Type::Pointer { .. }) {
        Some(format!("`{name}` is behind a pointer, and only a value is counted in characters"))
    } else if !holds_bytes {
        Some(format!("the buffer of `{name}` does not hold bytes"))
    } else if !matches!(params[decides].raw, Type::Int(_) | Type::Enum(_)) {
        Some(format!("`{}` is not a number", stated.value.param))
    } else {
        None
    };
    if let Some(complaint) = complaint {
        diags.report(Rule::InvalidConfig, place.clone(), complaint);
        return None;
    }
    let type_ = match &params[decides].raw {
        Type::Enum(_) => &Type::Int(Int::I32),
        number => number,
    };
    let mut values: Vec<(CName, i64)> = Vec::new();
    for value in &stated.value.values {
        let (place, name) = (value.source.location(), &*value.value);
        let Some(&number) = numbers.get(name) else {
            let near = Names::new(numbers.keys().map(String::as_str)).near(name).into_iter().next();
            report_near(place.clone(), format!("no page has a constant `{name}`"), near, diags);
            continue;
        };
        match i64::try_from(number).ok().and_then(|number| as_c(number, type_)) {
            None => {
                let message = format!("`{name}` is {number}, which `{}` cannot be", stated.value.param);
                diags.report(Rule::InvalidConfig, place.clone(), message);
            }
            Some(number) if values.iter().any(|(_, other)| *other == number) => {
                let message = format!("the value of `{name}` stands here twice");
                let help = "take it out, and remove the entry if nothing is left";
                diags.report_help(Rule::ExpiredOverride, place.clone(), message, help);
            }
            Some(number) => values.push((CName::new(name), number)),
        }
    }
    (!values.is_empty()).then_some(CharactersIf { param: decides, values })
}

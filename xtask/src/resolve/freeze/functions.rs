//! Functions and callbacks: what is passed, how failure is told, and how the safe method takes it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::config::FamilyConfig;
use super::super::names;
use super::super::returns::UNCLEAR;
use super::super::types::Types;
use super::{Context, Gaps, Names, origin, outputs};
use crate::c::names::is_identifier;
use crate::diag::Rule;
use crate::draft::{self, Convention, Direction, Draft, Kind, Unit};
use crate::fact::{Fact, Source};
use crate::model::{Arg, ArgKind, CodeSpace, ErrorCode, Function, Int, Param, Type, Wide};
use crate::name::{CName, RustName};

/// Freezes a function or callback.
pub(super) fn freeze(
    index: usize,
    draft: &Draft,
    function: &draft::Function,
    context: &Context<'_>,
    names: &Names<'_>,
    gaps: &mut Gaps<'_>,
) -> Option<Function> {
    let c_name = &draft.name.value;
    if !is_identifier(c_name) {
        // A method of an interface: facts have it, and nothing in C or Rust can be called so.
        return None;
    }
    if let Some(variadic) = &function.variadic {
        let message = format!("`{c_name}` takes any number of arguments");
        let help = "nothing is generated for it; call it from C";
        gaps.add(Rule::Variadic, variadic.source.location(), message, help, "arguments without names".to_owned());
        return None;
    }
    let mut params = Vec::new();
    for param in &function.params {
        params.extend(freeze_param(c_name, param, &context.types, names, gaps));
    }
    let returned = freeze_returns(draft, &function.returns, &context.types, gaps);
    if params.len() != function.params.len() {
        return None;
    }
    let (convention, c_return) = returned?;
    // Two that would be called alike keep the letters that say their types.
    let mut count: BTreeMap<RustName, usize> = BTreeMap::new();
    for param in &params {
        *count.entry(param.rust_name.clone()).or_default() += 1;
    }
    for param in params.iter_mut().filter(|param| count[&param.rust_name] > 1) {
        param.rust_name = names.field(&param.c_name, false);
    }
    // What is listed again was reported as that.
    let listed_again = twice(params.iter().map(|param| &*param.c_name)).is_some();
    if let Some(twice) = twice(params.iter().map(|param| &*param.rust_name)).filter(|_| !listed_again) {
        let message = format!("two parameters of `{c_name}` would both be `{twice}`");
        let what = format!("name of parameter {twice}");
        gaps.add(Rule::ClashingName, &draft.place, message, "rename one of them", what);
        return None;
    }
    let space = match convention {
        Convention::HResult => CodeSpace::HResult,
        _ => CodeSpace::Win32,
    };
    let failure = failure(c_name, function.returns.failure.as_ref(), convention, &c_return, gaps);
    if gaps.list.iter().any(|gap| gap == UNCLEAR) {
        return None;
    }
    let (errors, successes) = documented(&function.returns.codes, space, context);
    let args = args(function, &params);
    let callback = draft.kind == Kind::Callback;
    let type_name = names::type_name(c_name, names.settings, names.config);
    let rust_name =
        if callback { type_name.clone() } else { names::function_name(c_name, names.settings, names.config) };
    let mut frozen = Function {
        origin: origin(index, draft, rust_name),
        params,
        c_return,
        c_return_type: function.returns.c_type.as_ref().map(|c_type| c_type.value.clone()),
        convention,
        failure,
        error_name: names.chosen(c_name, "Error").unwrap_or_else(|| RustName::new(format!("{type_name}Error"))),
        success_name: RustName::new(format!("{type_name}Success")),
        output_name: names.chosen(c_name, "Output").unwrap_or_else(|| RustName::new(format!("{type_name}Output"))),
        space,
        errors,
        successes,
        open: function.returns.open.is_some(),
        returns: function.returns.docs.clone(),
        args,
        wide: Wide::No,
    };
    outputs::settle(&mut frozen);
    Some(frozen)
}

/// How a function fails, and what type it returns.
fn freeze_returns(
    draft: &Draft,
    returns: &draft::Returns,
    types: &Types,
    gaps: &mut Gaps<'_>,
) -> Option<(Convention, Type)> {
    let c_name = &draft.name.value;
    let at = returns.span.as_ref().unwrap_or(&draft.place);
    let help = "add a `Type:` line to the return section, or state `returns` in overrides.toml";
    let Some(convention) = &returns.convention else {
        // What is not clear was reported as that.
        if draft.flaws.iter().any(|flaw| flaw == UNCLEAR) {
            return None;
        }
        let message = format!("the page does not say what `{c_name}` returns");
        gaps.add(Rule::MissingReturn, at, message, help, "return type".to_owned());
        return None;
    };
    let c_return = match (&returns.c_type, convention.value) {
        (Some(c_type), _) => match types.resolve(&c_type.value) {
            Ok(c_return) => c_return,
            Err(unknown) => {
                let (why, help) = types.why(&unknown);
                let message = format!("`{unknown}`, which `{c_name}` returns, {why}");
                let what = format!("return type: {unknown} {why}");
                gaps.add(Rule::UnknownType, c_type.source.location(), message, help, what);
                return None;
            }
        },
        (None, Convention::HResult) => Type::HResult,
        (None, Convention::Void) => Type::Void,
        (None, _) => {
            let message = format!("the page says how `{c_name}` fails, but not which type it returns");
            gaps.add(Rule::MissingReturn, at, message, help, "return type".to_owned());
            return None;
        }
    };
    Some((convention.value, c_return))
}

/// What a function returns on failure besides the last error, if it has a value for that.
fn failure(
    c_name: &str,
    stated: Option<&Fact<i64>>,
    convention: Convention,
    c_return: &Type,
    gaps: &mut Gaps<'_>,
) -> Option<i64> {
    let stated = stated?;
    let has_room = matches!(c_return, Type::Int(_) | Type::Handle(_) | Type::Pointer { .. } | Type::Callback(_));
    if matches!(convention, Convention::LastError | Convention::Value) && has_room {
        let as_c = as_c(stated.value, c_return);
        if as_c.is_none() {
            let message = format!("the type that `{c_name}` returns does not have the value {}", stated.value);
            let help = "correct the value or the type, or state `failure` in overrides.toml";
            gaps.add(Rule::UnclearFailure, stated.source.location(), message, help, UNCLEAR.to_owned());
        }
        return as_c;
    }
    if let Source::Derived { .. } = stated.source {
        return None;
    }
    let message = "only a function that returns a number or pointer, and no code, has a value for failure";
    gaps.diags.report(Rule::InvalidConfig, stated.source.location().clone(), message);
    None
}

/// A number as C converts it to an integer type: `0xFFFFFFFF` is -1 as an `int`, and -1 is all bits of a `DWORD`. None
/// if bits are lost.
pub(super) fn as_c(number: i64, type_: &Type) -> Option<i64> {
    let Type::Int(int) = type_ else { return Some(number) };
    let (bits, signed) = match int {
        Int::U8 => (8, false),
        Int::I8 => (8, true),
        Int::U16 => (16, false),
        Int::I16 => (16, true),
        Int::U32 => (32, false),
        Int::I32 => (32, true),
        Int::U64 | Int::I64 | Int::Usize | Int::Isize => return Some(number),
    };
    let (least, end) = (-(1_i64 << (bits - 1)), 1_i64 << bits);
    let wrapped = match number {
        _ if number < least || number >= end => return None,
        _ if signed && number >= -least => number - end,
        _ if !signed && number < 0 => number + end,
        _ => number,
    };
    Some(wrapped)
}

fn freeze_param(
    function: &str,
    param: &draft::Param,
    types: &Types,
    names: &Names<'_>,
    gaps: &mut Gaps<'_>,
) -> Option<Param> {
    let c_name = &param.name.value;
    let Some(c_type) = &param.c_type else {
        let message = format!("the page does not state the type of `{c_name}`");
        let help = "add a `Type:` line under its heading, or state `type` in overrides.toml";
        let what = format!("type of {c_name}");
        gaps.add(Rule::MissingType, param.name.source.location(), message, help, what);
        return None;
    };
    let raw = match types.resolve(&c_type.value) {
        Ok(raw) => raw,
        Err(unknown) => {
            let (why, help) = types.why(&unknown);
            let message = format!("the type `{unknown}` of `{c_name}` {why}");
            let what = format!("type of {c_name}: {unknown} {why}");
            gaps.add(Rule::UnknownType, c_type.source.location(), message, help, what);
            return None;
        }
    };
    // What is passed by value can only go in; of a pointer the page must say it.
    let by_value = !matches!(raw, Type::Pointer { .. });
    let direction = match &param.direction {
        Some(direction) => direction.value,
        None if by_value => Direction::In,
        None => {
            let message = format!("the page does not say which way the data of `{c_name}` goes");
            let help = "add `[in]`, `[out]` or `[in, out]` to its heading, or state `direction` in overrides.toml";
            let what = format!("direction of {c_name}");
            gaps.add(Rule::MissingType, param.name.source.location(), message, help, what);
            return None;
        }
    };
    Some(Param {
        c_name: CName::new(&**c_name),
        rust_name: names.chosen(function, c_name).unwrap_or_else(|| names.field(c_name, true)),
        c_type: c_type.value.clone(),
        raw,
        direction,
        optional: param.optional.is_some(),
        kept_until: param.afterwards.kept_until.as_ref().map(|until| until.value.clone()),
        lent_until: param.afterwards.lent_until.as_ref().map(|until| until.value.clone()),
        written_on_failure: param.afterwards.written_on_failure.iter().map(|code| CName::new(&*code.value)).collect(),
        aliased: param.afterwards.aliased.is_some(),
        terminated_if: param.terminated_if.as_ref().map(|lengths| lengths.value.clone()),
        characters_if: None,
        wide: param.wide.is_some(),
        docs: param.docs.clone(),
    })
}

/// A name that is there more than once.
pub(super) fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

/// The documented codes that have a number, failures and successes apart, sorted by number.
fn documented(
    listed: &[draft::DocumentedCode],
    space: CodeSpace,
    context: &Context<'_>,
) -> (Vec<ErrorCode>, Vec<ErrorCode>) {
    let mut errors = Vec::new();
    let mut successes = Vec::new();
    for code in listed {
        let known = context.codes.get(&*code.name.value).filter(|entry| entry.space == space);
        let Some(known) = known else { continue };
        let number = known.number.value;
        if number == 0 {
            continue;
        }
        let list = match space {
            CodeSpace::HResult if number < 0x8000_0000 => &mut successes,
            _ => &mut errors,
        };
        let mut rust_name = names::code_name(&code.name.value, context.config);
        if list.iter().any(|other: &ErrorCode| other.rust_name == rust_name) || rust_name == "Other" {
            // Two codes of different prefixes: the whole name tells them apart.
            rust_name = names::type_name(&code.name.value, &FamilyConfig::default(), context.config);
        }
        let texts = code.texts.iter().map(|text| text.value.clone()).collect();
        list.push(ErrorCode { c_name: CName::new(&*code.name.value), rust_name, number, texts });
    }
    errors.sort_by_key(|code: &ErrorCode| code.number);
    successes.sort_by_key(|code: &ErrorCode| code.number);
    (errors, successes)
}

/// The arguments of the safe method: a buffer and its length become one slice in the buffer's place.
fn args(function: &draft::Function, params: &[Param]) -> Vec<Arg> {
    let places: BTreeMap<&str, usize> = params.iter().enumerate().map(|(at, param)| (&*param.c_name, at)).collect();
    // For each length, the place of its buffer; for each buffer, the place of its first length.
    let buffer_of = |index: usize| {
        let length_of = function.params[index].length_of.as_ref()?;
        let at = *places.get(&*length_of.value)?;
        let Type::Pointer { to, .. } = &params[at].raw else { return None };
        // Elements that are no bytes cannot be counted by a length that counts bytes.
        let in_bytes = function.params[index].unit.as_ref().is_some_and(|unit| unit.value == Unit::Bytes);
        is_length(&params[index].raw).then_some((at, is_byte(to) || !in_bytes))
    };
    let stated = || (0..params.len()).filter_map(|at| Some((at, buffer_of(at)?)));
    let buffers: BTreeMap<usize, usize> =
        stated().filter(|(_, (_, counts))| *counts).map(|(length, (buffer, _))| (length, buffer)).collect();
    let uncounted: BTreeSet<usize> = stated().filter(|(_, (_, counts))| !counts).map(|(_, (at, _))| at).collect();
    let lengths: BTreeMap<usize, usize> = buffers.iter().rev().map(|(&length, &buffer)| (buffer, length)).collect();
    let mut args = Vec::new();
    for (index, param) in params.iter().enumerate() {
        // A length behind a pointer says something when the call is done.
        let by_value = !matches!(param.raw, Type::Pointer { .. });
        if buffers.contains_key(&index) && by_value {
            continue;
        }
        let mutable = param.direction != Direction::In;
        let length = lengths.get(&index).copied();
        let kind = match (&param.raw, length) {
            (Type::Pointer { to, .. }, length) if is_char(to) && !mutable => match (param.aliased, &**to) {
                (true, &Type::Char { wide }) => ArgKind::Units { wide, optional: param.optional, length },
                _ => ArgKind::Str { optional: param.optional, length },
            },
            (Type::Pointer { to, .. }, Some(length)) => match &**to {
                Type::Pointer { to, .. } if is_char(to) && !mutable => ArgKind::Strs { length: Some(length) },
                Type::Void if param.kept_until.is_some() => ArgKind::Kept { mutable, length },
                Type::Void => ArgKind::Slice { of: Type::Int(Int::U8), mutable, length },
                of => ArgKind::Slice { of: of.clone(), mutable, length },
            },
            (Type::Pointer { to, .. }, None)
                if function.params[index].null_terminated.is_some() && is_string(to) && !mutable =>
            {
                ArgKind::Strs { length: None }
            }
            // What goes in behind two pointers is a list of which nothing says how long it is.
            (Type::Pointer { to, .. }, None)
                if !matches!(**to, Type::Void | Type::Opaque(_) | Type::Char { .. })
                    && !uncounted.contains(&index)
                    && (mutable || !matches!(**to, Type::Pointer { .. })) =>
            {
                ArgKind::Reference { to: (**to).clone(), mutable, optional: param.optional }
            }
            (raw, _) => ArgKind::Value(raw.clone()),
        };
        args.push(Arg { param: index, kind, returned: false });
    }
    args
}

pub(super) fn is_byte(type_: &Type) -> bool {
    matches!(type_, Type::Void | Type::Int(Int::U8 | Int::I8) | Type::Char { wide: false })
}

/// Whether it is a number, or leads to one.
fn is_length(type_: &Type) -> bool {
    match type_ {
        Type::Pointer { to, .. } => matches!(**to, Type::Int(_)),
        other => matches!(other, Type::Int(_)),
    }
}

fn is_char(type_: &Type) -> bool {
    matches!(type_, Type::Char { .. })
}

fn is_string(type_: &Type) -> bool {
    matches!(type_, Type::Pointer { to, .. } if is_char(to))
}

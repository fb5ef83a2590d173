//! The last pass: complete drafts become the typed items that Rust is made of; what is missing becomes a gap.

use std::collections::BTreeMap;

use super::config::{Families, FamilyConfig};
use super::types::Types;
use super::{families, names};
use crate::c_names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{self, Body, Convention, Direction, Draft, Kind, Source};
use crate::model::{
    Arg, ArgKind, CodeEntry, CodeSpace, Enum, ErrorCode, Family, Function, Group, Item, Member, Opaque, Origin, Param,
    Type, TypeName,
};

/// Freezes every complete item. Items that are not get their gaps, and a diagnostic for each.
pub fn freeze(items: &mut [Item], codes: &[CodeEntry], config: &Families, diags: &mut Diagnostics) -> Vec<Family> {
    let mut names: Vec<String> =
        items.iter().filter(|item| has_code(item.draft.kind)).map(|item| item.family.clone()).collect();
    // A family that families.toml names exists as soon as any page of it was read.
    names.sort();
    names.dedup();
    let mut out: Vec<Family> = names.iter().map(|name| shell(&families::config(name, config))).collect();
    let mut types = Types::default();
    for family in &out {
        for opaque in &family.opaques {
            let name = TypeName {
                family: family.name.clone(),
                c_name: opaque.c_name.clone(),
                rust_name: opaque.rust_name.clone(),
            };
            types.insert(&opaque.c_name, if opaque.handle { Type::Handle(name) } else { Type::Opaque(name) });
        }
    }
    for family in &mut out {
        let settings = families::config(&family.name, config);
        let names = Names { settings: &settings, config };
        let mut enumerators = std::collections::BTreeSet::new();
        for (index, item) in items.iter_mut().enumerate() {
            if item.family != family.name || item.draft.kind != Kind::Enum || !item.gaps.is_empty() {
                continue;
            }
            let Some(enum_) = freeze_enum(index, item, &names, diags) else { continue };
            let all = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
            let all: Vec<&String> = all.map(|member| &member.c_name).collect();
            if let Some(member) = all.iter().find(|name| enumerators.contains(**name)) {
                let source = item.draft.name.source.clone();
                let message = format!("`{member}` is a member of another enumeration of `{}` too", family.header);
                let help = "C has one of that name; remove the other one";
                gap(item, Rule::ClashingName, &source, message, help, format!("name of {member}"), diags);
                item.rust_path = None;
                continue;
            }
            // C has one name for the enumerators of all enumerations.
            enumerators.extend(all.into_iter().cloned());
            let Origin { c_name, aliases, rust_name, .. } = &enum_.origin;
            let name = TypeName { family: family.name.clone(), c_name: c_name.clone(), rust_name: rust_name.clone() };
            types.insert_enum(aliases.iter().map(|alias| &**alias).chain([&**c_name]), &name);
            family.enums.push(enum_);
        }
    }
    // Functions may name the enumerations of any family, so they come after all of them.
    for family in &mut out {
        let settings = families::config(&family.name, config);
        let names = Names { settings: &settings, config };
        for (index, item) in items.iter_mut().enumerate() {
            if item.family != family.name || !item.gaps.is_empty() {
                continue;
            }
            let Some(function) = freeze_function(index, item, &types, codes, &names, diags) else { continue };
            let callback = item.draft.kind == Kind::Callback;
            if callback { family.callbacks.push(function) } else { family.functions.push(function) }
        }
        finish(family, &settings, items, diags);
    }
    out
}

fn has_code(kind: Kind) -> bool {
    matches!(kind, Kind::Enum | Kind::Function | Kind::Callback)
}

fn shell(settings: &FamilyConfig) -> Family {
    let opaque = |handle: bool| {
        move |(c_name, rust_name): (&String, &String)| Opaque {
            c_name: c_name.clone(),
            rust_name: rust_name.clone(),
            handle,
        }
    };
    let mut opaques: Vec<Opaque> = settings.handles.iter().map(opaque(true)).collect();
    opaques.extend(settings.opaque.iter().map(opaque(false)));
    opaques.sort_by(|a, b| a.c_name.cmp(&b.c_name));
    Family {
        name: settings.name.clone(),
        title: if settings.title.is_empty() { settings.name.clone() } else { settings.title.clone() },
        header: settings.header.clone(),
        opaques,
        ..Family::default()
    }
}

struct Names<'a> {
    settings: &'a FamilyConfig,
    config: &'a Families,
}

fn gap(item: &mut Item, rule: Rule, at: &Source, message: String, help: &str, what: String, diags: &mut Diagnostics) {
    diags.report_help(rule, at.location().clone(), message, help);
    item.gaps.push(what);
}

fn origin(index: usize, draft: &Draft, rust_name: String) -> Origin {
    Origin {
        item: index,
        c_name: draft.name.value.clone(),
        aliases: draft.aliases.iter().map(|alias| alias.value.clone()).collect(),
        rust_name,
        docs: draft.docs.clone(),
        requirements: draft.requirements.clone(),
        source: draft.name.source.clone(),
    }
}

fn freeze_enum(index: usize, item: &mut Item, names: &Names<'_>, diags: &mut Diagnostics) -> Option<Enum> {
    let Body::Enum(members, _) = &item.draft.body else { return None };
    let members = members.clone();
    let source = item.draft.name.source.clone();
    let name = item.draft.name.value.clone();
    if members.is_empty() {
        let message = format!("`{name}` has no members");
        gap(item, Rule::MissingValue, &source, message, "list its members", "members".to_owned(), diags);
        return None;
    }
    let missing: Vec<&draft::Member> = members.iter().filter(|member| member.value.is_none()).collect();
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|member| format!("`{}`", member.name.value)).collect();
        let message =
            format!("{} of {} members of `{name}` have no value: {}", missing.len(), members.len(), list.join(", "));
        let help = "state the values in the headings, or in overrides.toml with a source";
        for member in &missing {
            item.gaps.push(format!("value of {}", member.name.value));
        }
        diags.report_help(Rule::MissingValue, missing[0].name.source.location().clone(), message, help);
        return None;
    }
    let c_names: Vec<&str> = members.iter().map(|member| &*member.name.value).collect();
    let rust_names = names::member_names(&c_names, names.settings, names.config);
    let mut enum_ = Enum {
        origin: origin(index, &item.draft, names::type_name(&name, names.settings, names.config)),
        members: Vec::new(),
        aliases: Vec::new(),
    };
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut places: BTreeMap<i32, usize> = BTreeMap::new();
    for (member, rust_name) in members.iter().zip(rust_names) {
        let value = member.value.as_ref().expect("members without a value were sorted out above");
        let Some(c_int) = as_c_int(value.value) else {
            let message = format!("{} does not fit into the `int` of `{}`", value.value, member.name.value);
            let what = format!("value of {}", member.name.value);
            gap(item, Rule::UnevaluatedValue, &value.source, message, "mend the value", what, diags);
            return None;
        };
        if let Some(other) = taken.insert(rust_name.clone(), &member.name.value) {
            let message = format!("`{other}` and `{}` would both be `{rust_name}`", member.name.value);
            let what = format!("name of {}", member.name.value);
            let help = "rename one of them";
            gap(item, Rule::ClashingName, &member.name.source, message, help, what, diags);
            return None;
        }
        let frozen = Member { c_name: member.name.value.clone(), rust_name, value: c_int, docs: member.docs.clone() };
        if let Some(&first) = places.get(&c_int) {
            enum_.aliases.push((frozen, first));
            continue;
        }
        places.insert(c_int, enum_.members.len());
        enum_.members.push(frozen);
    }
    item.rust_path = Some(format!("{}::{}", item.family, enum_.origin.rust_name));
    Some(enum_)
}

/// The value in C's `int`, if it fits.
fn as_c_int(value: i128) -> Option<i32> {
    i32::try_from(draft::as_c_sees(value)).ok()
}

fn freeze_function(
    index: usize,
    item: &mut Item,
    types: &Types,
    codes: &[CodeEntry],
    names: &Names<'_>,
    diags: &mut Diagnostics,
) -> Option<Function> {
    let draft = item.draft.clone();
    let function = draft.function()?;
    let c_name = &draft.name.value;
    if !is_identifier(c_name) {
        // A method of an interface: facts have it, and nothing in C or Rust can be called so.
        return None;
    }
    let mut params = Vec::new();
    for param in &function.params {
        params.extend(freeze_param(item, param, types, names, diags));
    }
    let Some(convention) = &function.returns.convention else {
        let at = function.returns.span.clone().map_or(draft.name.source.clone(), Source::Page);
        let message = format!("the page does not say what `{c_name}` returns");
        let help = "add a `Type:` line to the return section, or state `returns` in overrides.toml";
        gap(item, Rule::MissingReturn, &at, message, help, "return type".to_owned(), diags);
        return None;
    };
    let c_return = match (&function.returns.c_type, convention.value) {
        (Some(c_type), _) => match types.resolve(&c_type.value) {
            Ok(c_return) => c_return,
            Err(unknown) => {
                let message = format!("`{unknown}`, which `{c_name}` returns, is described nowhere");
                let help = "add its page, or name it as a handle or opaque type in families.toml";
                gap(item, Rule::UnknownType, &c_type.source, message, help, "return type".to_owned(), diags);
                return None;
            }
        },
        (None, Convention::HResult) => Type::HResult,
        (None, Convention::Void) => Type::Void,
        (None, _) => {
            let at = function.returns.span.clone().map_or(draft.name.source.clone(), Source::Page);
            let message = format!("the page says how `{c_name}` fails, but not what type it returns");
            let help = "add a `Type:` line to the return section, or state `returns` in overrides.toml";
            gap(item, Rule::MissingReturn, &at, message, help, "return type".to_owned(), diags);
            return None;
        }
    };
    if params.len() != function.params.len() {
        return None;
    }
    if let Some(twice) = twice(params.iter().map(|param| &*param.rust_name)) {
        let message = format!("two parameters of `{c_name}` would both be `{twice}`");
        let what = format!("name of parameter {twice}");
        gap(item, Rule::ClashingName, &draft.name.source, message, "rename one of them", what, diags);
        return None;
    }
    let space = match convention.value {
        Convention::HResult => CodeSpace::HResult,
        _ => CodeSpace::Win32,
    };
    let (errors, successes) = documented(&function.returns.codes, space, codes, names);
    let args = args(function, &params);
    let callback = draft.kind == Kind::Callback;
    let type_name = names::type_name(c_name, names.settings, names.config);
    let rust_name =
        if callback { type_name.clone() } else { names::function_name(c_name, names.settings, names.config) };
    item.rust_path = Some(match callback {
        true => format!("{}::{rust_name}", item.family),
        false => format!("{}::sys::{c_name}", item.family),
    });
    Some(Function {
        origin: origin(index, &draft, rust_name),
        params,
        c_return,
        convention: convention.value,
        error_name: format!("{type_name}Error"),
        space,
        errors,
        successes,
        open: function.returns.open.is_some(),
        returns: function.returns.docs.clone(),
        args,
    })
}

fn freeze_param(
    item: &mut Item,
    param: &draft::Param,
    types: &Types,
    names: &Names<'_>,
    diags: &mut Diagnostics,
) -> Option<Param> {
    let c_name = &param.name.value;
    let Some(c_type) = &param.c_type else {
        let message = format!("the page does not state the type of `{c_name}`");
        let help = "add a `Type:` line under its heading, or state `type` in overrides.toml";
        let what = format!("type of {c_name}");
        gap(item, Rule::MissingType, &param.name.source, message, help, what, diags);
        return None;
    };
    let raw = match types.resolve(&c_type.value) {
        Ok(raw) => raw,
        Err(unknown) => {
            let message = format!("the type `{unknown}` of `{c_name}` is described nowhere");
            let help = "add its page, or name it as a handle or opaque type in families.toml";
            let what = format!("type of {c_name}");
            gap(item, Rule::UnknownType, &c_type.source, message, help, what, diags);
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
            gap(item, Rule::MissingType, &param.name.source, message, help, what, diags);
            return None;
        }
    };
    Some(Param {
        c_name: c_name.clone(),
        rust_name: names::param_name(c_name, names.settings, names.config),
        raw,
        direction,
        optional: param.optional.is_some(),
        docs: param.docs.clone(),
    })
}

fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

/// The documented codes that have a number, failures and successes apart, sorted by number.
fn documented(
    listed: &[draft::DocumentedCode],
    space: CodeSpace,
    codes: &[CodeEntry],
    names: &Names<'_>,
) -> (Vec<ErrorCode>, Vec<ErrorCode>) {
    let mut errors = Vec::new();
    let mut successes = Vec::new();
    for code in listed {
        let known = codes.iter().find(|entry| entry.name == code.name.value && entry.space == space);
        let Some(known) = known else { continue };
        let number = known.number.value;
        if number == 0 {
            continue;
        }
        let list = match space {
            CodeSpace::HResult if number < 0x8000_0000 => &mut successes,
            _ => &mut errors,
        };
        let mut rust_name = names::code_name(&code.name.value, names.config);
        if list.iter().any(|other: &ErrorCode| other.rust_name == rust_name) || rust_name == "Other" {
            // Two codes of different prefixes: the whole name tells them apart.
            rust_name = names::type_name(&code.name.value, &FamilyConfig::default(), names.config);
        }
        let texts = code.texts.iter().map(|text| text.value.clone()).collect();
        list.push(ErrorCode { c_name: code.name.value.clone(), rust_name, number, texts });
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
        let at = *places.get(&*function.params[index].length_of.as_ref()?.value)?;
        matches!(params[at].raw, Type::Pointer { .. }).then_some(at)
    };
    let buffers: BTreeMap<usize, usize> = (0..params.len()).filter_map(|at| Some((at, buffer_of(at)?))).collect();
    let lengths: BTreeMap<usize, usize> = buffers.iter().rev().map(|(&length, &buffer)| (buffer, length)).collect();
    let mut args = Vec::new();
    for (index, param) in params.iter().enumerate() {
        if buffers.contains_key(&index) {
            continue;
        }
        let mutable = param.direction != Direction::In;
        let length = lengths.get(&index).copied();
        let kind = match (&param.raw, length) {
            (Type::Pointer { to, .. }, Some(length)) => {
                let of = if **to == Type::Void { Type::Int("u8") } else { (**to).clone() };
                ArgKind::Slice { of, mutable, length }
            }
            (Type::Pointer { to, .. }, None) if !matches!(**to, Type::Void | Type::Opaque(_)) => {
                ArgKind::Reference { to: (**to).clone(), mutable, optional: param.optional }
            }
            (raw, _) => ArgKind::Value(raw.clone()),
        };
        args.push(Arg { param: index, kind });
    }
    args
}

/// Sorts, groups, and settles what may clash within a family.
fn finish(family: &mut Family, settings: &FamilyConfig, items: &mut [Item], diags: &mut Diagnostics) {
    family.enums.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.functions.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    family.callbacks.sort_by(|a, b| a.origin.c_name.cmp(&b.origin.c_name));
    for group in &settings.groups {
        let held = |(_, function): &(usize, &Function)| group.holds(&function.origin.c_name);
        let functions: Vec<usize> = family.functions.iter().enumerate().filter(held).map(|(index, _)| index).collect();
        if functions.is_empty() {
            continue;
        }
        for &index in &functions {
            let origin = &family.functions[index].origin;
            items[origin.item].rust_path = Some(format!("{}::{}::{}", family.name, group.name, origin.rust_name));
        }
        family.groups.push(Group { name: group.name.clone(), summary: group.summary.clone(), functions });
    }
    clashes(family, items, diags);
}

/// Two types of one module must not share a name: both are taken out, and both are reported.
fn clashes(family: &mut Family, items: &mut [Item], diags: &mut Diagnostics) {
    let mut owners: std::collections::BTreeMap<String, Vec<usize>> = std::collections::BTreeMap::new();
    for enum_ in &family.enums {
        owners.entry(enum_.origin.rust_name.clone()).or_default().push(enum_.origin.item);
    }
    for callback in &family.callbacks {
        owners.entry(callback.origin.rust_name.clone()).or_default().push(callback.origin.item);
        owners.entry(callback.error_name.clone()).or_default().push(callback.origin.item);
    }
    for function in &family.functions {
        owners.entry(function.error_name.clone()).or_default().push(function.origin.item);
    }
    let taken =
        family.opaques.iter().map(|opaque| &opaque.rust_name).chain(family.groups.iter().map(|group| &group.name));
    let taken: std::collections::BTreeSet<String> = taken.cloned().collect();
    let mut out = std::collections::BTreeSet::new();
    for (name, owners) in owners.iter().filter(|(name, owners)| owners.len() > 1 || taken.contains(*name)) {
        for &index in owners {
            let item = &mut items[index];
            let source = item.draft.name.source.clone();
            let message =
                format!("`{}` would be `{name}`, which is the name of something else too", item.draft.name.value);
            let help = "give one of them another name, or strip less in families.toml";
            gap(item, Rule::ClashingName, &source, message, help, format!("Rust name {name}"), diags);
            item.rust_path = None;
            out.insert(index);
        }
    }
    family.enums.retain(|enum_| !out.contains(&enum_.origin.item));
    family.callbacks.retain(|callback| !out.contains(&callback.origin.item));
    let kept: Vec<bool> = family.functions.iter().map(|function| !out.contains(&function.origin.item)).collect();
    for group in &mut family.groups {
        group.functions.retain(|&index| kept[index]);
        for index in &mut group.functions {
            *index -= kept[..*index].iter().filter(|&&kept| !kept).count();
        }
    }
    let mut kept = kept.into_iter();
    family.functions.retain(|_| kept.next().expect("one mark for each function"));
}

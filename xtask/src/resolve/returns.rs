//! How each function reports failure, from its return type, its codes and its prose.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::codes::win32_code;
use super::config::{Families, FamilyConfig};
use super::returned::{self, Said, Value};
use crate::c::basics::{POINTERS, basic};
use crate::c::types::CType;
use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Convention, Draft, Returns};
use crate::fact::{Fact, Source};
use crate::model::{CodeEntry, CodeSpace};
use crate::prose::Block;
use crate::source::Location;

/// The gap of a function whose value on failure is not clear.
pub(super) const UNCLEAR: &str = "value on failure";

/// Settles the convention of every function where the page tells it.
pub(super) fn conventions(drafts: &mut [Draft], codes: &[CodeEntry], families: &Families, diags: &mut Diagnostics) {
    let spaces = codes.iter().map(|code| (code.name.to_string(), code.space)).collect();
    let known = Known { spaces, constants: constants(drafts, codes), families };
    // To read the sentences is most of the work, and pages do not need each other for it.
    let settled = drafts.par_iter().map(|draft| match &draft.body {
        Body::Function(function) => Some(settle(&function.returns, &known)),
        _ => None,
    });
    let settled: Vec<Option<Settled>> = settled.collect();
    for (draft, settled) in drafts.iter_mut().zip(settled) {
        let (Body::Function(function), Some(settled)) = (&mut draft.body, settled) else { continue };
        let returns = &mut function.returns;
        returns.convention = settled.convention;
        returns.failure = returns.failure.take().or(settled.failure);
        let at = returns.span.as_ref().unwrap_or(&draft.place).clone();
        match settled.doubt {
            Some(Doubt::Unclear(why)) => {
                let message = format!("it is not clear what `{}` returns on failure: {why}", draft.name.value);
                let help = "say which value it returns on failure, or state `failure` in overrides.toml";
                diags.report_help(Rule::UnclearFailure, at, message, help);
                draft.flaws.push(UNCLEAR.to_owned());
            }
            Some(Doubt::Untold(why)) => {
                let message = format!("the page does not say how `{}` tells its failures: {why}", draft.name.value);
                let help = "say what it returns on failure, and which function returns the code then";
                diags.report_help(Rule::UntoldCodes, at, message, help);
            }
            None => {}
        }
    }
}

/// What is known beside the pages of functions.
struct Known<'a> {
    /// What numbers each code belongs to.
    spaces: BTreeMap<String, CodeSpace>,
    /// The number of each constant and code, as C reads it.
    constants: BTreeMap<String, (i64, Source)>,
    families: &'a Families,
}

impl Known<'_> {
    fn space(&self, name: &str) -> Option<CodeSpace> {
        self.spaces.get(name).copied().or_else(|| win32_code(name).map(|_| CodeSpace::HResult))
    }

    /// Whether a function returns a handle or pointer, whose codes are told elsewhere.
    fn is_pointer_of(&self, returns: &Returns) -> bool {
        returns.c_type.as_ref().is_some_and(|c_type| self.is_pointer(&c_type.value))
    }

    /// Whether a type is a handle or leads to something.
    fn is_pointer(&self, c_type: &CType) -> bool {
        match c_type {
            CType::Pointer(_) | CType::Array(..) => true,
            CType::Const(inner) => self.is_pointer(inner),
            CType::Of(..) => false,
            CType::Named(name) => {
                let listed = |family: &FamilyConfig| family.handles.contains_key(name);
                let pointed = || POINTERS.iter().any(|(prefix, _)| name.strip_prefix(prefix).and_then(basic).is_some());
                self.families.list.iter().any(listed) || basic(name).is_none() && pointed()
            }
        }
    }
}

/// The numbers of constants and codes; what two pages number differently has none.
fn constants(drafts: &[Draft], codes: &[CodeEntry]) -> BTreeMap<String, (i64, Source)> {
    let mut found: BTreeMap<String, Option<(i64, Source)>> = BTreeMap::new();
    let mut insert = |name: &str, number: i64, source: &Source| match found.get_mut(name) {
        None => drop(found.insert(name.to_owned(), Some((number, source.clone())))),
        Some(known) if known.as_ref().is_some_and(|(known, _)| *known != number) => *known = None,
        Some(_) => {}
    };
    for constant in drafts.iter().flat_map(|draft| &draft.constants) {
        let Fact { value, source } = &constant.number;
        // A pointer with all bits set.
        let all = constant.c_type.is_some() && *value == u32::MAX;
        insert(&constant.name.value, if all { -1 } else { i64::from(*value) }, source);
    }
    for code in codes {
        insert(&code.name, i64::from(code.number.value), &code.number.source);
    }
    found.into_iter().filter_map(|(name, number)| Some((name, number?))).collect()
}

/// What a page says of failure.
#[derive(Default)]
struct Settled {
    convention: Option<Fact<Convention>>,
    failure: Option<Fact<i64>>,
    doubt: Option<Doubt>,
}

/// What keeps the reader from knowing how failure is told.
enum Doubt {
    /// The value that is returned on failure is not clear.
    Unclear(String),
    /// There are codes, and no value that says that one of them is meant.
    Untold(&'static str),
}

impl Settled {
    fn by(rule: &'static str, from: Vec<Source>, value: Convention) -> Self {
        let convention = Some(Fact { value, source: Source::Derived { rule, from } });
        Self { convention, ..Self::default() }
    }
}

fn settle(returns: &Returns, known: &Known<'_>) -> Settled {
    let codes = || returns.codes.iter().filter(|code| !code.is_minor);
    let spaces = || codes().map(|code| (known.space(&code.name.value), &code.name.source));
    let texts: Vec<_> = returns.docs.blocks.iter().map(Block::plain).collect();
    let said = returned::read(texts.iter().map(|text| &**text), known.families.last_error.as_deref());
    let told = tells_last_error(&returns.docs.plain(), known.families);
    let Some(c_type) = &returns.c_type else {
        // Without a stated type, codes that are all HRESULTs tell it.
        let from: Vec<Source> = spaces().map(|(_, source)| source.clone()).collect();
        if !from.is_empty() && spaces().all(|(space, _)| space == Some(CodeSpace::HResult)) {
            return Settled::by("return-type-from-codes", from, Convention::HResult);
        }
        let Some(section) = &returns.span else { return Settled::default() };
        let span = returns.docs.blocks.first().map_or(section.span, |block| block.span);
        let from = vec![Source::Page(Location { path: section.path.clone(), span })];
        return match of_prose(returns, told) {
            Some(Convention::LastError) => last_error(returns, &said, known, "return-convention-of-prose", from),
            Some(convention) => Settled::by("return-convention-of-prose", from, convention),
            None => Settled::default(),
        };
    };
    let stated = |rule, convention| Settled::by(rule, vec![c_type.source.clone()], convention);
    let name = match &c_type.value {
        CType::Named(name) => &**name,
        _ => "",
    };
    match name {
        "HRESULT" => return stated("return-convention-of-type", Convention::HResult),
        "NTSTATUS" => return stated("return-convention-of-type", Convention::NtStatus),
        "void" | "VOID" => return stated("return-convention-of-type", Convention::Void),
        _ => {}
    }
    // "Returns -1 and sets the last error": the function that tells it need not be named.
    let told = told || (said.told && said.failure.iter().any(|value| *value != Value::ErrorCode));
    // Text of more than one mind, and an override, are about the last error too.
    if told && (said.told || !said.denied || returns.failure.is_some()) {
        return last_error(returns, &said, known, "return-convention-of-prose", vec![c_type.source.clone()]);
    }
    let lists = codes().next().is_some();
    if known.is_pointer(&c_type.value) {
        return by_pointer(returns, &said, known, c_type);
    }
    if matches!(name, "DWORD" | "ULONG" | "LONG" | "LSTATUS") {
        // A number that comes with a list of failures is a Win32 code, unless the codes are HRESULTs.
        if lists && spaces().all(|(space, _)| space != Some(CodeSpace::HResult)) {
            return match said.failure.iter().find(|value| matches!(value, Value::Number(_) | Value::Named(_, Some(_))))
            {
                Some(Value::Number(number) | Value::Named(_, Some(number))) if !is_listed(*number, returns) => {
                    let why =
                        "the page lists codes, but a sentence says that the function returns another value on failure";
                    Settled { doubt: Some(Doubt::Unclear(why.to_owned())), ..Settled::default() }
                }
                _ => stated("return-convention-of-codes", Convention::Win32),
            };
        }
        if is_code_of_failure(&said) {
            let from = returns.docs.blocks.first().map(|block| block.span);
            let section = returns.span.as_ref().map(|section| section.path.clone());
            let text = section.zip(from).map(|(path, span)| Source::Page(Location { path, span }));
            let from = std::iter::once(c_type.source.clone()).chain(text).collect();
            return Settled::by("return-convention-of-sentence", from, Convention::Win32);
        }
        let settled = stated("return-convention-of-codes", Convention::Value);
        return with_failure(settled, returns, &said, known);
    }
    with_failure(stated("return-convention-of-type", Convention::Value), returns, &said, known)
}

/// Whether the sentences say that success is 0 and failure a code.
fn is_code_of_failure(said: &Said) -> bool {
    let success = |value: &Value| match value {
        Value::Zero => true,
        Value::Named(name, _) => name.ends_with("_SUCCESS"),
        _ => false,
    };
    said.failure == [Value::ErrorCode] && !said.success.is_empty() && said.success.iter().all(success)
}

fn is_listed(number: i64, returns: &Returns) -> bool {
    returns.codes.iter().filter_map(|code| code.number.as_ref()).any(|code| i64::from(code.value) == number)
}

/// A function that sets the last error: its sentences must say what it returns then.
fn last_error(returns: &Returns, said: &Said, known: &Known<'_>, rule: &'static str, from: Vec<Source>) -> Settled {
    let settled = Settled::by(rule, from, Convention::LastError);
    // An override has said it.
    if returns.failure.is_some() {
        return settled;
    }
    let unclear = |why: String| Settled { doubt: Some(Doubt::Unclear(why)), ..Settled::default() };
    if said.denied {
        return unclear("one sentence refers to the last error, another one says that it is not set".to_owned());
    }
    match on_failure(returns, said, known) {
        Ok(Some(failure)) if failure.value == 0 => settled,
        Ok(Some(failure)) if is_bool(returns) => {
            unclear(format!("a `BOOL` that is {} on failure has no form in generated code", failure.value))
        }
        Ok(failure @ Some(_)) => Settled { failure, ..settled },
        Ok(None) => unclear("the text speaks only of the last error".to_owned()),
        Err(why) => unclear(why),
    }
}

fn is_bool(returns: &Returns) -> bool {
    returns.c_type.as_ref().is_some_and(|c_type| c_type.value == CType::Named("BOOL".to_owned()))
}

/// A function that returns a handle or pointer and lists codes can only tell them by the last error. That is a fact if
/// every code is a Win32 one and the text states the value on failure.
fn by_pointer(returns: &Returns, said: &Said, known: &Known<'_>, c_type: &Fact<CType>) -> Settled {
    let from = || vec![c_type.source.clone()];
    let value =
        with_failure(Settled::by("return-convention-of-pointer", from(), Convention::Value), returns, said, known);
    if returns.codes.iter().all(|code| code.is_minor) || said.denied {
        return value;
    }
    let untold = |why| Settled { doubt: Some(Doubt::Untold(why)), ..Settled::default() };
    let all = returns.codes.iter().all(|code| known.space(&code.name.value) == Some(CodeSpace::Win32));
    if !all {
        return Settled { doubt: Some(Doubt::Untold("not every code is known as a Win32 code")), ..value };
    }
    match on_failure(returns, said, known) {
        Ok(Some(failure)) => {
            let codes = returns.codes.iter().map(|code| code.name.source.clone());
            let from = from().into_iter().chain(codes).collect();
            let settled = Settled::by("last-error-of-codes", from, Convention::LastError);
            if failure.value == 0 { settled } else { Settled { failure: Some(failure), ..settled } }
        }
        _ => Settled {
            convention: value.convention,
            failure: value.failure,
            ..untold("no sentence says what it returns on failure")
        },
    }
}

/// Adds the value on failure of a function that tells nothing else, where it is not 0. Zero stands for failure only
/// where the text says so, or does not speak of failure at all.
fn with_failure(settled: Settled, returns: &Returns, said: &Said, known: &Known<'_>) -> Settled {
    // An override has said it.
    if returns.failure.is_some() {
        return settled;
    }
    let why = match on_failure(returns, said, known) {
        Ok(Some(failure)) if failure.value == 0 => return settled,
        Ok(Some(failure)) if is_bool(returns) => {
            format!("a `BOOL` that is {} on failure has no form in generated code", failure.value)
        }
        Ok(failure @ Some(_)) => return Settled { failure, ..settled },
        Ok(None) if said.fails => "the text speaks of failure, but not of what is returned then".to_owned(),
        Ok(None) if !said.success.is_empty() => "the text says only what is returned on success".to_owned(),
        Ok(None) if returns.codes.iter().any(|code| !code.is_minor) && !known.is_pointer_of(returns) => {
            "the page lists codes, but does not say which value is returned on failure".to_owned()
        }
        Ok(None) => return settled,
        Err(why) => why,
    };
    Settled { doubt: Some(Doubt::Unclear(why)), ..settled }
}

/// The value that the text states for failure; none if it speaks of neither failure nor its contrary.
fn on_failure(returns: &Returns, said: &Said, known: &Known<'_>) -> Result<Option<Fact<i64>>, String> {
    let place = returns.docs.blocks.first().zip(returns.span.as_ref());
    let Some((block, section)) = place else { return Ok(None) };
    let text = Source::Page(Location { path: section.path.clone(), span: block.span });
    let fact =
        |rule: &'static str, value: i64| Fact { value, source: Source::Derived { rule, from: vec![text.clone()] } };
    let stated = |value| Ok(Some(fact("failure-of-sentence", value)));
    match &said.failure[..] {
        [] if said.success == [Value::NonZero] => Ok(Some(fact("failure-of-success", 0))),
        [] => Ok(None),
        [Value::Zero] => stated(0),
        [Value::Number(number) | Value::Named(_, Some(number))] => stated(*number),
        // Any other number would do.
        [Value::NonZero] => stated(1),
        [Value::Named(name, None)] => match known.constants.get(name) {
            Some((number, source)) => {
                let from = vec![text.clone(), source.clone()];
                Ok(Some(Fact { value: *number, source: Source::Derived { rule: "failure-of-constant", from } }))
            }
            None => Err(format!("no page gives the number of `{name}`")),
        },
        [Value::ErrorCode] if said.told => {
            Err("the text says that it returns a code and sets the last error".to_owned())
        }
        [Value::ErrorCode] => Err("the text says that it returns a code, but not of which kind".to_owned()),
        [Value::Range] => Err("the text states a range of values".to_owned()),
        _ => Err("the text names several values".to_owned()),
    }
}

/// What the text says where no type is stated: the name of the type or of one of its successes, the function that tells
/// the last error, or that there is nothing.
fn of_prose(returns: &Returns, told: bool) -> Option<Convention> {
    let text = returns.docs.plain();
    let codes = || returns.codes.iter().filter(|code| !code.is_minor).map(|code| &*code.name.value);
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').chain(codes());
    let starts = |prefix: &str| {
        let code = |word: &str| word.len() > prefix.len() && !word.contains(|c: char| c.is_ascii_lowercase());
        words().any(|word| word.starts_with(prefix) && code(word))
    };
    if words().any(|word| word == "HRESULT") || starts("S_") {
        return Some(Convention::HResult);
    }
    if words().any(|word| word == "NTSTATUS") || starts("STATUS_") {
        return Some(Convention::NtStatus);
    }
    if told {
        return Some(Convention::LastError);
    }
    let lower = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let first = lower.split(". ").next().expect("a split has a first part");
    let nothing = ["does not return a value", "returns no value", "no return value", "doesn't return a value"];
    let said = matches!(lower.as_str(), "none" | "void") || nothing.into_iter().any(|words| first.ends_with(words));
    said.then_some(Convention::Void)
}

/// Whether the text sends the reader to the function that tells the thread's last error.
fn tells_last_error(text: &str, families: &Families) -> bool {
    families.last_error.as_ref().is_some_and(|name| text.contains(&**name))
        || text
            .split_whitespace()
            .any(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).ends_with("LastError"))
}

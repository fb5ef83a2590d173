//! How each function reports failure, from its return type, its codes and its prose.

use std::collections::BTreeMap;

use super::codes::win32_code;
use super::config::Families;
use crate::c::types::CType;
use crate::draft::{Body, Convention, Draft, Function, Returns};
use crate::fact::{Fact, Source};
use crate::model::{CodeEntry, CodeSpace};
use crate::source::Location;

/// Settles the convention of every function where the page tells it.
pub(super) fn conventions(drafts: &mut [Draft], codes: &[CodeEntry], families: &Families) {
    let spaces: Spaces<'_> = codes.iter().map(|code| (&*code.name, code.space)).collect();
    for draft in drafts {
        let Body::Function(function) = &mut draft.body else { continue };
        function.returns.convention = convention(function, &spaces, families);
    }
}

/// What numbers each code belongs to.
type Spaces<'a> = BTreeMap<&'a str, CodeSpace>;

fn convention(function: &Function, known: &Spaces<'_>, families: &Families) -> Option<Fact<Convention>> {
    let returns = &function.returns;
    let space = |name: &str| known.get(name).copied().or_else(|| win32_code(name).map(|_| CodeSpace::HResult));
    let codes = || returns.codes.iter().filter(|code| !code.is_minor);
    let spaces = || codes().map(|code| (space(&code.name.value), &code.name.source));
    let derive = |rule: &'static str, from: Vec<Source>, value: Convention| {
        Some(Fact { value, source: Source::Derived { rule, from } })
    };
    let Some(c_type) = &returns.c_type else {
        // Without a stated type, codes that are all HRESULTs tell it.
        let from: Vec<Source> = spaces().map(|(_, source)| source.clone()).collect();
        let all = !from.is_empty() && spaces().all(|(space, _)| space == Some(CodeSpace::HResult));
        let by_codes = all.then(|| derive("return-type-from-codes", from, Convention::HResult)).flatten();
        return by_codes.or_else(|| {
            let section = returns.span.as_ref()?;
            let span = returns.docs.blocks.first().map_or(section.span, |block| block.span);
            let location = Location { path: section.path.clone(), span };
            derive("return-convention-of-prose", vec![Source::Page(location)], of_prose(returns, families)?)
        });
    };
    let stated = |rule, convention| derive(rule, vec![c_type.source.clone()], convention);
    let CType::Named(name) = &c_type.value else {
        return stated("return-convention-of-pointer", Convention::Value);
    };
    let mentions_last_error = || tells_last_error(&returns.docs.plain(), families);
    match &**name {
        "HRESULT" => stated("return-convention-of-type", Convention::HResult),
        "NTSTATUS" => stated("return-convention-of-type", Convention::NtStatus),
        "void" | "VOID" => stated("return-convention-of-type", Convention::Void),
        _ if mentions_last_error() => stated("return-convention-of-prose", Convention::LastError),
        "DWORD" | "ULONG" | "LONG" | "LSTATUS" => {
            // A number that comes with a list of failures is a Win32 code, unless the codes are HRESULTs.
            let lists = codes().next().is_some() && spaces().all(|(space, _)| space != Some(CodeSpace::HResult));
            let convention = if lists { Convention::Win32 } else { Convention::Value };
            stated("return-convention-of-codes", convention)
        }
        _ => stated("return-convention-of-type", Convention::Value),
    }
}

/// What the text says where no type is stated: the name of the type or of one of its successes, the function that tells
/// the last error, or that there is nothing.
fn of_prose(returns: &Returns, families: &Families) -> Option<Convention> {
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
    if tells_last_error(&text, families) {
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

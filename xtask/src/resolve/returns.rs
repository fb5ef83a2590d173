//! How each function reports failure, from its return type, its codes and its prose.

use super::config::Families;
use crate::draft::{Body, CType, Convention, Draft, Fact, Function, Source};
use crate::model::{CodeEntry, CodeSpace};

/// Settles the convention of every function where the page tells it.
pub fn conventions(drafts: &mut [Draft], codes: &[CodeEntry], families: &Families) {
    for draft in drafts {
        let Body::Function(function) = &mut draft.body else { continue };
        function.returns.convention = convention(function, codes, families);
    }
}

fn convention(function: &Function, codes: &[CodeEntry], families: &Families) -> Option<Fact<Convention>> {
    let returns = &function.returns;
    let spaces = || {
        let of = |name: &str| codes.iter().find(|code| code.name == name).map(|code| code.space);
        returns.codes.iter().map(move |code| (of(&code.name.value), &code.name.source))
    };
    let derive = |rule: &'static str, from: Vec<Source>, value: Convention| {
        Some(Fact { value, source: Source::Derived { rule, from } })
    };
    let Some(c_type) = &returns.c_type else {
        // Without a stated type, codes that are all HRESULTs tell it.
        let from: Vec<Source> = spaces().map(|(_, source)| source.clone()).collect();
        let all = !from.is_empty() && spaces().all(|(space, _)| space == Some(CodeSpace::HResult));
        return all.then(|| derive("return-type-from-codes", from, Convention::HResult)).flatten();
    };
    let stated = |rule, convention| derive(rule, vec![c_type.source.clone()], convention);
    let CType::Named(name) = &c_type.value else {
        return stated("return-convention-of-pointer", Convention::Value);
    };
    let mentions_last_error =
        || families.last_error.as_ref().is_some_and(|name| returns.docs.plain().contains(&**name));
    match &**name {
        "HRESULT" => stated("return-convention-of-type", Convention::HResult),
        "void" | "VOID" => stated("return-convention-of-type", Convention::Void),
        _ if mentions_last_error() => stated("return-convention-of-prose", Convention::LastError),
        "DWORD" | "ULONG" | "LONG" | "LSTATUS" => {
            // A number that comes with a list of failures is a Win32 code, unless the codes are HRESULTs.
            let lists = !returns.codes.is_empty() && spaces().all(|(space, _)| space != Some(CodeSpace::HResult));
            let convention = if lists { Convention::Win32 } else { Convention::Value };
            stated("return-convention-of-codes", convention)
        }
        _ => stated("return-convention-of-type", Convention::Value),
    }
}

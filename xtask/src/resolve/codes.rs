//! Codes: one number for each name, from the pages of codes, and that number for every function that names it.

use std::collections::BTreeMap;

use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Draft, Fact, Source};
use crate::model::{CodeEntry, CodeSpace, Item};
use crate::prose::Prose;
use crate::source::Location;

/// Collects every code; two numbers for one name are an error.
pub fn collect(drafts: &[Draft], diags: &mut Diagnostics) -> Vec<CodeEntry> {
    let mut by_name: BTreeMap<String, CodeEntry> = BTreeMap::new();
    for draft in drafts {
        let Body::Codes(codes) = &draft.body else { continue };
        // A page lists one kind of codes: where one number is negative as an HRESULT, all are HRESULTs.
        let hresults = codes.iter().any(|code| code.number.value >= 0x8000_0000);
        let space = if hresults { CodeSpace::HResult } else { CodeSpace::Win32 };
        for code in codes {
            let name = &code.name.value;
            let entry = CodeEntry { space, name: name.clone(), number: code.number.clone(), docs: code.docs.clone() };
            match by_name.get(name) {
                None => drop(by_name.insert(name.clone(), entry)),
                Some(known) if known.number.value != code.number.value => {
                    let other = known.number.source.location();
                    let message =
                        format!("`{name}` is {} here and {} in {other}", code.number.value, known.number.value);
                    diags.report(Rule::CodeConflict, code.number.source.location().clone(), message);
                }
                Some(_) => {}
            }
        }
    }
    let mut codes: Vec<CodeEntry> = by_name.into_values().collect();
    codes.sort_by(|a, b| (a.space, a.number.value, &a.name).cmp(&(b.space, b.number.value, &b.name)));
    codes
}

/// Takes the codes' texts again from the pages, whose links have been resolved since.
pub fn adopt_docs(codes: &mut [CodeEntry], items: &[Item]) {
    let mut by_source: BTreeMap<&Location, &Prose> = BTreeMap::new();
    for item in items {
        let Body::Codes(listed) = &item.draft.body else { continue };
        by_source.extend(listed.iter().map(|code| (code.number.source.location(), &code.docs)));
    }
    for code in codes {
        if let Some(docs) = by_source.get(code.number.source.location()) {
            code.docs = (*docs).clone();
        }
    }
}

/// Gives each documented code its number. What no page lists is reported, if any page lists codes at all.
pub fn number(drafts: &mut [Draft], codes: &[CodeEntry], diags: &mut Diagnostics) {
    let by_name: BTreeMap<&str, &CodeEntry> = codes.iter().map(|code| (&*code.name, code)).collect();
    for draft in drafts {
        let Body::Function(function) = &mut draft.body else { continue };
        for code in &mut function.returns.codes {
            if let Some(entry) = by_name.get(&*code.name.value) {
                if let Some(stated) = code.number.as_ref().filter(|stated| stated.value != entry.number.value) {
                    let (name, known) = (&code.name.value, &entry.number);
                    let message =
                        format!("`{name}` is {} here and {} in {}", stated.value, known.value, known.source.location());
                    diags.report(Rule::CodeConflict, stated.source.location().clone(), message);
                }
                let from = vec![code.name.source.clone(), entry.number.source.clone()];
                let source = Source::Derived { rule: "number-of-code", from };
                code.number = Some(Fact { value: entry.number.value, source });
            } else if !codes.is_empty() {
                let message = format!("no page lists the number of `{}`", code.name.value);
                let location = code.name.source.location().clone();
                match near(&code.name.value, &by_name) {
                    Some(name) => {
                        let help = format!("is `{name}` meant? then rename it in the page or in overrides.toml");
                        diags.report_help(Rule::UndocumentedCode, location, message, help);
                    }
                    None => diags.report(Rule::UndocumentedCode, location, message),
                }
            }
        }
    }
}

/// A known name that differs by one word more or less: `ERROR_INVALID_X` for `ERROR_WINHTTP_INVALID_X`.
fn near<'a>(name: &str, known: &BTreeMap<&'a str, &CodeEntry>) -> Option<&'a str> {
    let words: Vec<&str> = name.split('_').collect();
    known.keys().copied().find(|other| {
        let others: Vec<&str> = other.split('_').collect();
        let (long, short) = if others.len() > words.len() { (&others, &words) } else { (&words, &others) };
        long.len() == short.len() + 1
            && (0..long.len()).any(|at| long[..at] == short[..at] && long[at + 1..] == short[at..])
    })
}

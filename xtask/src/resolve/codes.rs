//! Codes: one number for each name, from the pages of codes, and that number for every function that names it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Draft};
use crate::fact::{Fact, Source};
use crate::model::{CodeEntry, CodeSpace, Item, hresult_of_win32};
use crate::name::CName;
use crate::prose::Prose;
use crate::source::Location;

/// Collects every code; two numbers for one name are an error.
pub(super) fn collect(drafts: &[Draft], diags: &mut Diagnostics) -> Vec<CodeEntry> {
    let mut by_name: BTreeMap<String, CodeEntry> = BTreeMap::new();
    for draft in drafts {
        let Body::Codes(codes) = &draft.body else { continue };
        // A page lists one kind of codes: where one number is negative as an HRESULT, all are HRESULTs.
        let hresults = codes.iter().any(|code| code.number.value >= 0x8000_0000);
        let space = if hresults { CodeSpace::HResult } else { CodeSpace::Win32 };
        for code in codes {
            // The text comes when its links are resolved.
            let (name, number) = (code.name.value.clone(), code.number.clone());
            let entry = CodeEntry { space, name: CName::new(&*name), number, docs: Arc::default() };
            match by_name.get(&name) {
                None => drop(by_name.insert(name, entry)),
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

/// Takes the codes' texts from the pages, now that their links are resolved.
pub(super) fn adopt_docs(codes: &mut [CodeEntry], items: &[Item]) {
    let mut by_source: BTreeMap<&Location, &Arc<Prose>> = BTreeMap::new();
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

/// Gives each documented code its number.
pub(super) fn number(drafts: &mut [Draft], codes: &[CodeEntry], diags: &mut Diagnostics) {
    let by_name: BTreeMap<&str, &CodeEntry> = codes.iter().map(|code| (&*code.name, code)).collect();
    for returns in drafts.iter_mut().filter_map(Draft::returns_mut) {
        for code in &mut returns.codes {
            let name = &*code.name.value;
            let listed = by_name.get(name).map(|entry| ("number-of-code", "in", entry.number.value, entry));
            let wrapped = || {
                let entry = by_name.get(win32_code(name)?)?;
                Some(("hresult-of-win32-code", "by", hresult_of_win32(entry.number.value), entry))
            };
            let Some((rule, how, value, entry)) = listed.or_else(wrapped) else { continue };
            let other = &entry.number.source;
            if let Some(stated) = code.number.as_ref().filter(|stated| stated.value != value) {
                let message = format!("`{name}` is {} here and {value} {how} {}", stated.value, other.location());
                diags.report(Rule::CodeConflict, stated.source.location().clone(), message);
            }
            let source = Source::Derived { rule, from: vec![code.name.source.clone(), other.clone()] };
            code.number = Some(Fact { value, source });
        }
    }
}

/// The Win32 code that the macro of the headers makes an `HRESULT` of: of `HRESULT_FROM_WIN32(ERROR_X)`, `ERROR_X`.
pub(super) fn win32_code(name: &str) -> Option<&str> {
    let (outer, inner) = name.strip_suffix(')')?.split_once('(')?;
    (outer.trim() == "HRESULT_FROM_WIN32").then_some(inner.trim())
}

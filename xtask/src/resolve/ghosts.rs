//! Names of codes that no page of codes lists, and which listed or widely used one was probably meant.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::win32_code;
use super::config::Families;
use crate::c::names::{self, Names};
use crate::diag::{Diagnostics, Rule};
use crate::draft::{DocumentedCode, Draft};
use crate::model::CodeEntry;

/// Reports each documented code that is listed nowhere, if any page lists codes, and each that only one page names
/// while others name one that is nearly the same.
pub(super) fn report(drafts: &[Draft], codes: &[CodeEntry], families: &Families, diags: &mut Diagnostics) {
    // A whole word more makes another code, unless it only says whose code it is.
    let prefixes: BTreeSet<&str> = families.code_prefixes.iter().flat_map(|prefix| prefix.split('_')).collect();
    let is_slip =
        |name: &str, other: &&str| names::is_slip(name, other, |word| word.is_empty() || prefixes.contains(word));
    let listed: BTreeSet<&str> = codes.iter().map(|code| &*code.name).collect();
    // A page lists each of its codes once.
    let mut pages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for draft in drafts {
        for code in documented(draft) {
            pages.entry(&code.name.value).or_default().push(&draft.path);
        }
    }
    let near_listed = Names::new(listed.iter().copied());
    // One page may be wrong in its own way; two pages that agree are a witness.
    let witnesses = Names::new(pages.iter().filter(|(_, on)| on.len() > 1).map(|(&name, _)| name));
    // A code is named by many pages, and is like the same others on each.
    let mut near: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for draft in drafts {
        let is_listed =
            |name: &str| listed.contains(name) || win32_code(name).is_some_and(|code| listed.contains(code));
        for code in documented(draft).iter().filter(|code| !is_listed(&code.name.value)) {
            let (name, location) = (&*code.name.value, code.name.source.location().clone());
            let likely = *near
                .entry(name)
                .or_insert_with(|| near_listed.near(name).into_iter().find(|other| is_slip(name, other)));
            let alone = pages[name].len() == 1;
            let elsewhere = |other: &&str| !pages[other].contains(&&*draft.path);
            let witness = || {
                alone
                    .then(|| witnesses.near(name).into_iter().find(|other| elsewhere(other) && is_slip(name, other)))
                    .flatten()
            };
            let help = |likely: &str| format!("is `{likely}` meant? then rename it in the page or in overrides.toml");
            if let Some(likely) = likely {
                let message = format!("no page lists a code `{name}`, but one lists `{likely}`");
                diags.report_help(Rule::GhostCode, location, message, help(likely));
            } else if let Some(likely) = witness() {
                let message = format!("no other page names `{name}`, but {} name `{likely}`", pages[likely].len());
                diags.report_help(Rule::GhostCode, location, message, help(likely));
            } else if !listed.is_empty() {
                let message = format!("no page lists the number of `{name}`");
                let help = "add the code to a page of codes, or correct its name";
                diags.report_help(Rule::UndocumentedCode, location, message, help);
            }
        }
    }
}

fn documented(draft: &Draft) -> &[DocumentedCode] {
    draft.returns().map_or(&[], |returns| &returns.codes)
}

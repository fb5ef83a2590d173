//! `runtime.toml`: which functions the runtime implements, how it differs from Windows, and which codes it never returns.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::lenient;
use crate::diag::{Diagnostics, Rule};
use crate::fact::{Fact, Source};
use crate::model::{Difference, Function, Never, Spec, Support};
use crate::source::SourceFile;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "function")]
    functions: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    implemented: bool,
    #[serde(default)]
    differences: Vec<Spanned<DifferenceEntry>>,
    #[serde(default)]
    never: Vec<Spanned<NeverEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DifferenceEntry {
    row: String,
    what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeverEntry {
    code: String,
    why: String,
}

/// The names under which the C library has each function that is implemented.
pub fn exports(spec: &Spec) -> BTreeMap<String, Vec<String>> {
    let functions = spec.families.iter().flat_map(|family| &family.functions);
    let implemented = |name: &str| spec.runtime.get(name).is_some_and(|support| support.value.implemented);
    let exports = |function: &Function| {
        let name = function.origin.c_name.to_string();
        (name.clone(), [Some(name), function.twin()].into_iter().flatten().collect())
    };
    functions.filter(|function| implemented(&function.origin.c_name)).map(exports).collect()
}

/// Reads the file: what it says of each function, by C name. A function that stands in it twice is reported.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> BTreeMap<String, Fact<Support>> {
    let mut out: BTreeMap<String, Fact<Support>> = BTreeMap::new();
    let Some(File { functions }) = lenient::read::<File>(file, diags) else { return out };
    let at = |range: std::ops::Range<usize>| file.at(file.span(range.start, range.end));
    for Entry { name, implemented, differences, never } in functions {
        let location = at(name.span());
        let differences = differences.into_iter().map(|entry| {
            let source = Source::Page(at(entry.span()));
            let DifferenceEntry { row, what } = entry.into_inner();
            if what.trim().is_empty() {
                diags.report(Rule::InvalidConfig, source.location().clone(), "`what` is empty");
            }
            Fact { value: Difference { row, what }, source }
        });
        let differences = differences.collect();
        let never = never.into_iter().map(|entry| {
            let source = Source::Page(at(entry.span()));
            let NeverEntry { code, why } = entry.into_inner();
            if why.trim().is_empty() {
                diags.report(Rule::InvalidConfig, source.location().clone(), "`why` says nothing");
            }
            Fact { value: Never { code, why }, source }
        });
        let value = Support { implemented, differences, never: never.collect() };
        let name = name.into_inner();
        if out.contains_key(&name) {
            diags.report(Rule::InvalidConfig, location, format!("`{name}` stands here twice"));
            continue;
        }
        out.insert(name, Fact { value, source: Source::Page(location) });
    }
    out
}

/// Reports a code that the runtime is said never to return although the function's page does not list it, or no longer does.
pub fn check(spec: &Spec, diags: &mut Diagnostics) {
    for (name, support) in &spec.runtime {
        let items = spec.find(name);
        for Fact { value: Never { code, .. }, source } in &support.value.never {
            if !items.iter().any(|item| item.draft.parts().contains(&code.as_str())) {
                let message = format!("`{name}` has no `{code}`");
                diags.report(Rule::InvalidConfig, source.location().clone(), message);
            }
        }
    }
}

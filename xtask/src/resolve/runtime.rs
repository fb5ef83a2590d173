//! `runtime.toml`: which functions the runtime implements, and how it differs from Windows.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::lenient;
use crate::diag::{Diagnostics, Rule};
use crate::fact::{Fact, Source};
use crate::model::{Difference, Support};
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DifferenceEntry {
    row: String,
    what: String,
}

/// Reads the file: what it says of each function, by C name. A function that stands in it twice is reported.
pub fn parse(file: &SourceFile, diags: &mut Diagnostics) -> BTreeMap<String, Fact<Support>> {
    let mut out: BTreeMap<String, Fact<Support>> = BTreeMap::new();
    let Some(File { functions }) = lenient::read::<File>(file, diags) else { return out };
    let at = |range: std::ops::Range<usize>| file.at(file.span(range.start, range.end));
    for Entry { name, implemented, differences } in functions {
        let location = at(name.span());
        let differences = differences.into_iter().map(|entry| {
            let source = Source::Page(at(entry.span()));
            let DifferenceEntry { row, what } = entry.into_inner();
            if what.trim().is_empty() {
                diags.report(Rule::InvalidConfig, source.location().clone(), "`what` says nothing");
            }
            Fact { value: Difference { row, what }, source }
        });
        let value = Support { implemented, differences: differences.collect() };
        let name = name.into_inner();
        if out.contains_key(&name) {
            diags.report(Rule::InvalidConfig, location, format!("`{name}` stands here twice"));
            continue;
        }
        out.insert(name, Fact { value, source: Source::Page(location) });
    }
    out
}

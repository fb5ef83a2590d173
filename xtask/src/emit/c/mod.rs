//! C text: a header for each family, for C11 and C++17, and those that all of them include.
//!
//! `winws_types.h` has the basic types and `winws_codes.h` the codes, so that two headers never disagree on them; types
//! that several families refer to stand in `winws_shared.h`, since headers cannot include each other in a circle.

mod basics;
mod body;
mod codes;
mod declared;
mod docs;
mod enums;
mod functions;
mod header;
mod keywords;
mod names;
mod records;
mod types;

use std::collections::BTreeSet;

use crate::model::{Family, Spec, Wide};
use crate::sync::OutputFile;
use header::Header;
use names::{Context, Names};

/// The name of the header of types that more than one family refers to.
const SHARED: &str = "winws_shared.h";

/// What is said in every header whose functions take strings.
const STRINGS: &str = "Where a WCHAR has four bytes, functions that take strings are macros for their twins whose names \
    end in _w32; winws_types.h says when.";

/// All headers of the crate.
pub(super) fn emit(spec: &Spec) -> Vec<OutputFile> {
    let context = Context { spec, names: Names::new(spec) };
    let shared = declared::shared(spec);
    let mut headers = vec![basics::header(|name| context.names.is_declared(name)), codes::header(spec, &context.names)];
    let mut includes = vec![codes::HEADER, basics::HEADER];
    let common = declared::common(spec, &shared);
    let mut known = BTreeSet::new();
    if !shared.is_empty() {
        let intro = vec!["Types that more than one header refers to.".to_owned()];
        let body = body::common(&context, &common, &mut known);
        headers.push(Header { name: SHARED.to_owned(), intro, includes: includes.clone(), body });
        includes.push(SHARED);
    }
    for family in spec.families.iter().filter(|family| !family.is_empty()) {
        let own = declared::own(family, &shared);
        let body = body::of_family(&context, family, &own, &mut known.clone());
        headers.push(Header { name: file_name(family), intro: intro(family), includes: includes.clone(), body });
    }
    headers.into_iter().map(Header::file).collect()
}

/// What a header is, and what happens to its strings.
fn intro(family: &Family) -> Vec<String> {
    let named = family.title != family.name;
    let title = if named { format!("{}: {}", family.header, family.title) } else { family.header.clone() };
    let mut out = docs::paragraph(&format!("{title}, for C11 and C++17."));
    if family.functions.iter().any(|function| function.wide != Wide::No) {
        out.push(String::new());
        out.extend(docs::paragraph(STRINGS));
    }
    out
}

/// A header is a file in its folder, whatever families.toml calls it.
fn file_name(family: &Family) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if family.header.starts_with(char::is_alphanumeric) && family.header.chars().all(plain) {
        return family.header.clone();
    }
    format!("{}.h", family.name)
}

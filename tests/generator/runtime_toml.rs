//! `specs/runtime.toml` says what the runtime implements; here it is compared with the pages, the code and the rows of behaviour.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use winws_tests_generator::workspace;
use xtask::c::types::CType;
use xtask::draft::Kind;
use xtask::model::Function;
use xtask::source;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    function: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    implemented: bool,
    #[serde(default)]
    never: Vec<Never>,
}

#[derive(Deserialize)]
struct Never {
    code: String,
}

fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(workspace().join("specs/runtime.toml")).unwrap();
    toml::from_str::<File>(&text).unwrap().function
}

#[test]
fn every_function_of_a_page_stands_in_it_once() {
    let tree = source::load(&workspace().join("specs"), None).unwrap();
    let (spec, _) = xtask::understand(&[tree], None);
    let functions = spec.items.iter().filter(|item| item.draft.kind == Kind::Function);
    let documented: BTreeSet<String> = functions.map(|item| item.draft.name.value.clone()).collect();
    let listed: Vec<String> = entries().into_iter().map(|entry| entry.name).collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), documented);
    assert_eq!(listed.len(), documented.len(), "a function stands in it twice");
}

#[test]
fn what_is_implemented_has_its_c_function() {
    let ffi: String = fs::read_dir(workspace().join("runtime/src/ffi"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let tree = source::load(&workspace().join("specs"), None).unwrap();
    let (spec, _) = xtask::understand(&[tree], None);
    // The C functions come from macros, one for each group of a family.
    let mut exported = BTreeSet::new();
    for family in &spec.families {
        for group in &family.groups {
            let called = format!("export_{}_{}!(", family.name, snake(&group.name));
            if ffi.contains(&called) {
                exported.extend(group.functions.iter().map(|&at| family.functions[at].origin.c_name.to_string()));
            }
        }
    }
    let implemented: BTreeSet<String> =
        entries().into_iter().filter(|entry| entry.implemented).map(|entry| entry.name).collect();
    assert_eq!(exported, implemented);
}

/// `WebSocket` as `web_socket`.
fn snake(name: &str) -> String {
    let word = |c: char| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.to_string() };
    name.chars().map(word).collect::<String>().trim_start_matches('_').to_owned()
}

#[test]
fn every_function_that_is_implemented_has_a_row_of_behaviour() {
    let tree = source::load(&workspace().join("specs"), None).unwrap();
    let (spec, _) = xtask::understand(&[tree], None);
    for entry in entries().into_iter().filter(|entry| entry.implemented) {
        assert!(
            spec.find(&entry.name).iter().any(|item| spec.rows_of(&item.draft).next().is_some()),
            "no row is about {}",
            entry.name
        );
    }
}

#[test]
fn every_code_of_a_page_is_returned_or_listed_as_one_that_never_is() {
    let tree = source::load(&workspace().join("specs"), None).unwrap();
    let (spec, _) = xtask::understand(&[tree], None);
    let entries: BTreeMap<String, Entry> = entries().into_iter().map(|entry| (entry.name.clone(), entry)).collect();
    let mut checked = 0;
    for family in &spec.families {
        let Some(codes) = codes_of(&family.name) else { continue };
        for function in &family.functions {
            let name = function.origin.c_name.to_string();
            let Entry { implemented: true, never, .. } = &entries[&name] else { continue };
            for code in &function.errors {
                let variant = format!("{}::{}", function.error_name, code.rust_name);
                // The C function looks for NULL before the runtime is called.
                let is_argument = ["ERROR_INVALID_PARAMETER", "E_INVALIDARG"].contains(&&*code.c_name.to_string());
                let is_returned = makes(&codes, &variant) || (is_argument && wants_a_pointer(function));
                let is_never = never.iter().any(|never| code.c_name == never.code);
                assert!(is_returned || is_never, "{name}: nothing makes {variant}, and runtime.toml gives no reason");
                assert!(!is_returned || !is_never, "{name}: {variant} is made, and runtime.toml says that it never is");
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "{checked} codes of pages were looked at");
}

/// The one place that gives causes a failure: a file, and what stands in the folder of its name.
fn codes_of(family: &str) -> Option<String> {
    let folder = workspace().join(format!("runtime/src/{family}/codes"));
    let mut codes = fs::read_to_string(folder.with_extension("rs")).ok()?;
    for file in fs::read_dir(&folder).into_iter().flatten() {
        codes += &fs::read_to_string(file.unwrap().path()).unwrap();
    }
    Some(codes)
}

fn wants_a_pointer(function: &Function) -> bool {
    function.params.iter().any(|param| !param.optional && matches!(param.c_type, CType::Pointer(_)))
}

/// Whether a source names a variant in its code. Its own types of the same name have a path.
fn makes(source: &str, variant: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|c| !is_part(c))).any(|path| path == variant)
}

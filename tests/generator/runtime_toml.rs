//! `specs/runtime.toml` says what the runtime implements; here it is compared with the pages, the code and the rows of behaviour.

use std::collections::BTreeSet;
use std::fs;

use serde::Deserialize;
use winws_tests_generator::workspace;
use xtask::draft::Kind;
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
}

fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(workspace().join("specs/runtime.toml")).unwrap();
    toml::from_str::<File>(&text).unwrap().function
}

#[test]
fn every_function_of_a_page_stands_in_it_once() {
    let tree = source::load(&workspace().join("specs")).unwrap();
    let (spec, _) = xtask::understand(&[tree]);
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
    let tree = source::load(&workspace().join("specs")).unwrap();
    let (spec, _) = xtask::understand(&[tree]);
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
    let tree = source::load(&workspace().join("specs")).unwrap();
    let (spec, _) = xtask::understand(&[tree]);
    for entry in entries().into_iter().filter(|entry| entry.implemented) {
        assert!(
            spec.find(&entry.name).iter().any(|item| spec.rows_of(&item.draft).next().is_some()),
            "no row is about {}",
            entry.name
        );
    }
}

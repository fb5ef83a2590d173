//! Which way each parameter's data goes, and whether it may be left out, against the SDK's headers.

use std::collections::BTreeMap;

use xtask::model::Spec;

use super::deviations;
use super::names::{is_of_windows, spec};

/// Function, and each parameter with its direction.
type Directions = BTreeMap<String, Vec<(String, String)>>;

fn described(direction: &str, optional: bool) -> String {
    if optional { format!("{direction} optional") } else { direction.to_owned() }
}

fn headers() -> Directions {
    let mut all = Directions::new();
    let lines = include_str!("directions.tsv").lines().filter(|line| !line.starts_with('#'));
    for line in lines.skip(1) {
        let [function, param, direction, optional] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a line has four columns: {line}");
        };
        let optional = match optional {
            "yes" => true,
            "no" => false,
            other => panic!("neither yes nor no: {other}"),
        };
        all.entry(function.to_owned()).or_default().push((param.to_owned(), described(direction, optional)));
    }
    all
}

fn pages(spec: &Spec) -> Directions {
    let families = spec.families.iter().filter(|family| is_of_windows(&family.header));
    let functions = families.flat_map(|family| family.functions.iter().chain(&family.callbacks));
    let params = functions.map(|function| {
        let param = |it: &xtask::model::Param| (it.c_name.to_string(), described(it.direction.name(), it.optional));
        (function.origin.c_name.to_string(), function.params.iter().map(param).collect())
    });
    params.collect()
}

#[test]
fn directions_are_the_headers_but_for_those_listed() {
    let (mut pages, headers) = (pages(&spec()), headers());
    for entry in &deviations::read().direction {
        let function = pages.get_mut(&entry.function).expect("the function has a page");
        for name in &entry.params {
            let place = function.iter().position(|(param, _)| param == name).expect("the function has the parameter");
            assert_eq!(function[place].1, entry.page, "{}: {name}", entry.function);
            assert_ne!(entry.page, entry.header, "{}: {name} does not differ", entry.function);
            function[place].1.clone_from(&entry.header);
        }
    }
    assert_eq!(pages.keys().collect::<Vec<_>>(), headers.keys().collect::<Vec<_>>());
    for (function, params) in &pages {
        assert_eq!(params, &headers[function], "{function}: the page, and the header");
    }
}

//! Rules of derivation: what facts rest on is listed, and what is listed is shown by a fixture.

use std::collections::BTreeSet;

use winws_tests_generator::stage::{self, Stage};
use xtask::derivation::{self, Counts};
use xtask::emit::json;
use xtask::fact::{Fact, Source};
use xtask::source::{Location, Span, Tree};

fn counts(tree: &Tree) -> Counts {
    let (spec, _) = xtask::understand(std::slice::from_ref(tree), None);
    json::write_facts(&spec, false, std::io::sink()).unwrap()
}

#[test]
fn the_rules_that_facts_rest_on_are_the_listed_ones() {
    let trees = [Stage::Lower, Stage::Resolve, Stage::Emit].into_iter().flat_map(stage::trees);
    let met: BTreeSet<&str> = trees.flat_map(|(_, tree)| counts(&tree).0.into_keys()).collect();
    let listed: BTreeSet<&str> = derivation::ALL.iter().map(|rule| rule.name).collect();
    assert_eq!(met, listed);
    assert_eq!(listed.len(), derivation::ALL.len(), "a rule is listed twice");
}

#[test]
fn facts_are_counted_once_for_each_rule_that_they_rest_on() {
    let tree = stage::page(
        "# VALVE enumeration\n## -enum-fields\n### -field A\n### -field B\n### -field C\n## -syntax\n```c\nenum VALVE { A, B, C = A | 4 };\n```\n",
    );
    let counts = counts(&tree);
    // The name is stated by the title.
    assert_eq!(counts.summary(), "2 facts rest on value-of-declaration\n1 fact rests on value-of-expression\n");
}

#[test]
fn a_fact_rests_on_what_its_grounds_rest_on() {
    let place = Source::Page(Location { path: "page.md".into(), span: Span::line(1) });
    let stated = Fact { value: 1, source: place };
    let last = stated.derive("first-rule", 2).derive("second-rule", 3).derive("first-rule", 4);
    let mut counts = Counts::default();
    counts.add(&stated.source);
    assert_eq!(counts.summary(), "");
    counts.add(&last.source);
    assert_eq!(counts.summary(), "1 fact rests on first-rule\n1 fact rests on second-rule\n");
}

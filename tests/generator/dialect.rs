//! What pages have in the dialects they are written in, and the fixtures that show it: `fixtures/dialect.tsv` has a
//! line for each rule of the survey that they were measured by, and for each of the nasty pages of its section 9.

use std::collections::BTreeSet;
use std::path::Path;

/// How many pages section 9 lists: those with a number, and three more.
const NASTY: usize = 34 + 3;

/// The sections that list rules.
const RULES: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "11"];

#[test]
fn every_rule_and_every_nasty_page_has_a_fixture() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let text = std::fs::read_to_string(folder.join("dialect.tsv")).expect("the list can be read");
    let mut sections = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [section, what, fixtures] = columns[..] else { panic!("{line:?} has not three columns") };
        assert!(!section.is_empty() && !what.is_empty(), "{line:?} does not say what it is about");
        assert!(!fixtures.trim().is_empty(), "{line:?} names no fixture");
        for fixture in fixtures.split(' ') {
            let exists = folder.join(format!("{fixture}.md")).is_file() || folder.join(fixture).is_dir();
            assert!(exists && fixture.contains('/'), "{line:?} names `{fixture}`, which is no fixture");
        }
        sections.insert(section.to_owned());
    }
    let nasty = (1..=NASTY).map(|page| format!("9.{page}"));
    let missing: Vec<String> = nasty.filter(|page| !sections.contains(page)).collect();
    assert!(missing.is_empty(), "no line for {missing:?}");
    for rule in RULES {
        assert!(sections.iter().any(|section| section.split('.').next() == Some(rule)), "no line of section {rule}");
    }
}

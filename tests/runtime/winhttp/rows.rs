//! Every row of the table of behaviour either has a test or stands in `later.txt`, and that list only shrinks.

use std::collections::BTreeMap;

/// How many rows stand in `later.txt`. Never raise this number.
const MOST_LATER: usize = 60;

/// The rows that are left for later, each with a reason.
const LATER: &str = include_str!("../later.txt");

/// The files that the rows' tests are in.
const TESTS: &[&str] = &[
    include_str!("close.rs"),
    include_str!("close_status.rs"),
    include_str!("handles.rs"),
    include_str!("handshake.rs"),
    include_str!("idiomatic.rs"),
    include_str!("receive.rs"),
    include_str!("send.rs"),
    include_str!("threads.rs"),
];

/// The rows of sections 1 to 3.
#[rustfmt::skip]
const ROWS: &[&str] = &[
    "b1.1.1", "b1.1.2", "b1.1.3", "b1.1.4", "b1.1.5", "b1.1.6", "b1.1.7", "b1.1.8", "b1.1.9",
    "b1.1.10", "b1.1.11", "b1.2.1", "b1.2.2", "b1.2.3", "b1.2.4", "b1.2.5", "b1.2.6", "b1.2.7",
    "b1.2.8", "b1.2.9", "b1.2.10", "b1.2.11", "b1.2.12", "b1.2.13", "b1.2.14", "b1.2.15",
    "b1.2.16", "b1.2.17", "b1.2.18", "b1.2.19", "b1.2.20", "b1.2.21", "b1.2.22", "b1.3.1",
    "b1.3.2", "b1.3.3", "b1.3.4", "b1.3.5", "b1.3.6", "b1.3.7", "b1.3.8", "b1.3.9", "b1.3.10",
    "b1.3.11", "b1.3.12", "b1.3.13", "b1.4.1", "b1.4.2", "b1.4.3", "b1.4.4", "b1.4.5", "b1.4.6",
    "b1.4.7", "b1.4.8", "b1.4.9", "b1.4.10", "b1.4.11", "b1.4.12", "b1.4.13", "b1.4.14",
    "b1.4.15", "b1.4.16", "b1.4.17", "b1.4.18", "b1.4.19", "b1.4.20", "b1.4.21", "b1.4.22",
    "b1.4.23", "b1.4.24", "b1.4.25", "b1.4.26", "b1.4.27", "b1.5.1", "b1.5.2", "b1.5.3",
    "b1.5.4", "b1.6.1", "b1.6.2", "b1.6.3", "b1.6.4", "b1.6.5", "b1.6.6", "b1.6.7", "b1.6.8",
    "b1.6.9", "b1.6.10", "b1.6.11", "b1.6.12", "b1.6.13", "b1.6.14", "b1.6.15", "b1.6.16",
    "b1.6.17", "b1.6.18", "b1.6.19", "b1.6.20", "b1.6.21", "b1.6.22", "b1.7.1", "b1.7.2",
    "b1.7.3", "b1.7.4", "b1.7.5", "b1.7.6", "b1.7.7", "b1.7.8", "b1.7.9", "b1.7.10", "b1.7.11",
    "b1.7.12", "b2.1.1", "b2.1.2", "b2.1.3", "b2.1.4", "b2.1.5", "b2.1.6", "b2.1.7", "b2.1.8",
    "b2.1.9", "b2.1.10", "b2.1.11", "b2.1.12", "b2.1.13", "b2.1.14", "b2.1.15", "b2.1.16",
    "b2.1.17", "b2.1.18", "b2.2.1", "b2.2.2", "b2.2.3", "b2.2.4", "b2.2.5", "b2.2.6", "b2.2.7",
    "b2.2.8", "b2.2.9", "b2.2.10", "b2.2.11", "b2.2.12", "b2.2.13", "b2.2.14", "b2.2.15",
    "b2.2.16", "b2.2.17", "b2.2.18", "b3.1", "b3.2", "b3.3", "b3.4", "b3.5", "b3.6", "b3.7",
    "b3.8", "b3.9",
];

/// The rows of `later.txt` and their reasons: one to a line, the id first.
fn later() -> BTreeMap<&'static str, &'static str> {
    let lines = LATER.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<_> = lines.map(|line| line.split_once(' ').expect("an id and a reason")).collect();
    assert_eq!(rows.len(), rows.iter().copied().collect::<BTreeMap<_, _>>().len(), "a row stands there twice");
    rows.into_iter().collect()
}

#[test]
fn every_row_has_a_test_or_stands_in_the_list() {
    let later = later();
    for row in ROWS {
        // b1.3.1 must not pass for b1.3.13.
        let name = format!("fn {}_", row.replace('.', "_"));
        let is_next = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_digit());
        let tested =
            TESTS.iter().any(|text| text.match_indices(&name).any(|(at, _)| is_next(&text[at + name.len()..])));
        match (tested, later.contains_key(row)) {
            (true, true) => panic!("{row} has a test: take it off the list"),
            (false, false) => panic!("{row} has neither a test nor a place in the list"),
            (true, false) | (false, true) => {}
        }
    }
}

#[test]
fn the_list_has_known_rows_and_only_shrinks() {
    let later = later();
    for (row, reason) in &later {
        assert!(ROWS.contains(row), "{row} is no row");
        assert!(!reason.trim().is_empty(), "{row} has no reason");
    }
    assert!(later.len() <= MOST_LATER, "{} rows, more than {MOST_LATER}", later.len());
}

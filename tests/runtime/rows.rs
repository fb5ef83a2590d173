//! Every row of `specs/behaviour` has a test that is named after it, or stands in `later.txt`, and that list only shrinks.
//! Whatever names a row names one that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// How many rows stand in `later.txt`. Lower this number when one gets its test; it is raised by rows that are new in the
/// table alone.
const MOST_LATER: usize = 3;

/// The rows that are left for later, each with a reason: one to a line, the id first.
const LATER: &str = include_str!("later.txt");

/// What may name rows: folders and files of the workspace.
const NAMING: &[&str] =
    &["runtime", "specs", "xtask/src", "generated", "docs", "tests/runtime", "README.md", "ARCHITECTURE.md"];

fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    tests.and_then(Path::parent).expect("the tests are a folder of the workspace")
}

/// The ids of all rows.
fn rows() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for path in files(&workspace().join("specs/behaviour"), &["toml"]) {
        let text = fs::read_to_string(&path).expect("the table is text");
        let table: toml::Table = toml::from_str(&text).expect("the table can be read");
        for row in table["row"].as_array().expect("a file of the table has rows") {
            let id = row["id"].as_str().expect("an id is a text").to_owned();
            assert!(ids.insert(id.clone()), "{id} stands there twice");
        }
    }
    assert!(ids.len() > 200, "the table has {} rows", ids.len());
    ids
}

/// The files with these endings at or below a path, sorted.
fn files(path: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("the folder can be read");
        let mut inner: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
        inner.sort();
        found.extend(inner.iter().flat_map(|path| files(path, endings)));
    } else if path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending)) {
        found.push(path.to_owned());
    }
    found
}

/// The rows that tests are named after, each with the name of one of them.
fn tested() -> BTreeMap<String, String> {
    let mut tested = BTreeMap::new();
    for path in files(Path::new(env!("CARGO_MANIFEST_DIR")), &["rs"]) {
        let text = fs::read_to_string(&path).expect("a source is text");
        // Attributes and comments may stand between; the next function is the test.
        let heads = text.split("#[test]\n").skip(1).filter_map(|after| after.split_once("fn ")?.1.split_once('('));
        tested.extend(heads.filter_map(|(name, _)| Some((row_of(name)?, name.to_owned()))));
    }
    tested
}

/// The row that a test is named after: `b1_4_3_message` is of b1.4.3.
fn row_of(name: &str) -> Option<String> {
    let is_number = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = name.strip_prefix('b')?.split('_');
    let section = words.next().filter(is_number)?;
    let numbers: Vec<&str> = words.take_while(is_number).collect();
    Some(format!("b{section}.{}", numbers.join(".")))
}

fn later() -> BTreeMap<&'static str, &'static str> {
    let lines = LATER.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<_> = lines.map(|line| line.split_once(' ').expect("an id and a reason")).collect();
    assert_eq!(rows.len(), rows.iter().copied().collect::<BTreeMap<_, _>>().len(), "a row stands there twice");
    rows.into_iter().collect()
}

/// What in a text looks like the id of a row, such as b1.4.3.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_'));
    words.map(|word| word.trim_end_matches('.')).filter(|word| {
        let mut numbers = word.strip_prefix('b').unwrap_or_default().split('.').peekable();
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        numbers.clone().count() > 1 && numbers.all(is_number)
    })
}

#[test]
fn every_row_has_a_test_or_stands_in_the_list() {
    let (later, tested) = (later(), tested());
    let wrong = rows().into_iter().filter_map(|row| match (tested.get(&row), later.contains_key(&*row)) {
        (Some(test), true) => Some(format!("{row} has the test `{test}`: take it off the list")),
        (None, false) => Some(format!("{row} has neither a test nor a place in the list")),
        (Some(_), false) | (None, true) => None,
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_test_that_is_named_after_a_row_names_one_that_is_there() {
    let rows = rows();
    let wrong: Vec<_> = tested().into_iter().filter(|(row, _)| !rows.contains(row)).collect();
    assert!(wrong.is_empty(), "no rows, and the tests that are named after them: {wrong:#?}");
}

#[test]
fn the_list_has_known_rows_and_only_shrinks() {
    let (rows, later) = (rows(), later());
    for (row, reason) in &later {
        assert!(rows.contains(*row), "{row} is no row");
        assert!(!reason.trim().is_empty(), "{row} has no reason");
    }
    assert_eq!(later.len(), MOST_LATER, "the list has {} rows, and MOST_LATER is {MOST_LATER}", later.len());
}

#[test]
fn whatever_names_a_row_names_one_that_is_there() {
    let (rows, mut names) = (rows(), 0);
    let mut wrong = Vec::new();
    for path in NAMING.iter().flat_map(|path| files(&workspace().join(path), &["rs", "md", "toml", "txt", "h"])) {
        let text = fs::read_to_string(&path).expect("a source is text");
        for (number, line) in text.lines().enumerate() {
            for name in named(line) {
                names += 1;
                if !rows.contains(name) {
                    wrong.push(format!("{}:{}: {name}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(names > 300, "{names} names of rows were found");
    assert!(wrong.is_empty(), "no rows: {wrong:#?}");
}

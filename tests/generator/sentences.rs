//! Every sentence of the pages of functions stands in `sentences.tsv`, with the tests that show it, or with the reason why
//! no program can observe it. A sentence about a code has the code's name before it.

use std::collections::BTreeSet;
use std::fs;

use winws_tests_generator::workspace;
use xtask::draft::{Draft, Kind};
use xtask::prose::{BlockKind, Prose};

/// How many functions websocket.h has.
const FUNCTIONS: usize = 13;

/// One to a line: function, sentence, tests; or function, sentence, `-`, reason.
const ROWS: &str = include_str!("sentences.tsv");

/// The sentences of all pages, each once for its function, in their order there.
fn sentences() -> Vec<(String, String)> {
    let spec = xtask::read(&[workspace().join("specs")], None).expect("our specs can be read").spec;
    let pages = spec.items.iter().filter(|item| item.family == "websocket" && item.draft.kind == Kind::Function);
    let pages: Vec<&Draft> = pages.map(|item| &item.draft).collect();
    assert_eq!(pages.len(), FUNCTIONS);
    let mut seen = BTreeSet::new();
    let of_page = |page: &&Draft| {
        let name = page.name.value.clone();
        sentences_of(page).into_iter().map(move |sentence| (name.clone(), sentence))
    };
    pages.iter().flat_map(of_page).filter(|row| seen.insert(row.clone())).collect()
}

fn sentences_of(page: &Draft) -> Vec<String> {
    let function = page.function().expect("a page of this kind is one of a function");
    assert!(function.demoted.is_empty() && page.docs.others.is_empty(), "{} has text in no section", page.path);
    let mut sentences = split(&page.docs.description);
    sentences.extend(function.params.iter().flat_map(|param| split(&param.docs)));
    sentences.extend(split(&function.returns.docs));
    for code in &function.returns.codes {
        let of_code = code.texts.iter().flat_map(|text| split(&text.value));
        sentences.extend(of_code.map(|sentence| format!("{}: {sentence}", code.name.value)));
    }
    sentences.extend(split(&page.docs.remarks));
    sentences
}

/// A sentence ends with its block, or with a full stop before a capital letter.
fn split(prose: &Prose) -> Vec<String> {
    let mut sentences = Vec::new();
    for block in blocks(prose) {
        let mut start = 0;
        for (stop, _) in block.match_indices(". ") {
            if block[stop + 2..].starts_with(char::is_uppercase) {
                sentences.push(block[start..=stop].to_owned());
                start = stop + 2;
            }
        }
        sentences.push(block[start..].to_owned());
    }
    sentences
}

/// The text of each block, and of each block of an item of a list.
fn blocks(prose: &Prose) -> Vec<String> {
    let of_block = |block: &xtask::prose::Block| match &block.kind {
        BlockKind::List(_, items) => items.iter().flat_map(blocks).collect(),
        BlockKind::Note(_, inner) | BlockKind::Quote(inner) => blocks(inner),
        _ => vec![Prose { blocks: vec![block.clone()] }.plain()],
    };
    prose.blocks.iter().flat_map(of_block).collect()
}

/// The cells of each row.
fn rows() -> Vec<Vec<&'static str>> {
    ROWS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect()
}

/// The names of all tests of the component.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(workspace().join("tests/runtime/websocket")).expect("the folder can be read") {
        let path = file.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            let heads = text.split("#[test]").skip(1).filter_map(|after| after.split_once("fn ")?.1.split_once('('));
            names.extend(heads.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

#[test]
fn every_sentence_has_one_row_and_every_row_its_sentence() {
    let mut open = BTreeSet::new();
    for row in rows() {
        let [function, sentence, ..] = row[..] else { panic!("{row:?} names no sentence") };
        assert!(
            open.insert((function.to_owned(), sentence.to_owned())),
            "{sentence:?} of {function} stands there twice"
        );
    }
    let missing: Vec<String> = sentences()
        .into_iter()
        .filter(|row| !open.remove(row))
        .map(|(function, sentence)| format!("{function}\t{sentence}\t\n"))
        .collect();
    assert!(missing.is_empty(), "tests/generator/sentences.tsv lacks these rows:\n{}", missing.concat());
    assert!(open.is_empty(), "these sentences are on no page: {open:#?}");
}

#[test]
fn every_row_names_its_tests_or_a_reason() {
    let tests = tests();
    for row in rows() {
        match row[..] {
            [_, sentence, "-", reason] => assert!(!reason.trim().is_empty(), "{sentence:?} has no reason"),
            [_, sentence, names] => {
                for name in names.split(", ") {
                    assert!(tests.contains(name), "`{name}` is no test, and {sentence:?} names it");
                }
            }
            _ => panic!("{row:?} has neither three cells nor a `-` and a reason"),
        }
    }
}

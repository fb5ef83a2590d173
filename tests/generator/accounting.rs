//! Whole-line accounting: each line of each page is used, prose, known noise or not understood.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use expect_test::{expect, expect_file};
use proptest::prelude::*;

use winws_tests_generator::workspace;
use xtask::accounting::{Accounts, Line, account};
use xtask::diag::{Diagnostic, Diagnostics};
use xtask::draft::Draft;
use xtask::page::Page;
use xtask::source::{self, SourceFile, Tree};
use xtask::{lower, parse};

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/accounting");
    let entries = std::fs::read_dir(&folder).expect("there is a folder of fixtures");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut pages: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages
}

pub(crate) fn accounts_of(path: &Path) -> (Tree, Accounts) {
    let tree = source::load(path, None).expect("a page can be read");
    let accounts = xtask::account(std::slice::from_ref(&tree));
    (tree, accounts)
}

/// Each fixture is a page; beside it stands what becomes of each of its lines.
#[test]
fn lines_become_what_is_expected() {
    for path in fixtures() {
        let (tree, accounts) = accounts_of(&path);
        let mut text = String::new();
        for (index, line) in accounts.pages[0].lines.iter().enumerate() {
            let (account, kind) = line.name();
            let shown = tree.pages[0].line(index);
            writeln!(text, "{shown}\n    {account}: {kind}").expect("writing to a string cannot fail");
        }
        expect_file![path.with_extension("lines")].assert_eq(&text);
    }
}

#[test]
fn every_kind_of_line_has_a_case() {
    let shown: BTreeSet<Line> = fixtures().iter().flat_map(|path| accounts_of(path).1.counts().into_keys()).collect();
    let missing: Vec<Line> = Line::all().into_iter().filter(|line| !shown.contains(line)).collect();
    assert!(missing.is_empty(), "no fixture shows {missing:?}");
}

pub(crate) fn print(folder: &Path, accounts: &Accounts) {
    println!("{}: {}", folder.display(), accounts.summary());
    for (line, count) in accounts.counts() {
        let (account, kind) = line.name();
        println!("{count:>8} {account}: {kind}");
    }
}

/// What is not understood, line by line.
pub(crate) fn gaps(accounts: &Accounts) -> String {
    let mut out = String::new();
    for page in &accounts.pages {
        for (gap, lines) in page.gaps() {
            writeln!(out, "{} {lines:?}: {}", page.path, gap.name()).expect("writing to a string cannot fail");
        }
    }
    out
}

#[test]
fn every_line_of_our_pages_is_understood() {
    let folder = workspace().join("specs");
    let (tree, accounts) = accounts_of(&folder);
    print(&folder, &accounts);
    assert_eq!(accounts.not_understood(), 0, "{}", gaps(&accounts));
    let lines: usize = accounts.pages.iter().map(|page| page.lines.len()).sum();
    assert_eq!(
        lines,
        tree.pages.iter().map(SourceFile::line_count).sum::<usize>(),
        "a line is missing in the accounts"
    );
}

fn read(file: &SourceFile) -> (Page, Option<Draft>) {
    let mut unheard = Diagnostics::default();
    let page = parse::parse(file, &mut unheard);
    let draft = lower::lower(&page, &mut unheard);
    (page, draft)
}

#[test]
fn each_block_that_a_draft_lost_would_be_missed() {
    let blocks =
        each_lost_block_is_missed(&source::load(&workspace().join("specs"), None).expect("the specs can be read"));
    assert!(blocks > 150, "only {blocks} blocks were taken away");
}

/// Whatever piece of text a draft lost, the account would tell: how many pieces were tried.
pub(crate) fn each_lost_block_is_missed(tree: &Tree) -> usize {
    let mut blocks = 0;
    for file in &tree.pages {
        let (page, draft) = read(file);
        let mut draft = draft.expect("each of these pages describes an item");
        let lengths: Vec<usize> = draft.proses_mut().iter().map(|prose| prose.blocks.len()).collect();
        let places = lengths.iter().enumerate().flat_map(|(prose, &len)| (0..len).map(move |block| (prose, block)));
        for (prose, block) in places {
            let mut torn = draft.clone();
            let removed = Arc::make_mut(torn.proses_mut()[prose]).blocks.remove(block);
            let gaps = account(file, &page, Some(torn)).gaps();
            assert!(!gaps.is_empty(), "{}: nothing misses {removed:#?}", file.path);
            blocks += 1;
        }
    }
    blocks
}

/// Pieces that upset line scanners.
const PIECES: &[&str] = &[
    "---\n",
    "key: value\n",
    "# X callback\n",
    "## -remarks\n",
    "### -param a [in]\n",
    "Type: <b>A</b>\n",
    "```\n",
    "<!--",
    "-->",
    "<table><tr><td>",
    "</td></tr></table>",
    "| a | b |\n|--|--|\n",
    "> ",
    "[a]: u.md\n",
    "&amp;",
    "<a\nhref='x'>",
    "Â",
    "\u{a0}",
    "\r\n",
    "\n",
    "1. ",
    "word ",
    "\u{e000}",
    "<",
    "`",
];

proptest! {
    /// There is an entry for each line of whatever text, and none for more.
    #[test]
    fn accounts_are_complete(picks in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = picks.into_iter().map(|pick| PIECES[pick]).collect();
        let file = SourceFile::new("x.md", "x.md", text.into_bytes());
        let lines = file.line_count();
        let accounts = xtask::account(&[Tree { pages: vec![file], ..Tree::default() }]);
        prop_assert_eq!(accounts.pages[0].lines.len(), lines);
    }
}

/// A finding for each page and kind: at the first line of that kind, and naming them all.
#[test]
fn what_is_not_understood_is_reported() {
    let text = "# X callback\n\n## -ghost\n\n![]()\n\n[a]: u.md\n[b]: v.md\n\n[c]: w.md\n";
    let file = SourceFile::new("x.md", "x.md", text.as_bytes().to_vec());
    let accounts = xtask::account(&[Tree { pages: vec![file], ..Tree::default() }]);
    let mut diags = Diagnostics::default();
    accounts.report(&mut diags);
    let mut shown = String::new();
    for Diagnostic { rule, severity, location, message, .. } in &diags.list {
        writeln!(shown, "{location}: {}[{}]: {message:?}", severity.name(), rule.name())
            .expect("writing to a string cannot fail");
    }
    expect![[r#"
        x.md:7: note[line-not-understood]: "text that is on the page and in nothing made of it: 3 lines, 7-8, 10"
        x.md:5: note[line-not-understood]: "marks that mean nothing here"
        x.md:3: note[line-not-understood]: "section that the template does not know or that its kind of page does not have"
        10 lines: 1 used, 0 prose, 4 skipped, 5 not understood
               3 text that is on the page and in nothing made of it
               1 marks that mean nothing here
               1 section that the template does not know or that its kind of page does not have
    "#]].assert_eq(&(shown + &accounts.summary()));
}

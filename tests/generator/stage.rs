//! Fixtures: a page or a folder of pages beside the text that a stage makes of it.
//!
//! `ok` holds what a stage takes without a word, `err` what it complains about. `UPDATE_EXPECT=1` rewrites the
//! expected texts.

pub mod show;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use xtask::diag::{self, Diagnostics, Format, Rule};
use xtask::model::Spec;
use xtask::source::{self, SourceFile, Tree};
use xtask::{emit, lower, parse};

/// A stage of the generator, as a function from pages to the text that its fixtures expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Text to `Page`.
    Parse,
    /// `Page` to `Draft`.
    Lower,
    /// Drafts to facts.json.
    Resolve,
    /// Facts to Rust and C.
    Emit,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Parse, Self::Lower, Self::Resolve, Self::Emit];

    const fn folder(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Lower => "lower",
            Self::Resolve => "resolve",
            Self::Emit => "emit",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Parse => "page",
            Self::Lower => "draft",
            Self::Resolve => "facts",
            Self::Emit => "rs",
        }
    }

    /// What the stage makes of some pages, and what it complains about.
    pub fn run(self, tree: &Tree) -> (String, Diagnostics) {
        match self {
            Self::Parse => each_page(tree, |file, diags| show::page(&parse::parse(file, diags))),
            Self::Lower => each_page(tree, |file, diags| {
                let mut unseen = Diagnostics::default();
                let page = parse::parse(file, &mut unseen);
                lower::lower(&page, diags).as_ref().map_or_else(|| "nothing\n".to_owned(), show::draft)
            }),
            Self::Resolve => {
                let (mut spec, diags) = xtask::understand(std::slice::from_ref(tree), None);
                (emit::json::facts(&spec, false) + &show::links(&mut spec), diags)
            }
            Self::Emit => {
                let (spec, diags) = xtask::understand(std::slice::from_ref(tree), None);
                (items(&spec), diags)
            }
        }
    }
}

fn each_page(tree: &Tree, stage: impl Fn(&SourceFile, &mut Diagnostics) -> String) -> (String, Diagnostics) {
    let mut diags = Diagnostics::default();
    let text = tree.pages.iter().map(|file| stage(file, &mut diags)).collect();
    diags.sort();
    (text, diags)
}

/// What is written for the items of each family, in Rust and in C, or for the codes if there are only those. What every
/// crate has is the same in all fixtures and stands in none.
fn items(spec: &Spec) -> String {
    let wanted = |path: &str| match path.split('/').collect::<Vec<_>>()[..] {
        ["src", "codes.rs"] | ["include", "winws_codes.h"] => spec.families.is_empty(),
        ["src", _, file] => file != "mod.rs",
        ["include", file] => file != "winws_types.h",
        _ => false,
    };
    let mut out = String::new();
    for file in emit::crate_files(spec).iter().filter(|file| wanted(&file.path)) {
        writeln!(out, "// {}\n{}", file.path, file.text).expect("writing to a string cannot fail");
    }
    out
}

/// Holds every fixture of a stage against its expected text, and prints how many there are.
pub fn check(stage: Stage) {
    let mut count = 0;
    let mut misplaced = String::new();
    for kind in ["ok", "err"] {
        let fixtures = fixtures(stage, kind);
        count += fixtures.len();
        for path in fixtures {
            let tree = load(&path);
            let (value, diags) = stage.run(&tree);
            let findings = rendered(&diags, &tree);
            if findings.is_empty() != (kind == "ok") {
                writeln!(misplaced, "{} stands in the wrong folder\n{findings}", path.display())
                    .expect("writing to a string cannot fail");
            }
            let gap = if findings.is_empty() || value.is_empty() { "" } else { "\n" };
            expect_file![path.with_extension(stage.extension())].assert_eq(&format!("{value}{gap}{findings}"));
        }
    }
    println!("{count} fixtures of {}", stage.folder());
    assert!(misplaced.is_empty(), "{misplaced}");
}

/// The rules that the fixtures of a stage show.
pub fn rules_shown(stage: Stage) -> BTreeSet<Rule> {
    let findings = fixtures(stage, "err").into_iter().flat_map(|path| stage.run(&load(&path)).1.list);
    findings.map(|finding| finding.rule).collect()
}

/// Findings as people see them, without colour.
pub fn rendered(diags: &Diagnostics, tree: &Tree) -> String {
    diag::render(diags, std::slice::from_ref(tree), Format::Human, false)
}

/// Every page of the fixtures of a stage, as bytes, sorted by path.
pub fn pages(stage: Stage) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = ["ok", "err"].into_iter().flat_map(|kind| fixtures(stage, kind)).filter(|path| path.is_file());
    paths.map(|path| (path.clone(), std::fs::read(path).expect("a fixture can be read"))).collect()
}

/// Every fixture of a stage, sorted by path.
pub fn trees(stage: Stage) -> Vec<(PathBuf, Tree)> {
    let paths = ["ok", "err"].into_iter().flat_map(|kind| fixtures(stage, kind));
    paths.map(|path| (path.clone(), load(&path))).collect()
}

/// The fixtures of one folder, sorted. A fixture without its expected text or a text without its fixture fails.
fn fixtures(stage: Stage, kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(stage.folder()).join(kind);
    let entries = std::fs::read_dir(&folder).expect("every stage has its folder of fixtures");
    let paths: BTreeSet<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    let is_text = |path: &Path| path.extension().is_some_and(|extension| extension == stage.extension());
    let (texts, fixtures): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_text(path));
    let updating = std::env::var_os("UPDATE_EXPECT").is_some();
    for fixture in &fixtures {
        let known = fixture.is_dir() || fixture.extension().is_some_and(|extension| extension == "md");
        assert!(known, "{} is neither a page nor a folder nor an expected text", fixture.display());
        let text = fixture.with_extension(stage.extension());
        assert!(updating || texts.contains(&text), "{} has no expected text", fixture.display());
    }
    for text in &texts {
        let fixture = |fixture: &PathBuf| fixture.with_extension(stage.extension()) == *text;
        assert!(fixtures.iter().any(fixture), "{} has no fixture", text.display());
    }
    fixtures
}

/// A page, or a folder of pages with its configuration, under paths that are the same on every machine.
fn load(path: &Path) -> Tree {
    let mut tree = source::load(path, None).expect("a fixture can be read");
    for file in tree.pages.iter_mut().chain(&mut tree.config) {
        file.path = file.name.clone();
    }
    tree
}

/// One page that was written in a test.
pub fn page(bytes: impl Into<Vec<u8>>) -> Tree {
    Tree { pages: vec![SourceFile::new("page.md", "page.md", bytes.into())], ..Tree::default() }
}

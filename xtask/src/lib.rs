//! The generator: pages in, a typed model, and Rust, JSON and a web site out.
//!
//! One way through: load, parse, lower, resolve, emit, sync. No stage reaches back; only this file chains them.

pub mod accounting;
pub mod c;
pub mod derivation;
pub mod diag;
pub mod draft;
pub mod emit;
pub mod fact;
pub mod install;
pub mod lost;
pub mod lower;
pub mod markup;
pub mod model;
pub mod name;
pub mod page;
pub mod parse;
pub mod progress;
pub mod prose;
pub mod resolve;
pub mod serve;
pub mod source;
pub mod sync;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use accounting::Accounts;
use diag::{Diagnostics, Finding, Rule};
use draft::Draft;
use model::{Attribution, Spec};
use progress::Progress;
use source::{SourceFile, Tree};

/// What a run has read.
#[derive(Debug)]
pub struct Reading {
    /// The files, for showing their lines.
    pub trees: Vec<Tree>,
    /// What they say.
    pub spec: Spec,
    /// What is wrong with them.
    pub diags: Diagnostics,
}

/// Reads folders of pages, each with its own overrides, all the way to the Spec.
///
/// `overrides` replaces the file of the first folder. `progress` shows how far it is.
pub fn read(roots: &[PathBuf], overrides: Option<&Path>, progress: Option<&Progress>) -> anyhow::Result<Reading> {
    progress.inspect(|progress| progress.stage("reading", None));
    let load = |root: &PathBuf| source::load(root, progress);
    let mut trees = roots.iter().map(load).collect::<anyhow::Result<Vec<_>>>()?;
    if let (Some(path), Some(tree)) = (overrides, trees.first_mut()) {
        tree.config.retain(|file| &*file.name != "overrides.toml");
        tree.config.push(source::load_config(path, "overrides.toml")?);
    }
    let (spec, diags) = understand(&trees, progress);
    progress.inspect(|progress| progress.finish());
    Ok(Reading { trees, spec, diags })
}

/// Parse, lower and resolve, without any disk. `progress` counts the pages.
pub fn understand(trees: &[Tree], progress: Option<&Progress>) -> (Spec, Diagnostics) {
    let count = trees.iter().map(|tree| tree.pages.len()).sum();
    progress.inspect(|progress| progress.stage("understanding", Some(count)));
    let mut attributions = Vec::new();
    let mut diags = Diagnostics::default();
    let mut families = resolve::config::Families::default();
    let mut all = Vec::new();
    let mut accepting = Vec::new();
    let mut runtime = BTreeMap::new();
    for tree in trees {
        let mut drafts = lower_all(&tree.pages, &mut diags, progress);
        let mut stated = None;
        if let Some(file) = tree.config("families.toml") {
            let mut config = resolve::config::parse(file, &mut diags);
            stated = config.licence.take();
            families.merge(config);
        }
        let (folder, licences) = (tree.folder.clone(), tree.licences.clone());
        attributions.push(Attribution { folder, stated, licences });
        if let Some(file) = tree.config("runtime.toml") {
            // What the first folder says of a function counts.
            for (name, support) in resolve::runtime::parse(file, &mut diags) {
                runtime.entry(name).or_insert(support);
            }
        }
        if let Some(file) = tree.config("overrides.toml") {
            let overrides = resolve::overrides::parse(file, &mut diags);
            resolve::overrides::apply(&overrides, file, &mut drafts, &mut diags);
            accepting.push((overrides, file));
        }
        match all.is_empty() {
            true => all = drafts,
            false => all.append(&mut drafts),
        }
    }
    let mut spec = resolve::resolve(all, &families, &mut diags);
    let files = trees.iter().flat_map(|tree| tree.pages.iter().chain(&tree.config));
    attributions.retain(|attribution| !attribution.folder.is_empty());
    spec.attributions = attributions;
    spec.runtime = runtime;
    spec.files = files.map(|file| (file.path.clone(), file.name.clone())).collect();
    resolve::runtime::check(&spec, &mut diags);
    spec.exports = resolve::runtime::exports(&spec);
    resolve::behaviour::resolve(trees.iter().flat_map(Tree::behaviour), &mut spec, &mut diags);
    for (overrides, file) in &accepting {
        resolve::overrides::accept(overrides, file, |rule| rule != Rule::LineNotUnderstood, &mut diags);
    }
    diags.sort();
    (spec, diags)
}

/// Pages do not know each other: they are parsed and lowered in parallel, and their order does not show.
fn lower_all(pages: &[SourceFile], diags: &mut Diagnostics, progress: Option<&Progress>) -> Vec<Draft> {
    let one = |file: &SourceFile| {
        let mut diags = Diagnostics::default();
        let page = parse::parse(file, &mut diags);
        progress.inspect(|progress| progress.step());
        (lower::lower(&page, &mut diags), diags.list)
    };
    let results: Vec<_> = pages.par_iter().map(one).collect();
    let mut drafts = Vec::with_capacity(results.len());
    for (draft, mut found) in results {
        drafts.extend(draft);
        diags.list.append(&mut found);
    }
    drafts
}

/// What became of each line of each page. Only `lint` and tests ask: pages are parsed and lowered once more for it.
pub fn account(trees: &[Tree]) -> Accounts {
    let one = |file: &SourceFile| {
        let mut unheard = Diagnostics::default();
        let page = parse::parse(file, &mut unheard);
        let draft = lower::lower(&page, &mut unheard);
        accounting::account(file, &page, draft)
    };
    let files: Vec<&SourceFile> = trees.iter().flat_map(|tree| &tree.pages).collect();
    Accounts { pages: files.into_par_iter().map(one).collect() }
}

impl Reading {
    /// The findings as the site shows them.
    pub fn findings(&self) -> Vec<Finding> {
        diag::findings(&self.diags, &self.trees)
    }

    /// Draws up the accounts of all pages, and adds what is not understood to the findings.
    pub fn account(&mut self) -> Accounts {
        let accounts = account(&self.trees);
        let mut found = Diagnostics::default();
        accounts.report(&mut found);
        for file in self.trees.iter().filter_map(|tree| tree.config("overrides.toml")) {
            let overrides = resolve::overrides::parse(file, &mut Diagnostics::default());
            resolve::overrides::accept(&overrides, file, |rule| rule == Rule::LineNotUnderstood, &mut found);
        }
        self.diags.list.append(&mut found.list);
        self.diags.sort();
        accounts
    }
}

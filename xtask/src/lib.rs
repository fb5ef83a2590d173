//! The generator: pages in, a typed model, and Rust, JSON and a web site out.
//!
//! One way through: load, parse, lower, resolve, emit, sync. No stage reaches back; only this file chains them.

pub mod diag;
pub mod draft;
pub mod emit;
pub mod lower;
pub mod model;
pub mod page;
pub mod parse;
pub mod prose;
pub mod resolve;
pub mod source;
pub mod sync;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use diag::Diagnostics;
use draft::Draft;
use model::Spec;
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
/// `overrides` replaces the file of the first folder.
pub fn read(roots: &[PathBuf], overrides: Option<&Path>) -> anyhow::Result<Reading> {
    let mut trees = roots.iter().map(|root| source::load(root)).collect::<anyhow::Result<Vec<_>>>()?;
    if let (Some(path), Some(tree)) = (overrides, trees.first_mut()) {
        tree.config.retain(|file| &*file.name != "overrides.toml");
        tree.config.push(source::load_config(path, "overrides.toml")?);
    }
    let (spec, diags) = understand(&trees);
    Ok(Reading { trees, spec, diags })
}

/// Parse, lower and resolve, without any disk.
pub fn understand(trees: &[Tree]) -> (Spec, Diagnostics) {
    let mut diags = Diagnostics::default();
    let mut families = resolve::config::Families::default();
    let mut all = Vec::new();
    let mut accepting = Vec::new();
    for tree in trees {
        let mut drafts = lower_all(&tree.pages, &mut diags);
        if let Some(file) = tree.config("families.toml") {
            families.merge(resolve::config::parse(file, &mut diags));
        }
        if let Some(file) = tree.config("overrides.toml") {
            let overrides = resolve::overrides::parse(file, &mut diags);
            resolve::overrides::apply(&overrides, file, &mut drafts, &mut diags);
            accepting.push((overrides, file));
        }
        all.append(&mut drafts);
    }
    let mut spec = resolve::resolve(all, &families, &mut diags);
    let files = trees.iter().flat_map(|tree| tree.pages.iter().chain(&tree.config));
    spec.files = files.map(|file| (file.path.clone(), file.name.clone())).collect();
    for (overrides, file) in &accepting {
        resolve::overrides::accept(overrides, file, &mut diags);
    }
    diags.sort();
    (spec, diags)
}

/// Pages do not know each other: they are parsed and lowered in parallel, and their order does not show.
fn lower_all(pages: &[SourceFile], diags: &mut Diagnostics) -> Vec<Draft> {
    let one = |file: &SourceFile| {
        let mut diags = Diagnostics::default();
        let page = parse::parse(file, &mut diags);
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

impl Reading {
    /// Takes the error out of what only makes an item incomplete: such items are left out, and said to be.
    pub fn tolerate_gaps(&mut self) {
        let gaps = |rule| {
            use diag::Rule;
            matches!(
                rule,
                Rule::MissingValue
                    | Rule::MissingType
                    | Rule::MissingReturn
                    | Rule::UnknownType
                    | Rule::ClashingName
                    | Rule::UnevaluatedValue
            )
        };
        for diagnostic in self.diags.list.iter_mut().filter(|diagnostic| gaps(diagnostic.rule)) {
            diagnostic.severity = diag::Severity::Warning;
        }
    }
}

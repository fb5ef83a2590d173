//! The documentation site: the Spec as HTML files that need no server and nothing from elsewhere. A script adds search and
//! a choice of colours; without it everything else works.
//!
//! HTML is made by the templates alone, which escape whatever they are given. Nothing here writes a tag.

mod addresses;
mod anchors;
mod behaviour;
mod breaks;
mod catalogue;
mod code;
mod codes;
mod complete;
mod constant;
mod declaration;
mod family;
mod findings;
mod frame;
mod function;
mod here;
mod index;
mod item;
mod layout;
mod linked;
mod mentions;
mod number;
mod options;
mod order;
mod paths;
mod prose;
mod provenance;
mod render;
mod search;
mod signature;
mod source_url;
mod summary;
mod titles;
mod values;
mod whole;

use askama::Template;
use rayon::prelude::*;

use super::json;
use crate::model::Spec;
use crate::sync::OutputFile;
use frame::Frame;
use paths::{CODES, INDEX, MISSING};
use render::render;
use whole::Site;

pub use addresses::BaseUrl;
pub use catalogue::Catalogue;
pub use options::Options;
pub use paths::{FINDINGS, Paths, item_paths};
pub use source_url::SourceUrl;

/// Files that are the same for every Spec.
const ASSETS: &[(&str, &str)] = &[
    ("style.css", include_str!("../../templates/style.css")),
    ("site.js", include_str!("../../templates/site.js")),
    ("icon.svg", include_str!("../../templates/icon.svg")),
];

/// All files of the site.
pub fn emit(spec: &Spec, options: &Options) -> Vec<OutputFile> {
    let site = Site::new(spec, options);
    let mut files: Vec<OutputFile> = ASSETS.iter().map(|(path, text)| file(path, (*text).to_owned())).collect();
    let (pages, (facts, index)) =
        rayon::join(|| pages(&site), || rayon::join(|| json::compact(spec), || search::emit(&site)));
    files.push(file("facts.json", facts));
    files.push(file("facts.schema.json", json::schema()));
    files.push(index);
    files.extend(pages);
    if let Some(base_url) = &options.base_url {
        files.push(file("sitemap.xml", addresses::sitemap(base_url, &files)));
    }
    if options.live.is_some() {
        files.push(file("live.js", include_str!("../../templates/live.js").to_owned()));
    }
    files
}

/// All pages.
fn pages(site: &Site<'_>) -> Vec<OutputFile> {
    let mut files = Vec::new();
    files.push(file(INDEX, render(&index::page(site))));
    files.push(file(CODES, render(&codes::page(site))));
    files.extend((!site.options.findings.is_empty()).then(|| file(FINDINGS, render(&findings::page(site)))));
    files.push(file(MISSING, render(&Missing { frame: Frame::missing(site) })));
    let items = site.spec.items.par_iter().enumerate();
    files.par_extend(items.map(|(index, item)| file(site.path(index), render(&item::page(site, index, item)))));
    let families: Vec<(&str, &str)> = site.families().collect();
    files.par_extend(families.into_par_iter().map(|(name, path)| file(path, render(&family::page(site, name)))));
    let codes = 0..site.catalogue.codes.len();
    files.par_extend(codes.into_par_iter().map(|at| file(site.code_path(at), render(&code::page(site, at)))));
    let constants = 0..site.catalogue.constants.len();
    let constant = |at| file(site.constant_path(at), render(&constant::page(site, at)));
    files.par_extend(constants.into_par_iter().map(constant));
    files
}

fn file(path: &str, text: String) -> OutputFile {
    OutputFile { path: path.to_owned(), text }
}

/// What is shown where nothing was found.
#[derive(Template)]
#[template(path = "404.html", whitespace = "minimize")]
struct Missing {
    frame: Frame,
}

//! The documentation site: the Spec as HTML files that need no server and nothing from elsewhere. A script adds search and
//! a choice of colours; without it everything else works.
//!
//! HTML is made by the templates alone, which escape whatever they are given. Nothing here writes a tag.

mod addresses;
mod anchors;
mod catalogue;
mod code;
mod codes;
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
mod mentions;
mod number;
mod order;
mod paths;
mod pieces;
mod prose;
mod provenance;
mod search;
mod signature;
mod source_url;
mod summary;
mod titles;
mod values;

use askama::Template;
use rayon::prelude::*;

use super::json;
use crate::model::Spec;
use crate::sync::OutputFile;
use frame::Frame;
use here::Site;

pub use addresses::BaseUrl;
pub use catalogue::Catalogue;
pub use findings::{FINDINGS, Finding};
pub use paths::{Paths, item_paths};
pub use source_url::SourceUrl;

/// Files that are the same for every Spec.
const ASSETS: &[(&str, &str)] = &[
    ("style.css", include_str!("../../templates/style.css")),
    ("site.js", include_str!("../../templates/site.js")),
    ("icon.svg", include_str!("../../templates/icon.svg")),
];

/// What a site shows besides the Spec, and what it is made for. Without any of it, it stands anywhere and names no place
/// of its own.
#[derive(Debug, Default)]
pub struct Options {
    /// Where it will be. Its pages then name their addresses, and there is a map of them.
    pub base_url: Option<BaseUrl>,
    /// That it is served while pages are being written: each page waits for the next version, and shows what is wrong
    /// with the pages, which this is.
    pub live: Option<String>,
    /// Where the lines of the pages can be seen.
    pub source_url: Option<SourceUrl>,
    /// What is wrong with what was read, in the order of files and lines.
    pub findings: Vec<Finding>,
}

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
    files.push(file(here::INDEX, render(&index::page(site))));
    files.push(file(here::CODES, render(&codes::page(site))));
    files.extend((!site.options.findings.is_empty()).then(|| file(findings::FINDINGS, render(&findings::page(site)))));
    files.push(file(here::MISSING, render(&Missing { frame: Frame::missing(site) })));
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

/// A template as text. HTML cannot express most control characters, not even escaped: they become U+FFFD.
fn render(page: &impl Template) -> String {
    /// Most pages fit, so that they are not moved while they grow.
    const ROOM: usize = 16 * 1024;
    let mut text = String::with_capacity(ROOM);
    page.render_into_with_values(&mut text, askama::NO_VALUES).expect("templates write to a string, which cannot fail");
    text.shrink_to_fit();
    if !is_plain(&text) && text.chars().any(is_inexpressible) {
        return text.chars().map(|c| if is_inexpressible(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    }
    text
}

/// Whether the bytes alone tell that nothing is inexpressible: there is no control of one byte, and no first byte of one of
/// two or of a noncharacter. Each is looked at whatever the ones before it are, which is faster than to stop.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | 0x20..=0x7e | 0x80..=0xc1 | 0xc3..=0xee);
    text.bytes().fold(true, |all, byte| all & plain(byte))
}

/// What the HTML standard calls a parse error wherever it stands: controls but white space, and noncharacters.
fn is_inexpressible(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    noncharacter || (c.is_control() && !matches!(c, '\t' | '\n' | '\x0c'))
}

//! What every page knows: the whole site, the way to its top, and where links lead.

use std::collections::{BTreeMap, BTreeSet};

use super::anchors::Anchors;
use super::item_paths;
use super::provenance::Cited;
use crate::c::types::CType;
use crate::emit::attribution;
use crate::fact::Source;
use crate::model::Spec;

/// The path of the page that lists everything.
pub const INDEX: &str = "index.html";

/// The path of the page that lists every code.
pub const CODES: &str = "codes.html";

/// The Spec and where its things are on the site.
pub struct Site<'a> {
    /// What was read.
    pub spec: &'a Spec,
    /// Whose pages all of it comes from: sentences.
    pub sources: Vec<String>,
    /// The page of each item.
    paths: Vec<String>,
    /// The anchor on the page of codes of each entry of `Spec::codes`.
    code_anchors: Vec<String>,
    /// The place in `Spec::codes` of each name and number.
    code_places: BTreeMap<(&'a str, u32), usize>,
    /// The anchor on the index of each family.
    families: BTreeMap<&'a str, String>,
    /// The item that each page describes, by the path that locations have.
    by_page: BTreeMap<&'a str, usize>,
}

impl<'a> Site<'a> {
    /// Settles every path and anchor.
    pub fn new(spec: &'a Spec) -> Self {
        let mut anchors = Anchors::new(&["content", "win32", "hresult"]);
        let names: BTreeSet<&str> = spec.items.iter().map(|item| &*item.family).collect();
        let mut sections = Anchors::new(&["content", "codes"]);
        let pages = spec.items.iter().enumerate();
        let codes = spec.codes.iter().enumerate();
        Self {
            spec,
            sources: attribution::sentences(spec),
            paths: item_paths(spec),
            code_anchors: spec.codes.iter().map(|code| anchors.claim("", &code.name)).collect(),
            code_places: codes.map(|(at, code)| ((&*code.name, code.number.value), at)).collect(),
            families: names.into_iter().map(|name| (name, sections.claim("", name))).collect(),
            by_page: pages.map(|(at, item)| (&*item.draft.path, at)).collect(),
        }
    }

    /// The path of an item's page.
    pub fn path(&self, item: usize) -> &str {
        &self.paths[item]
    }

    /// The anchor of an entry of `Spec::codes`.
    pub fn code_anchor(&self, place: usize) -> &str {
        &self.code_anchors[place]
    }

    /// The anchor on the index of a family that has an item.
    pub fn family_anchor(&self, name: &str) -> &str {
        &self.families[name]
    }

    /// What people call a family, as a heading; its name where nobody has said.
    pub fn family_title(&self, name: &str) -> String {
        let known = self.spec.families.iter().find(|family| family.name == name && family.title != name);
        let Some(family) = known else { return name.to_owned() };
        let mut rest = family.title.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    }
}

/// A page and the way from it to the others. Links are relative, so that the site works from any folder.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// The site.
    pub site: &'a Site<'a>,
    /// The way to the top: empty or `../`.
    pub root: &'static str,
    /// The item that this page describes.
    pub item: Option<usize>,
}

impl<'a> Here<'a> {
    /// A page at the top.
    pub fn top(site: &'a Site<'a>) -> Self {
        Self { site, root: "", item: None }
    }

    /// An item's page.
    pub fn item(site: &'a Site<'a>, item: usize) -> Self {
        Self { site, root: "../", item: Some(item) }
    }

    /// The way to an item's page.
    pub fn to_item(self, item: usize) -> String {
        format!("{}{}", self.root, self.site.path(item))
    }

    /// The way to a code on the page of codes.
    pub fn to_code(self, name: &str, number: u32) -> Option<String> {
        let place = *self.site.code_places.get(&(name, number))?;
        Some(format!("{}{CODES}#{}", self.root, self.site.code_anchor(place)))
    }

    /// The way to the page that describes what is at the bottom of a type, unless that is this page.
    pub fn to_type(self, c_type: &CType) -> Option<String> {
        let item = self.site.spec.place(c_type.base())?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of the item that a file describes, unless that is this page.
    pub fn to_page(self, path: &str) -> Option<String> {
        let item = *self.site.by_page.get(path)?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// Where a fact comes from.
    pub fn cite(self, label: &'static str, source: &'a Source) -> Cited<'a> {
        Cited::new(self, label, source)
    }
}

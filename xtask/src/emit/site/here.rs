//! What every page knows: the whole site, the way to its top, and where links lead.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::catalogue::Catalogue;
use super::findings::Finding;
use super::frame::Around;
use super::mentions::{self, Meant};
use super::order::{self, around_constant, around_items};
use super::paths::Paths;
use super::provenance::Cited;
use super::signature::{self, Complete};
use super::{Options, titles};
use crate::c::types::CType;
use crate::draft::{Body, DocumentedCode, Draft, Kind};
use crate::emit::attribution;
use crate::fact::Source;
use crate::model::{Family, Origin, Spec};
use crate::source::Location;

/// The path of the page that lists everything.
pub const INDEX: &str = "index.html";

/// The path of the page that lists every code.
pub const CODES: &str = "codes.html";

/// The path of the page that is shown where nothing was found.
pub const MISSING: &str = "404.html";

/// The Spec and where its things are on the site.
pub struct Site<'a> {
    /// What was read.
    pub spec: &'a Spec,
    /// What else there is to show, and where all of it will be.
    pub options: &'a Options,
    /// Whose pages all of it comes from: sentences.
    pub sources: Vec<String>,
    /// Codes and constants.
    pub catalogue: Catalogue<'a>,
    paths: Paths,
    /// What families.toml says of each family, and what of it is complete.
    families: FxHashMap<&'a str, &'a Family>,
    /// The places of the items of each family, by kind and name.
    by_family: BTreeMap<&'a str, Vec<usize>>,
    /// The item before and after each one.
    around_items: Vec<[Option<usize>; 2]>,
    /// The item that each page describes, by the path that locations have.
    by_page: FxHashMap<&'a str, usize>,
    /// What is wrong with each page, by the path that locations have.
    findings: BTreeMap<&'a str, Vec<&'a Finding>>,
    /// The items of which types are generated, by family and by either name.
    types: FxHashMap<(&'a str, &'a str), usize>,
    complete: FxHashMap<usize, Complete<'a>>,
    /// What the names in running text mean.
    names: FxHashMap<&'a str, Meant>,
}

impl<'a> Site<'a> {
    /// Settles every path.
    pub fn new(spec: &'a Spec, options: &'a Options) -> Self {
        let catalogue = Catalogue::new(spec);
        let paths = Paths::new(spec, &catalogue);
        let by_family = order::items(spec);
        let pages = spec.items.iter().enumerate();
        let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &options.findings {
            findings.entry(&finding.location.path).or_default().push(finding);
        }
        Self {
            spec,
            options,
            sources: attribution::sentences(spec),
            paths,
            families: spec.families.iter().map(|family| (&*family.name, family)).collect(),
            around_items: around_items(spec, &by_family),
            by_family,
            by_page: pages.map(|(at, item)| (&*item.draft.path, at)).collect(),
            findings,
            types: types(spec),
            complete: signature::complete(spec).collect(),
            names: mentions::names(spec, &catalogue),
            catalogue,
        }
    }

    /// The path of an item's page.
    pub fn path(&self, item: usize) -> &str {
        &self.paths.items[item]
    }

    /// The address of a page of this site, if it is known where the site will be.
    pub fn canonical(&self, path: &str) -> Option<String> {
        // The index is what its folder shows.
        let path = if path == INDEX { "" } else { path };
        self.options.base_url.as_ref().map(|base_url| base_url.to(path))
    }

    /// The path of a code's page.
    pub fn code_path(&self, code: usize) -> &str {
        &self.paths.codes[code]
    }

    /// The path of a constant's page.
    pub fn constant_path(&self, constant: usize) -> &str {
        &self.paths.constants[constant]
    }

    /// The families that have pages, with the paths of these.
    pub fn families(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths.families.iter().map(|(name, path)| (&**name, &**path))
    }

    /// What families.toml says of a family, and what of it is complete.
    pub fn family(&self, name: &str) -> Option<&'a Family> {
        self.families.get(name).copied()
    }

    /// The places of the items of a family, by kind and name. Lists of codes are among them.
    pub fn items_of(&self, family: &str) -> &[usize] {
        self.by_family.get(family).map_or(&[], |places| places)
    }

    /// The path of a family's page, if it has more than lists of codes.
    pub fn family_path(&self, name: &str) -> Option<&str> {
        self.paths.families.get(name).map(|path| &**path)
    }

    /// What people call a family, as a heading; its name where nobody has said.
    pub fn family_title(&self, name: &str) -> String {
        let known = self.family(name).filter(|family| family.title != name);
        let Some(family) = known else { return name.to_owned() };
        let mut rest = family.title.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    }

    /// What is generated for an item, if it is complete.
    pub fn complete(&self, item: usize) -> Option<Complete<'a>> {
        self.complete.get(&item).copied()
    }

    /// What is wrong with the page of that path, in the order of its lines.
    pub fn findings(&self, path: &str) -> &[&'a Finding] {
        self.findings.get(path).map_or(&[], |findings| findings)
    }

    /// What is wrong with files that describe no item: file by file.
    pub fn findings_elsewhere(&self) -> impl Iterator<Item = &'a Finding> {
        let elsewhere = self.findings.iter().filter(|(path, _)| !self.by_page.contains_key(*path));
        elsewhere.flat_map(|(_, findings)| findings.iter().copied())
    }
}

/// The types of the complete items. An alias is no name of what is generated.
fn types(spec: &Spec) -> FxHashMap<(&str, &str), usize> {
    let mut out = FxHashMap::default();
    for family in &spec.families {
        let enums = family.enums.iter().map(|enum_| &enum_.origin);
        let structs = family.structs.iter().map(|struct_| &struct_.origin);
        let callbacks = family.callbacks.iter().map(|callback| &callback.origin);
        for Origin { item, c_name, rust_name, .. } in enums.chain(structs).chain(callbacks) {
            out.extend([c_name, rust_name].map(|name| ((&*family.name, &**name), *item)));
        }
    }
    out
}

/// Whether a parameter or field is called so.
fn has_part(draft: &Draft, name: &str) -> bool {
    match &draft.body {
        Body::Function(function) => function.params.iter().any(|param| param.name.value == name),
        Body::Struct(fields, _) => fields.iter().any(|field| field.name.value == name),
        Body::Enum(..) | Body::Ioctl(_) | Body::Codes(_) | Body::Text => false,
    }
}

/// A page and the way from it to the others. Links are relative, so that the site works from any folder.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// The site.
    pub site: &'a Site<'a>,
    /// The path of this page.
    pub path: &'a str,
    /// The way to the top: empty or `../`.
    pub root: &'static str,
    /// The folder of this page, with the slash behind it.
    folder: &'a str,
    /// The item that this page describes.
    pub item: Option<usize>,
}

impl<'a> Here<'a> {
    /// The page of that path, at the top.
    pub fn top(site: &'a Site<'a>, path: &'a str) -> Self {
        Self { site, path, root: "", folder: "", item: None }
    }

    /// The page of that path, in a folder, which describes no item.
    pub fn below(site: &'a Site<'a>, path: &'a str) -> Self {
        let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
        Self { site, path, root: "../", folder, item: None }
    }

    /// An item's page.
    pub fn item(site: &'a Site<'a>, item: usize) -> Self {
        Self { item: Some(item), ..Self::below(site, site.path(item)) }
    }

    /// The same page, where it has already named the item's page: a place on that is named by its line alone.
    pub const fn within(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }

    /// The way to a page of this site, by its path and perhaps an anchor.
    pub fn to(self, path: &str) -> String {
        match path.strip_prefix(self.folder).filter(|_| !self.folder.is_empty()) {
            Some(beside) => beside.to_owned(),
            None => format!("{}{path}", self.root),
        }
    }

    /// The way to an item's page.
    pub fn to_item(self, item: usize) -> String {
        self.to(self.site.path(item))
    }

    /// The way to the page of a code that a list has.
    pub fn to_entry(self, name: &str, number: u32) -> Option<String> {
        Some(self.to(self.site.code_path(self.site.catalogue.entry(name, number)?)))
    }

    /// The way to the page of a code that a function documents.
    pub fn to_code(self, code: &DocumentedCode) -> Option<String> {
        Some(self.to(self.site.code_path(self.site.catalogue.code(code)?)))
    }

    /// The way to the page of a family's constant.
    pub fn to_constant(self, family: &str, name: &str) -> Option<String> {
        Some(self.to(self.site.constant_path(self.site.catalogue.constant(family, name)?)))
    }

    /// Whether the runtime has a function, if runtime.toml says so or otherwise.
    pub fn implemented(self, draft: &Draft) -> Option<bool> {
        let support = self.site.spec.runtime.get(&draft.name.value);
        support.filter(|_| draft.kind == Kind::Function).map(|support| support.value.implemented)
    }

    /// The way to the page that describes what is at the bottom of a type, unless that is this page.
    pub fn to_type(self, c_type: &CType) -> Option<String> {
        let item = self.site.spec.place(c_type.base())?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of a type that is generated for a family, unless that is this page.
    pub fn to_generated(self, family: &str, name: &str) -> Option<String> {
        let item = *self.site.types.get(&(family, name))?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of the item that a file describes, unless that is this page.
    pub fn to_page(self, path: &str) -> Option<String> {
        let item = *self.site.by_page.get(path)?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of what is called so, unless that is this page, or a parameter or field here is called so too.
    pub fn to_name(self, name: &str) -> Option<String> {
        let name = name.strip_suffix("()").unwrap_or(name);
        let meant = *self.site.names.get(name)?;
        let draft = self.item.map(|item| &self.site.spec.items[item]);
        // The constant of this page's own family before one of another.
        let own = draft.and_then(|item| self.site.catalogue.constant(&item.family, name));
        let path = match (meant, own) {
            (Meant::Constant(_) | Meant::Several, Some(at)) | (Meant::Constant(at), None) => {
                self.site.constant_path(at)
            }
            (Meant::Item(at), _) => self.site.path(at),
            (Meant::Code(at), _) => self.site.code_path(at),
            (Meant::Several, None) => return None,
        };
        let here = draft.is_some_and(|item| has_part(&item.draft, name));
        (path != self.path && !here).then(|| self.to(path))
    }

    /// Where a line of a file can be seen, if that was said.
    pub fn to_line(self, location: &Location) -> Option<String> {
        let line = |url: &super::SourceUrl| url.line(self.site.spec.file(location), location.span.line);
        self.site.options.source_url.as_ref().map(line)
    }

    /// Where a fact comes from.
    pub fn cite(self, label: &'static str, source: &'a Source) -> Cited<'a> {
        Cited { here: self, label, source }
    }

    /// What stands before and after an item.
    pub fn around_item(self, item: usize) -> Around {
        let name = |at: usize| (self.site.spec.items[at].draft.name.value.clone(), self.to_item(at));
        let code = titles::is_code(self.site.spec.items[item].draft.kind);
        Around::new(self.site.around_items[item].map(|at| at.map(name)), code)
    }

    /// What stands before and after a code.
    pub fn around_code(self, code: usize) -> Around {
        let codes = &self.site.catalogue.codes;
        let name = |at: usize| (codes[at].name.to_owned(), self.to(self.site.code_path(at)));
        let there = [code.checked_sub(1), Some(code + 1).filter(|next| *next < codes.len())];
        Around::new(there.map(|at| at.map(name)), true)
    }

    /// What stands before and after a constant.
    pub fn around_constant(self, constant: usize) -> Around {
        let constants = &self.site.catalogue.constants;
        let name = |at: usize| (constants[at].name.to_owned(), self.to(self.site.constant_path(at)));
        Around::new(around_constant(&self.site.catalogue, constant).map(|at| at.map(name)), true)
    }
}

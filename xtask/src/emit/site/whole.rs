//! The whole site, as every page knows it: what was read, and where each thing of it has its page.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::catalogue::Catalogue;
use super::complete::{self, Complete};
use super::mentions::{self, Meant};
use super::options::Options;
use super::order::{self, around_items};
use super::paths::{INDEX, Paths};
use crate::diag::Finding;
use crate::emit::attribution;
use crate::model::{Family, Origin, Spec};

/// The Spec and where its things are on the site.
pub(super) struct Site<'a> {
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
    pub(super) fn new(spec: &'a Spec, options: &'a Options) -> Self {
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
            complete: complete::complete(spec).collect(),
            names: mentions::names(spec, &catalogue),
            catalogue,
        }
    }

    /// The path of an item's page.
    pub(super) fn path(&self, item: usize) -> &str {
        &self.paths.items[item]
    }

    /// The address of a page of this site, if it is known where the site will be.
    pub(super) fn canonical(&self, path: &str) -> Option<String> {
        // The index is what its folder shows.
        let path = if path == INDEX { "" } else { path };
        self.options.base_url.as_ref().map(|base_url| base_url.to(path))
    }

    /// The path of a code's page.
    pub(super) fn code_path(&self, code: usize) -> &str {
        &self.paths.codes[code]
    }

    /// The path of a constant's page.
    pub(super) fn constant_path(&self, constant: usize) -> &str {
        &self.paths.constants[constant]
    }

    /// The families that have pages, with the paths of these.
    pub(super) fn families(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths.families.iter().map(|(name, path)| (&**name, &**path))
    }

    /// What families.toml says of a family, and what of it is complete.
    pub(super) fn family(&self, name: &str) -> Option<&'a Family> {
        self.families.get(name).copied()
    }

    /// The places of the items of a family, by kind and name. Lists of codes are among them.
    pub(super) fn items_of(&self, family: &str) -> &[usize] {
        self.by_family.get(family).map_or(&[], |places| places)
    }

    /// The path of a family's page, if it has more than lists of codes.
    pub(super) fn family_path(&self, name: &str) -> Option<&str> {
        self.paths.families.get(name).map(|path| &**path)
    }

    /// What people call a family, as a heading; its name where nobody has said.
    pub(super) fn family_title(&self, name: &str) -> String {
        let known = self.family(name).filter(|family| family.title != name);
        let Some(family) = known else { return name.to_owned() };
        let mut rest = family.title.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    }

    /// The item of which a type is generated that either language calls so.
    pub(super) fn generated(&self, family: &str, name: &str) -> Option<usize> {
        self.types.get(&(family, name)).copied()
    }

    /// The item that the page of that path describes.
    pub(super) fn described(&self, path: &str) -> Option<usize> {
        self.by_page.get(path).copied()
    }

    /// The item before and after one.
    pub(super) fn around_item(&self, item: usize) -> [Option<usize>; 2] {
        self.around_items[item]
    }

    /// What a name in running text means.
    pub(super) fn meant(&self, name: &str) -> Option<Meant> {
        self.names.get(name).copied()
    }

    /// What is generated for an item, if it is complete.
    pub(super) fn complete(&self, item: usize) -> Option<Complete<'a>> {
        self.complete.get(&item).copied()
    }

    /// What is wrong with the page of that path, in the order of its lines.
    pub(super) fn findings(&self, path: &str) -> &[&'a Finding] {
        self.findings.get(path).map_or(&[], |findings| findings)
    }

    /// What is wrong with files that describe no item: file by file.
    pub(super) fn findings_elsewhere(&self) -> impl Iterator<Item = &'a Finding> {
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
            out.extend([&**c_name, &**rust_name].map(|name| ((&*family.name, name), *item)));
        }
    }
    out
}

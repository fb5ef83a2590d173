//! A page and the way from it to the others.

use super::mentions::Meant;
use super::order::{Around, around_constant};
use super::source_url::SourceUrl;
use super::titles;
use super::whole::Site;
use crate::c::types::CType;
use crate::draft::{Body, DocumentedCode, Draft, Kind};
use crate::source::Location;

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
pub(super) struct Here<'a> {
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
    pub(super) fn top(site: &'a Site<'a>, path: &'a str) -> Self {
        Self { site, path, root: "", folder: "", item: None }
    }

    /// The page of that path, in a folder, which describes no item.
    pub(super) fn below(site: &'a Site<'a>, path: &'a str) -> Self {
        let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
        Self { site, path, root: "../", folder, item: None }
    }

    /// An item's page.
    pub(super) fn item(site: &'a Site<'a>, item: usize) -> Self {
        Self { item: Some(item), ..Self::below(site, site.path(item)) }
    }

    /// The same page, where it has already named the item's page: a place on that is named by its line alone.
    pub(super) const fn within(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }

    /// The way to a page of this site, by its path and perhaps an anchor.
    pub(super) fn to(self, path: &str) -> String {
        match path.strip_prefix(self.folder).filter(|_| !self.folder.is_empty()) {
            Some(beside) => beside.to_owned(),
            None => format!("{}{path}", self.root),
        }
    }

    /// The way to an item's page.
    pub(super) fn to_item(self, item: usize) -> String {
        self.to(self.site.path(item))
    }

    /// The way to the page of a code that a list has.
    pub(super) fn to_entry(self, name: &str, number: u32) -> Option<String> {
        Some(self.to(self.site.code_path(self.site.catalogue.entry(name, number)?)))
    }

    /// The way to the page of a code that a function documents.
    pub(super) fn to_code(self, code: &DocumentedCode) -> Option<String> {
        Some(self.to(self.site.code_path(self.site.catalogue.code(code)?)))
    }

    /// The way to the page of a family's constant.
    pub(super) fn to_constant(self, family: &str, name: &str) -> Option<String> {
        Some(self.to(self.site.constant_path(self.site.catalogue.constant(family, name)?)))
    }

    /// Whether the runtime has a function, if runtime.toml says so or otherwise.
    pub(super) fn implemented(self, draft: &Draft) -> Option<bool> {
        let support = self.site.spec.runtime.get(&draft.name.value);
        support.filter(|_| draft.kind == Kind::Function).map(|support| support.value.implemented)
    }

    /// The way to the page that describes what is at the bottom of a type, unless that is this page.
    pub(super) fn to_type(self, c_type: &CType) -> Option<String> {
        let item = self.site.spec.place(c_type.base())?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of a type that is generated for a family, unless that is this page.
    pub(super) fn to_generated(self, family: &str, name: &str) -> Option<String> {
        let item = self.site.generated(family, name)?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of the item that a file describes, unless that is this page.
    pub(super) fn to_page(self, path: &str) -> Option<String> {
        let item = self.site.described(path)?;
        (self.item != Some(item)).then(|| self.to_item(item))
    }

    /// The way to the page of what is called so, unless that is this page, or a parameter or field here is called so too.
    pub(super) fn to_name(self, name: &str) -> Option<String> {
        let name = name.strip_suffix("()").unwrap_or(name);
        let meant = self.site.meant(name)?;
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
    pub(super) fn to_line(self, location: &Location) -> Option<String> {
        let line = |url: &SourceUrl| url.line(self.site.spec.file(location), location.span.line);
        self.site.options.source_url.as_ref().map(line)
    }

    /// What stands before and after an item.
    pub(super) fn around_item(self, item: usize) -> Around {
        let name = |at: usize| (self.site.spec.items[at].draft.name.value.clone(), self.to_item(at));
        let code = titles::is_code(self.site.spec.items[item].draft.kind);
        Around::new(self.site.around_item(item).map(|at| at.map(name)), code)
    }

    /// What stands before and after a code.
    pub(super) fn around_code(self, code: usize) -> Around {
        let codes = &self.site.catalogue.codes;
        let name = |at: usize| (codes[at].name.to_owned(), self.to(self.site.code_path(at)));
        let there = [code.checked_sub(1), Some(code + 1).filter(|next| *next < codes.len())];
        Around::new(there.map(|at| at.map(name)), true)
    }

    /// What stands before and after a constant.
    pub(super) fn around_constant(self, constant: usize) -> Around {
        let constants = &self.site.catalogue.constants;
        let name = |at: usize| (constants[at].name.to_owned(), self.to(self.site.constant_path(at)));
        Around::new(around_constant(&self.site.catalogue, constant).map(|at| at.map(name)), true)
    }
}

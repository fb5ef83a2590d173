//! A family's page: its groups of functions, every item by kind, its constants.

use askama::Template;

use super::frame::Frame;
use super::here::Here;
use super::number::Number;
use super::summary::summary;
use super::titles::{is_code, plural};
use super::whole::Site;
use crate::draft::Kind;
use crate::model::{Family, Group, Item};

/// A family's page.
#[derive(Template)]
#[template(path = "family.html", whitespace = "minimize")]
pub(super) struct FamilyPage<'a> {
    frame: Frame,
    title: String,
    header: Option<&'a str>,
    groups: Vec<GroupView<'a>>,
    kinds: Vec<KindSection<'a>>,
    /// Names, addresses, numbers.
    constants: Vec<(&'a str, String, Number)>,
}

/// A group of functions: one trait.
pub(super) struct GroupView<'a> {
    /// The trait.
    pub path: String,
    pub summary: &'a str,
    /// Names, addresses, and whether the runtime has them, if that is known.
    pub functions: Vec<(&'a str, String, Option<bool>)>,
}

/// The items of a kind.
pub(super) struct KindSection<'a> {
    pub id: &'static str,
    pub title: &'static str,
    pub items: Vec<Entry<'a>>,
}

/// An item in a list.
pub(super) struct Entry<'a> {
    pub name: &'a str,
    /// Whether the name is one of code.
    pub code: bool,
    pub href: String,
    pub summary: String,
    /// Whether its page leaves something out.
    pub gaps: bool,
    /// Whether the runtime has it, if that is known.
    pub implemented: Option<bool>,
}

/// The page of the family of that name.
pub(super) fn page<'a>(site: &'a Site<'a>, name: &'a str) -> FamilyPage<'a> {
    let here = Here::below(site, site.family_path(name).expect("the family has a page"));
    let title = site.family_title(name);
    let known = site.family(name);
    let header = known.map(|family| &*family.header).filter(|header| !header.is_empty());
    let summary = match header {
        Some(header) => format!("Everything in {header}."),
        None => format!("Everything in {title}."),
    };
    let constant = |at: usize| {
        let constant = &site.catalogue.constants[at];
        let listed = constant.listed.first().expect("a constant is listed somewhere");
        (constant.name, here.to(site.constant_path(at)), Number::constant(listed.constant))
    };
    FamilyPage {
        frame: Frame::new(here, &title, summary, Vec::new()),
        title,
        header,
        groups: known.map_or_else(Vec::new, |family| groups(here, family)),
        kinds: kinds(here, name),
        constants: site.catalogue.constants_of(name).map(constant).collect(),
    }
}

/// The items of a family, kind by kind, each list by name.
pub(super) fn kinds<'a>(here: Here<'a>, family: &str) -> Vec<KindSection<'a>> {
    let spec = here.site.spec;
    let mut out: Vec<(Kind, KindSection<'a>)> = Vec::new();
    for &at in here.site.items_of(family) {
        let item = &spec.items[at];
        let kind = item.draft.kind;
        if kind == Kind::Codes {
            continue;
        }
        match out.last_mut() {
            Some((known, section)) if *known == kind => section.items.push(entry(here, at, item)),
            _ => {
                let (title, id) = plural(kind);
                out.push((kind, KindSection { id, title, items: vec![entry(here, at, item)] }));
            }
        }
    }
    out.into_iter().map(|(_, section)| section).collect()
}

/// An item as lists show it.
pub(super) fn entry<'a>(here: Here<'a>, at: usize, item: &'a Item) -> Entry<'a> {
    let draft = &item.draft;
    Entry {
        name: &draft.name.value,
        code: is_code(draft.kind),
        href: here.to_item(at),
        summary: summary(&draft.docs),
        gaps: !item.gaps.is_empty(),
        implemented: here.implemented(draft),
    }
}

/// The groups of a family.
pub(super) fn groups<'a>(here: Here<'a>, family: &'a Family) -> Vec<GroupView<'a>> {
    let function = |&index: &usize| {
        let origin = &family.functions[index].origin;
        let implemented = here.implemented(&here.site.spec.items[origin.item].draft);
        (&*origin.c_name, here.to_item(origin.item), implemented)
    };
    let view = |group: &'a Group| GroupView {
        path: format!("{}::{}", family.name, group.name),
        summary: &group.summary,
        functions: group.functions.iter().map(function).collect(),
    };
    family.groups.iter().map(view).collect()
}

//! The page that lists everything: families with their groups, every item by kind, lists of codes.

use std::collections::BTreeMap;

use askama::Template;

use super::frame::Frame;
use super::here::{Here, Site};
use super::summary::summary;
use super::titles::{codes_of, plural, space};
use crate::draft::Kind;
use crate::model::{CodeSpace, Family};

/// The index.
#[derive(Template)]
#[template(path = "index.html", whitespace = "minimize")]
pub struct IndexPage<'a> {
    frame: Frame,
    title: &'a str,
    families: Vec<FamilySection<'a>>,
    /// Anchor, title and count of each space of codes that has some.
    spaces: Vec<(&'static str, &'static str, usize)>,
    lists: Vec<Entry<'a>>,
}

struct FamilySection<'a> {
    id: &'a str,
    title: String,
    header: Option<&'a str>,
    groups: Vec<GroupView<'a>>,
    kinds: Vec<KindSection<'a>>,
}

struct GroupView<'a> {
    /// The trait.
    path: String,
    summary: &'a str,
    /// Names and addresses.
    functions: Vec<(&'a str, String)>,
}

struct KindSection<'a> {
    id: String,
    title: &'static str,
    items: Vec<Entry<'a>>,
}

struct Entry<'a> {
    name: &'a str,
    href: String,
    summary: String,
    /// Whether its page leaves something out.
    gaps: bool,
}

/// The index of a site.
pub fn page<'a>(site: &'a Site<'a>) -> IndexPage<'a> {
    let here = Here::top(site);
    let mut lists = Vec::new();
    let mut families: BTreeMap<&str, BTreeMap<Kind, Vec<Entry<'a>>>> = BTreeMap::new();
    for (at, item) in site.spec.items.iter().enumerate() {
        let draft = &item.draft;
        let entry = Entry {
            name: &draft.name.value,
            href: here.to_item(at),
            summary: summary(&draft.docs),
            gaps: !item.gaps.is_empty(),
        };
        match draft.kind {
            Kind::Codes => lists.push(entry),
            kind => families.entry(&item.family).or_default().entry(kind).or_default().push(entry),
        }
    }
    let spaces = [CodeSpace::Win32, CodeSpace::HResult].map(|which| {
        let (title, id) = space(which);
        (id, title, codes_of(site.spec, which).len())
    });
    IndexPage {
        frame: Frame::index(site),
        title: &site.spec.title,
        families: families.into_iter().map(|(name, kinds)| family(here, name, kinds)).collect(),
        spaces: spaces.into_iter().filter(|(.., count)| *count > 0).collect(),
        lists,
    }
}

/// The anchor of a family's items of a kind. No family's own anchor has a full stop in it.
pub fn kind_anchor(family: &str, kind: Kind) -> String {
    format!("{family}.{}", plural(kind).1)
}

fn family<'a>(here: Here<'a>, name: &'a str, kinds: BTreeMap<Kind, Vec<Entry<'a>>>) -> FamilySection<'a> {
    let id = here.site.family_anchor(name);
    let known = here.site.spec.families.iter().find(|family| family.name == name);
    let section = |(kind, mut items): (Kind, Vec<Entry<'a>>)| {
        items.sort_by_key(|entry| entry.name);
        KindSection { id: kind_anchor(id, kind), title: plural(kind).0, items }
    };
    FamilySection {
        id,
        title: here.site.family_title(name),
        header: known.map(|family| &*family.header),
        groups: known.map_or_else(Vec::new, |family| groups(here, family)),
        kinds: kinds.into_iter().map(section).collect(),
    }
}

fn groups<'a>(here: Here<'a>, family: &'a Family) -> Vec<GroupView<'a>> {
    let function = |&index: &usize| {
        let origin = &family.functions[index].origin;
        (&*origin.c_name, here.to_item(origin.item))
    };
    let view = |group: &'a crate::model::Group| GroupView {
        path: format!("{}::{}", family.name, group.name),
        summary: &group.summary,
        functions: group.functions.iter().map(function).collect(),
    };
    family.groups.iter().map(view).collect()
}

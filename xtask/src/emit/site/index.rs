//! The first page: each family with its groups and how much it has, and the ways to every code.

use std::cmp::Reverse;

use askama::Template;

use super::codes::{SPACES, of_space};
use super::family::{Entry, GroupView, entry, groups, kinds};
use super::frame::Frame;
use super::here::Here;
use super::paths::INDEX;
use super::titles::space;
use super::whole::Site;
use crate::draft::Kind;

/// The index.
#[derive(Template)]
#[template(path = "index.html", whitespace = "minimize")]
pub(super) struct IndexPage<'a> {
    frame: Frame,
    title: &'a str,
    families: Vec<FamilyCard<'a>>,
    /// Whether it is known what the runtime has.
    runtime: bool,
    /// Anchor, title and count of each space of codes that has some.
    spaces: Vec<(&'static str, &'static str, usize)>,
    lists: Vec<Entry<'a>>,
}

struct FamilyCard<'a> {
    title: String,
    href: String,
    header: Option<&'a str>,
    groups: Vec<GroupView<'a>>,
    /// What it has: headings, addresses and counts.
    counts: Vec<(&'static str, String, usize)>,
}

/// The index of a site.
pub(super) fn page<'a>(site: &'a Site<'a>) -> IndexPage<'a> {
    let here = Here::top(site, INDEX);
    let lists = site.spec.items.iter().enumerate().filter(|(_, item)| item.draft.kind == Kind::Codes);
    let spaces = SPACES.map(|which| {
        let (title, id) = space(which);
        (id, title, of_space(site, which).count())
    });
    // What the runtime has most of comes first; otherwise it is by name.
    let mut families: Vec<(&str, &str)> = site.families().collect();
    let implemented = |name: &str| {
        let drafts = site.items_of(name).iter().map(|&at| &site.spec.items[at].draft);
        drafts.filter(|draft| here.implemented(draft) == Some(true)).count()
    };
    families.sort_by_cached_key(|(name, _)| Reverse(implemented(name)));
    IndexPage {
        frame: Frame::index(here),
        title: &site.spec.title,
        runtime: !site.spec.runtime.is_empty(),
        families: families.into_iter().map(|(name, path)| card(here, name, path)).collect(),
        spaces: spaces.into_iter().filter(|(.., count)| *count > 0).collect(),
        lists: lists.map(|(at, item)| entry(here, at, item)).collect(),
    }
}

fn card<'a>(here: Here<'a>, name: &str, path: &str) -> FamilyCard<'a> {
    let known = here.site.family(name);
    let href = here.to(path);
    let sections = kinds(here, name).into_iter();
    let mut counts: Vec<(&str, String, usize)> =
        sections.map(|section| (section.title, format!("{href}#{}", section.id), section.items.len())).collect();
    let constants = here.site.catalogue.constants_of(name).len();
    if constants > 0 {
        counts.push(("Constants", format!("{href}#constants"), constants));
    }
    FamilyCard {
        title: here.site.family_title(name),
        href,
        header: known.map(|family| &*family.header).filter(|header| !header.is_empty()),
        groups: known.map_or_else(Vec::new, |family| groups(here, family)),
        counts,
    }
}

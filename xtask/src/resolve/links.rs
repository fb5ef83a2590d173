//! Links: by path, by asset id, by name to an item; every other one made absolute or reported.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Rule};
use crate::draft::Kind;
use crate::model::Item;
use crate::prose::{Inline, Target, each_link, plain};
use crate::source::Location;

/// Where site-relative links of these pages lead.
const SITE: &str = "https://learn.microsoft.com";

/// Resolves the links of every item. Items do not change each other's links, so that all cores share the work.
pub(super) fn resolve(items: &mut [Item], diags: &mut Diagnostics) {
    let index = Index::new(items);
    let mut unread: BTreeMap<String, (Location, usize)> = BTreeMap::new();
    for (mut found, trees) in items.par_iter_mut().map(|item| of_item(item, &index)).collect::<Vec<_>>() {
        diags.list.append(&mut found.list);
        for (tree, location) in trees {
            unread.entry(tree).or_insert_with(|| (location, 0)).1 += 1;
        }
    }
    for (tree, (location, count)) in unread {
        let tree = if tree.is_empty() { "the folder above" } else { &tree };
        let message = match count {
            1 => format!("this link leads into `{tree}`, of which no page was read"),
            _ => format!("{count} links lead into `{tree}`, of which no page was read; this is the first"),
        };
        diags.report(Rule::UnreadTree, location, message);
    }
}

/// Resolves the links of one item. Returns what is wrong, and for each link into a tree that was not read, that tree.
fn of_item(item: &mut Item, index: &Index) -> (Diagnostics, Vec<(String, Location)>) {
    let (mut diags, mut unread) = (Diagnostics::default(), Vec::new());
    let (path, page) = (item.draft.path.clone(), item.draft.page.clone());
    for prose in item.draft.proses_mut() {
        each_link(Arc::make_mut(prose), &mut |span, target, text| {
            let Target::Written(written) = target else { return };
            let found = index.resolve(written, &page, text);
            let location = || Location { path: path.clone(), span };
            match &found {
                Found::Target(_) => {}
                Found::Unread(tree) => unread.push((tree.clone(), location())),
                Found::Dangling => {
                    let message = format!("the link to `{written}` leads to no page that was read");
                    diags.report(Rule::DanglingLink, location(), message);
                }
                Found::Dead => {
                    let message = format!("the link `{}` to `{written}` can lead nowhere", plain(text).trim());
                    diags.report(Rule::DeadLink, location(), message);
                }
            }
            *target = found.or_absolute(written);
        });
    }
    // Copies of the text above: what is wrong there has been reported.
    for constant in &mut item.draft.constants {
        each_link(Arc::make_mut(&mut constant.docs), &mut |_, target, text| {
            let Target::Written(written) = target else { return };
            *target = index.resolve(written, &page, text).or_absolute(written);
        });
    }
    (diags, unread)
}

enum Found {
    Target(Target),
    /// It looks like a page of this kind, and is none that was read.
    Dangling,
    /// It leads into this folder, of which no page was read.
    Unread(String),
    /// It can lead nowhere.
    Dead,
}

impl Found {
    fn or_absolute(self, written: &str) -> Target {
        match self {
            Self::Target(target) => target,
            Self::Dangling | Self::Unread(_) | Self::Dead => Target::Url(absolute(written)),
        }
    }
}

#[derive(Default)]
struct Index {
    /// `folder/stem` in lower case.
    by_path: HashMap<String, usize>,
    by_asset: HashMap<String, usize>,
    /// Names that one item has; `None` for those of several.
    by_name: HashMap<String, Option<usize>>,
    /// The last parts of the folders that were read.
    folders: HashSet<String>,
    /// Those of them whose pages are of items of a header, which the site has below `api`.
    headers: HashSet<String>,
    /// The folders that were read, from the root.
    paths: HashSet<String>,
}

impl Index {
    fn new(items: &[Item]) -> Self {
        let mut index = Self::default();
        for (at, item) in items.iter().enumerate() {
            let path = item.draft.page.to_ascii_lowercase();
            let path = path.rsplit_once('.').map_or(&*path, |(stem, _)| stem);
            let mut parts = path.rsplit('/');
            let stem = parts.next().expect("a split has a first part");
            let folder = parts.next().map_or_else(String::new, str::to_owned);
            index.by_path.entry(format!("{folder}/{stem}")).or_insert(at);
            let of_header = || {
                let name = stem.split_once('-').filter(|(kind, _)| kind.len() == 2 && kind.starts_with('n'));
                name.is_some_and(|(_, name)| name.starts_with(&*folder))
            };
            let is_of_header = !matches!(item.draft.kind, Kind::Codes | Kind::Overview | Kind::Topic);
            if is_of_header || item.draft.uid.is_some() || of_header() {
                index.headers.insert(folder.clone());
            }
            index.folders.insert(folder);
            index.paths.insert(path.rsplit_once('/').map_or("", |(folders, _)| folders).to_owned());
            if let Some(id) = &item.draft.asset_id {
                index.by_asset.entry(id.clone()).or_insert(at);
            }
            for name in std::iter::once(&item.draft.name).chain(&item.draft.aliases) {
                let known = index.by_name.entry(name.value.clone()).or_insert(Some(at));
                *known = known.filter(|&other| other == at);
            }
        }
        index
    }

    fn resolve(&self, written: &str, page: &str, text: &[Inline]) -> Found {
        let end = written.bytes().position(|b| matches!(b, b'#' | b'?')).unwrap_or(written.len());
        let mut lower = written[..end].trim().to_ascii_lowercase();
        if lower.contains('\\') {
            lower = lower.replace('\\', "/");
        }
        if lower.is_empty() {
            // A place of the same page; one without any name is a link that was never finished.
            let place = written.trim().len() > 1;
            return if place { Found::Target(Target::Url(written.to_owned())) } else { Found::Dead };
        }
        let named = || self.by_name.get(plain(text).trim()).copied().flatten();
        let by_name = |otherwise| named().map_or(otherwise, |at| Found::Target(Target::Item(at)));
        let (site, path) = match place(&lower) {
            Place::Asset(id) => {
                let known = self.by_asset.get(id);
                return known.map_or_else(|| by_name(Found::Dangling), |&at| Found::Target(Target::Item(at)));
            }
            Place::Elsewhere => return Found::Target(Target::Url(written.to_owned())),
            Place::HelpId => return by_name(Found::Dead),
            Place::Site(path) => (true, Cow::Borrowed(path)),
            Place::Relative => (false, Cow::Owned(below(page, &lower))),
        };
        let path = path.strip_suffix(".md").or_else(|| path.strip_suffix(".htm")).unwrap_or(&path);
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        let key = match path.rmatch_indices('/').nth(1) {
            Some((at, _)) => Cow::Borrowed(&path[at + 1..]),
            None if path.contains('/') => Cow::Borrowed(path),
            None => Cow::Owned(format!("/{path}")),
        };
        if let Some(&at) = self.by_path.get(&*key) {
            return Found::Target(Target::Item(at));
        }
        let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
        if !site {
            let read = self.paths.contains(folders);
            return by_name(if read { Found::Dangling } else { Found::Unread(folders.to_owned()) });
        }
        // A page of a header that was read should have been there; others are somebody else's.
        if !self.folders.contains(folder) || path.split('/').all(|part| part != "api") {
            return Found::Target(Target::Url(absolute(written)));
        }
        // The folder that was read is one of another tree, and only called as the header.
        let tree = || folders.rsplit_once('/').map_or("", |(tree, _)| tree).to_owned();
        by_name(if self.headers.contains(folder) { Found::Dangling } else { Found::Unread(tree()) })
    }
}

/// Where a link leads to, by its looks.
enum Place<'a> {
    /// `https://msdn.microsoft.com/GUID` and the like: the id.
    Asset(&'a str),
    /// A path of the site that publishes these pages.
    Site(&'a str),
    /// Another site, or no page at all.
    Elsewhere,
    /// `hid.value_capability_arrays`: the id of a help file that is no more, and no path.
    HelpId,
    /// A path from the page.
    Relative,
}

fn place(target: &str) -> Place<'_> {
    if target.starts_with('/') && !target.starts_with("//") {
        return Place::Site(target);
    }
    if let Some(rest) = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://")) {
        let (host, path) = rest.split_at(rest.bytes().position(|b| b == b'/').unwrap_or(rest.len()));
        let id = path.rsplit('/').next().expect("a split has a first part");
        let is_id = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        return match host {
            "learn.microsoft.com" | "docs.microsoft.com" if !path.is_empty() => Place::Site(path),
            _ if is_id && host.ends_with("msdn.microsoft.com") => Place::Asset(id),
            _ => Place::Elsewhere,
        };
    }
    if target.starts_with("mailto:") || target.contains("://") {
        return Place::Elsewhere;
    }
    if is_help_id(target) { Place::HelpId } else { Place::Relative }
}

fn is_help_id(target: &str) -> bool {
    let known = [".md", ".htm", ".html", ".yml", ".pdf", ".png"].into_iter().any(|suffix| target.ends_with(suffix));
    !target.contains('/') && target.contains('.') && !known
}

/// A relative link as a path from the root.
fn below(page: &str, relative: &str) -> String {
    let mut folders: Vec<&str> = page.split('/').collect();
    folders.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(folders.pop()),
            other => folders.push(other),
        }
    }
    folders.join("/").to_ascii_lowercase()
}

fn absolute(written: &str) -> String {
    if written.starts_with('/') && !written.starts_with("//") {
        return format!("{SITE}{written}");
    }
    written.to_owned()
}

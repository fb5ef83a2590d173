//! Where a fact comes from, in words: page and line, override with its reason, derivation with what it used.

use askama::Template;
use askama::filters::HtmlSafe;

use super::here::Here;
use crate::fact::Source;
use crate::source::Location;

/// A fact's label and where the fact comes from.
#[derive(Clone, Copy)]
pub(super) struct Cited<'a> {
    pub here: Here<'a>,
    /// Which fact it is.
    pub label: &'static str,
    /// Where it comes from.
    pub source: &'a Source,
}

impl<'a> Here<'a> {
    /// Where a fact comes from.
    pub(super) fn cite(self, label: &'static str, source: &'a Source) -> Cited<'a> {
        Cited { here: self, label, source }
    }
}

/// Facts that stand in one line, or come from one place otherwise, by that place.
pub(super) struct Group<'a> {
    /// Which facts.
    pub labels: Vec<&'static str>,
    /// Where they come from.
    pub source: Words<'a>,
}

/// Puts together what comes from one line.
pub(super) fn grouped<'a>(list: &[Cited<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for cited in list {
        match groups.iter_mut().find(|group| is_one_line(group.source.source, cited.source)) {
            Some(group) if group.labels.contains(&cited.label) => {}
            Some(group) => group.labels.push(cited.label),
            None => groups.push(Group { labels: vec![cited.label], source: cited.words() }),
        }
    }
    groups
}

impl<'a> Cited<'a> {
    /// Where it comes from, in words.
    pub(super) fn words(self) -> Words<'a> {
        Words { here: self.here, source: self.source }
    }
}

/// A source in words.
#[derive(Template)]
#[template(path = "source.html", whitespace = "minimize")]
pub(super) struct Words<'a> {
    here: Here<'a>,
    source: &'a Source,
}

/// It is made by a template that escapes.
impl HtmlSafe for Words<'_> {}

impl<'a> Words<'a> {
    fn place(&self, location: &'a Location) -> Place<'a> {
        let spec = self.here.site.spec;
        let own = self.here.item.is_some_and(|item| spec.items[item].draft.path == location.path);
        // Most places are on the page that is being shown: nothing is looked up for them.
        let (file, href) = match own {
            true => ("", None),
            false => (spec.file(location), self.here.to_page(&location.path)),
        };
        Place { own, file, href, line: location.span.line, line_href: self.here.to_line(location) }
    }

    /// What a derivation used, each line once, in the order of the rule.
    fn used(&self, from: &'a [Source]) -> Vec<Words<'a>> {
        let mut used: Vec<Words<'a>> = Vec::new();
        for source in from {
            if !used.iter().any(|known| is_one_line(known.source, source)) {
                used.push(Words { here: self.here, source });
            }
        }
        used
    }
}

/// Whether two sources differ in their columns at most, which are not shown.
fn is_one_line(a: &Source, b: &Source) -> bool {
    let same = |a: &Location, b: &Location| a.path == b.path && a.span.line == b.span.line;
    match (a, b) {
        (Source::Page(a), Source::Page(b)) => same(a, b),
        (Source::Override { location: a, grounds: why }, Source::Override { location: b, grounds }) => {
            same(a, b) && why == grounds
        }
        (Source::Derived { rule: a, from }, Source::Derived { rule: b, from: other }) => {
            a == b && from.len() == other.len() && from.iter().zip(other).all(|(a, b)| is_one_line(a, b))
        }
        _ => false,
    }
}

/// A place in a file.
struct Place<'a> {
    /// Whether it is in the page that is being shown, which then need not be named.
    own: bool,
    /// The file, below the folder that was read, if it is another one.
    file: &'a str,
    /// The way to what it describes.
    href: Option<String>,
    line: u32,
    /// Where the line can be seen.
    line_href: Option<String>,
}

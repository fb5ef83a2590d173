//! Where a fact comes from, in words: page and line, override with its reason, derivation with what it used.

use askama::Template;
use askama::filters::HtmlSafe;

use super::here::Here;
use crate::fact::Source;
use crate::source::Location;

/// A fact's label and where the fact comes from.
pub struct Cited<'a> {
    /// Which fact it is.
    pub label: &'static str,
    /// Where it comes from.
    pub source: Words<'a>,
}

impl<'a> Cited<'a> {
    /// Cites a source on a page.
    pub fn new(here: Here<'a>, label: &'static str, source: &'a Source) -> Self {
        Self { label, source: Words { here, source } }
    }
}

/// A source in words.
#[derive(Template)]
#[template(path = "source.html", whitespace = "minimize")]
pub struct Words<'a> {
    here: Here<'a>,
    source: &'a Source,
}

/// It is made by a template that escapes.
impl HtmlSafe for Words<'_> {}

impl<'a> Words<'a> {
    fn place(&self, location: &'a Location) -> Place<'a> {
        let spec = self.here.site.spec;
        let own = self.here.item.is_some_and(|item| spec.items[item].draft.path == location.path);
        Place { own, file: spec.file(location), href: self.here.to_page(&location.path), span: location.span }
    }

    /// What a derivation used, each place once, in the order of the rule.
    fn used(&self, from: &'a [Source]) -> Vec<Words<'a>> {
        let mut used: Vec<Words<'a>> = Vec::new();
        for source in from {
            if !used.iter().any(|known| known.source == source) {
                used.push(Words { here: self.here, source });
            }
        }
        used
    }
}

/// A place in a file.
struct Place<'a> {
    /// Whether it is in the page that is being shown, which then need not be named.
    own: bool,
    /// The file, below the folder that was read.
    file: &'a str,
    /// The way to what it describes.
    href: Option<String>,
    span: crate::source::Span,
}

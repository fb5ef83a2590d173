//! Prose as HTML, rebuilt from the model. Links are checked by scheme; nothing is loaded from anywhere.

use askama::Template;
use askama::filters::HtmlSafe;

use super::here::Here;
use crate::prose::{Block, BlockKind, Definition, Inline, NoteKind, Prose, Target, plain};

/// What a link may start with. All else is shown as text.
const SCHEMES: &[&str] = &["https://", "http://", "mailto:"];

/// The deepest heading that HTML has.
const DEEPEST: usize = 6;

/// A run of blocks.
#[derive(Template)]
#[template(path = "prose.html", whitespace = "suppress")]
pub(super) struct Blocks<'a> {
    here: Here<'a>,
    /// The level of the heading that all this stands under.
    under: usize,
    list: &'a [Block],
}

/// A run of text.
#[derive(Template)]
#[template(path = "inline.html", whitespace = "suppress")]
struct Inlines<'a> {
    here: Here<'a>,
    list: &'a [Inline],
    /// Whether this is the text of a link. HTML knows no link within a link.
    linked: bool,
}

/// Both are made by templates that escape.
impl HtmlSafe for Blocks<'_> {}
impl HtmlSafe for Inlines<'_> {}

impl<'a> Blocks<'a> {
    /// Prose that stands under a heading of level `under`.
    pub(super) fn new(here: Here<'a>, prose: &'a Prose, under: usize) -> Self {
        Self::of(here, &prose.blocks, under)
    }

    /// Blocks that stand under a heading of level `under`.
    pub(super) const fn of(here: Here<'a>, list: &'a [Block], under: usize) -> Self {
        Self { here, under, list }
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn inside(&self, prose: &'a Prose) -> Blocks<'a> {
        Blocks { here: self.here, under: self.under, list: &prose.blocks }
    }

    fn inlines(&self, inlines: &'a [Inline]) -> Inlines<'a> {
        Inlines { here: self.here, list: inlines, linked: false }
    }

    /// The level of the heading at `index`: pages skip levels, a page of ours does not.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn level(&self, index: &usize) -> usize {
        let mut open: Vec<u8> = Vec::new();
        for block in &self.list[..=*index] {
            let BlockKind::Heading(level, inlines) = &block.kind else { continue };
            if is_blank(inlines) {
                continue;
            }
            while open.last().is_some_and(|above| above >= level) {
                open.pop();
            }
            open.push(*level);
        }
        (self.under + open.len()).min(DEEPEST)
    }
}

impl<'a> Inlines<'a> {
    fn inside(&self, inlines: &'a [Inline]) -> Inlines<'a> {
        Inlines { here: self.here, list: inlines, linked: self.linked }
    }

    /// The text of a link.
    fn linked(&self, inlines: &'a [Inline]) -> Inlines<'a> {
        Inlines { here: self.here, list: inlines, linked: true }
    }

    /// The way to the page of the one name that is set apart here, if it has one and nothing leads elsewhere already.
    fn named(&self, inline: &Inline) -> Option<String> {
        let name = match inline {
            _ if self.linked => return None,
            Inline::Code(text) => text,
            Inline::Strong(inner) | Inline::Emphasis(inner) => match &inner[..] {
                [Inline::Text(text) | Inline::Code(text)] => text,
                _ => return None,
            },
            _ => return None,
        };
        self.here.to_name(name.trim())
    }

    fn link(&self, target: &'a Target, inlines: &'a [Inline]) -> Link<'a> {
        let text = self.linked(inlines);
        let blank = is_blank(inlines);
        match target {
            _ if self.linked => Link::Text(text),
            Target::Item(item) if self.here.item == Some(*item) => Link::Text(text),
            // A link without words could be neither seen nor named.
            Target::Item(item) if blank => {
                Link::Bare(self.here.to_item(*item), &self.here.site.spec.items[*item].draft.name.value)
            }
            Target::Item(item) => Link::Item(self.here.to_item(*item), text),
            Target::Url(url) | Target::Written(url) if !is_safe(url) => Link::Refused(url, text),
            Target::Url(url) | Target::Written(url) if blank => Link::Bare(url.clone(), url),
            Target::Url(url) | Target::Written(url) => Link::Outside(url, text),
        }
    }
}

/// What a link becomes.
enum Link<'a> {
    /// A page of this site.
    Item(String, Inlines<'a>),
    /// Somewhere else.
    Outside(&'a str, Inlines<'a>),
    /// A link without words of its own, shown by its name or address.
    Bare(String, &'a str),
    /// Words only.
    Text(Inlines<'a>),
    /// Words, and a target that no link may have.
    Refused(&'a str, Inlines<'a>),
}

fn is_blank(inlines: &[Inline]) -> bool {
    plain(inlines).trim().is_empty()
}

/// Whether an address has one of the schemes. Blanks and controls, which browsers drop or trim, make it unsafe.
fn is_safe(url: &str) -> bool {
    let known = SCHEMES.iter().any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)));
    known && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether entries are what a `<dl>` may hold: terms with their meanings. Pages have lists of terms alone, too.
fn are_pairs(entries: &[Definition]) -> bool {
    matches!((entries.first(), entries.last()), (Some(Definition::Term(_)), Some(Definition::Meaning(_))))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
const fn label(kind: &NoteKind) -> &'static str {
    match kind {
        NoteKind::Note => "Note",
        NoteKind::Tip => "Tip",
        NoteKind::Important => "Important",
        NoteKind::Warning => "Warning",
        NoteKind::Caution => "Caution",
    }
}

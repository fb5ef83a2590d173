//! The declarations of structures and unions on a page, and which of them are the item's own.

use std::collections::BTreeSet;

use crate::c::fields::{Declaration, Declared, declarations};
use crate::draft::Kind;
use crate::page::{Page, SectionKind};
use crate::prose::{BlockKind, Prose};
use crate::source::Span;

/// A declaration on a page.
pub(in crate::lower) struct Shown {
    /// What it says.
    pub(super) declaration: Declaration,
    /// Where.
    pub(super) lines: Lines,
    /// Whether it stands in a syntax block, whose purpose is to declare the item.
    pub(super) is_syntax: bool,
    /// Whether it has a name of the item.
    pub(super) is_own: bool,
}

/// Where the lines of a declaration are on the page.
#[derive(Clone, Copy)]
pub(super) struct Lines {
    block: Span,
    /// The line of the text's first line, if each has one of its own.
    first: Option<u32>,
}

impl Lines {
    /// Where a field is declared.
    pub(super) fn span(self, declared: &Declared) -> Span {
        self.line(declared.line)
    }

    /// A line of the text, from 0.
    pub(super) fn line(self, line: u32) -> Span {
        Span::line(self.first.map_or(self.block.line, |first| first + line))
    }

    /// The block.
    pub(super) fn block(self) -> Span {
        self.block
    }
}

/// The declarations on a page.
pub(in crate::lower) fn on(page: &Page, names: &BTreeSet<&str>) -> Vec<Shown> {
    let mut all = Vec::new();
    in_text(&page.lead, false, names, &mut all);
    for section in &page.sections {
        in_text(&section.prose, section.kind == SectionKind::Syntax, names, &mut all);
    }
    all
}

fn in_text(prose: &Prose, is_syntax: bool, names: &BTreeSet<&str>, all: &mut Vec<Shown>) {
    for block in &prose.blocks {
        let BlockKind::Code(language, text) = &block.kind else { continue };
        if !text.contains('{') {
            continue;
        }
        // A fence with a language is one, and its text starts on the next line; a `<pre>` may start anywhere.
        let first = language.as_ref().map(|_| block.span.line + 1);
        let lines = Lines { block: block.span, first };
        all.extend(declarations(text).into_iter().map(|declaration| {
            let is_own = declaration.names.iter().any(|name| names.contains(&**name));
            Shown { declaration, lines, is_syntax, is_own }
        }));
    }
}

/// The kind that the item's own declarations give it, if they agree, and where the first one stands.
pub(in crate::lower) fn kind(all: &[Shown]) -> Option<(Kind, Span)> {
    let mut own = all.iter().filter(|shown| shown.is_own);
    let first = own.next()?;
    let is_union = first.declaration.is_union;
    let kind = if is_union { Kind::Union } else { Kind::Struct };
    own.all(|shown| shown.declaration.is_union == is_union).then_some((kind, first.lines.block))
}

//! Structured text as plain text again, to be compared with the lines that it is from.

use crate::page::Page;
use crate::prose::{Block, BlockKind, Definition, Inline, Prose, Target};

/// Every text of a page.
pub(super) fn each_prose(page: &Page, visit: &mut dyn FnMut(&Prose)) {
    visit(&page.lead);
    for section in &page.sections {
        visit(&section.prose);
        section.entries.iter().for_each(|entry| visit(&entry.prose));
    }
}

/// Every piece of running text or code in a text.
pub(super) fn each_leaf(prose: &Prose, visit: &mut dyn FnMut(&Block)) {
    for block in &prose.blocks {
        match &block.kind {
            BlockKind::Paragraph(_) | BlockKind::Heading(..) | BlockKind::Code(..) => visit(block),
            BlockKind::List(_, items) => items.iter().for_each(|item| each_leaf(item, visit)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| each_leaf(entry.prose(), visit)),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => each_leaf(inner, visit),
            BlockKind::Table(table) => table.cells().for_each(|cell| each_leaf(cell, visit)),
        }
    }
}

/// Text with a blank wherever the page has a mark, and with the targets of its links.
#[derive(Default)]
pub(super) struct Text {
    /// The text so far.
    pub out: String,
}

impl Text {
    /// Adds a text.
    pub(super) fn prose(&mut self, prose: &Prose) {
        prose.blocks.iter().for_each(|block| self.block(block));
    }

    /// Adds a block.
    pub(super) fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) => self.inlines(inlines),
            BlockKind::List(_, items) => items.iter().for_each(|item| self.prose(item)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| match entry {
                Definition::Term(prose) | Definition::Meaning(prose) => self.prose(prose),
            }),
            BlockKind::Note(_, inner) | BlockKind::Quote(inner) => self.prose(inner),
            BlockKind::Code(language, text) => {
                language.iter().for_each(|language| self.piece(language));
                self.piece(text);
            }
            BlockKind::Table(table) => table.cells().for_each(|cell| self.prose(cell)),
        }
    }

    /// Adds running text.
    pub(super) fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Code(text) => self.piece(text),
                Inline::Strong(inner)
                | Inline::Emphasis(inner)
                | Inline::Superscript(inner)
                | Inline::Subscript(inner) => self.inlines(inner),
                Inline::Link(target, inner) => {
                    self.inlines(inner);
                    match target {
                        Target::Written(target) | Target::Url(target) => self.piece(target),
                        Target::Item(_) => {}
                    }
                }
                Inline::Image(source, alt) => {
                    self.piece(source);
                    self.piece(alt);
                }
                Inline::Break => self.piece(""),
            }
        }
    }

    fn piece(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push(' ');
    }
}

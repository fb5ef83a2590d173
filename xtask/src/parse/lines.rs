//! Lines of a page, with their numbers.

use crate::source::{SourceFile, Span};

/// Lines of a page that become one run of blocks.
pub(super) struct Lines<'a> {
    /// The page; diagnostics point into it.
    pub file: &'a SourceFile,
    /// The lines, stripped of what a quote puts before them.
    pub text: Vec<&'a str>,
    /// The number of the first line, from 1.
    pub first: u32,
}

impl<'a> Lines<'a> {
    /// Lines `from..to` of a file, counted from 0.
    pub(super) fn of(file: &'a SourceFile, from: usize, to: usize) -> Self {
        let first = u32::try_from(from + 1).expect("a page has fewer than 2^32 lines");
        Self { file, text: (from..to).map(|index| file.line(index)).collect(), first }
    }

    /// The number of the line at a place of these, counted from 0.
    pub(super) fn number(&self, index: usize) -> u32 {
        self.first + u32::try_from(index).expect("a page has fewer than 2^32 lines")
    }

    /// The span of a part of the line at a place of these.
    pub(super) fn span_of(&self, index: usize, part: &str) -> Span {
        let line = usize::try_from(self.number(index)).expect("numbers of lines fit") - 1;
        // Lines are stripped of what a quote or a tag puts before them.
        let from = self.file.line(line).find(part).unwrap_or_default();
        self.file.span_in_line(line, from, from + part.len())
    }
}

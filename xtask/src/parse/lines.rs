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

    /// The lines as the file has them, with their line ends.
    pub(super) fn written(&self) -> &'a str {
        let from = usize::try_from(self.first).expect("numbers of lines fit") - 1;
        &self.file.text()[self.file.line_start(from)..self.file.line_start(from + self.text.len())]
    }

    /// The span of a part of the line at a place of these; the part begins with no blank.
    pub(super) fn span_of(&self, index: usize, part: &str) -> Span {
        let line = usize::try_from(self.number(index)).expect("numbers of lines fit") - 1;
        let whole = self.file.line(line);
        // Lines are stripped of what a quote or a tag puts before them; most have nothing but blanks there.
        let lead = whole.len() - whole.trim_start().len();
        let from = if whole[lead..].starts_with(part) { lead } else { whole.find(part).unwrap_or_default() };
        self.file.span_in_line(line, from, from + part.len())
    }
}

/// Counts the lines of a text that is mostly asked from front to back.
pub(super) struct LineCounter<'a> {
    text: &'a str,
    first: u32,
    /// The last place that was asked for, and its line.
    last: (usize, u32),
}

impl<'a> LineCounter<'a> {
    /// The lines of a text of which the first has that number.
    pub(super) fn new(text: &'a str, first: u32) -> Self {
        Self { text, first, last: (0, first) }
    }

    /// The number of the line that a place is on.
    pub(super) fn line_at(&mut self, at: usize) -> u32 {
        let (from, line) = if at < self.last.0 { (0, self.first) } else { self.last };
        let passed = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..at]).count();
        self.last = (at, line + u32::try_from(passed).expect("a page has fewer than 2^32 lines"));
        self.last.1
    }
}

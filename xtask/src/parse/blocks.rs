//! The text between two headings as blocks: fences, quotes and pipe tables by line, block-level HTML by its tags,
//! and what is left by Markdown.
//!
//! Block-level HTML is cut out before Markdown sees the text, because CommonMark ends an HTML block at a blank
//! line, and 93 % of the HTML tables contain some.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tables;
use super::tree::Tree;
use crate::diag::Diagnostics;
use crate::markup::fences::{closes_fence, opens_fence};
use crate::markup::html;
use crate::prose::{Block, BlockKind, Inline, NoteKind, Prose};
use crate::source::{SourceFile, Span};

/// How deep quotes may nest.
const MAX_QUOTES: usize = 16;

/// Lines of a page that become one run of blocks.
pub struct Lines<'a> {
    /// The page; diagnostics point into it.
    pub file: &'a SourceFile,
    /// The lines, stripped of what a quote puts before them.
    pub text: Vec<&'a str>,
    /// The number of the first line, from 1.
    pub first: u32,
}

impl<'a> Lines<'a> {
    /// Lines `from..to` of a file, counted from 0.
    pub fn of(file: &'a SourceFile, from: usize, to: usize) -> Self {
        let first = u32::try_from(from + 1).expect("a page has fewer than 2^32 lines");
        Self { file, text: (from..to).map(|index| file.line(index)).collect(), first }
    }

    fn number(&self, index: usize) -> u32 {
        self.first + u32::try_from(index).expect("a page has fewer than 2^32 lines")
    }
}

/// Parses lines into blocks.
pub fn parse(lines: &Lines<'_>, diags: &mut Diagnostics) -> Prose {
    nested(lines, 0, diags)
}

fn nested(lines: &Lines<'_>, quotes: usize, diags: &mut Diagnostics) -> Prose {
    let mut tree = Tree::new(lines.file);
    let mut run = String::new();
    let mut run_first = lines.first;
    let mut index = 0;
    let mut known_unclosed = false;
    while index < lines.text.len() {
        let line = lines.text[index];
        let mut take = |to: usize, run: &mut String, tree: &mut Tree<'_>, diags: &mut Diagnostics| {
            html_and_text(run, run_first, tree, diags);
            run.clear();
            run_first = lines.number(to);
        };
        if let Some((mark, len)) = opens_fence(line) {
            let rest = &lines.text[index + 1..];
            let close = if known_unclosed { None } else { rest.iter().position(|line| closes_fence(line, mark, len)) };
            if let Some(close) = close {
                take(index + close + 2, &mut run, &mut tree, diags);
                tree.block(Span::line(lines.number(index)), fence(line, len, &rest[..close]));
                index += close + 2;
                continue;
            }
            known_unclosed = true;
        }
        if line.trim_start().starts_with('>') {
            let count = lines.text[index..].iter().take_while(|line| line.trim_start().starts_with('>')).count();
            take(index + count, &mut run, &mut tree, diags);
            let kind = quoted(lines, index..index + count, quotes, diags);
            tree.block(Span::line(lines.number(index)), kind);
            index += count;
            continue;
        }
        if let Some(count) = tables::pipe_table(&lines.text[index..]) {
            take(index + count, &mut run, &mut tree, diags);
            let table = tables::parse_pipe(lines, index, count, diags);
            tree.block(Span::line(lines.number(index)), BlockKind::Table(table));
            index += count;
            continue;
        }
        run.push_str(line);
        run.push('\n');
        index += 1;
    }
    html_and_text(&run, run_first, &mut tree, diags);
    Prose { blocks: tree.finish(diags) }
}

/// Parses one cell or line of text that may hold block-level HTML.
pub fn cell(file: &SourceFile, text: &str, line: u32, diags: &mut Diagnostics) -> Prose {
    let mut tree = Tree::new(file);
    html_and_text(text, line, &mut tree, diags);
    Prose { blocks: tree.finish(diags) }
}

fn fence(opening: &str, len: usize, body: &[&str]) -> BlockKind {
    let info = opening.trim_start()[len..].trim();
    let language = (!info.is_empty()).then(|| info.split_whitespace().next().unwrap_or(info).to_owned());
    let indent = opening.len() - opening.trim_start().len();
    let strip = |line: &&str| {
        let blanks = line.bytes().take(indent).take_while(|&b| b == b' ').count();
        line[blanks..].to_owned()
    };
    BlockKind::Code(language, body.iter().map(strip).collect::<Vec<_>>().join("\n"))
}

fn quoted(lines: &Lines<'_>, range: Range<usize>, quotes: usize, diags: &mut Diagnostics) -> BlockKind {
    let first = lines.number(range.start);
    let text = lines.text[range].iter().map(|line| unquote(line, quotes + 1 >= MAX_QUOTES)).collect();
    quote(nested(&Lines { file: lines.file, text, first }, quotes + 1, diags))
}

/// A line without its quote mark; with `all`, without every mark, so that the nesting ends here.
fn unquote(line: &str, all: bool) -> &str {
    let inner = &line.trim_start()[1..];
    if all {
        return inner.trim_start_matches([' ', '>']);
    }
    inner.strip_prefix(' ').unwrap_or(inner)
}

/// A quote, or the note that it is if it starts with `[!NOTE]` or the like.
pub fn quote(mut prose: Prose) -> BlockKind {
    let label = match prose.blocks.first() {
        Some(Block { kind: BlockKind::Paragraph(inlines), .. }) => match inlines.first() {
            Some(Inline::Text(text)) => text.strip_prefix("[!").and_then(|rest| rest.split_once(']')),
            _ => None,
        },
        _ => None,
    };
    let Some((kind, rest)) = label.and_then(|(label, rest)| Some((note_kind(label)?, rest.trim_start().to_owned())))
    else {
        return BlockKind::Quote(prose);
    };
    strip_label(&mut prose, rest);
    BlockKind::Note(kind, prose)
}

/// Replaces the first inline of the first paragraph by what follows the label in it.
pub fn strip_label(prose: &mut Prose, rest: String) {
    let Some(Block { kind: BlockKind::Paragraph(inlines), .. }) = prose.blocks.first_mut() else { return };
    inlines.remove(0);
    if !rest.is_empty() {
        inlines.insert(0, Inline::Text(rest));
    } else if let Some(Inline::Text(next)) = inlines.first_mut() {
        *next = next.trim_start_matches([' ', ':']).to_owned();
    }
    if inlines.is_empty() || matches!(&inlines[..], [Inline::Text(text)] if text.is_empty()) {
        prose.blocks.remove(0);
    }
}

/// The kind of note that a label names, in any case and number.
pub fn note_kind(label: &str) -> Option<NoteKind> {
    let label = label.trim().trim_end_matches(':').to_ascii_lowercase();
    Some(match label.strip_suffix('s').unwrap_or(&label) {
        "note" => NoteKind::Note,
        "tip" => NoteKind::Tip,
        "important" => NoteKind::Important,
        "warning" => NoteKind::Warning,
        "caution" => NoteKind::Caution,
        _ => return None,
    })
}

/// Feeds text to the tree: block-level tags open and close its nodes, the text between them is Markdown.
fn html_and_text(text: &str, first: u32, tree: &mut Tree<'_>, diags: &mut Diagnostics) {
    let next = |from: usize| memchr::memchr(b'<', &text.as_bytes()[from..]);
    if next(0).is_none() {
        tree.text(text, first);
        return;
    }
    let mut counter = LineCounter { text, at: 0, line: first };
    let mut start = 0;
    let mut at = 0;
    let mut code = code_spans(text).into_iter().peekable();
    let last_comment = text.rfind("-->").unwrap_or(0);
    while let Some(found) = next(at) {
        at += found;
        while code.next_if(|span| span.end <= at).is_some() {}
        if let Some(span) = code.next_if(|span| span.start < at) {
            at = span.end;
            continue;
        }
        if let Some(len) = (at < last_comment).then(|| html::comment(&text[at..])).flatten() {
            // A comment within a paragraph is left to Markdown, which does not know one with a blank line.
            if text[at..at + len].contains("\n\n") || text[..at].ends_with('\n') {
                tree.text(&text[start..at], counter.line_at(start));
                start = at + len;
            }
            at += len;
            continue;
        }
        let Some(tag) = html::tag(&text[at..]).filter(html::Tag::is_block) else {
            at += 1;
            continue;
        };
        tree.text(&text[start..at], counter.line_at(start));
        let line = counter.line_at(at);
        at += tag.len;
        if tag.name == "pre" && !tag.closing {
            let end = find_ignoring_case(&text[at..], "</pre").map_or(text.len(), |end| at + end);
            tree.preformatted(&text[at..end], line);
            at = end;
        } else if tag.closing {
            tree.close(&tag.name);
        } else {
            tree.open(&tag, line, diags);
        }
        start = at;
    }
    tree.text(&text[start..], counter.line_at(start));
}

/// The code spans of a text, in order, each within a paragraph: backticks up to the next run of as many.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'`', &text.as_bytes()[at..]) {
        let start = at + found;
        at = start + text[start..].bytes().take_while(|&b| b == b'`').count();
        runs.push((start, at - start));
    }
    // For each run the next one of its length, found from the back.
    let mut next = vec![None; runs.len()];
    let mut latest = BTreeMap::new();
    for (index, &(_, len)) in runs.iter().enumerate().rev() {
        next[index] = latest.insert(len, index);
    }
    let mut spans = Vec::new();
    let mut index = 0;
    while let Some(&(start, len)) = runs.get(index) {
        let close = next[index].filter(|&close| !text[start..runs[close].0].contains("\n\n"));
        if let Some(close) = close {
            spans.push(start..runs[close].0 + len);
        }
        index = close.unwrap_or(index) + 1;
    }
    spans
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    text.as_bytes().windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

/// Counts lines of a text that is read from front to back.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl LineCounter<'_> {
    fn line_at(&mut self, at: usize) -> u32 {
        let passed = memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.at..at]).count();
        self.line += u32::try_from(passed).expect("a page has fewer than 2^32 lines");
        self.at = at;
        self.line
    }
}

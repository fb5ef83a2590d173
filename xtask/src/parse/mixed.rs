//! Text in which Markdown and block-level HTML are mixed: the tags go to the tree, and the text between them to Markdown.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lines::LineCounter;
use super::tree::Tree;
use crate::diag::Diagnostics;
use crate::markup::html;
use crate::prose::Prose;
use crate::source::SourceFile;

/// Parses one cell or line of text that may hold block-level HTML.
pub(super) fn cell(file: &SourceFile, text: &str, line: u32, diags: &mut Diagnostics) -> Prose {
    let mut tree = Tree::new(file);
    html_and_text(text, line, &mut tree, diags);
    Prose { blocks: tree.finish(diags) }
}

/// Feeds text to the tree: block-level tags open and close its nodes, the text between them is Markdown.
pub(super) fn html_and_text(text: &str, first: u32, tree: &mut Tree<'_>, diags: &mut Diagnostics) {
    let next = |from: usize| memchr::memchr(b'<', &text.as_bytes()[from..]);
    if next(0).is_none() {
        tree.text(text, first);
        return;
    }
    let mut counter = LineCounter::new(text, first);
    let mut start = 0;
    let mut at = 0;
    let mut code = code_spans(text).into_iter().peekable();
    let mut last_comment = None;
    while let Some(found) = next(at) {
        at += found;
        while code.next_if(|span| span.end <= at).is_some() {}
        if let Some(span) = code.next_if(|span| span.start < at) {
            at = span.end;
            continue;
        }
        let mut closes = || at < *last_comment.get_or_insert_with(|| text.rfind("-->").unwrap_or(0));
        let comment = text[at..].starts_with("<!--").then(|| closes().then(|| html::comment(&text[at..])));
        if let Some(len) = comment.flatten().flatten() {
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

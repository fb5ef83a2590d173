//! The text between two headings as blocks: fences, quotes and pipe tables by line, block-level HTML by its tags,
//! and what is left by Markdown.
//!
//! Block-level HTML is cut out before Markdown sees the text, because CommonMark ends an HTML block at a blank
//! line, and 93 % of the HTML tables contain some.

use std::ops::Range;

use super::docfx;
use super::lines::Lines;
use super::mixed::html_and_text;
use super::notes::quote;
use super::tables;
use super::tree::Tree;
use crate::diag::Diagnostics;
use crate::markup::fences::{closes_fence, opens_fence};
use crate::prose::{BlockKind, Prose};
use crate::source::Span;

/// How deep quotes may nest.
const MAX_QUOTES: usize = 16;

/// Parses lines into blocks.
pub(super) fn parse(lines: &Lines<'_>, diags: &mut Diagnostics) -> Prose {
    let mut prose = nested(lines, 0, diags);
    docfx::apply(lines, &mut prose, diags);
    prose
}

fn nested(lines: &Lines<'_>, quotes: usize, diags: &mut Diagnostics) -> Prose {
    let mut tree = Tree::new(lines.file);
    let mut run = String::with_capacity(lines.text.iter().map(|line| line.len() + 1).sum());
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
        if is_quoted(line) {
            let count = lines.text[index..].iter().take_while(|line| is_quoted(line)).count();
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

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
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

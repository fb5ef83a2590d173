//! DocFX's own marks in running text: `:::image …:::`, `:::row:::`, `[!VIDEO …]`, `[!INCLUDE […](…)]`. Images and videos
//! are shown as what they are; what only lays text out, or takes it from another file, is left out. Each is reported.

use crate::diag::{Diagnostics, Rule};
use crate::markup::docfx::{What, has_mark, next, takes_from_elsewhere};
use crate::markup::fences::{closes_fence, opens_fence};
use crate::prose::{Block, BlockKind, Definition, Inline, Prose, Target};
use crate::source::Span;

use super::lines::Lines;

/// Shows or leaves out the marks in a text, and reports each.
pub(super) fn apply(lines: &Lines<'_>, prose: &mut Prose, diags: &mut Diagnostics) {
    if !has_mark(lines.written()) {
        return;
    }
    let Some(first) = lines.text.iter().position(|line| has_mark(line)) else { return };
    in_blocks(&mut prose.blocks);
    let mut fence = None;
    for (index, line) in lines.text.iter().enumerate() {
        match fence {
            Some((mark, len)) if closes_fence(line, mark, len) => fence = None,
            None => fence = opens_fence(line),
            Some(_) => {}
        }
        if fence.is_some() || index < first {
            continue;
        }
        let mut rest = 0;
        while let Some(mark) = next(line, rest) {
            rest = mark.to;
            let span = lines.file.at(Span::line(lines.number(index)));
            let shown = match mark.what {
                What::Image(..) => "an image",
                What::Text(_) => "its text",
                What::Video(_) => "a link",
                What::Nothing => {
                    let message = format!("`{}` is a mark of DocFX, and is left out here", mark.name);
                    diags.report(Rule::DocfxMark, span, message);
                    continue;
                }
            };
            let message = format!("`{}` is a mark of DocFX, and is shown as {shown}", mark.name);
            diags.report(Rule::DocfxMark, span, message);
        }
    }
}

/// The title of a tab, `[Title](#tab/id)` in a heading: what is in the tab follows it, as under any heading.
pub(super) fn tab(inlines: &mut Vec<Inline>) -> bool {
    let [Inline::Link(Target::Written(target), title)] = &mut inlines[..] else { return false };
    if !target.starts_with("#tab/") {
        return false;
    }
    *inlines = std::mem::take(title);
    true
}

fn in_blocks(blocks: &mut Vec<Block>) {
    for block in blocks.iter_mut() {
        match &mut block.kind {
            BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) => in_inlines(inlines),
            BlockKind::List(_, items) => items.iter_mut().for_each(|item| in_blocks(&mut item.blocks)),
            BlockKind::Definitions(entries) => entries.iter_mut().for_each(|entry| match entry {
                Definition::Term(prose) | Definition::Meaning(prose) => in_blocks(&mut prose.blocks),
            }),
            BlockKind::Note(_, prose) | BlockKind::Quote(prose) => in_blocks(&mut prose.blocks),
            BlockKind::Code(..) => {}
            BlockKind::Table(table) => {
                let rows = table.rows.iter_mut().flat_map(|row| &mut row.cells);
                table.header.iter_mut().chain(rows).for_each(|cell| in_blocks(&mut cell.blocks));
            }
        }
    }
    blocks.retain(|block| match &block.kind {
        BlockKind::Paragraph(inlines) => !inlines.is_empty(),
        BlockKind::Quote(prose) => !prose.is_empty(),
        _ => true,
    });
}

fn in_inlines(inlines: &mut Vec<Inline>) {
    without_includes(inlines);
    let mut all = Vec::with_capacity(inlines.len());
    let mut changed = false;
    for inline in std::mem::take(inlines) {
        match inline {
            Inline::Text(text) => changed |= in_text(text, &mut all),
            Inline::Strong(mut inner) => {
                in_inlines(&mut inner);
                all.push(Inline::Strong(inner));
            }
            Inline::Emphasis(mut inner) => {
                in_inlines(&mut inner);
                all.push(Inline::Emphasis(inner));
            }
            other => all.push(other),
        }
    }
    if changed
        && all
            .iter()
            .all(|inline| matches!(inline, Inline::Text(text) if text.trim().is_empty()) || *inline == Inline::Break)
    {
        all.clear();
    }
    *inlines = all;
}

/// Takes out `[!INCLUDE `, the link behind it and the bracket behind that.
fn without_includes(inlines: &mut Vec<Inline>) {
    let mut at = 0;
    while at + 2 < inlines.len() {
        let opening = match &inlines[at..at + 3] {
            [Inline::Text(before), Inline::Link(..), Inline::Text(after)] if after.starts_with(']') => {
                before.rfind("[!").filter(|&open| takes_from_elsewhere(before[open + 2..].trim_end()))
            }
            _ => None,
        };
        let Some(open) = opening else {
            at += 1;
            continue;
        };
        inlines.remove(at + 1);
        let Inline::Text(after) = inlines.remove(at + 1) else { unreachable!("it was looked at just now") };
        if let Inline::Text(before) = &mut inlines[at] {
            before.truncate(open);
            before.push_str(&after[1..]);
            if before.trim().is_empty() {
                inlines.remove(at);
            }
        }
    }
}

/// Puts what a text shows in its place; whether anything was changed.
fn in_text(text: String, out: &mut Vec<Inline>) -> bool {
    let mut rest = 0;
    let push = |text: &str, out: &mut Vec<Inline>| {
        if !text.is_empty() {
            out.push(Inline::Text(text.to_owned()));
        }
    };
    while let Some(mark) = next(&text, rest) {
        push(&text[rest..mark.from], out);
        rest = mark.to;
        let is_blank = match out.last() {
            None => true,
            Some(Inline::Text(before)) => before.ends_with(' '),
            Some(_) => false,
        };
        if is_blank && matches!(mark.what, What::Nothing) {
            // One blank is left of the two around what is left out.
            rest = text.len() - text[rest..].trim_start_matches(' ').len();
        }
        match mark.what {
            What::Image(source, alt) => out.push(Inline::Image(source, alt)),
            What::Text(text) => push(&text, out),
            What::Video(address) => {
                let target = Target::Written(address);
                out.push(Inline::Link(target, vec![Inline::Text("Video".to_owned())]));
            }
            What::Nothing => {}
        }
    }
    if rest == 0 {
        out.push(Inline::Text(text));
        return false;
    }
    push(&text[rest..], out);
    true
}

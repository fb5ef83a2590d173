//! DocFX's own marks in running text: `:::image …:::`, `:::row:::`, `[!VIDEO …]`, `[!INCLUDE […](…)]`. Images and videos
//! are shown as what they are; what only lays text out, or takes it from another file, is left out. Each is reported.

use crate::diag::{Diagnostics, Rule};
use crate::markup::fences::{closes_fence, opens_fence};
use crate::prose::{Block, BlockKind, Definition, Inline, Prose, Target};
use crate::source::Span;

use super::lines::Lines;

/// A mark, as it stands in a text.
struct Mark<'a> {
    from: usize,
    to: usize,
    name: &'a str,
    what: What,
}

/// What takes the place of a mark.
enum What {
    Image(String, String),
    Text(String),
    Video(String),
    Nothing,
}

/// The marks between colons.
const NAMES: &[&str] = &[
    "code",
    "column",
    "column-end",
    "image",
    "image-end",
    "moniker",
    "moniker-end",
    "no-loc",
    "row",
    "row-end",
    "video",
    "zone",
    "zone-end",
];

/// How many attributes a mark may have.
const MOST: usize = 16;

/// Shows or leaves out the marks in a text, and reports each.
pub(super) fn apply(lines: &Lines<'_>, prose: &mut Prose, diags: &mut Diagnostics) {
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

/// Whether a line may have a mark; it is asked for every line of every page.
fn has_mark(line: &str) -> bool {
    memchr::memmem::find(line.as_bytes(), b":::").is_some() || memchr::memmem::find(line.as_bytes(), b"[!").is_some()
}

/// The first mark at or after a place.
fn next(text: &str, from: usize) -> Option<Mark<'_>> {
    let bytes = text.as_bytes();
    let candidates = memchr::memchr2_iter(b':', b'[', &bytes[from..]).map(|at| from + at);
    candidates.into_iter().find_map(|at| match &bytes[at..] {
        [b':', b':', b':', ..] => of_colons(text, at),
        [b'[', b'!', ..] => of_bracket(text, at),
        _ => None,
    })
}

/// `:::name key="value":::`; what only opens or closes something need not have the last colons.
fn of_colons(text: &str, from: usize) -> Option<Mark<'_>> {
    let start = text.len() - text[from + 3..].trim_start_matches([' ', ':']).len();
    let end = text[start..].find(|c: char| !c.is_ascii_lowercase() && c != '-').map_or(text.len(), |end| start + end);
    let name = text[start..end].trim_end_matches('-');
    if !NAMES.contains(&name) {
        return None;
    }
    let mut to = end;
    let mut attributes = Vec::new();
    while attributes.len() < MOST {
        let rest = text[to..].trim_start();
        let Some((key, value)) = rest.split_once("=\"") else { break };
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            break;
        }
        let Some(close) = value.find('"') else { break };
        attributes.push((key, &value[..close]));
        to = text.len() - value.len() + close + 1;
    }
    let rest = text[to..].trim_start();
    if rest.starts_with(":::") {
        to = text.len() - rest.len() + 3;
    }
    let value = |key: &str| attributes.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned());
    let what = match name {
        "image" => value("source").map(|source| What::Image(source, value("alt-text").unwrap_or_default())),
        "video" => value("source").map(What::Video),
        "no-loc" => value("text").map(What::Text),
        _ => None,
    };
    Some(Mark { from, to, name, what: what.unwrap_or(What::Nothing) })
}

/// `[!VIDEO address]`, `[!div class="…"]` and, as far as the line is asked, `[!INCLUDE [title](path)]`.
fn of_bracket(text: &str, from: usize) -> Option<Mark<'_>> {
    let inner = &text[from + 2..];
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    if takes_from_elsewhere(name) {
        let title = rest.trim_start().strip_prefix('[')?;
        let close = title.find(")]")?;
        let to = text.len() - title.len() + close + 2;
        return Some(Mark { from, to, name, what: What::Nothing });
    }
    let is_video = name.eq_ignore_ascii_case("video");
    if !is_video && !name.eq_ignore_ascii_case("div") {
        return None;
    }
    let close = rest.find(']')?;
    let to = text.len() - rest.len() + close + 1;
    let what = if is_video { What::Video(rest[..close].trim().to_owned()) } else { What::Nothing };
    Some(Mark { from, to, name, what })
}

/// Whether a word announces that text or code of another file stands here.
fn takes_from_elsewhere(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "include" || name == "code" || name.starts_with("code-")
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

//! Running text, lists and quotes by pulldown-cmark, with the inline HTML in them. Only this module names that crate.

mod inlines;

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use self::inlines::{Inlines, MAX_DEPTH, Mark};
use super::indent::{INLINE, flatten};
use super::lines::LineCounter;
use super::notes::quote;
use crate::markup::html;
use crate::prose::{Block, BlockKind, Inline, Prose};
use crate::source::Span;

/// The blocks of a text that starts on line `first` (from 1) and holds no block-level HTML and no tables.
pub(super) fn blocks(text: &str, first: u32) -> Vec<Block> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    if let Some(paragraph) = super::plain::paragraph(text, first) {
        return vec![paragraph];
    }
    let text = flatten(text, MAX_DEPTH);
    let mut lines = LineCounter::new(&text, first);
    let mut builder = Builder::default();
    for (event, range) in Parser::new_ext(&text, Options::empty()).into_offset_iter() {
        match event {
            // It begins where its start began.
            Event::End(tag) => builder.end(tag),
            event => builder.event(event, lines.line_at(range.start)),
        }
    }
    builder.finish()
}

/// The inlines of one line, as in a table cell or a `Type:` line.
pub(super) fn inlines(text: &str) -> Vec<Inline> {
    let mut all = Vec::new();
    for block in blocks(text, 1) {
        if let BlockKind::Paragraph(inlines) = block.kind {
            if !all.is_empty() {
                all.push(Inline::Break);
            }
            all.extend(inlines);
        }
    }
    all
}

/// Builds blocks from events. Frames of blocks hold frames of inlines.
#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    containers: Vec<Container>,
    inlines: Inlines,
    code: Option<(u32, Option<String>, String)>,
    /// Containers that were too deep and are not kept.
    skipped: usize,
}

struct Container {
    line: u32,
    kind: ContainerKind,
    blocks: Vec<Block>,
}

enum ContainerKind {
    List(Option<u64>, Vec<Prose>),
    Item,
    Quote,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, line: u32) {
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::Text(text) => match &mut self.code {
                Some((_, _, code)) => code.push_str(&text),
                None => self.text(&text, line),
            },
            Event::Code(text) => self.push(Inline::Code(without_help(&text).into_owned()), line),
            Event::InlineHtml(html) | Event::Html(html) => self.html(&html, line),
            Event::SoftBreak => self.text(" ", line),
            Event::HardBreak => self.push(Inline::Break, line),
            Event::Rule
            | Event::TaskListMarker(_)
            | Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::End(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::HtmlBlock => {
                self.open_inlines(line);
            }
            Tag::List(first) => self.open(ContainerKind::List(first, Vec::new()), line),
            Tag::Item => self.open(ContainerKind::Item, line),
            Tag::BlockQuote(_) => self.open(ContainerKind::Quote, line),
            Tag::CodeBlock(kind) => {
                self.close_inlines();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().map(str::to_owned),
                    CodeBlockKind::Indented => None,
                };
                self.code = Some((line, language, String::new()));
            }
            Tag::Emphasis => self.mark(Mark::Emphasis, line),
            Tag::Strong => self.mark(Mark::Strong, line),
            Tag::Link { dest_url, .. } => self.mark(Mark::Link(dest_url.into_string()), line),
            Tag::Image { dest_url, .. } => self.mark(Mark::Image(dest_url.into_string()), line),
            // No other extension is switched on.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::HtmlBlock => self.close_inlines(),
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => self.close(),
            TagEnd::CodeBlock => {
                if let Some((line, language, text)) = self.code.take() {
                    let text = without_help(text.trim_end_matches('\n')).into_owned();
                    self.block(line, BlockKind::Code(language, text));
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image => {
                self.inlines.close_markdown(tag);
            }
            _ => {}
        }
    }

    fn open(&mut self, kind: ContainerKind, line: u32) {
        self.close_inlines();
        if self.skipped > 0 || self.containers.len() >= MAX_DEPTH {
            self.skipped += 1;
            return;
        }
        self.containers.push(Container { line, kind, blocks: Vec::new() });
    }

    fn close(&mut self) {
        self.close_inlines();
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let Some(Container { line, kind, blocks }) = self.containers.pop() else { return };
        match kind {
            ContainerKind::List(first, items) => self.block(line, BlockKind::List(first, items)),
            ContainerKind::Quote => self.block(line, quote(Prose { blocks })),
            ContainerKind::Item => match self.containers.last_mut() {
                Some(Container { kind: ContainerKind::List(_, items), .. }) => items.push(Prose { blocks }),
                _ => blocks.into_iter().for_each(|block| self.block(block.span.line, block.kind)),
            },
        }
    }

    fn block(&mut self, line: u32, kind: BlockKind) {
        let block = Block { span: Span::line(line), kind };
        match self.containers.last_mut() {
            // Text directly in a list, which only happens where nesting was cut off.
            Some(Container { kind: ContainerKind::List(_, items), .. }) => match items.last_mut() {
                Some(item) => item.blocks.push(block),
                None => items.push(Prose { blocks: vec![block] }),
            },
            Some(container) => push(&mut container.blocks, block),
            None => push(&mut self.done, block),
        }
    }

    fn open_inlines(&mut self, line: u32) -> &mut Inlines {
        self.inlines.line.get_or_insert(line);
        &mut self.inlines
    }

    fn close_inlines(&mut self) {
        let Some(line) = self.inlines.line.take() else { return };
        let content = self.inlines.finish();
        if !content.is_empty() {
            self.block(line, BlockKind::Paragraph(content));
        }
    }

    fn mark(&mut self, mark: Mark, line: u32) {
        self.open_inlines(line).open(mark);
    }

    fn text(&mut self, text: &str, line: u32) {
        self.open_inlines(line).text(&without_help(text));
    }

    fn push(&mut self, inline: Inline, line: u32) {
        self.open_inlines(line).push(inline);
    }

    /// Inline HTML: the tags that mean something, and every other `<word>` as text.
    fn html(&mut self, html: &str, line: u32) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            if at > 0 {
                self.text(&html::decode_entities(&rest[..at]), line);
            }
            rest = &rest[at..];
            if let Some(len) = html::comment(rest) {
                rest = &rest[len..];
                continue;
            }
            let Some(tag) = html::tag(rest) else {
                self.text("<", line);
                rest = &rest[1..];
                continue;
            };
            if !self.inline_tag(&tag, line) {
                self.text(&rest[..tag.len], line);
            }
            rest = &rest[tag.len..];
        }
        if !rest.is_empty() {
            self.text(&html::decode_entities(rest), line);
        }
    }

    fn inline_tag(&mut self, tag: &html::Tag<'_>, line: u32) -> bool {
        let mark = match &*tag.name {
            "b" | "strong" => Mark::Strong,
            "i" | "em" => Mark::Emphasis,
            "sup" => Mark::Superscript,
            "sub" => Mark::Subscript,
            "code" => Mark::Code,
            "a" => match tag.attribute("href") {
                Some(target) => Mark::Link(target),
                None if tag.closing => Mark::Link(String::new()),
                None => return true,
            },
            "br" => {
                self.push(Inline::Break, line);
                return true;
            }
            "img" => {
                let part = |name| tag.attribute(name).unwrap_or_default();
                self.push(Inline::Image(part("src"), part("alt")), line);
                return true;
            }
            "span" | "u" | "font" | "nobr" => return true,
            _ => return false,
        };
        match tag.closing {
            true => self.open_inlines(line).close_html(&mark),
            false => self.mark(mark, line),
        }
        true
    }

    fn finish(mut self) -> Vec<Block> {
        self.close_inlines();
        while !self.containers.is_empty() {
            self.skipped = 0;
            self.close();
        }
        self.done
    }
}

/// Adds a block; most texts have one, and take no room for more.
fn push(blocks: &mut Vec<Block>, block: Block) {
    if blocks.is_empty() {
        blocks.reserve_exact(1);
    }
    blocks.push(block);
}

/// Text without the character that kept its lines from being HTML.
fn without_help(text: &str) -> Cow<'_, str> {
    // The first byte of it, which is in hardly any text.
    match memchr::memchr(0xEE, text.as_bytes()) {
        Some(_) => Cow::Owned(text.replace(INLINE, "")),
        None => Cow::Borrowed(text),
    }
}

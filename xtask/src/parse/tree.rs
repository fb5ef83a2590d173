//! Block-level HTML as a tree of blocks, forgiving about tags that are missing, crossed or too deep.

use super::notes::{note_kind, quote, strip_label};
use super::{literal, markdown};
use crate::diag::{Diagnostics, Rule};
use crate::markup::html;
use crate::prose::{Block, BlockKind, Definition, Inline, NoteKind, Prose, Row, Table, plain};
use crate::source::{SourceFile, Span};

/// How deep tags may nest; what lies deeper loses its nesting, not its text.
const MAX_DEPTH: usize = 64;

/// The languages whose code samples are dressed as tables with one cell.
const LANGUAGES: &[&str] = &["C", "C++", "C#", "CPP", "VB", "Syntax", "IDL", "JavaScript", "XML", "HTML"];

/// The tree while it is built.
pub(super) struct Tree<'a> {
    file: &'a SourceFile,
    stack: Vec<Node>,
    done: Vec<Block>,
    /// Tags that were too deep to be opened and still have to be closed.
    skipped: usize,
    too_deep: Option<u32>,
}

struct Node {
    tag: &'static str,
    line: u32,
    class: Option<String>,
    start: Option<u64>,
    blocks: Vec<Block>,
    rows: Vec<(bool, Row)>,
    cells: Vec<(bool, Prose)>,
    definitions: Vec<Definition>,
    items: Vec<Prose>,
}

impl<'a> Tree<'a> {
    /// An empty tree; `file` is what diagnostics point into.
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self { file, stack: Vec::new(), done: Vec::new(), skipped: 0, too_deep: None }
    }

    /// Text without block-level tags.
    pub(super) fn text(&mut self, text: &str, line: u32) {
        if text.trim().is_empty() {
            return;
        }
        let blocks = markdown::blocks(&literal::without_false_definitions(text), line);
        append(self.target(), blocks);
    }

    /// A block that is complete.
    pub(super) fn block(&mut self, span: Span, kind: BlockKind) {
        self.target().push(Block { span, kind });
    }

    /// The content of a `<pre>`.
    pub(super) fn preformatted(&mut self, text: &str, line: u32) {
        let mut code = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            code.push_str(&rest[..at]);
            rest = &rest[at..];
            // `vector<int>` has no tag in it.
            let len = html::tag(rest).filter(|tag| tag.is_block() || is_inline(&tag.name)).map_or(1, |tag| tag.len);
            if len == 1 {
                code.push('<');
            }
            rest = &rest[len..];
        }
        code.push_str(rest);
        let code = html::decode_entities(&code);
        self.block(Span::line(line), BlockKind::Code(None, code.trim_matches('\n').trim_end().to_owned()));
    }

    /// An opening tag.
    pub(super) fn open(&mut self, tag: &html::Tag<'_>, line: u32, diags: &mut Diagnostics) {
        let Some(name) = tag.block() else { return };
        if matches!(name, "hr" | "col" | "colgroup" | "thead" | "tbody" | "tfoot" | "caption" | "center") {
            return;
        }
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        self.close_implied(name);
        if self.stack.len() >= MAX_DEPTH {
            self.skipped = 1;
            if self.too_deep.is_none() {
                let message = format!("tags are nested more than {MAX_DEPTH} deep");
                diags.report(Rule::NestedTooDeep, self.file.at(Span::line(line)), message);
                self.too_deep = Some(line);
            }
            return;
        }
        let start = (name == "ol").then(|| tag.attribute("start").and_then(|n| n.parse().ok()).unwrap_or(1));
        self.stack.push(Node {
            tag: name,
            line,
            class: (name == "div").then(|| tag.attribute("class")).flatten(),
            start,
            blocks: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            definitions: Vec::new(),
            items: Vec::new(),
        });
    }

    /// A closing tag. One without its opening tag closes nothing.
    pub(super) fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        // A cell's stray `</dl>` must not close what is around the table.
        let barrier = self.stack.iter().rposition(|node| is_barrier(node.tag, name)).map_or(0, |at| at + 1);
        let Some(at) = self.stack[barrier..].iter().rposition(|node| node.tag == name) else { return };
        while self.stack.len() > barrier + at {
            self.pop();
        }
    }

    /// Closes what is open and returns all blocks.
    pub(super) fn finish(mut self, diags: &mut Diagnostics) -> Vec<Block> {
        if let Some(table) = self.stack.iter().find(|node| node.tag == "table") {
            let location = self.file.at(Span::line(table.line));
            diags.report(Rule::TornTable, location, "this `<table>` is not closed in its section");
        }
        while !self.stack.is_empty() {
            self.pop();
        }
        self.done
    }

    fn target(&mut self) -> &mut Vec<Block> {
        self.stack.last_mut().map_or(&mut self.done, |node| &mut node.blocks)
    }

    /// `<li>` ends the `<li>` before it, and so on; a list or table in between keeps it open.
    fn close_implied(&mut self, name: &str) {
        let (ends, within): (&[&str], &[&str]) = match name {
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["table", "tr"]),
            "li" => (&["li"], &["ul", "ol", "table", "td"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl", "table", "td"]),
            "p" => (&["p"], &["td", "th", "li", "dd", "dt", "div", "table", "blockquote"]),
            _ => return,
        };
        let barrier = self.stack.iter().rposition(|node| within.contains(&node.tag)).map_or(0, |at| at + 1);
        if let Some(at) = self.stack[barrier..].iter().position(|node| ends.contains(&node.tag)) {
            while self.stack.len() > barrier + at {
                self.pop();
            }
        }
    }

    fn pop(&mut self) {
        let Some(mut node) = self.stack.pop() else { return };
        let span = Span::line(node.line);
        let prose = Prose { blocks: std::mem::take(&mut node.blocks) };
        match node.tag {
            "td" | "th" => self.cell(node.tag == "th", prose, span),
            "tr" => self.row(node, prose, span),
            "table" => self.table(node, prose, span),
            "li" => self.item(prose, span),
            "ul" | "ol" => self.list(node, prose, span),
            "dt" => self.definition(Definition::Term(prose), span),
            "dd" => self.definition(Definition::Meaning(prose), span),
            "dl" => {
                let mut definitions = node.definitions;
                if !prose.is_empty() {
                    definitions.push(Definition::Meaning(prose));
                }
                if !definitions.is_empty() {
                    self.block(span, BlockKind::Definitions(definitions));
                }
            }
            "div" => self.div(node.class.as_deref(), prose, span),
            "blockquote" => self.block(span, quote(prose)),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = node.tag.as_bytes()[1] - b'0';
                self.heading(level, prose, span);
            }
            _ => append(self.target(), prose.blocks),
        }
    }

    fn cell(&mut self, header: bool, prose: Prose, span: Span) {
        match self.stack.last_mut() {
            Some(node) if node.tag == "tr" => node.cells.push((header, prose)),
            Some(node) if node.tag == "table" => node.rows.push((header, Row { span, cells: vec![prose] })),
            _ => append(self.target(), prose.blocks),
        }
    }

    fn row(&mut self, node: Node, stray: Prose, span: Span) {
        let header = !node.cells.is_empty() && node.cells.iter().all(|(header, _)| *header);
        let mut cells: Vec<Prose> = node.cells.into_iter().map(|(_, prose)| prose).collect();
        if !stray.is_empty() {
            cells.push(stray);
        }
        match self.stack.last_mut() {
            Some(table) if table.tag == "table" => table.rows.push((header, Row { span, cells })),
            _ => self.target().extend(cells.into_iter().flat_map(|cell| cell.blocks)),
        }
    }

    fn table(&mut self, node: Node, stray: Prose, span: Span) {
        append(self.target(), stray.blocks);
        let mut rows = node.rows;
        if let Some(code) = dressed_code(&rows) {
            self.block(span, code);
            return;
        }
        let header = if rows.first().is_some_and(|(header, _)| *header) { rows.remove(0).1.cells } else { Vec::new() };
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        self.block(span, BlockKind::Table(Table { header, rows }));
    }

    fn item(&mut self, prose: Prose, span: Span) {
        match self.stack.last_mut() {
            Some(node) if matches!(node.tag, "ul" | "ol") => node.items.push(prose),
            _ => self.block(span, BlockKind::List(None, vec![prose])),
        }
    }

    fn list(&mut self, node: Node, stray: Prose, span: Span) {
        let mut items = node.items;
        if !stray.is_empty() {
            items.push(stray);
        }
        if !items.is_empty() {
            self.block(span, BlockKind::List(node.start, items));
        }
    }

    fn definition(&mut self, definition: Definition, span: Span) {
        match self.stack.last_mut() {
            Some(node) if node.tag == "dl" => node.definitions.push(definition),
            _ => match self.target().last_mut() {
                // `<dt>` without a `<dl>`: neighbours belong together.
                Some(Block { kind: BlockKind::Definitions(all), .. }) => all.push(definition),
                _ => self.block(span, BlockKind::Definitions(vec![definition])),
            },
        }
    }

    fn div(&mut self, class: Option<&str>, mut prose: Prose, span: Span) {
        if prose.is_empty() {
            // The spacer after a note.
            return;
        }
        if class != Some("alert") {
            append(self.target(), prose.blocks);
            return;
        }
        let label = match prose.blocks.first() {
            Some(Block { kind: BlockKind::Paragraph(inlines), .. }) => match inlines.first() {
                Some(Inline::Strong(label)) => note_kind(&plain(label)),
                _ => None,
            },
            _ => None,
        };
        if label.is_some() {
            strip_label(&mut prose, String::new());
        }
        self.block(span, BlockKind::Note(label.unwrap_or(NoteKind::Note), prose));
    }

    fn heading(&mut self, level: u8, prose: Prose, span: Span) {
        let mut blocks = prose.blocks.into_iter();
        match blocks.next() {
            Some(Block { kind: BlockKind::Paragraph(inlines), .. }) => {
                self.block(span, BlockKind::Heading(level, inlines));
            }
            Some(other) => self.target().push(other),
            None => {}
        }
        self.target().extend(blocks);
    }
}

/// Adds blocks, of which there mostly are none yet: then they stay where they are.
fn append(blocks: &mut Vec<Block>, mut more: Vec<Block>) {
    if blocks.is_empty() {
        *blocks = more;
    } else {
        blocks.append(&mut more);
    }
}

/// The tags of running text that code may be coloured with.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "br" | "code" | "em" | "font" | "i" | "img" | "nobr" | "span" | "strong" | "sub" | "sup" | "u"
    )
}

fn is_barrier(open: &str, closing: &str) -> bool {
    match closing {
        "table" => false,
        "tr" => open == "table",
        "td" | "th" => matches!(open, "table" | "tr"),
        _ => matches!(open, "table" | "tr" | "td" | "th"),
    }
}

/// A code sample that is laid out as a table: a language for a header and one cell with a `<pre>`.
fn dressed_code(rows: &[(bool, Row)]) -> Option<BlockKind> {
    let [(true, header), (_, body)] = rows else { return None };
    let [title] = &header.cells[..] else { return None };
    let [cell] = &body.cells[..] else { return None };
    let language = title.plain();
    let [Block { kind: BlockKind::Code(_, text), .. }] = &cell.blocks[..] else { return None };
    LANGUAGES.contains(&language.trim()).then(|| BlockKind::Code(Some(language.trim().to_owned()), text.clone()))
}

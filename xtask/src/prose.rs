//! Text with structure: what stands between two headings of a page. Data only.

use std::borrow::Cow;

use crate::source::Span;

/// A run of blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// The blocks, in reading order.
    pub blocks: Vec<Block>,
}

/// One block and the line it starts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it starts.
    pub span: Span,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading within the text, below the sections that the page's template knows.
    Heading(u8, Vec<Inline>),
    /// A list; `Some(n)` numbers its items from `n`.
    List(Option<u64>, Vec<Prose>),
    /// A `<dl>`: terms and what they mean.
    Definitions(Vec<Definition>),
    /// A note, warning or the like, with its label.
    Note(NoteKind, Prose),
    /// Quoted text.
    Quote(Prose),
    /// Code, verbatim, with the language if one is named.
    Code(Option<String>, String),
    /// A table.
    Table(Table),
}

/// One entry of a `<dl>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definition {
    /// `<dt>`
    Term(Prose),
    /// `<dd>`
    Meaning(Prose),
}

/// How loud a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A note.
    Note,
    /// A tip.
    Tip,
    /// Something important.
    Important,
    /// A warning.
    Warning,
    /// A caution.
    Caution,
}

/// A table, whatever syntax it was written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The cells of the header row; empty if it has none.
    pub header: Vec<Prose>,
    /// The other rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it starts.
    pub span: Span,
    /// Its cells.
    pub cells: Vec<Prose>,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Code.
    Code(String),
    /// `**strong**`
    Strong(Vec<Inline>),
    /// `*emphasis*`
    Emphasis(Vec<Inline>),
    /// Superscript.
    Superscript(Vec<Inline>),
    /// Subscript.
    Subscript(Vec<Inline>),
    /// A link.
    Link(Target, Vec<Inline>),
    /// An image: source and alternative text.
    Image(String, String),
    /// A forced line break.
    Break,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// As the page writes it.
    Written(String),
    /// An address outside of what was read; resolve makes it absolute.
    Url(String),
    /// An item, by its place in `Spec::items`.
    Item(usize),
}

impl Prose {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// All its words as plain text, blocks separated by one blank.
    pub fn plain(&self) -> Cow<'_, str> {
        if let [block] = &self.blocks[..] {
            return block.plain();
        }
        let mut out = String::new();
        self.push_plain(&mut out);
        Cow::Owned(out)
    }

    /// Appends them.
    pub fn push_plain(&self, out: &mut String) {
        for block in &self.blocks {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            block.push_plain(out);
        }
    }
}

impl Block {
    /// All its words as plain text.
    pub fn plain(&self) -> Cow<'_, str> {
        if let BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) = &self.kind {
            return plain(inlines);
        }
        let mut out = String::new();
        self.push_plain(&mut out);
        Cow::Owned(out)
    }

    fn push_plain(&self, out: &mut String) {
        match &self.kind {
            BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) => push_plain(inlines, out),
            BlockKind::List(_, items) => items.iter().for_each(|item| item.push_plain(out)),
            BlockKind::Definitions(entries) => entries.iter().for_each(|entry| entry.prose().push_plain(out)),
            BlockKind::Note(_, prose) | BlockKind::Quote(prose) => prose.push_plain(out),
            BlockKind::Code(_, text) => out.push_str(text),
            BlockKind::Table(table) => table.cells().for_each(|cell| cell.push_plain(out)),
        }
    }
}

impl Definition {
    /// What stands in it.
    pub fn prose(&self) -> &Prose {
        match self {
            Self::Term(prose) | Self::Meaning(prose) => prose,
        }
    }
}

impl Table {
    /// Every cell, header first.
    pub fn cells(&self) -> impl Iterator<Item = &Prose> {
        self.header.iter().chain(self.rows.iter().flat_map(|row| &row.cells))
    }
}

/// The words of a run of inlines as plain text; most are one text, which is not copied.
pub fn plain(inlines: &[Inline]) -> Cow<'_, str> {
    match inlines {
        [] => Cow::Borrowed(""),
        [Inline::Text(text) | Inline::Code(text)] => Cow::Borrowed(text),
        [Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link(_, inner)] => plain(inner),
        _ => {
            let mut out = String::with_capacity(inlines.iter().map(length).sum());
            push_plain(inlines, &mut out);
            Cow::Owned(out)
        }
    }
}

/// About how long the words of an inline are.
fn length(inline: &Inline) -> usize {
    match inline {
        Inline::Text(text) | Inline::Code(text) | Inline::Image(_, text) => text.len(),
        Inline::Strong(inner)
        | Inline::Emphasis(inner)
        | Inline::Superscript(inner)
        | Inline::Subscript(inner)
        | Inline::Link(_, inner) => inner.iter().map(length).sum(),
        Inline::Break => 1,
    }
}

fn push_plain(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Superscript(inner)
            | Inline::Subscript(inner)
            | Inline::Link(_, inner) => push_plain(inner, out),
            Inline::Image(_, alt) => out.push_str(alt),
            Inline::Break => out.push(' '),
        }
    }
}

/// The sentences of a text, and the parts of those between semicolons, without the marks that end them.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // The marks are in ASCII, so that each is one byte.
        let mut marks = rest.bytes().enumerate().filter(|(_, b)| matches!(b, b'.' | b';' | b'!' | b'?'));
        let end = marks.find(|&(at, _)| {
            let blank = rest[at + 1..].chars().next().is_none_or(char::is_whitespace);
            blank && !["e.g", "i.e", "etc"].into_iter().any(|word| rest[..at].ends_with(word))
        });
        let (sentence, after) = end.map_or((rest, ""), |(at, _)| (&rest[..at], &rest[at + 1..]));
        rest = after;
        Some(sentence)
    })
}

/// Calls `visit` with each link's target, to read or change it, and the line of the block it stands in.
pub fn each_target(prose: &mut Prose, visit: &mut dyn FnMut(Span, &mut Target)) {
    each_link(prose, &mut |span, target, _| visit(span, target));
}

/// The same, with the link's text.
pub fn each_link(prose: &mut Prose, visit: &mut dyn FnMut(Span, &mut Target, &[Inline])) {
    for block in &mut prose.blocks {
        let span = block.span;
        match &mut block.kind {
            BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) => inline_links(span, inlines, visit),
            BlockKind::List(_, items) => items.iter_mut().for_each(|item| each_link(item, visit)),
            BlockKind::Definitions(entries) => entries.iter_mut().for_each(|entry| match entry {
                Definition::Term(prose) | Definition::Meaning(prose) => each_link(prose, visit),
            }),
            BlockKind::Note(_, prose) | BlockKind::Quote(prose) => each_link(prose, visit),
            BlockKind::Code(..) => {}
            BlockKind::Table(table) => {
                let rows = table.rows.iter_mut().flat_map(|row| &mut row.cells);
                table.header.iter_mut().chain(rows).for_each(|cell| each_link(cell, visit));
            }
        }
    }
}

fn inline_links(span: Span, inlines: &mut [Inline], visit: &mut dyn FnMut(Span, &mut Target, &[Inline])) {
    for inline in inlines {
        match inline {
            Inline::Link(target, inner) => {
                visit(span, target, inner);
                inline_links(span, inner, visit);
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Superscript(inner) | Inline::Subscript(inner) => {
                inline_links(span, inner, visit);
            }
            Inline::Text(_) | Inline::Code(_) | Inline::Image(..) | Inline::Break => {}
        }
    }
}

//! C's words in a page's text as a method has them: the names of its arguments, lengths of slices, and null pointers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{ArgKind, Function, Type};
use crate::prose::{Block, BlockKind, Definition, Inline, Prose, Row, Table, plain};

/// What a method has for the parameters of its function, by their C names.
#[derive(Default)]
pub(super) struct Terms<'a>(BTreeMap<&'a str, Term>);

struct Term {
    /// What it is called.
    name: String,
    /// What a null pointer is there, if there is anything for it.
    null: Option<String>,
    /// Whether it is a slice. Elsewhere than in its own text a null pointer is one that C alone can pass.
    slice: bool,
    /// The slice whose length it is, if it is nothing else.
    counts: Option<String>,
}

impl<'a> Terms<'a> {
    /// Those of a method; `but` is a parameter that is no argument of it.
    pub(super) fn of(function: &'a Function, but: Option<usize>) -> Self {
        let params = function.params.iter().enumerate().filter(|(index, _)| Some(*index) != but);
        let terms = params.filter_map(|(index, param)| {
            let term = if let Some(arg) = function.args.iter().find(|arg| arg.param == index) {
                let slice = matches!(arg.kind, ArgKind::Slice { .. } | ArgKind::Strs { .. });
                Term { name: param.rust_name.to_string(), null: null(&arg.kind), slice, counts: None }
            } else {
                let slice = counted_slice(function, index)?;
                Term { name: format!("{slice}.len()"), null: None, slice: false, counts: Some(slice) }
            };
            Some((&*param.c_name, term))
        });
        Self(terms.collect())
    }

    /// A text in the method's words; `about` is the C name of the parameter that the text is about.
    pub(super) fn translated(&self, prose: &Prose, about: Option<&str>) -> Prose {
        let term = about.and_then(|c_name| self.0.get(c_name));
        Prose { blocks: prose.blocks.iter().map(|block| self.block(block, term)).collect() }
    }

    fn block(&self, block: &Block, about: Option<&Term>) -> Block {
        let prose =
            |prose: &Prose| Prose { blocks: prose.blocks.iter().map(|block| self.block(block, about)).collect() };
        let line = |inlines: &[Inline]| self.line(inlines, about);
        let kind = match &block.kind {
            BlockKind::Paragraph(inlines) => BlockKind::Paragraph(line(inlines)),
            BlockKind::Heading(level, inlines) => BlockKind::Heading(*level, line(inlines)),
            BlockKind::List(first, items) => BlockKind::List(*first, items.iter().map(prose).collect()),
            BlockKind::Definitions(entries) => {
                let entry = |entry: &Definition| match entry {
                    Definition::Term(text) => Definition::Term(prose(text)),
                    Definition::Meaning(text) => Definition::Meaning(prose(text)),
                };
                BlockKind::Definitions(entries.iter().map(entry).collect())
            }
            BlockKind::Note(kind, text) => BlockKind::Note(*kind, prose(text)),
            BlockKind::Quote(text) => BlockKind::Quote(prose(text)),
            BlockKind::Code(..) => block.kind.clone(),
            BlockKind::Table(table) => {
                let row = |row: &Row| Row { cells: row.cells.iter().map(prose).collect(), ..row.clone() };
                let header = table.header.iter().map(prose).collect();
                BlockKind::Table(Table { header, rows: table.rows.iter().map(row).collect() })
            }
        };
        Block { kind, ..block.clone() }
    }

    fn line(&self, inlines: &[Inline], about: Option<&Term>) -> Vec<Inline> {
        let named = inlines.iter().filter_map(|inline| self.named(inline));
        let mut line =
            Line { about, subject: about, counted: named.filter_map(|term| term.counts.as_deref()).collect() };
        self.inlines(inlines, &mut line)
    }

    fn inlines<'t>(&'t self, inlines: &[Inline], line: &mut Line<'t>) -> Vec<Inline> {
        let mut one = |inline: &Inline| {
            if let Some(term) = self.named(inline) {
                line.subject = Some(term);
                return Inline::Code(term.name.clone());
            }
            if let Some(null) = line.null().filter(|_| code(inline).is_some_and(|code| code.trim() == "NULL")) {
                return Inline::Code(null.to_owned());
            }
            match inline {
                Inline::Text(text) => {
                    if text.contains(". ") {
                        line.subject = line.about;
                    }
                    inline.clone()
                }
                Inline::Strong(inner) => Inline::Strong(self.inlines(inner, line)),
                Inline::Emphasis(inner) => Inline::Emphasis(self.inlines(inner, line)),
                Inline::Superscript(inner) => Inline::Superscript(self.inlines(inner, line)),
                Inline::Subscript(inner) => Inline::Subscript(self.inlines(inner, line)),
                Inline::Link(target, inner) => Inline::Link(target.clone(), self.inlines(inner, line)),
                Inline::Code(_) | Inline::Image(..) | Inline::Break => inline.clone(),
            }
        };
        inlines.iter().map(&mut one).collect()
    }

    /// The parameter that a piece of text is the name of.
    fn named(&self, inline: &Inline) -> Option<&Term> {
        self.0.get(code(inline)?.trim())
    }
}

/// What these pages set names in.
fn code(inline: &Inline) -> Option<Cow<'_, str>> {
    match inline {
        Inline::Strong(inner) | Inline::Emphasis(inner) => Some(plain(inner)),
        Inline::Code(text) => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

/// What a running text is about.
struct Line<'t> {
    /// All of it.
    about: Option<&'t Term>,
    /// What its sentence has named last: a null pointer is said of that.
    subject: Option<&'t Term>,
    /// The slices whose lengths are named too: that one is null and has a length can be said of C alone.
    counted: Vec<&'t str>,
}

impl<'t> Line<'t> {
    /// What the method has for a null pointer at this place.
    fn null(&self) -> Option<&'t str> {
        let term = self.subject?;
        let own = self.about.is_some_and(|about| about.name == term.name);
        let of_c = term.slice && (!own || self.counted.contains(&&*term.name));
        term.null.as_deref().filter(|_| !of_c)
    }
}

/// What an argument has for a null pointer.
fn null(kind: &ArgKind) -> Option<String> {
    match kind {
        ArgKind::Reference { optional: true, .. }
        | ArgKind::Str { optional: true, .. }
        | ArgKind::Units { optional: true, .. }
        | ArgKind::Value(Type::Callback(_)) => Some("None".to_owned()),
        ArgKind::Slice { .. } | ArgKind::Strs { .. } => Some("&[]".to_owned()),
        ArgKind::Value(Type::Handle(name)) => Some(format!("{}::NULL", name.rust_name)),
        _ => None,
    }
}

/// What the slice is called whose length a parameter is and nothing else.
fn counted_slice(function: &Function, index: usize) -> Option<String> {
    let counted = function.counted(index)?;
    let arg = function.args.iter().find(|arg| arg.param == counted)?;
    let is_slice = matches!(arg.kind, ArgKind::Slice { .. } | ArgKind::Kept { .. } | ArgKind::Strs { .. });
    is_slice.then(|| function.params[counted].rust_name.to_string())
}

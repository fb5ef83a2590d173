//! Prose as rustdoc: Markdown lines in which nothing of a page can break out of a comment or become a doctest.

mod links;
mod terms;

use std::borrow::Cow;

use proc_macro2::TokenStream;
use quote::quote;

use self::terms::Terms;
use super::super::fold::fold;
use crate::draft::{Docs, Kind, Requirements};
use crate::emit::markdown::escape;
use crate::model::{Function, Origin, Spec};
use crate::prose::{Block, BlockKind, Definition, Inline, NoteKind, Prose, Table, plain};

/// Where lines of running text are broken.
const WIDTH: usize = 100;

/// One `#[doc]` for each line.
pub(super) fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        let text = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote! { #[doc = #text] }
    });
    quote! { #(#lines)* }
}

/// The names that search finds an item by, other than its own.
pub(super) fn aliases<'a>(own: &str, names: impl Iterator<Item = &'a str>) -> TokenStream {
    let names = names.filter(|name| *name != own).map(|name| quote! { #[doc(alias = #name)] });
    quote! { #(#names)* }
}

/// A page's prose as Markdown.
pub(super) struct Writer<'a> {
    spec: &'a Spec,
    /// The item whose text this is: it does not link to itself.
    item: Option<usize>,
    /// What the method has for the parameters of its function; `None` for text that no method has.
    terms: Option<Terms<'a>>,
}

impl<'a> Writer<'a> {
    /// A writer of an item's text, whose links lead to the other items of `spec`.
    pub(super) fn new(spec: &'a Spec, item: usize) -> Self {
        Self { spec, item: Some(item), terms: None }
    }

    /// A writer of a method's text; `but` is a parameter that is no argument of it.
    pub(super) fn of_method(spec: &'a Spec, function: &'a Function, but: Option<usize>) -> Self {
        Self { spec, item: Some(function.origin.item), terms: Some(Terms::of(function, but)) }
    }

    /// The documentation of a type without details, and the names that search finds it by.
    pub(super) fn head(&self, origin: &Origin) -> TokenStream {
        let doc = attributes(&self.item(origin, Vec::new()));
        let names = origin.aliases.iter().chain(&origin.pointers).chain([&origin.c_name]);
        let alias = aliases(&origin.rust_name, names.map(|name| &**name));
        quote! { #doc #alias }
    }

    /// A writer of text that belongs to no item.
    pub(super) fn of_no_item(spec: &'a Spec) -> Self {
        Self { spec, item: None, terms: None }
    }

    /// The lines of a text.
    pub(super) fn lines(&self, prose: &Prose) -> Vec<String> {
        self.lines_about(None, prose)
    }

    /// The lines of a text about a parameter: what is said of a null pointer is said of that.
    pub(super) fn lines_about(&self, c_name: Option<&str>, prose: &Prose) -> Vec<String> {
        let mut out = Vec::new();
        self.blocks(&self.translated(prose, c_name), &mut out);
        out
    }

    /// The words of a text in one line. No link shows where a function of C leads, so that a method has its own name.
    pub(super) fn words(&self, prose: &Prose) -> String {
        let prose = self.translated(prose, None);
        let text = prose.plain();
        text.split_whitespace().map(|word| self.word(word)).collect::<Vec<_>>().join(" ")
    }

    /// A word, or the name of the method if it is the C name of a function that has one.
    fn word<'w>(&self, word: &'w str) -> Cow<'w, str> {
        let name = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let item = self.spec.by_name.get(name).map(|&index| &self.spec.items[index]);
        let functions = item.filter(|item| item.draft.kind == Kind::Function && item.gaps.is_empty());
        let method = functions.and_then(|item| item.rust_path.as_deref()?.rsplit("::").next());
        match method {
            Some(method) if !name.is_empty() => Cow::Owned(word.replacen(name, method, 1)),
            _ => Cow::Borrowed(word),
        }
    }

    fn translated<'p>(&self, prose: &'p Prose, about: Option<&str>) -> Cow<'p, Prose> {
        match &self.terms {
            Some(terms) => Cow::Owned(terms.translated(prose, about)),
            None => Cow::Borrowed(prose),
        }
    }

    /// The lines of what a function returns, but for the paragraphs that are about the thread's last error: a method
    /// returns its code.
    pub(super) fn without_last_error(&self, prose: &Prose) -> Vec<String> {
        let Some(name) = &self.spec.last_error else { return self.lines(prose) };
        let about = |block: &&Block| Prose { blocks: vec![(*block).clone()] }.plain().contains(&**name);
        self.lines(&Prose { blocks: prose.blocks.iter().filter(|block| !about(block)).cloned().collect() })
    }

    /// A name as code, which is a link if it is an item's.
    pub(super) fn name(&self, name: &str) -> String {
        match self.spec.place(name).and_then(|index| self.path(index)) {
            Some(path) => format!("[`{name}`](crate::{path})"),
            None => code_span(name),
        }
    }

    /// The text of an item: description, `middle`, remarks, other sections, requirements and source.
    pub(super) fn item(&self, origin: &Origin, middle: Vec<String>) -> Vec<String> {
        let Docs { description, remarks, see_also, others } = &origin.docs;
        let mut out = self.lines(description);
        if out.is_empty() {
            out.push(format!("`{}`.", origin.c_name));
        }
        append(&mut out, middle);
        section(&mut out, "# Remarks", self.lines(remarks));
        for (heading, prose) in others {
            section(&mut out, &format!("# {}", escape(heading)), self.lines(prose));
        }
        let links = self.lines(see_also);
        section(&mut out, "# See also", links);
        section(&mut out, "# C", wrap(&self.provenance(origin), "", ""));
        out
    }

    /// `NAME` in its header, its requirements, and the page and line that it comes from.
    fn provenance(&self, origin: &Origin) -> String {
        let Requirements { header, lib, dll, client, server } = &origin.requirements;
        let mut parts = vec![format!("`{}`", origin.c_name)];
        let value = |fact: &Option<crate::fact::Fact<String>>| fact.as_ref().map(|fact| escape(&fact.value));
        parts.extend(value(header).map(|header| format!("in {header}")));
        let files: Vec<String> = [value(lib), value(dll)].into_iter().flatten().collect();
        if !files.is_empty() {
            parts.push(format!("({})", files.join(", ")));
        }
        let since: Vec<String> = [value(client), value(server)].into_iter().flatten().collect();
        if !since.is_empty() {
            parts.push(format!("since {}", since.join(" and ")));
        }
        let location = &origin.place;
        let (file, line) = (self.spec.file(location), location.span.line);
        let published = self.spec.published_page(origin.item);
        // One word, so that no line breaks within the link.
        let called = |url: &str| escape(url.rsplit('/').next().unwrap_or(url));
        let published = published.map(|url| format!(" Published as [{}]({url}).", called(&url))).unwrap_or_default();
        format!("{}. From `{file}`, line {line}.{published}", parts.join(" "))
    }

    fn blocks(&self, prose: &Prose, out: &mut Vec<String>) {
        for block in &prose.blocks {
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
            self.block(block, out);
        }
    }

    fn block(&self, block: &Block, out: &mut Vec<String>) {
        match &block.kind {
            BlockKind::Paragraph(inlines) => self.paragraph(inlines, out),
            BlockKind::Heading(_, inlines) => out.push(format!("**{}**", self.inlines(inlines))),
            BlockKind::List(first, items) => {
                for (index, item) in items.iter().enumerate() {
                    let marker = first.map_or_else(|| "-".to_owned(), |first| format!("{}.", first + index as u64));
                    self.indented(&marker, item, out);
                }
            }
            BlockKind::Definitions(entries) => {
                for entry in entries {
                    match entry {
                        Definition::Term(term) => self.indented("-", term, out),
                        Definition::Meaning(text) => self.nested("  ", text, out),
                    }
                }
            }
            BlockKind::Note(kind, prose) => {
                let mut inner = vec![format!("**{}**", label(*kind)), String::new()];
                self.blocks(prose, &mut inner);
                out.extend(inner.into_iter().map(|line| format!("> {line}").trim_end().to_owned()));
            }
            BlockKind::Quote(prose) => {
                let mut inner = Vec::new();
                self.blocks(prose, &mut inner);
                out.extend(inner.into_iter().map(|line| format!("> {line}").trim_end().to_owned()));
            }
            BlockKind::Code(_, text) => code(text, out),
            BlockKind::Table(table) => self.table(table, out),
        }
    }

    fn paragraph(&self, inlines: &[Inline], out: &mut Vec<String>) {
        out.extend(wrap(&self.inlines(inlines), "", ""));
    }

    fn indented(&self, marker: &str, prose: &Prose, out: &mut Vec<String>) {
        let indent = " ".repeat(marker.len() + 1);
        let mut lines = Vec::new();
        self.blocks(prose, &mut lines);
        for (index, line) in lines.into_iter().enumerate() {
            let lead = if index == 0 { format!("{marker} ") } else { indent.clone() };
            out.push(format!("{lead}{line}").trim_end().to_owned());
        }
    }

    fn nested(&self, indent: &str, prose: &Prose, out: &mut Vec<String>) {
        let mut inner = Vec::new();
        self.blocks(prose, &mut inner);
        out.push(String::new());
        out.extend(inner.into_iter().map(|line| format!("{indent}{line}").trim_end().to_owned()));
    }

    fn table(&self, table: &Table, out: &mut Vec<String>) {
        let columns = table.rows.iter().map(|row| row.cells.len()).chain([table.header.len()]).max().unwrap_or(0);
        if columns == 0 {
            return;
        }
        let row = |cells: &[Prose]| {
            let cells = (0..columns).map(|at| cells.get(at).map_or_else(String::new, |cell| self.cell(cell)));
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        };
        out.push(row(&table.header));
        out.push(format!("|{}", " --- |".repeat(columns)));
        out.extend(table.rows.iter().map(|line| row(&line.cells)));
    }

    /// A cell has one line; its blocks are told apart by line breaks.
    fn cell(&self, prose: &Prose) -> String {
        let parts = prose.blocks.iter().map(|block| match &block.kind {
            BlockKind::Paragraph(inlines) | BlockKind::Heading(_, inlines) => self.inlines(inlines),
            _ => escape(&Prose { blocks: vec![block.clone()] }.plain()),
        });
        parts.collect::<Vec<_>>().join("<br>").replace('|', "\\|").replace('\n', " ")
    }

    fn inlines(&self, inlines: &[Inline]) -> String {
        inlines.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => escape(text),
            Inline::Code(text) => code_span(text),
            Inline::Strong(inner) => self.strong(inner),
            Inline::Emphasis(inner) => wrapped("*", &self.inlines(inner)),
            Inline::Superscript(inner) => format!("<sup>{}</sup>", self.inlines(inner)),
            Inline::Subscript(inner) => format!("<sub>{}</sub>", self.inlines(inner)),
            Inline::Link(target, inner) => self.link(target, inner),
            Inline::Image(_, alt) => escape(alt),
            Inline::Break => " ".to_owned(),
        }
    }

    /// These pages set names in bold: a name is code, and a link if it is an item.
    fn strong(&self, inner: &[Inline]) -> String {
        let text = plain(inner);
        if let [Inline::Text(name)] = inner
            && (is_name(name) || self.spec.place(name).is_some_and(|index| self.path(index).is_some()))
        {
            return self.name(name);
        }
        if text.trim().is_empty() {
            return text.into_owned();
        }
        wrapped("**", &self.inlines(inner))
    }
}

/// Breaks a text into lines; `first` stands before the first of them, `rest` before the others.
pub(super) fn wrap(text: &str, first: &str, rest: &str) -> Vec<String> {
    let lead = |index: usize| if index == 0 { first } else { rest };
    let lines = fold(text, WIDTH.saturating_sub(rest.len())).into_iter().enumerate();
    lines.map(|(index, line)| format!("{}{}", lead(index), start_of_line(line))).collect()
}

fn append(out: &mut Vec<String>, lines: Vec<String>) {
    if !lines.is_empty() {
        out.push(String::new());
        out.extend(lines);
    }
}

/// Adds a section with its heading, unless it is empty.
pub(super) fn section(out: &mut Vec<String>, heading: &str, lines: Vec<String>) {
    if !lines.is_empty() {
        append(out, vec![heading.to_owned(), String::new()]);
        out.extend(lines);
    }
}

fn label(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Note => "Note",
        NoteKind::Tip => "Tip",
        NoteKind::Important => "Important",
        NoteKind::Warning => "Warning",
        NoteKind::Caution => "Caution",
    }
}

/// A fence that is longer than any in the text, and `text` so that nobody compiles it.
fn code(text: &str, out: &mut Vec<String>) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    out.push(format!("{fence}text"));
    out.extend(text.lines().map(str::to_owned));
    out.push(fence);
}

/// A code span whose backticks are more than any in it.
pub(super) fn code_span(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{ticks}{pad}{}{pad}{ticks}", text.replace('\n', " "))
}

/// Marks around text, with the blanks at its ends outside of them.
fn wrapped(mark: &str, text: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let lead = &text[..text.len() - text.trim_start().len()];
    let trail = &text[text.trim_end().len()..];
    format!("{lead}{mark}{inner}{mark}{trail}")
}

/// What would start a list, heading or rule where a line was broken.
fn start_of_line(line: String) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.as_bytes().get(digits);
    if line.starts_with(['-', '+', '#', '=']) {
        return format!("\\{line}");
    }
    if digits > 0 && matches!(after, Some(b'.' | b')')) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    line
}

fn is_name(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
    let humps = text.chars().skip(1).any(|c| c.is_ascii_uppercase() || c == '_');
    text.len() > 1 && humps && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(word)
}

//! What a draft holds, as words with the line they come from. A claim says "these words of the page I have".

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{place, spans_of};
use super::text::{Text, each_leaf, each_prose};
use super::words::words;
use super::{Line, Noise, Use};
use crate::c::attributes::{Direction, Part, direction, length_in};
use crate::draft::{Body, Code, Draft, Kind, Param, Returns};
use crate::fact::Fact;
use crate::page::{Entry, EntryKind, Page, Section, SectionKind};
use crate::prose::{Block, BlockKind, Inline, Prose};
use crate::source::{Span, Spanned};

/// The words that a title adds to the name of its item.
const KINDS: &[&str] = &[
    "callback",
    "class",
    "enumeration",
    "function",
    "header",
    "iface",
    "interface",
    "ioctl",
    "macro",
    "method",
    "structure",
    "union",
];

/// Words that were kept or knowingly left out.
#[derive(Debug)]
pub(super) struct Claim {
    /// The line on which they start.
    pub line: u32,
    /// What they were kept as.
    pub line_is: Line,
    /// The words.
    pub words: Vec<String>,
    /// The marks between them, without blanks.
    pub marks: String,
    /// Whether the text is code, in which any mark is text.
    pub code: bool,
}

/// A stretch of the page from one heading that the template knows to the next.
#[derive(Debug)]
pub(super) struct Unit {
    /// Its first line.
    pub line: u32,
    /// What it is.
    pub kind: UnitKind,
}

/// What a stretch of the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// What stands before the first heading.
    Lead,
    /// The title and the text under it.
    Title,
    /// A section up to its first entry.
    Section,
    /// An entry that was taken over; its heading may have a placeholder for a name.
    Entry { placeholder: bool },
    /// An entry of which nothing was made.
    ForeignEntry,
}

/// All that a page's draft holds.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// The claims, in no order.
    pub list: Vec<Claim>,
    /// The stretches of the page, by line.
    pub units: Vec<Unit>,
    /// The words of attributes, by line, understood or not.
    pub attributes: BTreeMap<u32, BTreeSet<String>>,
    /// The lines that state a type, understood or not.
    pub type_lines: BTreeSet<u32>,
    /// Each length with the parameter that it is the length of.
    lengths: BTreeSet<(String, String)>,
    /// The places of all facts.
    facts: BTreeSet<Span>,
}

impl Claims {
    /// What the draft of this page holds.
    pub(super) fn of(page: &Page, mut draft: Draft) -> Self {
        let params = draft.function().map_or(&[][..], |function| &function.params);
        let length = |param: &Param| Some((param.name.value.clone(), param.length_of.as_ref()?.value.clone()));
        let lengths = params.iter().filter_map(length).collect();
        let mut claims = Self { facts: spans_of(&draft), lengths, ..Self::default() };
        claims.units.push(Unit { line: 0, kind: UnitKind::Lead });
        claims.title(page, &draft);
        for (at, section) in page.sections.iter().enumerate() {
            let end = page.sections.get(at + 1).map_or(u32::MAX, |next| next.heading.span.line);
            // A heading above codes is the place where they stand, whatever it says.
            let codes = draft.kind == Kind::Codes && claims.has_facts(section.heading.span.line + 1..end);
            claims.section(section, &draft, codes);
        }
        claims.units.sort_by_key(|unit| unit.line);
        match &draft.body {
            Body::Function(function) => claims.returns(page, &function.returns),
            Body::Ioctl(ioctl) => claims.returns(page, &ioctl.status),
            Body::Codes(codes) => claims.codes(codes),
            Body::Enum(..) | Body::Struct(..) | Body::Text => {}
        }
        each_prose(page, &mut |prose| claims.table_headers(prose));
        draft.proses_mut().into_iter().for_each(|prose| claims.prose(prose));
        claims
    }

    fn has_facts(&self, lines: std::ops::Range<u32>) -> bool {
        let start = |line| Span { line, column: 0, width: 0 };
        self.facts.range(start(lines.start)..start(lines.end)).next().is_some()
    }

    fn claim(&mut self, line: u32, line_is: Line, text: &str) {
        self.list.push(Claim { line, line_is, words: words(text).collect(), marks: String::new(), code: false });
    }

    fn used(&mut self, line: u32, use_: Use, text: &str) {
        self.claim(line, Line::Used(use_), text);
    }

    /// Of a title, the words that say what the draft says too.
    fn title(&mut self, page: &Page, draft: &Draft) {
        let Some(title) = &page.title else { return };
        let known = names(draft);
        let kept: Vec<String> = words(&title.value).filter(|word| known.contains(word)).collect();
        self.used(title.span.line, Use::Title, &kept.join(" "));
        if let Some(header) = header_of_text(draft, &title.value) {
            self.used(title.span.line, Use::Title, header);
        }
        self.units.push(Unit { line: title.span.line, kind: UnitKind::Title });
    }

    fn section(&mut self, section: &Section, draft: &Draft, codes: bool) {
        let Section { kind, heading, c_type, prose: _, entries } = section;
        // An entry outside of any section stands in one that was made up for it.
        if entries.first().is_none_or(|entry| entry.span.line != heading.span.line) {
            let line = heading.span.line;
            self.units.push(Unit { line, kind: UnitKind::Section });
            let bare = heading.value.trim_start_matches('-').trim();
            if *kind != SectionKind::Other || codes {
                self.used(line, Use::SectionHeading, &heading.value);
            } else if !heading.value.starts_with('-') && draft.docs.others.iter().any(|(name, _)| name == bare) {
                self.claim(line, Line::Prose, bare);
            }
        }
        self.type_line(c_type.as_ref());
        entries.iter().for_each(|entry| self.entry(entry));
    }

    fn type_line(&mut self, c_type: Option<&Spanned<Vec<Inline>>>) {
        let Some(c_type) = c_type else { return };
        self.type_lines.insert(c_type.span.line);
        if self.facts.contains(&c_type.span) {
            let mut text = Text::default();
            text.inlines(&c_type.value);
            self.used(c_type.span.line, Use::TypeLine, &format!("type {}", text.out));
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let line = entry.span.line;
        // The status block of an I/O control is no part of it but its return section, and has the heading's place.
        if !self.facts.contains(&entry.name.span) && !self.facts.contains(&entry.span) {
            self.units.push(Unit { line, kind: UnitKind::ForeignEntry });
            return;
        }
        let placeholder = entry.name.span.line != line;
        self.units.push(Unit { line, kind: UnitKind::Entry { placeholder } });
        let word = match entry.kind {
            EntryKind::Param => "param",
            EntryKind::Field => "field",
            EntryKind::Demoted | EntryKind::Other => "",
        };
        self.used(line, Use::EntryHeading, word);
        let name_is = if placeholder { Use::EntryName } else { Use::EntryHeading };
        self.used(entry.name.span.line, name_is, &entry.name.value);
        for part in [&entry.dimensions, &entry.value].into_iter().flatten() {
            if self.facts.contains(&part.span) {
                self.used(line, Use::EntryHeading, &part.value);
            }
        }
        let ways: Vec<Direction> = entry.attributes.iter().filter_map(|word| direction(&word.value)).collect();
        for attribute in &entry.attributes {
            self.attribute(entry, &ways, attribute);
        }
        self.type_line(entry.c_type.as_ref());
    }

    fn attribute(&mut self, entry: &Entry, ways: &[Direction], attribute: &Spanned<String>) {
        let line = attribute.span.line;
        let length = length_in(&attribute.value).map(str::to_owned);
        let length = length.filter(|length| self.lengths.contains(&(length.clone(), entry.name.value.clone())));
        let length_words: BTreeSet<String> = length.iter().flat_map(|length| words(length)).collect();
        for word in words(&attribute.value) {
            let understood = match Part::of(&word) {
                Some(Part::Way(_) | Part::Optional) => true,
                // What is read goes in: alone these say what is said already.
                Some(Part::Reads) => ways.iter().any(|way| way.goes_in()),
                Some(Part::Writes) => ways.iter().any(|way| way.goes_out()),
                Some(Part::Updates | Part::Bytes | Part::To | Part::Detail) => length.is_some(),
                // `retval` says of an output that interfaces return it: that is knowingly left out.
                Some(Part::Foreign) if ways.iter().any(|way| way.goes_out()) => true,
                Some(Part::Foreign) | None => length_words.contains(&word),
            };
            match entry.kind {
                // A field has no direction: what tools put there for one is knowingly left out.
                EntryKind::Field => self.used(line, Use::EntryHeading, &word),
                _ if understood => self.used(line, Use::Attributes, &word),
                _ => {}
            }
            self.attributes.entry(line).or_default().insert(word);
        }
    }

    fn returns(&mut self, page: &Page, returns: &Returns) {
        for code in &returns.codes {
            let line = place(&code.name.source).map_or(0, |span| span.line);
            self.used(line, Use::Code, &code.name.value);
            if let Some(number) = &code.number {
                self.number(number);
            }
            // Listed again: the name is one fact, its second text is another.
            let again = code.texts.iter().filter_map(|text| place(&text.source)).filter(|span| span.line != line);
            again.for_each(|span| self.used(span.line, Use::Code, &code.name.value));
        }
        let mut named: BTreeMap<u32, usize> = BTreeMap::new();
        for code in &returns.codes {
            *named.entry(place(&code.name.source).map_or(0, |span| span.line)).or_insert(0) += 1;
        }
        for (line, count) in named {
            (1..count).for_each(|_| self.used(line, Use::Code, "or"));
        }
        if let Some(span) = returns.open.as_ref().and_then(|open| place(&open.source)) {
            each_prose(page, &mut |prose| self.other_errors(span.line, prose));
        }
    }

    /// The cell that says that there are other errors: the list is open, which is a fact without a name.
    fn other_errors(&mut self, line: u32, prose: &Prose) {
        let mut found = Vec::new();
        each_leaf(prose, &mut |block| {
            if block.span.line == line {
                found.push(block.plain().into_owned());
            }
        });
        let says = |text: &str| {
            let lower = text.trim_start().to_lowercase();
            lower.starts_with("other") || lower.starts_with("none of the above")
        };
        found.iter().find(|text| says(text)).into_iter().for_each(|text| self.used(line, Use::Code, text));
    }

    fn codes(&mut self, codes: &[Code]) {
        for code in codes {
            self.used(place(&code.name.source).map_or(0, |span| span.line), Use::Code, &code.name.value);
            self.number(&code.number);
        }
    }

    /// A number may stand in two notations: `87 (0x57)`.
    fn number(&mut self, number: &Fact<u32>) {
        let Some(span) = place(&number.source) else { return };
        let text = number.value.to_string();
        self.used(span.line, Use::Code, &format!("{text} {text}"));
    }

    /// The headers of the tables whose rows have become facts.
    fn table_headers(&mut self, prose: &Prose) {
        for block in &prose.blocks {
            let BlockKind::Table(table) = &block.kind else { continue };
            let mut last = block.span.line;
            table.rows.iter().for_each(|row| last = last.max(row.span.line));
            table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| {
                each_leaf(cell, &mut |block| last = last.max(block.span.line));
            });
            if !self.has_facts(block.span.line..last + 1) {
                continue;
            }
            for cell in &table.header {
                let mut text = Text::default();
                text.prose(cell);
                let line = cell.blocks.first().map_or(block.span.line, |block| block.span.line);
                self.claim(line, Line::Noise(Noise::TableHeader), &text.out);
            }
        }
    }

    fn prose(&mut self, prose: &Prose) {
        for block in &prose.blocks {
            let line = block.span.line;
            match &block.kind {
                BlockKind::Paragraph(_) | BlockKind::Heading(..) | BlockKind::Code(..) => self.leaf(block),
                BlockKind::List(first, items) => {
                    for (item, number) in items.iter().zip(first.unwrap_or(0)..) {
                        if first.is_some() {
                            // Many lists number each item `1.`.
                            let line = item.blocks.first().map_or(line, |block| block.span.line);
                            self.claim(line, Line::Prose, &format!("{number} 1"));
                        }
                        self.prose(item);
                    }
                }
                BlockKind::Definitions(entries) => entries.iter().for_each(|entry| self.prose(entry.prose())),
                BlockKind::Note(kind, inner) => {
                    let label = format!("{kind:?}");
                    self.claim(line, Line::Prose, &format!("{label} {label}s"));
                    self.prose(inner);
                }
                BlockKind::Quote(inner) => self.prose(inner),
                BlockKind::Table(table) => table.cells().for_each(|cell| self.prose(cell)),
            }
        }
    }

    fn leaf(&mut self, block: &Block) {
        let mut text = Text::default();
        text.block(block);
        let marks = text.out.chars().filter(|c| !c.is_alphanumeric() && !c.is_whitespace()).collect();
        let words = words(&text.out).collect();
        let code = matches!(block.kind, BlockKind::Code(..));
        self.list.push(Claim { line: block.span.line, line_is: Line::Prose, words, marks, code });
    }
}

/// The header in the title of a page that describes no item of a header: `Error Messages (Winhttp.h)`.
pub(super) fn header_of_text<'a>(draft: &Draft, title: &'a str) -> Option<&'a str> {
    let text = matches!(draft.kind, Kind::Codes | Kind::Overview | Kind::Topic);
    let at = title.rfind(" (").filter(|_| text && title.ends_with(".h)"))?;
    Some(&title[at..])
}

/// The words of the item's names, its header and its kind.
pub(super) fn names(draft: &Draft) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    // The UID tells overloads apart, and titles repeat its signature.
    let names = std::iter::once(&draft.name).chain(&draft.aliases).chain(&draft.requirements.header).chain(&draft.uid);
    known.extend(names.flat_map(|name| words(&name.value)));
    known
}

//! What became of each line of a page: used for a fact, prose, known noise, or not understood.
//!
//! The account is drawn up afterwards, from the page's lines on one side and from what its draft holds on the other: a
//! line counts as used or as prose because its words are there, not because a parser meant to put them there. So text
//! that any stage drops comes out as lost. Nothing is generated from it; only `lint` asks for it.

mod claims;
mod facts;
mod front_matter;
mod ledger;
mod text;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::diag::{Diagnostics, Rule};
use crate::draft::Draft;
use crate::page::Page;
use crate::source::{Location, SourceFile, Span};
use claims::Claims;
use ledger::Ledger;
use words::RawLine;

/// What became of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// A fact or the structure of the page was read from it.
    Used(Use),
    /// Its words are in the text of the item or of one of its parts.
    Prose,
    /// It says nothing that could be kept, and it is known why.
    Noise(Noise),
    /// Something on it was neither kept nor knowingly left out.
    NotUnderstood(Gap),
}

macro_rules! kinds {
    ($(#[$doc:meta])* $kind:ident: $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $kind {
            $(#[doc = $name] $(#[$variant_doc])* $variant,)*
        }

        impl $kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As reports call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

kinds! {
    /// What a line was used for.
    Use:
    FrontMatter = "front-matter value that a fact is made of",
    Title = "title",
    SectionHeading = "heading of a section",
    EntryHeading = "heading of a parameter, member or field",
    EntryName = "the real name of a parameter, in its text",
    Attributes = "attributes",
    TypeLine = "type line",
    Code = "a code or its number",
}

kinds! {
    /// Why a line says nothing that could be kept.
    Noise:
    Blank = "blank line",
    Mojibake = "line with nothing but a doubly encoded blank",
    Comment = "comment",
    DocfxMark = "mark of DocFX, which is reported",
    Spacer = "empty `<div>`, which pages put below notes",
    Tags = "HTML tags without text",
    Fence = "mark of a code fence",
    TableMarks = "line of a table without text",
    TableHeader = "header of a table of codes, whose columns have become facts",
    ListMark = "mark of a list or quote without text",
    Rule = "horizontal rule or line under a heading",
    FrontMatterFence = "mark around the front matter",
    EmptyKey = "front-matter key without a value",
    Template = "front-matter value that only the unfilled template has",
    SilentKey = "front-matter key that says nothing of the item: indexes, dates, publishing",
    UnmodelledKey = "front-matter key that says what is not modelled, such as redistribution or IRQL",
    RepeatedName = "front-matter value that repeats the item's name and kind",
    RepeatedKey = "front-matter key that repeats what it said above",
}

kinds! {
    /// Why a line is not understood.
    Gap:
    Lost = "text that is on the page and in nothing made of it",
    Marks = "marks that mean nothing here",
    Page = "line of a page of which nothing is known to be made",
    Section = "section that the template does not know or that its kind of page does not have",
    Entry = "heading of an item that was not taken over",
    EntryText = "text of an item that was not taken over",
    Heading = "heading with words that were not taken over",
    Title = "title that speaks of something else than the item",
    TypeLine = "type line that is no C type",
    Attributes = "attributes that were not understood",
    Name = "front-matter name, kind or header that the item does not have",
    Key = "front-matter key that is not known",
    Value = "front-matter value that was not taken over",
}

impl Line {
    /// Everything that can become of a line.
    pub fn all() -> Vec<Self> {
        let used = Use::ALL.iter().copied().map(Self::Used);
        let noise = Noise::ALL.iter().copied().map(Self::Noise);
        let gaps = Gap::ALL.iter().copied().map(Self::NotUnderstood);
        used.chain([Self::Prose]).chain(noise).chain(gaps).collect()
    }

    /// The account it goes on and the kind within it.
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Used(kind) => ("used", kind.name()),
            Self::Prose => ("prose", "text"),
            Self::Noise(kind) => ("skipped", kind.name()),
            Self::NotUnderstood(kind) => ("not understood", kind.name()),
        }
    }
}

/// The account of one page: an entry for each of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The page as diagnostics show it.
    pub path: Arc<str>,
    /// What became of each line.
    pub lines: Vec<Line>,
}

/// The accounts of all pages of a run, in their order.
#[derive(Debug, Default)]
pub struct Accounts {
    /// One for each page.
    pub pages: Vec<Account>,
}

/// Draws up the account of a page from its lines, from what was parsed and from what was made of that.
pub fn account(file: &SourceFile, page: &Page, draft: Option<Draft>) -> Account {
    let path = file.path.clone();
    let first = front_matter::end(file);
    let raw = words::scan(file, first);
    let Some(draft) = draft else {
        let known = |line: &RawLine| line.noise.map_or(Line::NotUnderstood(Gap::Page), Line::Noise);
        let lines = (0..first).map(|_| Line::NotUnderstood(Gap::Page)).chain(raw.iter().map(known));
        return Account { path, lines: lines.collect() };
    };
    let mut lines = front_matter::account(file, first, page, &draft);
    let claims = Claims::of(page, draft);
    lines.extend(Ledger::new(claims, first).settle(&raw));
    Account { path, lines }
}

impl Accounts {
    /// How many lines of each kind there are, by account and kind.
    pub fn counts(&self) -> BTreeMap<Line, usize> {
        let mut counts = BTreeMap::new();
        for line in self.pages.iter().flat_map(|page| &page.lines) {
            *counts.entry(*line).or_insert(0) += 1;
        }
        counts
    }

    /// How many lines are not understood.
    pub fn not_understood(&self) -> usize {
        let counts = self.counts().into_iter().filter(|(line, _)| matches!(line, Line::NotUnderstood(_)));
        counts.map(|(_, count)| count).sum()
    }

    /// Reports what is not understood: one finding for each page and kind, at the first such line.
    pub fn report(&self, diags: &mut Diagnostics) {
        for page in &self.pages {
            for (gap, lines) in page.gaps() {
                let first = *lines.first().expect("a kind is listed with its lines");
                let location = Location { path: page.path.clone(), span: Span::line(first) };
                let message = match lines.len() {
                    1 => gap.name().to_owned(),
                    count => format!("{}: {count} lines, {}", gap.name(), runs(&lines)),
                };
                diags.report(Rule::LineNotUnderstood, location, message);
            }
        }
    }

    /// What became of the lines, for people: a line for each account, and one for each kind that is not understood.
    pub fn summary(&self) -> String {
        let counts = self.counts();
        let total = |account: &str| -> usize {
            counts.iter().filter(|(line, _)| line.name().0 == account).map(|(_, count)| count).sum()
        };
        let parts = ["used", "prose", "skipped", "not understood"].map(|name| format!("{} {name}", total(name)));
        let lines: usize = counts.values().sum();
        let mut out = format!("{lines} lines: {}\n", parts.join(", "));
        for (line, count) in counts.iter().filter(|(line, _)| matches!(line, Line::NotUnderstood(_))) {
            writeln!(out, "{count:>8} {}", line.name().1).expect("writing to a string cannot fail");
        }
        out
    }
}

impl Account {
    /// The lines that are not understood, counted from 1, by kind.
    pub fn gaps(&self) -> BTreeMap<Gap, Vec<u32>> {
        let mut gaps: BTreeMap<Gap, Vec<u32>> = BTreeMap::new();
        for (number, line) in (1..).zip(&self.lines) {
            if let Line::NotUnderstood(gap) = line {
                gaps.entry(*gap).or_default().push(number);
            }
        }
        gaps
    }
}

/// `3-5, 9`: at most a few runs.
fn runs(lines: &[u32]) -> String {
    const MOST: usize = 5;
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &line in lines {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => runs.push((line, line)),
        }
    }
    let shown = runs.iter().take(MOST).map(|&(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}-{to}"),
    });
    let more = if runs.len() > MOST { ", ..." } else { "" };
    shown.collect::<Vec<_>>().join(", ") + more
}

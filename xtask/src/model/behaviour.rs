//! Rows of behaviour: what a call does, and how that is known.

use std::fmt;
use std::sync::Arc;

/// A row of behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: RowId,
    /// The title of the file that it stands in.
    pub subject: Arc<str>,
    /// The C names of the functions and callbacks that it is about.
    pub functions: Vec<String>,
    /// What the program or the peer does.
    pub situation: String,
    /// What the reference page says; none if the page says nothing.
    pub page: Option<String>,
    /// What else is known of Windows.
    pub windows: Option<String>,
    /// How that is known.
    pub evidence: Evidence,
    /// Where the evidence can be seen. Only [`Evidence::None`] has no reference.
    pub reference: Option<String>,
    /// What ours does.
    pub ours: String,
    /// What ours rests on beside the evidence.
    pub basis: Option<String>,
    /// Whether no source decides, so that ours is a choice.
    pub choice: bool,
}

/// The id of a row, such as `b1.7.5`: a section, and one or two more numbers. Ids are ordered by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    section: u32,
    first: u32,
    second: Option<u32>,
}

/// The strongest evidence for what Windows does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The reference page says it, or the header that the page describes.
    Page,
    /// A test or a log was recorded on Windows.
    Recorded,
    /// A shipping program relies on it.
    Program,
    /// Nothing is known.
    None,
}

/// How a row is known, at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The reference page says something of it.
    Documented,
    /// It was recorded on Windows.
    Recorded,
    /// A shipping program relies on it.
    ReliedOn,
    /// Ours is a choice.
    Chosen,
    /// Nothing is known of Windows, and ours follows from something else.
    Reasoned,
}

impl Row {
    /// Its marks: one at least.
    pub fn marks(&self) -> Vec<Mark> {
        let evidence = match self.evidence {
            Evidence::Recorded => Some(Mark::Recorded),
            Evidence::Program => Some(Mark::ReliedOn),
            Evidence::Page | Evidence::None => None,
        };
        let mut marks = Vec::new();
        marks.extend(self.page.as_ref().map(|_| Mark::Documented));
        marks.extend(evidence);
        marks.extend(self.choice.then_some(Mark::Chosen));
        if marks.is_empty() {
            marks.push(Mark::Reasoned);
        }
        marks
    }
}

impl RowId {
    /// The longest id that is read.
    const LONGEST: usize = 16;

    /// Reads an id. Numbers are not 0 and have no leading zeros, so that one row has one spelling.
    pub fn new(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
            text.parse::<u32>().ok().filter(|_| plain)
        };
        let mut parts = text.strip_prefix('b').filter(|_| text.len() <= Self::LONGEST)?.split('.');
        let (section, first) = (number(parts.next()?)?, number(parts.next()?)?);
        let second = match parts.next() {
            Some(part) => Some(number(part)?),
            None => None,
        };
        parts.next().is_none().then_some(Self { section, first, second })
    }

    /// The ids that a text names, with the place of each. Only whole words count.
    pub fn in_text(text: &str) -> impl Iterator<Item = (usize, &str)> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        let word = move |(at, _): (usize, &str)| {
            let starts = !text[..at].ends_with(is_part);
            let rest = &text[at..];
            let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
            // A full stop ends a sentence.
            let word = word.trim_end_matches('.');
            let like = word[1..].contains('.') && word[1..].chars().all(|c| c.is_ascii_digit() || c == '.');
            (starts && like).then_some((at, word))
        };
        text.match_indices('b').filter_map(word)
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}.{}", self.section, self.first)?;
        self.second.map_or(Ok(()), |second| write!(f, ".{second}"))
    }
}

impl Evidence {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Page, Self::Recorded, Self::Program, Self::None];

    /// As the files and facts.json call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Recorded => "recorded",
            Self::Program => "program",
            Self::None => "none",
        }
    }
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 5] = [Self::Documented, Self::Recorded, Self::ReliedOn, Self::Chosen, Self::Reasoned];

    /// As people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Recorded => "recorded",
            Self::ReliedOn => "relied on",
            Self::Chosen => "chosen",
            Self::Reasoned => "reasoned",
        }
    }

    /// What it means, as the end of a sentence that begins with its name.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Documented => "the reference page says something about it",
            Self::Recorded => "a test or a log was recorded on Windows",
            Self::ReliedOn => "a shipping program relies on it",
            Self::Chosen => "no source decides, so this project has made a choice",
            Self::Reasoned => {
                "nothing is known of Windows; the runtime follows a standard, another implementation or a plain reason"
            }
        }
    }
}

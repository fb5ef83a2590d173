//! What one page says, as parsed: sections and their entries, not yet facts. Data only.

use std::ops::Range;
use std::sync::Arc;

use crate::prose::{Inline, Prose};
use crate::source::{Span, Spanned};

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The path as diagnostics show it.
    pub path: Arc<str>,
    /// The path below the folder that was read.
    pub name: Arc<str>,
    /// Front matter, without the values that only the unfilled template has.
    pub front_matter: FrontMatter,
    /// The heading of level 1.
    pub title: Option<Spanned<String>>,
    /// What stands under the title, before any section.
    pub lead: Arc<Prose>,
    /// The sections in the order of the page.
    pub sections: Vec<Section>,
}

/// The keys of the front matter, each with its values: one for a scalar, any number for a list.
///
/// A page has dozens of them, most of which nobody asks for. So all lie in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    text: String,
    /// For each key its name, and its values among all; in the order of the page, each name once.
    keys: Vec<(Range<usize>, Range<usize>)>,
    values: Vec<Spanned<Range<usize>>>,
}

/// A section: a known heading, the text under it and its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which one it is.
    pub kind: SectionKind,
    /// Its heading as written, without the marks.
    pub heading: Spanned<String>,
    /// A `Type:` line at its top: the type a function returns.
    pub c_type: Option<Spanned<Vec<Inline>>>,
    /// The text before its first entry.
    pub prose: Arc<Prose>,
    /// Parameters, members or fields.
    pub entries: Vec<Entry>,
}

/// The sections that the templates know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// `-description`
    Description,
    /// `-parameters`
    Parameters,
    /// `-enum-fields`, `Constants`
    EnumFields,
    /// `-struct-fields`, `-union-fields`, `Members`
    StructFields,
    /// `-ioctlparameters`
    IoctlParameters,
    /// `-returns`
    Returns,
    /// `-syntax`, `-prototype`
    Syntax,
    /// `-remarks`
    Remarks,
    /// `-see-also`
    SeeAlso,
    /// `-requirements`
    Requirements,
    /// `-inheritance`
    Inheritance,
    /// `-example`, `--examples`
    Examples,
    /// Any other heading; its text is kept.
    Other,
}

/// A heading below a section, and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the heading announces.
    pub kind: EntryKind,
    /// The heading's place.
    pub span: Span,
    /// The name, without stars, marks and attributes; empty if none can be made of the heading.
    pub name: Spanned<String>,
    /// The array dimensions behind the name, without blanks between them: `[0][8]`.
    pub dimensions: Option<Spanned<String>>,
    /// What follows the name after a colon: an enumerator's value, a field's bit width.
    pub value: Option<Spanned<String>>,
    /// `[in, optional]` and the like, each word on its own, lower case.
    pub attributes: Vec<Spanned<String>>,
    /// The `Type:` line.
    pub c_type: Option<Spanned<Vec<Inline>>>,
    /// The text under the heading.
    pub prose: Arc<Prose>,
}

/// What the heading of an entry announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// `-param`
    Param,
    /// `-field`
    Field,
    /// `#### - NAME`: documentation that the template found no symbol for.
    Demoted,
    /// Any other item of the template, such as an I/O control's input buffer.
    Other,
}

impl Page {
    /// The first section of a kind.
    pub fn section(&self, kind: &SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == *kind)
    }

    /// The first value of a key of the front matter.
    pub fn scalar(&self, key: &str) -> Option<Spanned<&str>> {
        self.front_matter.values(key).next()
    }
}

impl FrontMatter {
    /// None yet, with room for keys and values of so many bytes.
    pub fn with_capacity(keys: usize, bytes: usize) -> Self {
        let (keys, values) = (Vec::with_capacity(keys), Vec::with_capacity(keys));
        Self { text: String::with_capacity(bytes), keys, values }
    }

    /// Adds a key without values. Those that are added next are its own.
    pub fn add_key(&mut self, name: &str) {
        let name = self.add(name);
        self.keys.push((name, self.values.len()..self.values.len()));
    }

    /// Adds a value to the key that was added last.
    pub fn add_value(&mut self, value: &str, span: Span) {
        let value = self.add(value);
        self.values.push(Spanned { value, span });
        self.keys.last_mut().expect("a key comes before its values").1.end = self.values.len();
    }

    fn add(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Whether it has a key, with or without values.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The values of a key; none if it is not there.
    pub fn values(&self, key: &str) -> impl Iterator<Item = Spanned<&str>> {
        self.of(self.find(key).unwrap_or_default())
    }

    /// All keys with their values, in the order of the page.
    pub fn iter(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = Spanned<&str>>)> {
        self.keys.iter().map(|(name, values)| (&self.text[name.clone()], self.of(values.clone())))
    }

    fn find(&self, key: &str) -> Option<Range<usize>> {
        let (text, key) = (self.text.as_bytes(), key.as_bytes());
        self.keys.iter().find(|(name, _)| text[name.clone()] == *key).map(|(_, values)| values.clone())
    }

    fn of(&self, values: Range<usize>) -> impl Iterator<Item = Spanned<&str>> {
        self.values[values]
            .iter()
            .map(|Spanned { value, span }| Spanned { value: &self.text[value.clone()], span: *span })
    }
}

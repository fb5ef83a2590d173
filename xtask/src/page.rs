//! What one page says, as parsed: sections and their entries, not yet facts. Data only.

use std::collections::BTreeMap;
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
pub type FrontMatter = BTreeMap<String, Vec<Spanned<String>>>;

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
    pub fn scalar(&self, key: &str) -> Option<&Spanned<String>> {
        self.front_matter.get(key).and_then(|values| values.first())
    }
}

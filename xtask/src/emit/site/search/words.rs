//! The words of an entry: what its page says, and what part each word has in it.

use std::collections::HashMap;

use crate::prose::Prose;

/// What a term is to an entry. Lower ones are worth more, and of several only the lowest is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A type that it takes, returns or holds.
    Type,
    /// Where it is declared or comes from: header, library, DLL, family.
    Place,
    /// A word of its description.
    Description,
    /// Any other word.
    Text,
}

/// Words that stand everywhere, and would find everything.
pub const STOP: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does", "for", "from", "has", "have",
    "if", "in", "into", "is", "it", "its", "may", "of", "on", "or", "so", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "to", "was", "were", "what", "when", "which", "who",
    "will", "with",
];

/// What is longer was not written to be looked for.
const LONGEST: usize = 80;

/// The terms of an entry.
#[derive(Default)]
pub struct Words {
    terms: HashMap<String, Role>,
}

impl Words {
    /// Every word of a text.
    pub fn prose(&mut self, prose: &Prose, role: Role) {
        if !prose.is_empty() {
            self.text(&prose.plain(), role);
        }
    }

    /// The same of a text without structure.
    pub fn text(&mut self, text: &str, role: Role) {
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
            self.whole(word, role);
        }
    }

    /// Names between blanks and commas, such as those of files: a full stop belongs to them.
    pub fn names(&mut self, names: &str, role: Role) {
        for name in names.split([' ', ',', ';', '(', ')']) {
            self.whole(name.trim_end_matches('.'), role);
        }
    }

    /// One term.
    pub fn whole(&mut self, word: &str, role: Role) {
        if word.len() < 2 || word.len() > LONGEST {
            return;
        }
        let term = word.to_lowercase();
        if STOP.contains(&&*term) {
            return;
        }
        let known = self.terms.entry(term).or_insert(role);
        *known = role.min(*known);
    }

    /// The terms, in no order.
    pub fn into_terms(self) -> impl Iterator<Item = (String, Role)> {
        self.terms.into_iter()
    }
}

//! The words of entries: what their pages say, and what part each word has in them.

use rustc_hash::FxHashMap;

use crate::prose::Prose;

/// What a term is to an entry. Lower ones are worth more, and of several only the lowest is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A type that it takes, returns or holds.
    Type,
    /// Where it is declared or comes from: header, library, DLL, family.
    Place,
    /// A word of its description.
    Description,
    /// Any other word.
    Text,
}

/// Words that stand everywhere and would find everything, and those of which questions are made. They are sorted.
pub(super) const STOP: &[&str] = &[
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could",
    "did", "do", "does", "doing", "for", "from", "get", "got", "has", "have", "how", "if", "in", "into", "is", "it",
    "its", "just", "may", "me", "mean", "means", "must", "my", "need", "needs", "no", "not", "of", "on", "only", "or",
    "our", "over", "please", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "to", "us", "use", "used", "uses", "using", "via", "want", "was", "we", "were",
    "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
];

/// None of them is longer.
const LONGEST_STOP: usize = 6;

/// The same as numbers, which compare faster: every short word of every page is looked for here.
const PACKED: [u64; STOP.len()] = {
    let mut packed = [0; STOP.len()];
    let mut at = 0;
    while at < STOP.len() {
        packed[at] = pack(STOP[at].as_bytes());
        at += 1;
    }
    packed
};

/// The first eight bytes of a word as a number. Numbers are in the order of their words.
const fn pack(word: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let mut at = 0;
    while at < word.len() && at < bytes.len() {
        bytes[at] = word[at];
        at += 1;
    }
    u64::from_be_bytes(bytes)
}

/// What is longer was not written to be looked for.
const LONGEST: usize = 80;

/// By how much an entry's place is multiplied in a posting.
const ROLES: u32 = 8;

/// The terms of many entries.
#[derive(Default)]
pub(super) struct Terms {
    /// For each term its postings, in ascending order.
    pub postings: FxHashMap<String, Vec<u32>>,
    /// The place of the entry whose words come next. No words come of any before it.
    pub entry: u32,
    /// The text that is being looked at.
    text: String,
    /// The word that is being looked at, in small letters.
    term: String,
}

impl Terms {
    /// Every word of a text.
    pub(super) fn prose(&mut self, prose: &Prose, role: Role) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        prose.push_plain(&mut text);
        self.text(&text, role);
        self.text = text;
    }

    /// The same of a text without structure.
    pub(super) fn text(&mut self, text: &str, role: Role) {
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
            self.whole(word, role);
        }
    }

    /// Names between blanks and commas, such as those of files: a full stop belongs to them.
    pub(super) fn names(&mut self, names: &str, role: Role) {
        for name in names.split([' ', ',', ';', '(', ')']) {
            self.whole(name.trim_end_matches('.'), role);
        }
    }

    /// One term.
    pub(super) fn whole(&mut self, word: &str, role: Role) {
        if word.len() < 2 || word.len() > LONGEST {
            return;
        }
        self.term.clear();
        if word.is_ascii() {
            self.term.push_str(word);
            self.term.make_ascii_lowercase();
        } else {
            self.term.push_str(&word.to_lowercase());
        }
        if self.term.len() <= LONGEST_STOP && PACKED.binary_search(&pack(self.term.as_bytes())).is_ok() {
            return;
        }
        let posting = self.entry * ROLES + role as u32;
        let Some(postings) = self.postings.get_mut(&*self.term) else {
            self.postings.insert(self.term.clone(), vec![posting]);
            return;
        };
        match postings.last_mut() {
            Some(last) if *last / ROLES == self.entry => *last = posting.min(*last),
            _ => postings.push(posting),
        }
    }

    /// Adds those of entries whose first one has the place `start`.
    pub(super) fn append(&mut self, start: u32, terms: Self) {
        for (term, postings) in terms.postings {
            let moved = postings.into_iter().map(|posting| posting + start * ROLES);
            self.postings.entry(term).or_default().extend(moved);
        }
    }
}

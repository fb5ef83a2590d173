//! Names as C has them: what may be one, and which known one a misspelt one was probably meant to be.
//!
//! No stage: every stage that handles names asks here.

use std::collections::{BTreeSet, HashMap};

/// No name of an API is longer; longer ones are like no other.
const LONGEST: usize = 128;

/// How many names are looked at for one.
const MOST: usize = 250;

/// Whether a text is a C identifier, and one with a letter or digit: see item_name_of_an_underscore.
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().any(|c| c != '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Known names, to be asked for the ones near to another.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// The names by what is left of them without one letter, or without one word.
    by_cut: HashMap<String, Vec<&'a str>>,
}

impl<'a> Names<'a> {
    /// An index of these names.
    pub fn new(names: impl Iterator<Item = &'a str>) -> Self {
        let mut by_cut: HashMap<String, Vec<&str>> = HashMap::new();
        for name in names {
            for cut in cuts(name) {
                by_cut.entry(cut).or_default().push(name);
            }
        }
        Self { by_cut }
    }

    /// The known names that one letter, or one word more or less, makes of this one; sorted.
    pub fn near(&self, name: &str) -> BTreeSet<&'a str> {
        let candidates = cuts(name).into_iter().filter_map(|cut| self.by_cut.get(&cut)).flatten().copied();
        candidates.filter(|&other| other != name && (one_letter(name, other) || one_word_more(name, other))).collect()
    }
}

/// The name itself, and it without each letter and without each word.
fn cuts(name: &str) -> BTreeSet<String> {
    if name.len() > LONGEST {
        return BTreeSet::new();
    }
    let mut cuts = BTreeSet::from([name.to_owned()]);
    cuts.extend(name.char_indices().map(|(at, c)| format!("{}{}", &name[..at], &name[at + c.len_utf8()..])));
    let words: Vec<&str> = name.split('_').collect();
    cuts.extend((0..words.len()).map(|at| [&words[..at], &words[at + 1..]].concat().join("_")));
    cuts
}

/// Whether one letter was left out, added, replaced, or swapped with its neighbour. Digits tell names apart.
fn one_letter(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let front = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = one.len().min(other.len()) - front;
    let back = one.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[front..one.len() - back], &other[front..other.len() - back]);
    let letters = |part: &[char]| part.iter().all(char::is_ascii_alphabetic);
    let swapped = || one.len() == 2 && other.len() == 2 && one.iter().eq(other.iter().rev());
    letters(one) && letters(other) && (one.len().max(other.len()) == 1 || swapped())
}

/// Whether one has all words of the other and one more after the first, which says what kind of name it is.
fn one_word_more(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split('_').collect(), other.split('_').collect());
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    let word = |at: usize| long[at].chars().all(|c| c.is_ascii_alphabetic());
    long.len() == short.len() + 1
        && (1..long.len()).any(|at| long[..at] == short[..at] && long[at + 1..] == short[at..] && word(at))
}

/// The one of some names that was probably meant: a letter differs, or a word, or a word is there more or less.
pub fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let words: Vec<&str> = name.split('_').collect();
    let replaced = |other: &str| {
        let others: Vec<&str> = other.split('_').collect();
        words.len() > 2
            && others.len() == words.len()
            && words.iter().zip(&others).filter(|(word, other)| word != other).count() == 1
    };
    let rank = |other: &str| match other {
        _ if other.eq_ignore_ascii_case(name) || one_letter(name, other) => Some(0),
        _ if one_word_more(name, other) => Some(1),
        _ if replaced(other) => Some(2),
        _ => None,
    };
    known.take(MOST).filter_map(|other| Some((rank(other)?, other))).min().map(|(_, other)| other)
}

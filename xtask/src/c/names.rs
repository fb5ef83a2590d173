//! Names as C has them: what may be one, and which known one a misspelt one was probably meant to be.

use std::collections::BTreeSet;

/// No name of an API is longer; longer ones are like no other.
const LONGEST: usize = 128;

/// How many names are looked at for one.
const MOST: usize = 250;

/// Whether a text is a C identifier, and one with a letter or digit: see item_name_of_an_underscore.
pub fn is_identifier(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|&b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_')
        && bytes.iter().any(|&b| b != b'_')
}

/// Whether the template wrote a placeholder because it knew no name: `unnamedParam1`, `Arg2`.
pub fn is_placeholder(name: &str) -> bool {
    let number = name.strip_prefix("unnamedParam").or_else(|| name.strip_prefix("Arg"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Known names, to be asked for the ones near to another.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// The names by the hashes of what is left of them without one letter, or without one word; sorted.
    by_cut: Vec<(u64, &'a str)>,
}

impl<'a> Names<'a> {
    /// An index of these names.
    pub fn new(names: impl Iterator<Item = &'a str>) -> Self {
        let mut by_cut = Vec::new();
        for name in names {
            by_cut.extend(cuts(name).into_iter().map(|cut| (cut, name)));
        }
        // The names of one hash need no order.
        by_cut.sort_unstable_by_key(|&(cut, _)| cut);
        Self { by_cut }
    }

    /// The known names that one letter, or one word more or less, makes of this one; sorted.
    pub fn near(&self, name: &str) -> BTreeSet<&'a str> {
        let with = |cut: u64| {
            let from = self.by_cut.partition_point(|&(known, _)| known < cut);
            self.by_cut[from..].iter().take_while(move |&&(known, _)| known == cut).map(|&(_, other)| other)
        };
        // Equal hashes only make a candidate.
        let near = |other: &str| other != name && (one_letter(name, other) || one_word_more(name, other));
        cuts(name).into_iter().flat_map(with).filter(|other| near(other)).collect()
    }
}

/// The hashes of a name, and of it without each letter and without each word.
fn cuts(name: &str) -> Vec<u64> {
    /// Any odd number with many bits set.
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let bytes = name.as_bytes();
    let end = bytes.len();
    if end > LONGEST {
        return Vec::new();
    }
    // Polynomial hashes of all starts of the name: that of any piece, and of two pieces joined, follows from them.
    let mut starts = [0_u64; LONGEST + 1];
    let mut powers = [1_u64; LONGEST + 1];
    for (at, &byte) in bytes.iter().enumerate() {
        starts[at + 1] = starts[at].wrapping_mul(BASE).wrapping_add(u64::from(byte) + 1);
        powers[at + 1] = powers[at].wrapping_mul(BASE);
    }
    let without = |from: usize, to: usize| {
        let back = starts[end].wrapping_sub(starts[to].wrapping_mul(powers[end - to]));
        starts[from].wrapping_mul(powers[end - to]).wrapping_add(back)
    };
    // Some of them are the same: `aa` without either letter.
    let mut cuts = Vec::with_capacity(end + 2);
    cuts.push(starts[end]);
    cuts.extend(name.char_indices().map(|(at, c)| without(at, at + c.len_utf8())));
    let mut from = 0;
    for word in name.split('_') {
        let to = from + word.len();
        // With the mark behind it, or the last one with the mark before it.
        cuts.push(if to < end { without(from, to + 1) } else { without(from.saturating_sub(1), to) });
        from = to + 1;
    }
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

/// Whether a name was probably meant to be another one: a letter of one word is missing, more, replaced or swapped, and the
/// word has others; or one has a word more that `is_prefix` knows. A whole word that differs makes another name.
pub fn is_slip(one: &str, other: &str, is_prefix: impl Fn(&str) -> bool) -> bool {
    let (words, others): (Vec<&str>, Vec<&str>) = (one.split('_').collect(), other.split('_').collect());
    if words.len() != others.len() {
        return one_word_more(one, other) && extra_word(&words, &others).is_some_and(is_prefix);
    }
    let mut differing = words.iter().zip(&others).filter(|(word, other)| word != other);
    let (Some((word, other)), None) = (differing.next(), differing.next()) else { return false };
    let whole = word.len().min(other.len()) < 2;
    one_letter(word, other) && (!whole || is_prefix(word) && is_prefix(other))
}

/// The word that the longer of two names has more.
fn extra_word<'a>(one: &[&'a str], other: &[&'a str]) -> Option<&'a str> {
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    let same = long.iter().zip(short).take_while(|(word, other)| word == other).count();
    long.get(same).copied()
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

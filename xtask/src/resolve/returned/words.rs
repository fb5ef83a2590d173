//! The words of a sentence with what stands around each, and the numbers among them.

use crate::c::values;

/// The words of a sentence: letters, digits and what C names and numbers have, each with what stands around it.
pub(super) fn words(sentence: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\'' | '’');
    let mut at = 0;
    while let Some(start) = sentence[at..].find(inside).map(|start| at + start) {
        let end = sentence[start..].find(|c| !inside(c)).map_or(sentence.len(), |end| start + end);
        let start = start - dash(&sentence[at..start], &sentence[start..end]);
        let gap = &sentence[at..start];
        let text = sentence[start..end].trim_end_matches('-');
        // `(DWORD)-1`: the cast says how wide the number is, which the type of the function does too.
        let cast = gap == "(" || gap.ends_with(" (");
        found.push(Word { text, enclosed: cast, pause: gap.contains([',', ':']), gap });
        at = end;
    }
    found.retain(|word| !word.text.trim_matches('-').is_empty());
    found
}

/// The length of the dash that a word processor made of a number's minus: `returns \u{2013}1`.
fn dash(gap: &str, word: &str) -> usize {
    let mark =
        gap.chars().next_back().filter(|mark| MINUS.contains(mark) && word.starts_with(|c: char| c.is_ascii_digit()));
    let len = mark.map_or(0, char::len_utf8);
    if gap[..gap.len() - len].ends_with(|c: char| c.is_alphanumeric()) { 0 } else { len }
}

/// What stands for a minus besides `-`: en dash and minus sign.
const MINUS: [char; 2] = ['\u{2013}', '\u{2212}'];

/// A word of a sentence.
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// A parenthesis opens before it.
    pub enclosed: bool,
    /// A comma or colon stands before it.
    pub pause: bool,
    /// What stands between the word before and this one.
    pub gap: &'a str,
}

/// `-1`, `0xFFFFFFFF`, `32`.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.replace(MINUS, "-");
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match values::evaluate(&text, |_| None) {
        values::Outcome::Value(value) => i64::try_from(value).ok(),
        values::Outcome::Unknown(_) | values::Outcome::Invalid(_) => None,
    }
}

//! Plain text with the ways to what it names.

use super::here::Here;

/// A plain text in pieces, names among them with the way to their pages. A word of small letters is no name here.
pub(super) fn linked<'a>(here: Here<'_>, text: &'a str) -> Vec<(&'a str, Option<String>)> {
    let mut out: Vec<(&str, Option<String>)> = Vec::new();
    let mut start = 0;
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    for word in text.split(|c| !is_part(c)).filter(|word| word.contains(|c: char| c.is_uppercase() || c == '_')) {
        let Some(href) = here.to_name(word) else { continue };
        // `split` gives parts of the text itself, in its order.
        let at = start + text[start..].find(word).expect("the word is a part of the rest of the text");
        out.push((&text[start..at], None));
        out.push((word, Some(href)));
        start = at + word.len();
    }
    out.push((&text[start..], None));
    out
}

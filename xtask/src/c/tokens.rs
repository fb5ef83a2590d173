//! Words, marks and groups of C, as far as declarations need them.

use std::collections::HashMap;

/// A word, a mark, or what stands between brackets or parentheses, with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// As it stands.
    pub text: &'a str,
    /// Where, in bytes.
    pub at: usize,
}

impl Token<'_> {
    /// Stands for a block that was left out.
    pub(super) const BLOCK: &'static str = "{}";

    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    }

    pub(super) fn is_group(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('(')
    }

    pub(super) fn is_dimension(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('[')
    }

    pub(super) fn is_known(&self) -> bool {
        self.is_word() || self.is_group() || self.is_dimension() || matches!(self.text, "*" | ":" | ",")
    }
}

/// The words, marks and groups of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let groups = groups(text);
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let len = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '(' | '[' => groups.get(&at).map_or(1, |close| close + 1 - at),
            c if c.is_ascii_alphanumeric() || c == '_' => {
                text[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len() - at)
            }
            c => c.len_utf8(),
        };
        tokens.push(Token { text: &text[at..at + len], at });
        at += len;
    }
    tokens
}

/// Where each bracket and parenthesis closes; none holds the end of a declaration.
fn groups(text: &str) -> HashMap<usize, usize> {
    let mut groups = HashMap::new();
    let mut open: Vec<(usize, u8)> = Vec::new();
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'(' => open.push((at, b')')),
            b'[' => open.push((at, b']')),
            b')' | b']' => match open.pop() {
                Some((start, close)) if close == b => drop(groups.insert(start, at)),
                _ => open.clear(),
            },
            b'{' | b'}' | b';' => open.clear(),
            _ => {}
        }
    }
    groups
}

//! Where a name may be broken: between its words. Templates put a possible break there.

/// A long name, cut after `_`, `:` and `.`, and before a capital that follows a small letter or a digit. No piece but the
/// last is so short that breaking there would gain nothing.
pub fn pieces(name: &str) -> Vec<&str> {
    /// What fits everywhere is not broken at all.
    const SHORT: usize = 24;
    const LEAST: usize = 6;
    if name.len() <= SHORT {
        return vec![name];
    }
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in name.char_indices() {
        let hump = c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        let mark = matches!(before, '_' | ':' | '.' | '/' | '-') && c != before;
        if at - start >= LEAST && (hump || mark) {
            out.push(&name[start..at]);
            start = at;
        }
        before = c;
    }
    out.push(&name[start..]);
    out
}

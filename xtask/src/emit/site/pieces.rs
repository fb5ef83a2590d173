//! Where a name may be broken: between its words. Templates put a possible break there.

/// The words of a long name: after `_`, `:` and `.`, and before a capital that follows a small letter or a digit.
pub fn pieces(name: &str) -> Vec<&str> {
    /// What fits everywhere is not broken at all.
    const SHORT: usize = 20;
    if name.len() <= SHORT {
        return vec![name];
    }
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in name.char_indices() {
        let hump = c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        let mark = matches!(before, '_' | ':' | '.' | '/' | '-') && c != before;
        if at > start && (hump || mark) {
            out.push(&name[start..at]);
            start = at;
        }
        before = c;
    }
    out.push(&name[start..]);
    out
}

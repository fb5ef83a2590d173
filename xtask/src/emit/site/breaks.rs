//! Where a name may be broken: between its words. Templates put a possible break there.

/// A text, of which long names are cut after `_`, `:` and the like, and before a capital that follows a small letter or a
/// digit. No piece but the last of a name is so short that breaking there would gain nothing.
pub(super) fn in_names(text: &str) -> Vec<&str> {
    cut(text, true)
}

/// The same for running text, where only marks are places to break at: it has wider lines.
pub(super) fn at_marks(text: &str) -> Vec<&str> {
    cut(text, false)
}

fn cut(text: &str, humps: bool) -> Vec<&str> {
    /// What fits everywhere is not broken at all.
    const SHORT: usize = 24;
    const LEAST: usize = 9;
    if text.len() <= SHORT {
        return vec![text];
    }
    let mut out = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let mut last = end;
        end += word.len();
        if word.len() <= SHORT {
            continue;
        }
        let mut before = ' ';
        for (at, c) in word.char_indices().map(|(at, c)| (end - word.len() + at, c)) {
            let hump = humps && c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
            let mark = matches!(before, '_' | ':' | '.' | '/' | '-') && c != before;
            if at - last >= LEAST && (hump || mark) {
                out.push(&text[start..at]);
                start = at;
                last = at;
            }
            before = c;
        }
    }
    out.push(&text[start..]);
    out
}

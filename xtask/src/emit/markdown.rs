//! Text for those who read Markdown: rustdoc, and people who read the attribution.

/// Plain text in which no character means anything to Markdown or HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        let within_word = || {
            let near = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_alphanumeric);
            near(at.checked_sub(1)) && near(Some(at + 1))
        };
        let means = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '~' | '|' => true,
            '_' => !within_word(),
            _ => false,
        };
        if means {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}

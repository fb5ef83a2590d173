//! C as text: what is no code in it, blanked out so that every line stays where it was.

/// The text with its comments blanked out, so that every line is where it was.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        out.push_str(&rest[..at]);
        let comment = &rest[at..];
        let end = match comment.as_bytes().get(1) {
            Some(b'/') => comment.find('\n').unwrap_or(comment.len()),
            // What is never closed is taken to the end: it can be met only once.
            Some(b'*') => comment.find("*/").map_or(comment.len(), |end| end + 2),
            _ => {
                out.push('/');
                rest = &comment[1..];
                continue;
            }
        };
        out.extend(comment[..end].chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = &comment[end..];
    }
    out.push_str(rest);
    out
}

/// How many lines end in a text.
pub fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).expect("a page has fewer than 2^32 lines")
}

/// The parentheses that stand in no others, each with its closing one.
pub fn groups(text: &str) -> Vec<(usize, usize)> {
    let mut groups = Vec::new();
    let (mut depth, mut open) = (0_usize, 0);
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'(' => {
                open = if depth == 0 { at } else { open };
                depth += 1;
            }
            b')' if depth == 1 => {
                depth = 0;
                groups.push((open, at));
            }
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    groups
}

/// The text with its preprocessor lines blanked out, and for each line whether it is under a condition of theirs.
pub fn without_directives(text: &str) -> (String, Vec<bool>) {
    let mut out = String::with_capacity(text.len());
    let mut conditional = Vec::new();
    let (mut depth, mut goes_on) = (0_usize, false);
    for line in text.split_inclusive('\n') {
        let directive = line.trim_start().strip_prefix('#').map(str::trim_start);
        if let Some(directive) = directive.filter(|_| !goes_on) {
            if directive.starts_with("if") {
                depth += 1;
            } else if directive.starts_with("endif") {
                depth = depth.saturating_sub(1);
            }
        }
        let blank = goes_on || directive.is_some();
        out.extend(line.chars().map(|c| if blank && c != '\n' { ' ' } else { c }));
        goes_on = blank && line.trim_end().ends_with('\\');
        conditional.push(depth > 0);
    }
    (out, conditional)
}

/// The first line that changes how fields are laid out, from 0: it packs or aligns them.
pub fn packing(text: &str) -> Option<u32> {
    /// What packs or aligns, in lower case.
    const MARKS: &[&str] = &[
        "pshpack",
        "packed",
        "declspec_align",
        "__declspec(align",
        "alignas(",
        "_alignas",
        "aligned(",
        "declspec_cachealign",
    ];
    let shows = |line: &str| {
        let line: String = line.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        line.starts_with("#pragmapack(") || MARKS.iter().any(|mark| line.contains(mark))
    };
    let at = text.lines().position(shows)?;
    Some(u32::try_from(at).expect("a page has fewer than 2^32 lines"))
}

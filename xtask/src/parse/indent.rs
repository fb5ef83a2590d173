//! Indents: in these pages none is code, and only those of lists mean anything.

/// Put before a `<` at the start of a line, so that CommonMark never takes the line for an HTML block.
pub(super) const INLINE: char = '\u{e000}';

/// Takes away every indent that CommonMark would read as code, and keeps the ones that nest lists, `most` deep.
pub(super) fn flatten(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    // The columns at which the open items' text starts: in the source, and as written here.
    let mut items: Vec<(usize, usize)> = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let body = line.trim_start();
        if body.is_empty() {
            continue;
        }
        let indent = line.len() - body.len();
        let marker = marker_width(body);
        while items.last().is_some_and(|&(source, _)| indent < source && (marker.is_some() || index > 0)) {
            items.pop();
        }
        let written = items.last().map_or(0, |&(_, written)| written);
        out.extend(std::iter::repeat_n(' ', written));
        if let Some(width) = marker.filter(|_| items.len() < most) {
            let text_at = body.len() - body[width..].trim_start().len();
            items.push((indent + text_at, written + width));
            // One blank after the marker, whatever the page has: five would make its text code.
            out.push_str(body[..width].trim_end());
            out.push(' ');
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(body[..width].trim_end().len() + 1)));
            push_line(&body[text_at..], &mut out);
            continue;
        }
        push_line(body, &mut out);
    }
    out
}

fn push_line(body: &str, out: &mut String) {
    if body.starts_with('<') {
        out.push(INLINE);
    }
    out.push_str(body);
}

/// The width of a list marker and the one blank after it.
pub(super) fn marker_width(body: &str) -> Option<usize> {
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let mark = *body.as_bytes().get(digits)?;
    let is_marker = match digits {
        0 => matches!(mark, b'-' | b'*' | b'+'),
        1..=9 => matches!(mark, b'.' | b')'),
        _ => false,
    };
    (is_marker && matches!(body.as_bytes().get(digits + 1), Some(b' ' | b'\t'))).then_some(digits + 2)
}

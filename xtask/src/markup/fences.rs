//! Fences of code: which lines open and close one.

/// A line that opens a fence: its mark and how many. Three backticks with another one later are inline code.
pub fn opens_fence(line: &str) -> Option<(u8, usize)> {
    let line = line.trim_start();
    let mark = *line.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let len = line.bytes().take_while(|&b| b == mark).count();
    (len >= 3 && !(mark == b'`' && line[len..].contains('`'))).then_some((mark, len))
}

/// Whether a line closes a fence of that mark and length.
pub fn closes_fence(line: &str, mark: u8, len: usize) -> bool {
    let line = line.trim();
    line.len() >= len && line.bytes().all(|b| b == mark)
}

//! Templates as text that HTML can express.

use askama::Template;

/// A template as text. HTML cannot express most control characters, not even escaped: they become U+FFFD.
pub(super) fn render(page: &impl Template) -> String {
    /// Most pages fit, so that they are not moved while they grow.
    const ROOM: usize = 16 * 1024;
    let mut text = String::with_capacity(ROOM);
    page.render_into_with_values(&mut text, askama::NO_VALUES).expect("templates write to a string, which cannot fail");
    text.shrink_to_fit();
    if !is_plain(&text) && text.chars().any(is_inexpressible) {
        return text.chars().map(|c| if is_inexpressible(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    }
    text
}

/// Whether the bytes alone tell that nothing is inexpressible: there is no control of one byte, and no first byte of one of
/// two or of a noncharacter. Each is looked at whatever the ones before it are, which is faster than to stop.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | 0x20..=0x7e | 0x80..=0xc1 | 0xc3..=0xee);
    text.bytes().fold(true, |all, byte| all & plain(byte))
}

/// What the HTML standard calls a parse error wherever it stands: controls but white space, and noncharacters.
fn is_inexpressible(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    noncharacter || (c.is_control() && !matches!(c, '\t' | '\n' | '\x0c'))
}

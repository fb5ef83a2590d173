//! Where the pages that were read can be seen, line by line.

use std::fmt::Write as _;
use std::str::FromStr;

/// An address with places for a page and a line. Its scheme is one that a link may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceUrl {
    pattern: String,
}

const PATH: &str = "{path}";
const LINE: &str = "{line}";

impl FromStr for SourceUrl {
    type Err = String;

    /// Without `{path}` it is the address of the folder, below which a page is followed by `#L` and the line.
    fn from_str(text: &str) -> Result<Self, String> {
        let known = ["https://", "http://"].iter().any(|scheme| {
            text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && text.len() > scheme.len()
        });
        if !known || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("not an address that begins with https:// or http://".to_owned());
        }
        let pattern = match text.contains(PATH) {
            true => text.to_owned(),
            false => format!("{}/{PATH}#L{LINE}", text.trim_end_matches('/')),
        };
        Ok(Self { pattern })
    }
}

impl SourceUrl {
    /// The address of a line of a page, whose path is below the folder that was read.
    pub fn line(&self, page: &str, line: u32) -> String {
        // The line first: a path may have anything in it.
        self.pattern.replace(LINE, &line.to_string()).replacen(PATH, &encoded(page), 1)
    }
}

/// A path as addresses have it.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => write!(out, "%{other:02X}").expect("writing to a string cannot fail"),
        }
    }
    out
}

//! Names that URLs can carry: ids within a page, and the parts of a path.

use std::collections::BTreeSet;

/// The ids of one page. No two are alike, whatever the names.
pub struct Anchors {
    taken: BTreeSet<String>,
}

impl Anchors {
    /// The ids that the templates use themselves.
    pub fn new(reserved: &[&str]) -> Self {
        Self { taken: reserved.iter().map(|&id| id.to_owned()).collect() }
    }

    /// The id of a thing: readable, and the same as long as those before it on the page are.
    pub fn claim(&mut self, prefix: &str, name: &str) -> String {
        distinct(&format!("{prefix}{}", readable(name)), &mut self.taken)
    }
}

/// The wish, or the wish with the first number that makes it new. Case does not tell two apart: file systems and
/// readers would mix them up.
pub fn distinct(wish: &str, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(wish.to_lowercase()) {
        return wish.to_owned();
    }
    let numbered = (2..).map(|number| format!("{wish}-{number}"));
    let mut free = numbered.filter(|candidate| taken.insert(candidate.to_lowercase()));
    free.next().expect("there are more numbers than names")
}

/// Letters, digits, `_` and `-` as they are; `-` for any run of anything else. Never empty.
pub fn readable(name: &str) -> String {
    /// Some file systems take no name beyond 255 bytes; numbers and `.html` come on top.
    const LONGEST: usize = 160;
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let parts: Vec<&str> = name.split(|c| !keep(c)).filter(|part| !part.is_empty()).collect();
    let mut out = parts.join("-");
    out.truncate(LONGEST);
    if out.is_empty() { "unnamed".to_owned() } else { out }
}

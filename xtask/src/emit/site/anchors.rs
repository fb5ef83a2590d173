//! Names that URLs can carry: ids within a page, and the parts of a path.

use rustc_hash::FxHashSet;

use crate::draft::{Constant, Returns};

/// The ids of one page. No two are alike, whatever the names.
pub(super) struct Anchors {
    /// The ids that the templates use themselves.
    reserved: &'static [&'static str],
    taken: FxHashSet<String>,
}

impl Anchors {
    /// Those of a page of which the template uses some itself.
    pub(super) fn new(reserved: &'static [&'static str]) -> Self {
        Self { reserved, taken: FxHashSet::default() }
    }

    /// The id of a thing: readable, and the same as long as those before it on the page are.
    pub(super) fn claim(&mut self, prefix: &str, name: &str) -> String {
        let is_new = |id: String| !self.reserved.contains(&&*id) && self.taken.insert(id);
        distinct([prefix, &readable(name)].concat(), is_new)
    }
}

/// The wish, or the wish with the first number that makes it new. Case does not tell two apart: file systems and
/// readers would mix them up.
pub(super) fn distinct(wish: String, mut is_new: impl FnMut(String) -> bool) -> String {
    if is_new(wish.to_lowercase()) {
        return wish;
    }
    let numbered = (2..).map(|number| format!("{wish}-{number}"));
    let mut free = numbered.filter(|candidate| is_new(candidate.to_lowercase()));
    free.next().expect("there are more numbers than names")
}

/// Letters, digits, `_` and `-` as they are; `-` for any run of anything else. Never empty.
pub(super) fn readable(name: &str) -> String {
    /// Some file systems take no name beyond 255 bytes; numbers and `.html` come on top.
    const LONGEST: usize = 160;
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut out = String::with_capacity(name.len());
    for part in name.split(|c| !keep(c)).filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push('-');
        }
        out.push_str(part);
    }
    out.truncate(LONGEST);
    if out.is_empty() { "unnamed".to_owned() } else { out }
}

/// The anchors of the codes. They depend on nothing else of the page, so that other pages can link to them.
pub(super) fn error_ids(returns: &Returns) -> Vec<String> {
    let mut anchors = Anchors::new(&[]);
    returns.codes.iter().map(|code| anchors.claim("error-", &code.name.value)).collect()
}

/// The anchors of constants. They depend on nothing else of the page, so that other pages can link to them.
pub(super) fn constant_ids(constants: &[Constant]) -> Vec<String> {
    let mut anchors = Anchors::new(&[]);
    constants.iter().map(|constant| anchors.claim("constant-", &constant.name.value)).collect()
}

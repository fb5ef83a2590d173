//! Findings in words, for the site: what a reader of it sees, and nothing of this machine.

use super::{Diagnostic, Diagnostics};
use crate::source::{Location, Tree};

/// A finding of the run, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is: `error`, `warning` or `note`.
    pub severity: &'static str,
    /// The rule's name.
    pub rule: &'static str,
    /// What the rule is about and what to do.
    pub explanation: &'static str,
    /// Where.
    pub location: Location,
    /// What was found. No path in it shows where the files are on this machine.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The findings as the site shows them. Where the files are on this machine does not show.
pub fn findings(diags: &Diagnostics, trees: &[Tree]) -> Vec<Finding> {
    let files = || trees.iter().flat_map(|tree| tree.pages.iter().chain(&tree.config));
    let mut roots: Vec<&str> = files().filter_map(|file| file.path.strip_suffix(&*file.name)).collect();
    roots.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    roots.dedup();
    roots.retain(|root| !root.is_empty());
    let placeless = |text: &str| roots.iter().fold(text.to_owned(), |text, root| without(&text, root));
    let finding = |diagnostic: &Diagnostic| Finding {
        severity: diagnostic.severity.name(),
        rule: diagnostic.rule.name(),
        explanation: diagnostic.rule.explanation(),
        location: diagnostic.location.clone(),
        message: placeless(&diagnostic.message),
        help: diagnostic.help.as_deref().map(placeless),
    };
    diags.list.iter().map(finding).collect()
}

/// A text in which paths do not begin with a root any more.
fn without(text: &str, root: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(root) {
        let within = rest[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
        out.push_str(if within { &rest[..at + root.len()] } else { &rest[..at] });
        rest = &rest[at + root.len()..];
    }
    out + rest
}

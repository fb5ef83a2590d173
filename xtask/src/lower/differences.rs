//! Differences between the headings of a page and a declaration on it: each is a finding, and one that leaves open what is
//! right makes the item incomplete.

use super::locate;
use crate::diag::{Diagnostics, Rule};
use crate::page::Page;
use crate::source::Span;

/// Where differences are reported.
pub(super) struct Differences<'a> {
    pub page: &'a Page,
    pub flaws: &'a mut Vec<String>,
    pub diags: &'a mut Diagnostics,
}

impl Differences<'_> {
    /// Reports a difference that leaves the item as it is.
    pub(super) fn report(&mut self, span: Span, message: &str, help: &'static str) {
        self.diags.report_help(Rule::HeadingAgainstDeclaration, locate(self.page, span), message, help);
    }

    /// Reports a difference that makes the item incomplete. Several may have one flaw, which is told once.
    pub(super) fn flaw(&mut self, span: Span, message: &str, help: &'static str, flaw: &str) {
        self.report(span, message, help);
        if !self.flaws.iter().any(|known| known == flaw) {
            self.flaws.push(flaw.to_owned());
        }
    }
}

//! What is wrong with the pages, as the site shows it: with each page its own findings, and a page for all others.

use askama::Template;

use super::frame::Frame;
use super::here::Here;
use super::paths::FINDINGS;
use super::whole::Site;
use crate::diag::Finding;

/// A finding and where it stands.
pub(super) struct FindingView<'a> {
    pub finding: &'a Finding,
    /// The file, below the folder that was read.
    pub file: &'a str,
    /// Where the line can be seen.
    pub line_href: Option<String>,
}

/// A message in pieces, each with whether it stands between backticks, which then are no part of it.
pub(super) fn code_and_text(message: &str) -> Vec<(bool, &str)> {
    let parts: Vec<&str> = message.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![(false, message)];
    }
    parts.into_iter().enumerate().map(|(at, part)| (at % 2 == 1, part)).filter(|(_, part)| !part.is_empty()).collect()
}

/// The page of findings: how many each page has, and those of files without a page.
#[derive(Template)]
#[template(path = "findings.html", whitespace = "minimize")]
pub(super) struct FindingsPage<'a> {
    frame: Frame,
    total: usize,
    /// Names, addresses and counts.
    pages: Vec<(&'a str, String, usize)>,
    elsewhere: Vec<FindingView<'a>>,
}

/// The page of findings of a site.
pub(super) fn page<'a>(site: &'a Site<'a>) -> FindingsPage<'a> {
    let here = Here::top(site, FINDINGS);
    let with = site.spec.items.iter().enumerate().filter_map(|(at, item)| {
        let count = site.findings(&item.draft.path).len();
        (count > 0).then(|| (&*item.draft.name.value, format!("{}#findings", here.to_item(at)), count))
    });
    FindingsPage {
        frame: Frame::new(here, "Findings", "What is wrong with the pages that were read.".to_owned(), Vec::new()),
        total: site.options.findings.len(),
        pages: with.collect(),
        elsewhere: site.findings_elsewhere().map(|finding| view(here, finding)).collect(),
    }
}

/// The findings of the page of that path.
pub(super) fn of_page<'a>(here: Here<'a>, path: &str) -> Vec<FindingView<'a>> {
    here.site.findings(path).iter().map(|finding| view(here, finding)).collect()
}

fn view<'a>(here: Here<'a>, finding: &'a Finding) -> FindingView<'a> {
    FindingView { finding, file: here.site.spec.file(&finding.location), line_href: here.to_line(&finding.location) }
}

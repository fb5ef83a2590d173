//! What stands around the content of a page: title, way down to it, way back to the top, what is beside it.

use std::borrow::Cow;

use super::here::Here;
use super::order::Around;
use super::paths::MISSING;
use super::whole::Site;

/// What stands around a page's content.
pub(super) struct Frame {
    /// What the browser shows.
    pub title: String,
    /// What the page is about, in one sentence.
    pub summary: String,
    /// The way to the top.
    pub root: Cow<'static, str>,
    /// The address of the page, if it is known where the site will be.
    pub canonical: Option<String>,
    /// What is wrong with the pages, if this one waits for their next version.
    pub live: Option<String>,
    /// The way down to this page: names with addresses. Neither the index, where the name of the site leads, nor the page
    /// itself is among them.
    pub crumbs: Vec<(String, String)>,
    /// What is beside it.
    pub around: Around,
    /// Whose pages all of it comes from: sentences.
    pub sources: Vec<String>,
    /// How many findings the whole run has.
    pub findings: usize,
}

impl Frame {
    /// A page below the index: `way` leads down to it from there.
    pub(super) fn new(here: Here<'_>, title: &str, summary: String, way: Vec<(String, String)>) -> Self {
        Self {
            title: format!("{title} - winws"),
            summary,
            root: here.root.into(),
            canonical: here.site.canonical(here.path),
            live: here.site.options.live.clone(),
            crumbs: way,
            around: Around::default(),
            sources: here.site.sources.clone(),
            findings: here.site.options.findings.len(),
        }
    }

    /// The index, which has nothing above it.
    pub(super) fn index(here: Here<'_>) -> Self {
        let title = &here.site.spec.title;
        let summary = format!("{title} as their reference pages describe them.");
        Self::new(here, title, summary, Vec::new())
    }

    /// The page that is shown where nothing was found, at whatever address that was: where the top is has to be known.
    pub(super) fn missing(site: &Site<'_>) -> Self {
        let root = match &site.options.base_url {
            Some(base_url) => base_url.to("").into(),
            None if site.options.live.is_some() => "/".into(),
            None => "".into(),
        };
        let page = Self::new(Here::top(site, MISSING), "Not found", "There is no such page.".to_owned(), Vec::new());
        Self { root, canonical: None, ..page }
    }

    /// The same with what is beside the page.
    pub(super) fn beside(self, around: Around) -> Self {
        Self { around, ..self }
    }
}

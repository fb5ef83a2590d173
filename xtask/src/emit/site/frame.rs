//! What stands around the content of a page: title, way down to it, way back to the top.

use super::here::{INDEX, Site};

/// What stands around a page's content.
pub struct Frame {
    /// What the browser shows.
    pub title: String,
    /// What the page is about, in one sentence.
    pub summary: String,
    /// The way to the top.
    pub root: &'static str,
    /// The way down to this page: names with addresses. The page itself is not among them.
    pub crumbs: Vec<(String, String)>,
    /// The page itself, as the last crumb.
    pub leaf: String,
    /// Whose pages all of it comes from: sentences.
    pub sources: Vec<String>,
}

impl Frame {
    /// A page at the top.
    pub fn top(site: &Site<'_>, title: &str, summary: &str) -> Self {
        let crumbs = vec![("Index".to_owned(), INDEX.to_owned())];
        Self {
            title: format!("{title} - winws"),
            summary: summary.to_owned(),
            root: "",
            crumbs,
            leaf: title.to_owned(),
            sources: site.sources.clone(),
        }
    }

    /// The index, which has nothing above it.
    pub fn index(site: &Site<'_>) -> Self {
        let title = &site.spec.title;
        let summary = format!("{title} as their reference pages describe them.");
        Self { crumbs: Vec::new(), ..Self::top(site, title, &summary) }
    }

    /// The page that is shown where nothing was found.
    pub fn missing(site: &Site<'_>) -> Self {
        Self::top(site, "Not found", "There is no such page.")
    }
}

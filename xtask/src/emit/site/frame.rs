//! What stands around the content of a page: title, way down to it, way back to the top, what is beside it.

use super::here::{Here, INDEX, Site};

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
    /// What is beside it.
    pub around: Around,
    /// Whose pages all of it comes from: sentences.
    pub sources: Vec<String>,
    /// How many findings the whole run has.
    pub findings: usize,
}

/// The pages before and after a page: names with addresses.
#[derive(Default)]
pub struct Around {
    pub previous: Option<(String, String)>,
    pub next: Option<(String, String)>,
    /// Whether the names are ones of code.
    pub code: bool,
}

impl Around {
    /// The one before and the one after.
    pub fn new([previous, next]: [Option<(String, String)>; 2], code: bool) -> Self {
        Self { previous, next, code }
    }
}

impl Frame {
    /// A page below others: `way` leads down to it, from below the index.
    pub fn new(here: Here<'_>, title: &str, summary: String, way: Vec<(String, String)>) -> Self {
        let mut crumbs = vec![("Index".to_owned(), here.to(INDEX))];
        crumbs.extend(way);
        Self {
            title: format!("{title} - winws"),
            summary,
            root: here.root,
            crumbs,
            around: Around::default(),
            sources: here.site.sources.clone(),
            findings: here.site.options.findings.len(),
        }
    }

    /// A page at the top.
    pub fn top(site: &Site<'_>, title: &str, summary: &str) -> Self {
        Self::new(Here::top(site), title, summary.to_owned(), Vec::new())
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

    /// The same with what is beside the page.
    pub fn beside(self, around: Around) -> Self {
        Self { around, ..self }
    }
}

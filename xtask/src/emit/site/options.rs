//! What a site is made with besides the Spec. Data only.

use super::addresses::BaseUrl;
use super::source_url::SourceUrl;
use crate::diag::Finding;

/// What a site shows besides the Spec, and what it is made for. Without any of it, it stands anywhere and names no place
/// of its own.
#[derive(Debug, Default)]
pub struct Options {
    /// Where it will be. Its pages then name their addresses, and there is a map of them.
    pub base_url: Option<BaseUrl>,
    /// That it is served while pages are being written: each page waits for the next version, and shows what is wrong
    /// with the pages, which this is.
    pub live: Option<String>,
    /// Where the lines of the pages can be seen.
    pub source_url: Option<SourceUrl>,
    /// What is wrong with what was read, in the order of files and lines.
    pub findings: Vec<Finding>,
}

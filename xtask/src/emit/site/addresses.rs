//! Addresses of pages, where it is known where the site will be, and the map of all of them.

use std::path::Path;
use std::str::FromStr;

use askama::Template;

use super::paths::{INDEX, MISSING};
use super::render::render;
use crate::sync::OutputFile;

/// Where a site will be: `http://` or `https://`, a host, and a path that ends with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let Some(rest) = rest else { return Err("an address starts with https:// or http://") };
        if rest.is_empty() || rest.starts_with('/') {
            return Err("an address has a host");
        }
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '"' | '<' | '>' | '\\');
        if !rest.chars().all(plain) {
            return Err("only letters, digits and the marks of a path can be in it");
        }
        Ok(Self(format!("{}/", text.trim_end_matches('/'))))
    }
}

impl BaseUrl {
    /// The address of a path below it.
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

#[derive(Template)]
#[template(path = "sitemap.xml", whitespace = "minimize")]
struct Sitemap {
    addresses: Vec<String>,
}

/// The map of all pages, as search engines read it.
pub(super) fn sitemap(base_url: &BaseUrl, files: &[OutputFile]) -> String {
    let is_page = |path: &&str| Path::new(path).extension().is_some_and(|it| it == "html") && *path != MISSING;
    let pages = files.iter().map(|file| &*file.path).filter(is_page);
    let mut addresses: Vec<String> = pages.map(|path| base_url.to(if path == INDEX { "" } else { path })).collect();
    addresses.sort();
    render(&Sitemap { addresses })
}

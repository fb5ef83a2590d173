//! Rows of behaviour on the pages of their functions, readable without the script.

use scraper::{Html, Selector};
use xtask::emit::site::item_paths;
use xtask::model::Row;

use super::Built;
use super::html::{squeeze, words};

/// Every row is on the page of each of its functions, with all that it says and all of its marks, and on no other page.
pub(super) fn every_row_is_on_its_pages(site: &Built) {
    let Built { spec, pages, .. } = site;
    for (path, item) in item_paths(spec).iter().zip(&spec.items) {
        let mut expected: Vec<String> = spec.rows_of(&item.draft).map(|row| row.value.id.to_string()).collect();
        expected.sort();
        let mut shown: Vec<String> = shown(&pages[path]).into_iter().map(|(id, _)| id).collect();
        shown.sort();
        assert_eq!(shown, expected, "rows of {path}");
        for row in spec.rows_of(&item.draft) {
            row_says_all(&row.value, path, &pages[path]);
        }
    }
}

/// The rows of a page: their ids and their words.
fn shown(page: &Html) -> Vec<(String, String)> {
    let rows = Selector::parse("section#behaviour ul.rows > li").expect("a selector of ours");
    let row = |row: scraper::ElementRef<'_>| (row.attr("id").unwrap_or_default().to_owned(), words(row));
    page.select(&rows).map(row).collect()
}

fn row_says_all(row: &Row, path: &str, page: &Html) {
    let id = row.id.to_string();
    let shown = shown(page);
    let (_, words) = shown.iter().find(|(shown, _)| *shown == id).expect("the row was found above");
    let texts = [&row.page, &row.windows, &row.reference, &row.basis].into_iter().flatten();
    let texts = texts.chain([&row.situation, &row.ours, &id]).map(|text| squeeze(text));
    for needed in texts.chain(row.marks().into_iter().map(|mark| mark.name().to_owned())) {
        assert!(words.contains(&needed), "{path}: `{needed}` is not in row {id}: {words}");
    }
}

//! Parse: pages of every dialect, and odd ones, to their structure.

use winws_tests_generator::stage::{self, Stage};
use xtask::diag::Diagnostics;
use xtask::page::Page;
use xtask::source::SourceFile;

#[test]
fn pages_parse_as_expected() {
    stage::check(Stage::Parse);
}

fn parse(bytes: Vec<u8>) -> (Page, Diagnostics) {
    let mut diags = Diagnostics::default();
    let page = xtask::parse::parse(&SourceFile::new("page.md", "page.md", bytes), &mut diags);
    (page, diags)
}

/// Line ends, a byte order mark and a missing last line end change neither what is read nor where it stands.
#[test]
fn encodings_do_not_show() {
    for (path, bytes) in stage::pages(Stage::Parse) {
        let Ok(text) = String::from_utf8(bytes.clone()) else { continue };
        if text.contains('\r') || text.starts_with('\u{feff}') {
            continue;
        }
        let (page, diags) = parse(bytes);
        let others = [
            ("CRLF", text.replace('\n', "\r\n")),
            ("a lone CR", text.replace('\n', "\r")),
            ("a byte order mark", format!("\u{feff}{text}")),
            ("no last line end", text.trim_end_matches('\n').to_owned()),
        ];
        for (what, other) in others {
            let (other, found) = parse(other.into_bytes());
            assert_eq!(stage::show::page(&other), stage::show::page(&page), "{} with {what}", path.display());
            assert_eq!(found.list, diags.list, "{} with {what}", path.display());
        }
    }
}

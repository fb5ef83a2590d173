//! Parse: pages of every dialect, and odd ones, to their structure.

use std::collections::BTreeMap;

use proptest::prelude::*;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    /// Most values are read without the YAML crate. Each says what that crate reads there.
    #[test]
    fn front_matter_says_what_yaml_says(value in r#"[\["' ]{0,2}[a-z:#,'" \\-]{0,9}[\]"' ]{0,2}"#) {
        let yaml = format!("k: {value}\nlast: x\n");
        let stated = match value.trim_start().starts_with('[') {
            true => serde_yaml::from_str::<BTreeMap<String, OneOrMany>>(&yaml).ok(),
            false => serde_yaml::from_str(&yaml).ok().map(|read: BTreeMap<String, String>| {
                read.into_iter().map(|(key, value)| (key, OneOrMany::One(value))).collect()
            }),
        };
        let Some(stated) = stated.filter(|_| !value.trim().is_empty()) else { return Ok(()) };
        let (page, _) = parse(format!("---\n{yaml}---\n# X function\n").into_bytes());
        let read: Vec<&str> = page.front_matter.values("k").map(|value| value.value).collect();
        prop_assert_eq!(read, stated["k"].values(), "{}", yaml);
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values that say something.
    fn values(&self) -> Vec<&str> {
        let all = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        };
        all.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect()
    }
}

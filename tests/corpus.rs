//! Real pages, where `WINWS_CORPUS` names a folder that has them: `seeds/` and `pages/` with `expected.tsv`.
//!
//! Without the variable these tests say so and pass: nothing outside of the repository is needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xtask::diag::{Diagnostics, Rule};
use xtask::emit::json;
use xtask::model::Spec;
use xtask::prose::{Block, BlockKind, Prose};
use xtask::source;

fn folder(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("WINWS_CORPUS") else {
        println!("skipped: WINWS_CORPUS is not set");
        return None;
    };
    let folder = PathBuf::from(root).join(name);
    assert!(folder.exists(), "WINWS_CORPUS has no {name}");
    Some(folder)
}

fn read(folder: &Path) -> (Spec, Diagnostics) {
    let tree = source::load(folder).unwrap();
    assert!(tree.unreadable.is_empty(), "{:?}", tree.unreadable);
    println!("read {} pages of {}", tree.pages.len(), folder.display());
    xtask::understand(&[tree])
}

/// The seeds and their facts as `cargo xtask facts` prints them.
fn seeds() -> Option<(Spec, Diagnostics, Vec<Value>)> {
    let (spec, diags) = read(&folder("seeds")?);
    let facts: Value = serde_json::from_str(&json::facts(&spec, false)).unwrap();
    let pages = facts["pages"].as_array().unwrap().clone();
    assert_eq!(pages.len(), 4);
    Some((spec, diags, pages))
}

fn strings(list: &Value, key: &str) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("there is no list of {key}s"));
    list.iter().map(|entry| entry[key].as_str().unwrap_or("-").to_owned()).collect()
}

fn page<'a>(pages: &'a [Value], name: &str) -> &'a Value {
    pages.iter().find(|page| page["name"] == name).unwrap_or_else(|| panic!("no seed describes {name}"))
}

#[test]
fn seed_parameters_stand_in_order_with_their_directions() {
    let Some((_, _, pages)) = seeds() else { return };
    let shown = |page: &Value| {
        let params = page["params"].as_array().unwrap();
        let param = |param: &Value| {
            let optional = if param["optional"] == true { " optional" } else { "" };
            let buffer = param["length_of"].as_str().map(|name| format!(" length of {name}")).unwrap_or_default();
            let name = param["name"].as_str().unwrap();
            format!("{name} {}{optional}{buffer}", param["dir"].as_str().unwrap())
        };
        params.iter().map(param).collect::<Vec<_>>()
    };
    assert_eq!(
        shown(page(&pages, "WinHttpWebSocketQueryCloseStatus")),
        [
            "hWebSocket in",
            "pusStatus out",
            "pvReason out",
            "dwReasonLength in length of pvReason",
            "pdwReasonLengthConsumed out",
        ]
    );
    assert_eq!(
        shown(page(&pages, "WS_CLOSE_CHANNEL_CALLBACK")),
        ["channelInstance in", "asyncContext in optional", "error in optional"]
    );
}

#[test]
fn seed_members_have_the_values_that_are_stated() {
    let Some((_, diags, pages)) = seeds() else { return };
    let stated = page(&pages, "WINHTTP_WEB_SOCKET_CLOSE_STATUS");
    let values = ["1000", "1001", "1002", "1003", "1005", "1006", "1007", "1008", "1009", "1010", "1011", "1015"];
    assert_eq!(strings(&stated["members"], "value"), values);
    assert_eq!(stated["demoted"], serde_json::json!(["WINHTTP_WEB_SOCKET_INVALID_UTF8_CLOSE_STATUS"]));
    let names = strings(&stated["members"], "name");
    assert!(!names.contains(&"WINHTTP_WEB_SOCKET_INVALID_UTF8_CLOSE_STATUS".to_owned()));
    assert!(diags.list.iter().any(|diagnostic| diagnostic.rule == Rule::DemotedEntry));

    let silent = page(&pages, "WEB_SOCKET_CLOSE_STATUS");
    assert_eq!(strings(&silent["members"], "value"), ["-"; 12]);
    assert_eq!(silent["gaps"].as_array().unwrap().len(), 12);
}

#[test]
fn seed_codes_keep_all_their_texts() {
    let Some((_, diags, pages)) = seeds() else { return };
    let query = page(&pages, "WinHttpWebSocketQueryCloseStatus");
    let three = ["ERROR_INSUFFICIENT_BUFFER", "ERROR_INVALID_OPERATION", "ERROR_INVALID_PARAMETER"];
    assert_eq!(strings(&query["errors"], "name"), three);
    assert_eq!(query["other_errors"], Value::Null);

    let callback = page(&pages, "WS_CLOSE_CHANNEL_CALLBACK");
    let errors = callback["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 10);
    let twice: Vec<&str> = errors
        .iter()
        .filter(|error| error["text"].as_array().unwrap().len() == 2)
        .map(|error| error["name"].as_str().unwrap())
        .collect();
    assert_eq!(twice, ["WS_E_OPERATION_ABORTED", "WS_E_INVALID_OPERATION"]);
    assert_eq!(callback["other_errors"], true);
    assert!(strings(&callback["errors"], "name").iter().all(|name| !name.to_lowercase().contains("other")));
    assert!(diags.list.iter().any(|diagnostic| diagnostic.rule == Rule::Mojibake));
}

#[test]
fn no_seed_loses_text_to_code_blocks() {
    let Some((mut spec, _, _)) = seeds() else { return };
    for item in &mut spec.items {
        let path = item.draft.path.clone();
        for prose in item.draft.proses_mut() {
            assert!(!has_code(prose), "a block of code in {path}");
        }
    }
}

fn has_code(prose: &Prose) -> bool {
    let code = |block: &Block| match &block.kind {
        BlockKind::Code(..) => true,
        BlockKind::List(_, items) => items.iter().any(has_code),
        BlockKind::Definitions(entries) => entries.iter().any(|entry| has_code(entry.prose())),
        BlockKind::Note(_, prose) | BlockKind::Quote(prose) => has_code(prose),
        BlockKind::Table(table) => table.cells().any(has_code),
        BlockKind::Paragraph(_) | BlockKind::Heading(..) => false,
    };
    prose.blocks.iter().any(code)
}

/// How many pages of the corpus are not yet read as `expected.tsv` has them. It only falls.
const MISREAD: usize = 7;

#[test]
fn the_corpus_is_read_as_expected() {
    let Some(pages) = folder("pages") else { return };
    let (spec, _) = read(&pages);
    let facts: Value = serde_json::from_str(&json::facts(&spec, false)).unwrap();
    let by_path: BTreeMap<&str, &Value> =
        facts["pages"].as_array().unwrap().iter().map(|page| (page["path"].as_str().unwrap(), page)).collect();
    let expected = fs::read_to_string(pages.join("expected.tsv")).unwrap();
    let mut misread = Vec::new();
    for line in expected.lines().skip(1) {
        let [path, kind, name, items] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of expected.tsv has four cells: {line}")
        };
        let Some(page) = by_path.get(path) else {
            misread.push(format!("{path}: not read"));
            continue;
        };
        let count = ["params", "members", "fields"].iter().filter_map(|key| page[key].as_array()).map(Vec::len).sum();
        let found_kind = page["kind"].as_str().unwrap();
        let called = |name: &str| {
            page["name"] == name || page["names"].as_array().is_some_and(|names| names.contains(&name.into()))
        };
        if found_kind != kind || !called(name) || items.parse::<usize>() != Ok(count) {
            misread.push(format!("{path}: {found_kind} {} {count}, not {kind} {name} {items}", page["name"]));
        }
    }
    misread.iter().take(40).for_each(|line| println!("{line}"));
    println!("{} pages are read otherwise than expected", misread.len());
    assert!(misread.len() <= MISREAD, "{} pages are misread, {MISREAD} were before", misread.len());
}

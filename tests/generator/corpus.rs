//! Real pages: `WINWS_CORPUS` names a folder that has `seeds/`, and `pages/` with `expected.tsv`.
//!
//! All of these tests are ignored, since nothing outside of the repository is needed. `.ci/run` includes them.

mod accounting;
mod schema;
mod site;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xtask::diag::{Diagnostics, Rule};
use xtask::emit::json;
use xtask::model::Spec;
use xtask::prose::{Block, BlockKind, Prose};
use xtask::source;

fn folder(name: &str) -> PathBuf {
    let root = std::env::var_os("WINWS_CORPUS").expect("WINWS_CORPUS names a folder of real pages");
    let folder = PathBuf::from(root).join(name);
    assert!(folder.exists(), "WINWS_CORPUS has no {name}");
    folder
}

fn read(folder: &Path) -> (Spec, Diagnostics) {
    let tree = source::load(folder, None).unwrap();
    assert!(tree.unreadable.is_empty(), "{:?}", tree.unreadable);
    println!("read {} pages of {}", tree.pages.len(), folder.display());
    xtask::understand(&[tree], None)
}

/// The seeds and their facts as `cargo xtask facts` prints them.
fn seeds() -> (Spec, Diagnostics, Vec<Value>) {
    let (spec, diags) = read(&folder("seeds"));
    let facts: Value = serde_json::from_str(&json::facts(&spec, false)).unwrap();
    let pages = facts["pages"].as_array().unwrap().clone();
    assert_eq!(pages.len(), 4);
    (spec, diags, pages)
}

fn strings(list: &Value, key: &str) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("there is no list of {key}s"));
    list.iter().map(|entry| entry[key].as_str().unwrap_or("-").to_owned()).collect()
}

fn page<'a>(pages: &'a [Value], name: &str) -> &'a Value {
    pages.iter().find(|page| page["name"] == name).unwrap_or_else(|| panic!("no seed describes {name}"))
}

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn seed_parameters_stand_in_order_with_their_directions() {
    let (_, _, pages) = seeds();
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
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn seed_members_have_the_values_that_are_stated() {
    let (_, diags, pages) = seeds();
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
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn seed_codes_keep_all_their_texts() {
    let (_, diags, pages) = seeds();
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
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn no_seed_loses_text_to_code_blocks() {
    let (mut spec, _, _) = seeds();
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

/// Pages that are not read as `expected.tsv` has them, and what on the page is otherwise. `expected.tsv` comes from a
/// small extractor; where a page says something else, the page is right.
const OTHERWISE: &[(&str, &str, &str)] = &[
    (
        "ddi-sample/d3dkmddi/nc-d3dkmddi-dxgkcb_acquirehandledata.md",
        "callback DXGKCB_ACQUIREHANDLEDATA 2",
        "the second parameter stands at `## -param`",
    ),
    (
        "ddi-sample/d3dkmddi/ne-d3dkmddi-_dxgk_queryadapterinfotype.md",
        "enum DXGK_QUERYADAPTERINFOTYPE 35",
        "three backticks at the start of a line are inline code, and 17 members follow them",
    ),
    (
        "ddi-sample/sensorscx/nc-sensorscx-pfn_sensorscxsensordataready.md",
        "callback PFN_SENSORSCXSENSORDATAREADY 3",
        "the title has a star before the name, the UID and api_name have none",
    ),
    (
        "ddi-sample/storport/ne-storport-storport_feature_type.md",
        "enum STORPORT_FEATURE_TYPE 11",
        "five members stand at `## -field`",
    ),
    (
        "sdk-api/content/websocket/ns-websocket-web_socket_buffer.md",
        "union WEB_SOCKET_BUFFER 7",
        "the page has the template of a structure, and its keywords call the item a union",
    ),
];

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn the_corpus_is_read_as_expected() {
    let pages = folder("pages");
    let (spec, diags) = read(&pages);
    let facts: Value = serde_json::from_str(&json::facts(&spec, false)).unwrap();
    let by_path: BTreeMap<&str, &Value> =
        facts["pages"].as_array().unwrap().iter().map(|page| (page["path"].as_str().unwrap(), page)).collect();
    let expected = fs::read_to_string(pages.join("expected.tsv")).unwrap();
    let mut misread = BTreeMap::new();
    for line in expected.lines().skip(1) {
        let [path, kind, name, items] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of expected.tsv has four cells: {line}")
        };
        let page = by_path.get(path).unwrap_or_else(|| panic!("{path} was not read"));
        let count = ["params", "members", "fields"].iter().filter_map(|key| page[key].as_array()).map(Vec::len).sum();
        let found_kind = page["kind"].as_str().unwrap();
        let called = |name: &str| {
            page["name"] == name || page["names"].as_array().is_some_and(|names| names.contains(&name.into()))
        };
        if found_kind != kind || !called(name) || items.parse::<usize>() != Ok(count) {
            misread.insert(path, format!("{found_kind} {} {count}", page["name"].as_str().unwrap()));
        }
    }
    let otherwise: BTreeMap<&str, String> =
        OTHERWISE.iter().map(|&(path, found, _)| (path, found.to_owned())).collect();
    assert_eq!(misread, otherwise, "{expected_rows} rows were compared", expected_rows = expected.lines().count() - 1);
    let orphans: Vec<_> = diags.list.iter().filter(|finding| finding.rule == Rule::OrphanItem).collect();
    assert!(orphans.is_empty(), "headings of items that cannot be read: {orphans:#?}");
}

/// Two headers, whole: every item, parameter, member and field, with the text that the pages state. What a number is
/// written as is the page's business; its value counts.
#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn two_headers_are_read_completely() {
    let pages = folder("pages");
    let (spec, diags) = read(&pages.join("sdk-api"));
    let facts: Value = serde_json::from_str(&json::facts(&spec, false)).unwrap();
    let pages = facts["pages"].as_array().unwrap();
    let of = |header: &str, page: &Value| {
        page["path"].as_str().unwrap().contains(&format!("/{header}/"))
            && page["kind"] != "overview"
            && (header != "winhttp"
                || page["name"].as_str().unwrap().to_lowercase().replace('_', "").contains("websocket"))
    };
    for (header, expected) in
        [("websocket", include_str!("corpus/websocket.facts")), ("winhttp", include_str!("corpus/winhttp.facts"))]
    {
        let mut found: Vec<String> = pages.iter().filter(|page| of(header, page)).map(shown).collect();
        let mut expected = blocks(expected);
        found.sort();
        expected.sort();
        assert_eq!(found.join(""), expected.join(""), "{header}");
    }
    let count = |kind: &str, key: &str| {
        let all = pages.iter().filter(|page| of("websocket", page) && page["kind"] == kind);
        let counts: Vec<usize> = all.map(|page| page[key].as_array().map_or(0, Vec::len)).collect();
        (counts.len(), counts.iter().sum::<usize>())
    };
    assert_eq!(count("function", "params"), (13, 53));
    assert_eq!(count("enum", "members"), (5, 34));
    assert_eq!(count("struct", "fields"), (2, 7));
    assert_eq!(count("union", "fields"), (1, 7));
    let said = |rule: Rule, page: &str| {
        diags.list.iter().any(|finding| finding.rule == rule && finding.location.path.ends_with(page))
    };
    assert!(said(Rule::MissingValue, "ne-websocket-web_socket_action_queue.md"));
    assert!(said(Rule::UnionAsStructure, "ns-websocket-web_socket_buffer.md"));
    assert!(said(Rule::DemotedEntry, "ne-winhttp-winhttp_web_socket_close_status.md"));
}

/// The code that one page names wrongly is found as soon as the pages of codes are read too.
#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn a_ghost_is_called_by_its_likely_name() {
    let pages = folder("pages");
    let mut trees =
        [source::load(&pages.join("sdk-api"), None).unwrap(), source::load(&pages.join("win32"), None).unwrap()];
    // A word more makes another code, unless it is of a prefix that families.toml names.
    let families = winws_tests_generator::workspace().join("specs/families.toml");
    trees[0].config.push(source::load_config(&families, "families.toml").unwrap());
    let (_, diags) = xtask::understand(&trees, None);
    let ghost = diags.list.iter().find(|finding| {
        finding.rule == Rule::GhostCode && finding.location.path.ends_with("nf-winhttp-winhttpwebsocketclose.md")
    });
    let help = ghost.and_then(|ghost| ghost.help.clone()).unwrap_or_default();
    assert!(help.contains("ERROR_WINHTTP_INVALID_SERVER_RESPONSE"), "{ghost:#?}");
}

/// The items of a table of facts, without its comments, numbers as decimals.
fn blocks(table: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for line in table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if !line.starts_with(' ') {
            blocks.push(String::new());
        }
        let words = line.split(' ').map(|word| match word.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).unwrap().cast_signed().to_string(),
            None => word.to_owned(),
        });
        let block = blocks.last_mut().expect("a table starts with an item");
        block.push_str(&words.collect::<Vec<_>>().join(" "));
        block.push('\n');
    }
    blocks
}

/// An item of facts.json in the form of these tables.
fn shown(page: &Value) -> String {
    let list = |key: &str| page[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut head = format!("{} {}", text(&page["kind"]), text(&page["name"]));
    head.extend(page["returns"]["type"].as_str().map(|c_type| format!(" {c_type}")));
    let mut lines = vec![head];
    for param in list("params") {
        let optional = if param["optional"] == true { "?" } else { "" };
        let buffer = param["length_of"].as_str().map(|buffer| format!(" of {buffer}")).unwrap_or_default();
        let (name, dir, c_type) = (text(&param["name"]), text(&param["dir"]), text(&param["type"]));
        lines.push(format!("  {name} {dir}{optional} {c_type}{buffer}"));
    }
    let pair = |entry: &Value, key: &str| format!("  {} {}", text(&entry["name"]), text(&entry[key]));
    lines.extend(list("members").iter().map(|member| pair(member, "value")));
    lines.extend(list("fields").iter().map(|field| pair(field, "type")));
    lines.extend(list("errors").iter().map(|error| format!("  ! {}", text(&error["name"]))));
    lines.join("\n") + "\n"
}

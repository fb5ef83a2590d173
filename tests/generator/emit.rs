//! Emit: facts to Rust and C.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use winws_api::websocket::ActionQueue;
use winws_api::winhttp::WebSocketCloseStatus;
use winws_tests_generator::stage::{self, Stage};
use winws_tests_generator::workspace;
use xtask::emit::{self, manifest};
use xtask::source;

#[test]
fn items_are_written_as_expected() {
    stage::check(Stage::Emit);
}

/// Demands that a crate compiles with some of its features, and without a warning. The compiler alone, without cargo,
/// takes crates as small as those of fixtures one by one.
fn compiles(root: &Path, out: &Path, features: &[&str]) {
    let rustc = Path::new(env!("CARGO")).with_file_name(format!("rustc{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(&rustc)
        .args(["--edition=2024", "--crate-type=lib", "--crate-name=winws_api", "--emit=metadata", "-Dwarnings"])
        .args(features.iter().map(|feature| format!("--cfg=feature=\"{feature}\"")))
        .args([Path::new("--out-dir"), out, &root.join("src/lib.rs")])
        .output()
        .expect("there is a compiler beside cargo");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} with {features:?}:\n{errors}", root.display());
}

/// Our crate, its features as the manifest has them, and a folder for what the compiler writes.
fn ours() -> (PathBuf, BTreeMap<String, Vec<String>>, tempfile::TempDir) {
    let root = workspace().join("generated");
    let text = std::fs::read_to_string(root.join("Cargo.toml")).expect("the crate has a manifest");
    let manifest: toml::Table = text.parse().expect("the manifest is TOML");
    let features = manifest["features"].clone().try_into().expect("features are lists");
    (root, features, tempfile::tempdir().expect("there is room for temporary files"))
}

#[test]
fn the_manifest_by_hand_has_the_features_that_would_be_written() {
    let tree = source::load(&workspace().join("specs"), None).expect("the specs can be read");
    let (spec, _) = xtask::understand(&[tree], None);
    assert_eq!(ours().1, manifest::features(&spec));
}

#[test]
fn every_family_compiles_alone_and_so_does_none() {
    let (root, features, out) = ours();
    compiles(&root, out.path(), &[]);
    for (family, needs) in features.iter().filter(|(name, _)| *name != "default" && *name != "exports") {
        let all =
            |more| [&**family].into_iter().chain(needs.iter().map(|need| &**need)).chain(more).collect::<Vec<_>>();
        compiles(&root, out.path(), &all(None));
        compiles(&root, out.path(), &all(Some("exports")));
    }
}

/// A close status is 16 bits on the wire and in `query_close_status`.
#[test]
fn a_number_that_no_member_has_says_of_which_enumeration() {
    assert_eq!(WebSocketCloseStatus::try_from(1000_u16), Ok(WebSocketCloseStatus::Success));
    let unknown = WebSocketCloseStatus::try_from(4000_u16).expect_err("applications have such numbers");
    assert_eq!(unknown.to_string(), "no member of WebSocketCloseStatus has the value 4000");
    let flags = ActionQueue::try_from(4).expect_err("there are two queues");
    assert_eq!(flags.to_string(), "no member of ActionQueue has the value 4");
}

/// What a header lets a program call is what the exports are called, the twins of functions with wide strings included.
#[test]
fn every_name_that_a_linker_looks_for_is_exported() {
    for family in ["winhttp", "websocket", "webservices"] {
        let root = workspace().join("generated");
        let header = fs::read_to_string(root.join(format!("include/{family}.h"))).unwrap();
        let exports = fs::read_to_string(root.join(format!("src/{family}/exports.rs"))).unwrap();
        let exports = exports.split_whitespace().collect::<Vec<_>>().join(" ");
        let exported: BTreeSet<&str> =
            exports.split("pub unsafe extern \"C\" fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
        let declared = header.split(" WINAPI ").skip(1).filter_map(|rest| rest.split(['(', ')']).next());
        let declared = declared.filter(|name| !name.starts_with('*'));
        let twins = header.lines().filter_map(|line| line.strip_prefix("#define ")?.split_once(' '));
        let twins = twins.filter(|(name, twin)| *twin == format!("{name}_w32")).map(|(_, twin)| twin);
        assert!(!exported.is_empty(), "{family}");
        assert_eq!(exported, declared.chain(twins).collect(), "{family}");
    }
}

/// The keywords of the Rust Reference, strict and reserved ones, up to edition 2024.
const KEYWORDS: &str = "as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl \
                        in let loop macro match mod move mut override priv pub ref return self static struct super trait true try \
                        type typeof unsafe unsized use virtual where while yield abstract";

/// The compiler is the judge: fields of a structure are called like keywords.
#[test]
fn no_name_is_a_keyword() {
    let mut page = "---\nUID: NS:hdr.WORDS\nreq.header: hdr.h\n---\n# WORDS structure\n## -struct-fields\n".to_owned();
    for word in KEYWORDS.split_whitespace() {
        writeln!(page, "### -field {word}\nType: <b>DWORD</b>\n").expect("a text takes it");
    }
    let (spec, _) = xtask::understand(&[stage::page(page)], None);
    let folder = tempfile::tempdir().expect("there is a folder for them");
    for file in emit::crate_files(&spec) {
        let path = folder.path().join(&file.path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("it is ours");
        fs::write(path, &file.text).expect("it is ours");
    }
    let structs = fs::read_to_string(folder.path().join("src/hdr/structs.rs")).expect("the structure is complete");
    assert_eq!(structs.matches(": u32,").count(), KEYWORDS.split_whitespace().count(), "{structs}");
    compiles(folder.path(), folder.path(), &["hdr"]);
}

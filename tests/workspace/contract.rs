//! Change a page, and the compiler tells what to change in the runtime: shown on a copy of the workspace.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::MutexGuard;

use winws_tests_generator::{copy_folder, workspace};
use xtask::source::{self, SourceFile, Tree};
use xtask::sync::{self, Mode};

use crate::folders::{build_of_copies, copies, take_turn};

const SEND: &str = "winhttp/nf-winhttp-winhttpwebsocketsend.md";

/// A copy of the crates whose generated part comes from changed pages.
struct Copy {
    root: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Copy {
    /// Copies the workspace and regenerates it from our specs with one page changed or added.
    fn new(case: &str, page: &str, change: impl Fn(&str) -> String) -> Self {
        let turn = take_turn();
        let root = copies().join(case);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        for folder in ["generated", "runtime"] {
            copy_folder(&workspace().join(folder), &root.join(folder));
        }
        for file in ["Cargo.lock", "README.md", "clippy.toml"] {
            if workspace().join(file).exists() {
                fs::copy(workspace().join(file), root.join(file)).unwrap();
            }
        }
        let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
        let members = "members = [\"xtask\", \"generated\", \"runtime\", \"tests/generator\", \"tests/runtime\", \"tests/workspace\"]";
        assert!(manifest.contains(members), "the members of the workspace have changed");
        let manifest = manifest.replace(members, "members = [\"generated\", \"runtime\"]");
        fs::write(root.join("Cargo.toml"), manifest).unwrap();

        let tree = specs(page, change);
        let (spec, diags) = xtask::understand(std::slice::from_ref(&tree), None);
        assert!(!diags.has_errors(), "{:#?}", diags.list);
        let files = xtask::emit::crate_files(&spec);
        sync::sync(&root.join("generated"), xtask::emit::CRATE_FOLDERS, &files, Mode::Write).unwrap();
        Self { root, _turn: turn }
    }

    fn cargo(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(args)
            .args(["--offline", "--quiet", "--package", "winws", "--message-format", "short"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", build_of_copies())
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap()
    }

    /// Demands that the runtime does not build, and that the errors are all where the trait is implemented.
    fn breaks(&self, expected: &str) {
        let output = self.cargo(&["check"]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "the runtime still builds");
        let at_fault: Vec<&str> = text.lines().filter(|line| line.contains(": error")).collect();
        assert!(at_fault.iter().any(|line| line.contains(expected)), "no error says {expected:?}:\n{text}");
        let here = |line: &&&str| !line.starts_with("runtime/src/");
        assert_eq!(at_fault.iter().find(here), None, "an error outside of the runtime:\n{text}");
        assert!(
            at_fault.iter().any(|line| line.starts_with("runtime/src/winhttp/")),
            "no error in the family:\n{text}"
        );
    }
}

fn specs(page: &str, change: impl Fn(&str) -> String) -> Tree {
    let mut tree = source::load(&workspace().join("specs"), None).unwrap();
    let known = tree.pages.iter_mut().find(|file| &*file.name == page);
    if let Some(file) = known {
        let text = change(file.text());
        assert_ne!(text, file.text(), "the change must change something");
        *file = SourceFile::new(file.path.clone(), file.name.clone(), text.into_bytes());
    } else {
        let path = format!("specs/{page}");
        let base = tree.pages.iter().find(|file| &*file.name == SEND).expect("the page of Send is there");
        let text = change(base.text());
        tree.pages.push(SourceFile::new(path, page, text.into_bytes()));
    }
    tree
}

/// Where a parameter's heading starts.
fn param(text: &str, name: &str) -> usize {
    text.find(&format!("### -param {name} ")).expect("the page has the parameter")
}

#[test]
fn an_unchanged_contract_builds() {
    let copy = Copy::new("unchanged", SEND, |text| text.replace("sends", "transmits"));
    let output = copy.cargo(&["check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_added_parameter_breaks_the_runtime() {
    let added = "### -param dwFlags [in]\n\nType: <b>DWORD</b>\n\nFlags.\n\n";
    Copy::new("added", SEND, |text| {
        let at = text.find("## -returns").unwrap();
        format!("{}{added}{}", &text[..at], &text[at..])
    })
    .breaks("E0050");
}

#[test]
fn a_removed_parameter_breaks_the_runtime() {
    Copy::new("removed", SEND, |text| {
        let (from, to) = (param(text, "eBufferType"), param(text, "pvBuffer"));
        format!("{}{}", &text[..from], &text[to..])
    })
    .breaks("E0050");
}

#[test]
fn a_retyped_parameter_breaks_the_runtime() {
    Copy::new("retyped", "winhttp/nf-winhttp-winhttpwebsocketclose.md", |text| {
        text.replace("Type: <b>USHORT</b>", "Type: <b>DWORD</b>")
    })
    .breaks("E0053");
}

#[test]
fn a_reordered_parameter_breaks_the_runtime() {
    Copy::new("reordered", SEND, |text| {
        let (first, second, third) = (param(text, "hWebSocket"), param(text, "eBufferType"), param(text, "pvBuffer"));
        format!("{}{}{}{}", &text[..first], &text[second..third], &text[first..second], &text[third..])
    })
    .breaks("E0053");
}

#[test]
fn an_added_function_breaks_the_runtime() {
    Copy::new("function", "winhttp/nf-winhttp-winhttpwebsocketping.md", |text| {
        text.replace("WinHttpWebSocketSend", "WinHttpWebSocketPing")
    })
    .breaks("E0046");
}

#[test]
fn a_renamed_parameter_fails_clippy() {
    let copy = Copy::new("renamed", SEND, |text| text.replace("eBufferType", "eFrameType"));
    let output = copy.cargo(&["check"]);
    assert!(output.status.success(), "a name alone must not break the build");
    let output = copy.cargo(&["clippy"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "clippy lets it pass");
    assert!(text.contains("renamed function parameter of trait impl"), "{text}");
    assert!(text.contains("runtime/src/winhttp/"), "{text}");
}

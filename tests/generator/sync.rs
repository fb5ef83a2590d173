//! Writing a folder: whole files or none, and what people made their own stays theirs.

use std::fs;
use std::path::Path;

use winws_tests_generator::texts;
use xtask::sync::{self, Change, MARK, MARKER, Mode, OutputFile};

fn file(path: &str, text: &str) -> OutputFile {
    OutputFile { path: path.to_owned(), text: text.to_owned() }
}

const LEFT_BEHIND: [&str; 4] =
    ["..winws.1.winws-tmp", ".facts.json.1.winws-tmp", "src/.a.rs.1.winws-tmp", "src/old/.b.rs.1.winws-tmp"];

fn leave_behind(root: &Path, names: &[&str]) {
    for name in names {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), "half of it").unwrap();
    }
}

#[test]
fn what_an_interrupted_run_left_is_no_stray_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let files = [file("facts.json", "{}\n"), file("src/a.rs", "a")];
    let run = |mode| sync::sync(root, &["src"], &files, mode).unwrap();
    run(Mode::Write);
    let clean = texts(root);
    assert_eq!(clean.keys().collect::<Vec<_>>(), [MARKER, "facts.json", "src/a.rs"]);

    leave_behind(root, &LEFT_BEHIND);
    assert_eq!(run(Mode::Check), []);
    assert_eq!(texts(root).len(), clean.len() + LEFT_BEHIND.len(), "checking removes nothing");
    assert_eq!(run(Mode::Write), []);
    assert_eq!(texts(root), clean);
}

#[test]
fn a_folder_that_was_never_finished_is_still_free() {
    let folder = tempfile::tempdir().unwrap();
    leave_behind(folder.path(), &LEFT_BEHIND[..1]);
    let files = [file("a", "a")];
    assert_eq!(sync::sync(folder.path(), &[], &files, Mode::Check).unwrap(), [Change::Missing("a".to_owned())]);
    sync::sync(folder.path(), &[], &files, Mode::Write).unwrap();
    assert_eq!(texts(folder.path()).keys().collect::<Vec<_>>(), [MARKER, "a"]);
}

/// The last file cannot be written, since a folder is in its place: the first ones stay as they were.
#[test]
fn what_cannot_be_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let old = [file("a", "old"), file("b", "old")];
    sync::sync(root, &[], &old, Mode::Write).unwrap();
    fs::write(root.join("c"), "a file where a folder is needed").unwrap();
    let before = texts(root);
    let new = [file("a", "new"), file("b", "new"), file("c/d", "new")];
    let error = sync::sync(root, &[], &new, Mode::Write).unwrap_err();
    assert!(error.to_string().contains('c'), "{error:#}");
    assert_eq!(texts(root), before);
}

#[test]
fn what_people_made_their_own_stays() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let marked = |text: &str| file("NOTES.md", &format!("<!-- @{MARK} -->\n{text}\n"));
    let files = [file("Cargo.toml", "[package]\n"), marked("one")];
    let missing = ["Cargo.toml", "NOTES.md"].map(|path| Change::Missing(path.to_owned()));
    assert_eq!(sync::fill(root, &files, Mode::Check).unwrap(), missing);
    assert_eq!(sync::fill(root, &files, Mode::Write).unwrap(), missing);
    assert_eq!(sync::fill(root, &files, Mode::Write).unwrap(), []);

    // Our own is kept up to date, what has no mark is nobody's but theirs.
    let newer = [file("Cargo.toml", "[package]\nname = \"x\"\n"), marked("two")];
    let changes = sync::fill(root, &newer, Mode::Write).unwrap();
    assert!(matches!(&changes[..], [Change::Differs(path, _)] if path == "NOTES.md"), "{changes:?}");
    fs::write(root.join("NOTES.md"), "mine").unwrap();
    assert_eq!(sync::fill(root, &newer, Mode::Write).unwrap(), []);
    assert_eq!(texts(root)["NOTES.md"], "mine");
}

//! Whoever's pages they are, crate and site say so: the licence that is stated, the one that lies beside them, or none.

use std::fs;
use std::path::Path;

use xtask::emit;
use xtask::emit::site::Options;
use xtask::model::Spec;
use xtask::sync::OutputFile;

const PAGE: &str = "# HDR_KIND enumeration\n## -enum-fields\n### -field HDR_KIND_A:1\n";

/// Files in a folder, and the Spec of what is in `pages` of it.
fn read(root: &Path, files: &[(&str, &str)], pages: &str) -> Spec {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    xtask::read(&[root.join(pages)], None, None).expect("the folder can be read").spec
}

/// Demands that a sentence stands in the crate's documentation, in its attribution and on every page of the site, and
/// that nothing says where the folder is on this machine.
fn says(spec: &Spec, root: &Path, sentence: &str) {
    let place = root.to_str().expect("folders of tests have plain names");
    let plain = |text: &str| text.replace("//!", "").replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let (crate_, site) =
        ([emit::crate_files(spec), emit::companions(spec)].concat(), emit::site::emit(spec, &Options::default()));
    for OutputFile { path, text } in crate_.iter().chain(&site) {
        assert!(!text.contains(place), "{path} has the path of the folder");
        let shown = matches!(&**path, "src/lib.rs" | "ATTRIBUTION.md")
            || Path::new(path).extension().is_some_and(|extension| extension == "html");
        assert_eq!(plain(text).contains(sentence), shown, "{path} does not say {sentence:?}:\n{text}");
    }
}

#[test]
fn licences_are_found_where_the_checkout_begins() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("LICENSE", "Of something else"),
        ("docs/.git/HEAD", ""),
        ("docs/LICENSE", "\n# Attribution 4.0 International\n\n=====\n"),
        ("docs/LICENSE-CODE", "The MIT License (MIT)\nCopyright"),
        ("docs/src/content/page.md", PAGE),
    ];
    let spec = read(folder.path(), &files, "docs/src/content");
    let sentence = "Generated from the pages in docs/src/content, whose licences are in docs/LICENSE: \
                    Attribution 4.0 International; docs/LICENSE-CODE: The MIT License (MIT).";
    says(&spec, folder.path(), sentence);
}

#[test]
fn the_nearest_licence_counts() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("docs/LICENSE", "far"), ("docs/content/license.md", "# near"), ("docs/content/page.md", PAGE)];
    let spec = read(folder.path(), &files, "docs/content");
    says(&spec, folder.path(), "Generated from the pages in content, whose licence is in content/license.md: near.");
}

#[test]
fn a_licence_outside_of_the_checkout_is_not_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("LICENSE", "Of something else"), ("docs/.git/HEAD", ""), ("docs/content/page.md", PAGE)];
    let spec = read(folder.path(), &files, "docs/content");
    says(&spec, folder.path(), "Generated from the pages in content; no licence lies beside them.");
}

#[test]
fn a_stated_licence_counts() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("LICENSE", "found"), ("families.toml", "licence = \"CC-BY-4.0\"\n"), ("page.md", PAGE)];
    let spec = read(folder.path(), &files, "");
    says(&spec, folder.path(), "Generated from pages whose licence is CC-BY-4.0.");
}

#[test]
fn each_folder_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("a/LICENSE", "one"), ("a/page.md", PAGE), ("b/.git/HEAD", ""), ("b/page.md", PAGE)];
    read(folder.path(), &files, "a");
    let spec = xtask::read(&[folder.path().join("a"), folder.path().join("b")], None, None).unwrap().spec;
    says(&spec, folder.path(), "Generated from the pages in a, whose licence is in a/LICENSE: one.");
    says(&spec, folder.path(), "Generated from the pages in b; no licence lies beside them.");
}

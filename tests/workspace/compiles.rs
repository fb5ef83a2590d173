//! What is generated compiles: the expected Rust of the fixtures. `corpus.rs` has crates of real pages.

use std::fs;
use std::path::Path;
use std::process::Command;

use winws_tests_generator::stage::{self, Stage};
use xtask::emit;
use xtask::model::Spec;

/// Writes a crate and has the compiler check it, with warnings as errors: what it says, if it refuses.
pub(crate) fn refused(spec: &Spec, target: &Path) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for file in emit::crate_files(spec).into_iter().chain(emit::companions(spec)) {
        let path = folder.path().join(&file.path);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder can be made");
        fs::write(path, file.text).expect("a file can be written");
    }
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder.path()).args(["check", "--quiet", "--offline", "--all-features"]);
    command.env("CARGO_TARGET_DIR", target).env("RUSTFLAGS", "-Dwarnings");
    let output = command.output().expect("cargo runs");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_the_fixtures_expect_compiles() {
    let target = tempfile::tempdir().expect("a folder can be made");
    let mut count = 0;
    for (path, tree) in stage::trees(Stage::Emit) {
        let (spec, _) = xtask::understand(std::slice::from_ref(&tree), None);
        if let Some(why) = refused(&spec, target.path()) {
            panic!("{}:\n{why}", path.display());
        }
        count += 1;
    }
    assert!(count > 8, "only {count} fixtures were compiled");
}

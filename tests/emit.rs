//! Emit: facts to Rust and C.

use std::path::Path;
use std::process::Command;

use winws_tests::stage::{self, Stage};

#[test]
fn items_are_written_as_expected() {
    stage::check(Stage::Emit);
}

/// Fixtures are small, and each is a crate of its own: the compiler alone, without cargo, takes them one by one.
#[test]
fn what_is_written_compiles() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let rustc = Path::new(env!("CARGO")).with_file_name(format!("rustc{}", std::env::consts::EXE_SUFFIX));
    for (name, tree) in stage::trees(Stage::Emit) {
        let (spec, _) = xtask::understand(std::slice::from_ref(&tree));
        let root = folder.path().join(&name);
        for file in xtask::emit::crate_files(&spec) {
            let path = root.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("files are in folders")).expect("the folder can be made");
            std::fs::write(path, &file.text).expect("the file can be written");
        }
        let output = Command::new(&rustc)
            .args(["--edition=2024", "--crate-type=lib", "--crate-name=winws_api", "--emit=metadata", "-Dwarnings"])
            .args(["--cfg=feature=\"exports\"", "--out-dir"])
            .args([&root, &root.join("src/lib.rs")])
            .output()
            .expect("there is a compiler beside cargo");
        assert!(output.status.success(), "{name}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

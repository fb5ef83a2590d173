//! Writing a folder is interrupted: what is there then is whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use winws_tests_generator::{texts, workspace};

use crate::folders::build_folder;

/// However far a run has come when it is killed, there are whole files and what the next run removes.
#[test]
fn a_killed_run_leaves_whole_files() {
    let pages = tempfile::tempdir().unwrap();
    let specs = workspace().join("specs");
    let build =
        Command::new(env!("CARGO")).current_dir(workspace()).args(["build", "--quiet", "--package", "xtask"]).status();
    assert!(build.unwrap().success());
    // Not by way of cargo, whose end would not be that of its child.
    let program = build_folder().join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
    let xtask = |out: &Path| {
        let mut command = Command::new(&program);
        command.arg("site").arg("--specs").arg(&specs).arg("--out").arg(out).stderr(Stdio::null());
        command
    };
    let whole = pages.path().join("whole");
    assert!(xtask(&whole).status().unwrap().success());
    let whole = texts(&whole);
    let out = pages.path().join("killed");
    let mut run = xtask(&out).spawn().unwrap();
    // It is killed once something is there, or was quicker than we are: what is demanded holds for both.
    while !out.exists() && run.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    run.kill().unwrap();
    run.wait().unwrap();
    for (path, text) in if out.exists() { texts(&out) } else { BTreeMap::new() } {
        if !path.ends_with(".winws-tmp") {
            assert_eq!(Some(&text), whole.get(&path), "{path}");
        }
    }
    assert!(xtask(&out).status().unwrap().success());
    assert_eq!(texts(&out), whole);
}

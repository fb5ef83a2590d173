//! Where the tests that run cargo work, and whose turn it is.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;

use winws_tests_generator::workspace;

/// The commands of the README: the lines that start with `$ ` in its console blocks.
pub(crate) fn readme_commands() -> Vec<String> {
    let text = fs::read_to_string(workspace().join("README.md")).expect("there is a README");
    let blocks = text.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().expect("a split has a first part"));
    blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// The folder into which cargo builds programs: `debug` or another profile's.
pub(crate) fn build_folder() -> PathBuf {
    let tests = std::env::current_exe().expect("a test is a file");
    let deps = tests.ancestors().find(|folder| folder.ends_with("deps"));
    deps.and_then(Path::parent).expect("tests are run by cargo").to_owned()
}

/// Where the tests have copies of the workspace, beside the build folders.
pub(crate) fn copies() -> PathBuf {
    build_folder().parent().expect("there is a folder for all profiles").join("copies")
}

/// Into which folder cargo builds all copies. It begins with what the tests themselves were built from, so that crates of the
/// registry are not built once more.
pub(crate) fn build_of_copies() -> PathBuf {
    static SEEDED: Once = Once::new();
    let (built, folder) = (build_folder(), copies().join("build"));
    let profile = folder.join(built.file_name().expect("a profile has a name"));
    SEEDED.call_once(|| {
        if !profile.exists() {
            for part in [".fingerprint", "build", "deps"] {
                share(&built.join(part), &profile.join(part)).unwrap();
            }
        }
    });
    folder
}

/// Copies a folder of cargo with the times by which cargo knows what is up to date. Compiled crates, which nobody writes to, are the
/// same files. Programs stay away.
fn share(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        match path.extension().and_then(OsStr::to_str) {
            _ if entry.file_type()?.is_dir() => share(&path, &copy)?,
            Some("rlib" | "rmeta" | "so") => fs::hard_link(&path, &copy)?,
            None if from.ends_with("deps") => {}
            _ => {
                fs::copy(&path, &copy)?;
                let times = FileTimes::new().set_modified(entry.metadata()?.modified()?);
                File::options().write(true).open(&copy)?.set_times(times)?;
            }
        }
    }
    Ok(())
}

/// The right to make a copy of the workspace and build it. All copies share one build folder, in which cargo tells one
/// from the other by nothing but the times of their files: a copy must be younger than what was built before it.
pub(crate) fn take_turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

//! Where the tests that run cargo work, and whose turn it is.

use winws_tests_generator::workspace;

/// The commands of the README: the lines that start with `$ ` in its console blocks.
pub(crate) fn readme_commands() -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("README.md")).expect("there is a README");
    let blocks = text.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().expect("a split has a first part"));
    blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// The folder into which cargo builds programs: `debug` or another profile's.
pub(crate) fn build_folder() -> std::path::PathBuf {
    let tests = std::env::current_exe().expect("a test is a file");
    let deps = tests.ancestors().find(|folder| folder.ends_with("deps"));
    deps.and_then(std::path::Path::parent).expect("tests are run by cargo").to_owned()
}

/// Where the tests build copies of the workspace: inside the build folder, so that registry crates are built once.
pub(crate) fn copies() -> std::path::PathBuf {
    build_folder().parent().expect("there is a folder for all profiles").join("copies")
}

/// The right to make a copy of the workspace and build it. All copies share one build folder, in which cargo tells one
/// from the other by nothing but the times of their files: a copy must be younger than what was built before it.
pub(crate) fn take_turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

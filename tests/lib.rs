//! What the integration tests share.

pub mod calls;
pub mod chromium;
pub mod compiler;
pub mod component;
pub mod entry;
pub mod peer;
pub mod stage;

/// The folder of the workspace.
pub fn workspace() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the workspace")
}

/// The commands of the README: the lines that start with `$ ` in its console blocks.
pub fn readme_commands() -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("README.md")).expect("there is a README");
    let blocks = text.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().expect("a split has a first part"));
    blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// Copies a folder, without build folders and the history.
pub fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("the folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let (path, name) = (entry.path(), entry.file_name());
        if name == "target" || name == ".git" {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).expect("the file can be copied");
        }
    }
}

/// The folder into which cargo builds programs: `debug` or another profile's.
pub fn build_folder() -> std::path::PathBuf {
    let tests = std::env::current_exe().expect("a test is a file");
    let deps = tests.ancestors().find(|folder| folder.ends_with("deps"));
    deps.and_then(std::path::Path::parent).expect("tests are run by cargo").to_owned()
}

/// Where the tests build copies of the workspace: inside the build folder, so that registry crates are built once.
pub fn copies() -> std::path::PathBuf {
    build_folder().parent().expect("there is a folder for all profiles").join("copies")
}

/// The right to make a copy of the workspace and build it. All copies share one build folder, in which cargo tells one
/// from the other by nothing but the times of their files: a copy must be younger than what was built before it.
pub fn take_turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The README's Rust, as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

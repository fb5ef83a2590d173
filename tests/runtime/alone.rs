//! Tests of what a whole process holds: each runs in a process of its own, in which nothing else does.

use std::env;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// How long what ends may take to be gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Set in that process.
const ALONE: &str = "WINWS_TEST_ALONE";

/// Runs a part of a test in a process that has no other threads but the test's. `test` is the path of the test with the crate's name.
pub(crate) fn alone(test: &str, run: impl FnOnce()) {
    if env::var(ALONE).is_ok_and(|name| name == test) {
        run();
        return;
    }
    let (_, name) = test.split_once("::").expect("the crate's name comes first");
    let output = Command::new(env::current_exe().expect("a test is a file"))
        .args(["--exact", name, "--include-ignored", "--nocapture", "--test-threads=1"])
        .env(ALONE, test)
        .output()
        .expect("the program can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    print!("{said}");
}

/// How many threads and descriptors this process has.
#[cfg(target_os = "linux")]
pub(crate) fn threads_and_descriptors() -> (usize, usize) {
    let count = |path: &str| std::fs::read_dir(path).expect("Linux has it").count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

/// Other systems do not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn threads_and_descriptors() -> (usize, usize) {
    (0, 0)
}

/// Waits until this process has no threads and descriptors but those that it had before. A thread ends a moment after nobody needs it,
/// and what it holds ends with it.
pub(crate) fn wait_until_left(before: (usize, usize)) {
    let begin = Instant::now();
    while threads_and_descriptors() != before {
        let left = threads_and_descriptors();
        assert!(
            begin.elapsed() < PATIENCE,
            "{left:?} threads and descriptors are left, and {before:?} were there before"
        );
        thread::yield_now();
    }
}

//! What the benches share: a folder of pages, multiplied to the size of a whole published tree, and the time of a run.

#![allow(unreachable_pub, reason = "it is a module of the benches, and cargo takes it for one")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use xtask::source::{SourceFile, Tree};

/// How many pages the driver kit's tree has.
const WHOLE_TREE: usize = 24_357;

/// The median of so many runs counts.
const RUNS: usize = 5;

/// The folder that the command line names, below the workspace if it is relative: cargo runs benches elsewhere.
pub fn folder() -> Option<PathBuf> {
    // Cargo itself passes `--bench`.
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'))?;
    Some(winws_tests_generator::workspace().join(named))
}

/// A page's path below the folder, and its bytes.
pub type File = (String, Vec<u8>);

/// The pages of the folder, again and again under other folders and headers, up to the size of a whole tree.
pub fn multiplied(root: &Path, tree: &Tree) -> Vec<File> {
    let mut files = Vec::new();
    let copies = WHOLE_TREE.div_ceil(tree.pages.len().max(1)).max(1);
    for copy in 0..copies {
        for page in &tree.pages {
            let path = if root.is_dir() { root.join(&*page.name) } else { root.to_owned() };
            let bytes = std::fs::read(path).expect("it was read before");
            if copy == 0 {
                files.push((page.name.to_string(), bytes));
                continue;
            }
            let text = String::from_utf8_lossy(&bytes).replacen(".h\n", &format!("_{copy}.h\n"), 1);
            files.push((format!("{copy}/{}", page.name), text.into_bytes()));
        }
    }
    files.truncate(WHOLE_TREE.max(tree.pages.len()));
    files
}

/// The pages as the reader has them once they are off the disk.
pub fn loaded(files: &[File]) -> impl Iterator<Item = SourceFile> {
    files.iter().map(|(name, bytes)| SourceFile::new(name.as_str(), name.as_str(), bytes.clone()))
}

/// The same as a folder.
pub fn whole(files: &[File]) -> Tree {
    let mut tree = Tree { pages: loaded(files).collect(), ..Tree::default() };
    tree.pages.sort_by(|a, b| a.path.cmp(&b.path));
    tree
}

/// The time of a run: the middle one of several. What a run returns is dropped when its time has been taken.
pub fn median<T>(mut run: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let result = run();
            let time = start.elapsed();
            drop(result);
            time
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

/// A count, to divide it.
pub fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("the counts of a tree fit into 32 bits"))
}

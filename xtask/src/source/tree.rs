//! The disk: which files of a folder are pages, its configuration, and the licences that lie beside it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rayon::prelude::*;

use super::SourceFile;
use crate::progress::Progress;

/// The largest page that is read. The largest one ever published has 175 kB.
const MAX_PAGE_BYTES: u64 = 64 * 1024 * 1024;

/// A file that could not be read, and why.
#[derive(Debug)]
pub struct Unreadable {
    /// The path as it was given.
    pub path: String,
    /// What the system said.
    pub why: String,
}

/// All that one `--specs` folder holds.
#[derive(Debug, Default)]
pub struct Tree {
    /// The pages, sorted by path.
    pub pages: Vec<SourceFile>,
    /// The configuration files, if there: `families.toml`, `overrides.toml` and `runtime.toml` at its top, and all of
    /// `behaviour/*.toml`.
    pub config: Vec<SourceFile>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What the folder is called; empty if there is none.
    pub folder: String,
    /// The licences that lie beside the pages, sorted by file.
    pub licences: Vec<Licence>,
}

/// A file with the licence of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// The file, from the name of the folder that it is in: `docs/LICENSE`.
    pub file: String,
    /// The folder of the pages, from the same name: `docs/content`.
    pub pages: String,
    /// The first line of its text.
    pub heading: String,
}

impl Tree {
    /// A configuration file by name.
    pub fn config(&self, name: &str) -> Option<&SourceFile> {
        self.config.iter().find(|file| &*file.name == name)
    }

    /// The files of the table of behaviour, sorted by name.
    pub fn behaviour(&self) -> impl Iterator<Item = &SourceFile> + Clone {
        self.config.iter().filter(|file| file.name.starts_with("behaviour/"))
    }

    /// Any file by the path that diagnostics show.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        let pages = self.pages.binary_search_by(|file| (*file.path).cmp(path));
        pages.ok().map(|at| &self.pages[at]).or_else(|| self.config.iter().find(|file| &*file.path == path))
    }
}

/// Reads every page below `root`, or the one file that it is.
///
/// Pages are `*.md` without hidden folders, TOC.md, README.md and LICENSE*; a folder without any `.md` file is read
/// for its `*.txt` files instead. A file that cannot be read is reported and the others are read all the same. `progress`
/// counts the pages.
pub fn load(root: &Path, progress: Option<&Progress>) -> anyhow::Result<Tree> {
    let meta = std::fs::metadata(root).with_context(|| format!("cannot read {}", root.display()))?;
    let mut tree = Tree::default();
    if meta.is_file() {
        let name = root.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        read_into(root, name, &mut tree.pages, &mut tree.unreadable);
        return Ok(tree);
    }
    if !meta.is_dir() {
        bail!("{} is neither a folder nor a file", root.display());
    }
    let mut found = Found::default();
    walk(root, &mut found, &mut tree.unreadable);
    let paths = if found.markdown.is_empty() { found.text } else { found.markdown };
    let read = |path: &PathBuf| {
        progress.inspect(|progress| progress.step());
        read_file(path, below(root, path))
    };
    for result in paths.par_iter().map(read).collect::<Vec<_>>() {
        match result {
            Ok(page) => tree.pages.push(page),
            Err(unreadable) => tree.unreadable.push(unreadable),
        }
    }
    tree.pages.sort_by(|a, b| a.path.cmp(&b.path));
    tree.unreadable.sort_by(|a, b| a.path.cmp(&b.path));
    for name in ["families.toml", "overrides.toml", "runtime.toml"] {
        let path = root.join(name);
        if path.exists() {
            read_into(&path, name.to_owned(), &mut tree.config, &mut tree.unreadable);
        }
    }
    for path in behaviour_files(&root.join("behaviour")) {
        let name = below(root, &path);
        read_into(&path, name, &mut tree.config, &mut tree.unreadable);
    }
    // `.` and `..` have a name only once they are resolved.
    let resolved = std::fs::canonicalize(root).with_context(|| format!("cannot read {}", root.display()))?;
    tree.folder = name_of(&resolved);
    tree.licences = licences(&resolved);
    Ok(tree)
}

/// Reads one configuration file, as `--overrides FILE` names it.
pub fn load_config(path: &Path, name: &str) -> anyhow::Result<SourceFile> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(SourceFile::new(shown(path), name, bytes))
}

#[derive(Default)]
struct Found {
    markdown: Vec<PathBuf>,
    text: Vec<PathBuf>,
}

fn walk(folder: &Path, found: &mut Found, unreadable: &mut Vec<Unreadable>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            unreadable.push(Unreadable { path: shown(folder), why: error.to_string() });
            return;
        }
    };
    for entry in entries {
        let (entry, kind) = match entry.and_then(|entry| entry.file_type().map(|kind| (entry, kind))) {
            Ok(read) => read,
            Err(error) => {
                unreadable.push(Unreadable { path: shown(folder), why: error.to_string() });
                continue;
            }
        };
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            walk(&path, found, unreadable);
            continue;
        }
        let lower = name.to_ascii_lowercase();
        if matches!(&*lower, "toc.md" | "readme.md") || lower.starts_with("license") {
            continue;
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some(extension) if extension.eq_ignore_ascii_case("md") => found.markdown.push(path),
            Some(extension) if extension.eq_ignore_ascii_case("txt") => found.text.push(path),
            _ => {}
        }
    }
}

/// How many folders above the pages may hold their licence.
const MAX_LEVELS: usize = 4;

/// The licences in the folder or in the next one above it that has some, up to where a checkout begins. What cannot be
/// read is none: the pages are what was asked for.
fn licences(root: &Path) -> Vec<Licence> {
    for folder in root.ancestors().take(MAX_LEVELS + 1) {
        let mut found: Vec<Licence> = entries(folder).filter_map(|path| licence(root, folder, &path)).collect();
        found.sort_by(|a, b| a.file.cmp(&b.file));
        if !found.is_empty() || folder.join(".git").exists() {
            return found;
        }
    }
    Vec::new()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}

fn licence(root: &Path, folder: &Path, path: &Path) -> Option<Licence> {
    let name = name_of(path);
    let lower = name.to_ascii_lowercase();
    let known = ["license", "licence", "copying", "thirdpartynotice"].iter().any(|start| lower.starts_with(start));
    if !known || !path.is_file() {
        return None;
    }
    let mut head = Vec::new();
    std::fs::File::open(path).ok()?.take(4096).read_to_end(&mut head).ok()?;
    let text = String::from_utf8_lossy(&head);
    let mut lines = text.lines().map(|line| line.trim_matches(|c: char| !c.is_alphanumeric() && !"()".contains(c)));
    let heading = lines.find(|line| !line.is_empty())?.chars().filter(|c| !c.is_control()).take(120).collect();
    let above = name_of(folder);
    let pages = format!("{above}/{}", below(folder, root));
    let file = format!("{above}/{name}");
    Some(Licence { file, pages: pages.trim_end_matches('/').to_owned(), heading })
}

/// The files of the table of behaviour, sorted; none if there is no such folder.
fn behaviour_files(folder: &Path) -> Vec<PathBuf> {
    let is_toml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml") && path.is_file();
    let mut files: Vec<PathBuf> = entries(folder).filter(is_toml).collect();
    files.sort();
    files
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn read_into(path: &Path, name: String, files: &mut Vec<SourceFile>, unreadable: &mut Vec<Unreadable>) {
    match read_file(path, name) {
        Ok(file) => files.push(file),
        Err(error) => unreadable.push(error),
    }
}

fn read_file(path: &Path, name: String) -> Result<SourceFile, Unreadable> {
    let read = || -> std::io::Result<Vec<u8>> {
        let size = std::fs::metadata(path)?.len();
        if size > MAX_PAGE_BYTES {
            return Err(std::io::Error::other(format!("{size} bytes is more than a page may have")));
        }
        std::fs::read(path)
    };
    match read() {
        Ok(bytes) => Ok(SourceFile::new(shown(path), name, bytes)),
        Err(error) => Err(Unreadable { path: shown(path), why: error.to_string() }),
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn below(root: &Path, path: &Path) -> String {
    shown(path.strip_prefix(root).expect("the walk stays below its root"))
}

//! Load: a folder of pages becomes `SourceFile`s. Knows disks, encodings and line ends; knows nothing of Markdown.
//!
//! Text is normalised so that one character of the file stays one character of the text: a span's line and column
//! are right for the file as it lies on disk.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use rayon::prelude::*;

/// The largest page that is read. The largest one ever published has 175 kB.
const MAX_PAGE_BYTES: u64 = 64 * 1024 * 1024;

/// A place within one line of a file. Lines and columns count from 1, columns and widths in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The line.
    pub line: u32,
    /// The first character.
    pub column: u32,
    /// How many characters; 0 means up to the end of the line.
    pub width: u32,
}

impl Span {
    /// The whole of a line.
    pub const fn line(line: u32) -> Self {
        Self { line, column: 1, width: 0 }
    }
}

/// A span and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file, as diagnostics show it.
    pub path: Arc<str>,
    /// Where in it.
    pub span: Span,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.span.line)
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its page.
    pub span: Span,
}

/// What is wrong with the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A NUL byte: this is no text.
    Binary,
    /// The first bytes that are no UTF-8; they were replaced by U+FFFD.
    NotUtf8(Span),
}

/// One file, decoded and normalised.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as diagnostics show it: the root as it was given, then the path below it.
    pub path: Arc<str>,
    /// The path below the root, with `/`.
    pub name: Arc<str>,
    /// What is wrong with its bytes, if anything.
    pub damage: Option<Damage>,
    /// Where a stray `Â` of a doubly encoded no-break space stood.
    pub mojibake: Vec<Span>,
    text: String,
    starts: Vec<u32>,
}

impl SourceFile {
    /// Decodes and normalises the bytes of a file.
    pub fn new(path: impl Into<Arc<str>>, name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        let (path, name) = (path.into(), name.into());
        if bytes.contains(&0) {
            let damage = Some(Damage::Binary);
            return Self { path, name, damage, mojibake: Vec::new(), text: String::new(), starts: vec![0] };
        }
        let (raw, bad) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(good))
            }
        };
        let (text, mojibake) = normalise(raw);
        let starts = line_starts(&text);
        let mut file = Self { path, name, damage: None, mojibake: Vec::new(), text, starts };
        // Offsets before the first bad byte are not moved by its replacement, only by normalisation, which
        // removes carriage returns: the line is right, and the column is where U+FFFD stands.
        file.damage = bad.map(|_| {
            let at = file.text.find('\u{fffd}').unwrap_or(file.text.len());
            Damage::NotUtf8(file.span(at, at))
        });
        file.mojibake = mojibake.into_iter().map(|at| file.span(at, at + 1)).collect();
        file
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many lines there are; an empty last line does not count.
    pub fn line_count(&self) -> usize {
        let last = *self.starts.last().expect("there is always a first line") as usize;
        self.starts.len() - usize::from(last == self.text.len())
    }

    /// The text of a line, counted from 0, without its line end.
    pub fn line(&self, index: usize) -> &str {
        let Some(&start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        &self.text[start as usize..end]
    }

    /// Where a line, counted from 0, starts in `text`.
    pub fn line_start(&self, index: usize) -> usize {
        self.starts.get(index).map_or(self.text.len(), |&start| start as usize)
    }

    /// The span of a byte range of `text`; it ends with its first line.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let index = self.starts.partition_point(|&s| s as usize <= start).saturating_sub(1);
        let line_start = self.starts[index] as usize;
        self.span_in_line(index, start - line_start, end.saturating_sub(line_start))
    }

    /// The span of a byte range of a line, which counts from 0.
    pub fn span_in_line(&self, index: usize, from: usize, to: usize) -> Span {
        let line = self.line(index);
        let from = from.min(line.len());
        let to = to.clamp(from, line.len());
        let count = |text: &str| u32::try_from(text.chars().count()).expect("a line is shorter than 4 GiB");
        let number = u32::try_from(index + 1).expect("a page has fewer than 2^32 lines");
        Span { line: number, column: count(&line[..from]) + 1, width: count(&line[from..to]).max(1) }
    }

    /// A span of this file as a location.
    pub fn at(&self, span: Span) -> Location {
        Location { path: self.path.clone(), span }
    }
}

/// Folds what would hinder every later match: BOM, carriage returns, no-break spaces, and the `Â` that a doubly
/// encoded no-break space leaves behind. Returns where the last stood.
fn normalise(raw: String) -> (String, Vec<usize>) {
    let bytes = raw.as_bytes();
    // `Â` is rare, and three bytes are what can be looked for at once.
    let accented = memchr::memchr(0xC3, bytes).is_some();
    let next = |bytes: &[u8]| match accented {
        false => memchr::memchr3(b'\r', 0xC2, 0xE2, bytes),
        true => bytes.iter().position(|b| matches!(b, b'\r' | 0xC2 | 0xC3 | 0xE2)),
    };
    if next(bytes).is_none() && !raw.starts_with('\u{feff}') {
        return (raw, Vec::new());
    }
    let raw = raw.strip_prefix('\u{feff}').unwrap_or(&raw);
    let mut text = String::with_capacity(raw.len());
    let mut mojibake = Vec::new();
    // Everything between two special bytes is copied at once.
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = next(&raw.as_bytes()[at..]) {
        at += found;
        let rest = &raw[at..];
        let (len, with) = match rest.chars().next().expect("a byte was found here") {
            '\r' => (1, if rest[1..].starts_with('\n') { "" } else { "\n" }),
            c @ ('\u{a0}' | '\u{202f}') => (c.len_utf8(), " "),
            c @ 'Â' if matches!(rest[c.len_utf8()..].chars().next(), None | Some('\u{a0}' | '\n' | '\r')) => {
                mojibake.push(text.len() + (at - copied));
                (c.len_utf8(), " ")
            }
            c => {
                at += c.len_utf8();
                continue;
            }
        };
        text.push_str(&raw[copied..at]);
        text.push_str(with);
        at += len;
        copied = at;
    }
    text.push_str(&raw[copied..]);
    (text, mojibake)
}

fn line_starts(text: &str) -> Vec<u32> {
    let after = |at| u32::try_from(at + 1).expect("a page is shorter than 4 GiB");
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(after)).collect()
}

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
    /// The configuration files at its top, if there: `families.toml`, `overrides.toml`, `runtime.toml`.
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

    /// Any file by the path that diagnostics show.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        let pages = self.pages.binary_search_by(|file| (*file.path).cmp(path));
        pages.ok().map(|at| &self.pages[at]).or_else(|| self.config.iter().find(|file| &*file.path == path))
    }
}

/// Reads every page below `root`, or the one file that it is.
///
/// Pages are `*.md` without hidden folders, TOC.md, README.md and LICENSE*; a folder without any `.md` file is read
/// for its `*.txt` files instead. A file that cannot be read is reported and the others are read all the same.
pub fn load(root: &Path) -> anyhow::Result<Tree> {
    load_watched(root, &|| {})
}

/// The same; `seen` is called once for each page.
pub fn load_watched(root: &Path, seen: &(dyn Fn() + Sync)) -> anyhow::Result<Tree> {
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
        seen();
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

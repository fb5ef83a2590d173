//! The files below a prefix, and the list of them, by which they are removed again.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};

use super::place::Place;

/// What a file has.
pub(super) enum Content {
    /// What another file has.
    Copy(PathBuf),
    /// This text.
    Text(String),
    /// It leads to the file of this name, in the same folder.
    Link(String),
}

/// What is to be installed.
pub(super) struct Tree {
    place: Place,
    files: Vec<(PathBuf, Content)>,
    twins: Vec<(PathBuf, String)>,
}

/// Where the list stands, below the prefix.
const MANIFEST: &str = "share/winws/manifest.txt";

impl Tree {
    pub(super) const fn new(place: Place) -> Self {
        Self { place, files: Vec::new(), twins: Vec::new() }
    }

    /// Adds a file under the path that programs will know.
    pub(super) fn add(&mut self, path: PathBuf, content: Content) {
        self.files.push((path, content));
    }

    /// Adds another spelling of a header's name, where a system tells small letters from capitals.
    pub(super) fn add_twin(&mut self, path: PathBuf, of: &str) {
        self.twins.push((path, format!("#include <{of}>\n")));
    }

    /// Writes everything, and removes what an earlier installation had besides.
    pub(super) fn write(mut self) -> anyhow::Result<usize> {
        let manifest = self.place.prefix.join(MANIFEST);
        let before = read_manifest(&self.place)?;
        if tells_letters_apart(&self.place)? {
            let twins = self.twins.drain(..).map(|(path, text)| (path, Content::Text(text)));
            self.files.extend(twins);
        }
        let foreign = self
            .files
            .iter()
            .map(|(path, _)| path)
            .chain([&manifest])
            .find(|path| !before.contains(*path) && staged(&self.place, path).symlink_metadata().is_ok());
        if let Some(path) = foreign {
            bail!("{} is there already, and was not installed by winws", staged(&self.place, path).display());
        }
        let after: BTreeSet<PathBuf> =
            self.files.iter().map(|(path, _)| path.clone()).chain([manifest.clone()]).collect();
        // An installation that breaks off can be removed: the list has everything that may be there.
        let list = |paths: &BTreeSet<PathBuf>| {
            let lines: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
            Content::Text(lines.join("\n") + "\n")
        };
        put(&staged(&self.place, &manifest), &list(&before.union(&after).cloned().collect()))?;
        for (path, content) in &self.files {
            put(&staged(&self.place, path), content)?;
        }
        for path in before.difference(&after) {
            remove_file(&self.place, path)?;
        }
        put(&staged(&self.place, &manifest), &list(&after))?;
        Ok(after.len())
    }
}

/// Removes what the list has.
pub(super) fn remove(place: &Place) -> anyhow::Result<usize> {
    let manifest = place.prefix.join(MANIFEST);
    let mut files = read_manifest(place)?;
    if !files.remove(&manifest) {
        bail!("{} is not there: nothing was installed", staged(place, &manifest).display());
    }
    for path in &files {
        remove_file(place, path)?;
    }
    // The list comes last, so that a removal that breaks off can go on.
    remove_file(place, &manifest)?;
    Ok(files.len() + 1)
}

/// Where a file is put for now.
fn staged(place: &Place, path: &Path) -> PathBuf {
    match &place.destdir {
        Some(destdir) => destdir.join(path.strip_prefix("/").unwrap_or(path)),
        None => path.to_owned(),
    }
}

/// The paths of the list, which is empty if there is none. Nothing is written or removed elsewhere than where we install.
fn read_manifest(place: &Place) -> anyhow::Result<BTreeSet<PathBuf>> {
    let manifest = staged(place, &place.prefix.join(MANIFEST));
    let text = match fs::read_to_string(&manifest) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", manifest.display())),
    };
    let paths: BTreeSet<PathBuf> = text.lines().map(PathBuf::from).collect();
    let is_ours = |path: &PathBuf| {
        let plain = path.components().all(|part| !matches!(part, Component::ParentDir));
        plain && [&place.prefix, &place.prefix.join(&place.libdir)].iter().any(|folder| path.starts_with(folder))
    };
    match paths.iter().find(|path| !is_ours(path)) {
        Some(path) => bail!("{} names {}, which is not below the prefix", manifest.display(), path.display()),
        None => Ok(paths),
    }
}

/// Whether `A` and `a` are two files there.
fn tells_letters_apart(place: &Place) -> anyhow::Result<bool> {
    let folder = staged(place, &place.prefix);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let probe = folder.join(format!(".winws-probe-{}", std::process::id()));
    fs::write(&probe, "").with_context(|| format!("cannot write {}", probe.display()))?;
    let other = folder.join(format!(".WINWS-probe-{}", std::process::id()));
    let apart = !other.exists();
    fs::remove_file(&probe)?;
    Ok(apart)
}

/// Puts a file in its place, in one step.
fn put(path: &Path, content: &Content) -> anyhow::Result<()> {
    let (folder, name) =
        (path.parent().context("a file is in a folder")?, path.file_name().context("a file has a name")?);
    // Two installations at once must not meet.
    let unfinished = folder.join(format!(".{}.winws-{}", name.to_string_lossy(), std::process::id()));
    let written = fs::create_dir_all(folder).and_then(|()| match content {
        Content::Copy(from) => fs::copy(from, &unfinished).map(drop),
        Content::Text(text) => fs::write(&unfinished, text),
        Content::Link(to) => link(to, &unfinished),
    });
    let placed = written.and_then(|()| fs::rename(&unfinished, path));
    if placed.is_err() {
        // What is left of it helps nobody.
        fs::remove_file(&unfinished).ok();
    }
    placed.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(unix)]
fn link(to: &str, path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::os::unix::fs::symlink(to, path)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::new(ErrorKind::Unsupported, "the C library can be installed on Unix only"))
}

/// Removes a file, and the folders that are empty then: those below the destdir, or else the prefix and those below it, and those
/// of libraries elsewhere.
fn remove_file(place: &Place, path: &Path) -> anyhow::Result<()> {
    let file = staged(place, path);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", file.display()));
        }
        _ => {}
    }
    let ours = match &place.destdir {
        Some(destdir) => vec![destdir.clone()],
        None => vec![place.prefix.clone(), place.prefix.join(&place.libdir)],
    };
    let is_ours =
        |folder: &&Path| ours.iter().any(|ours| folder.starts_with(ours)) && Some(*folder) != place.destdir.as_deref();
    let folders = file.ancestors().skip(1).take_while(is_ours);
    for folder in folders {
        // It stays as soon as there is something else in it.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

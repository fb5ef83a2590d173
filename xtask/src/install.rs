//! Install: builds the C library and puts it below a prefix, with its headers and what build systems ask for.
//!
//! The shared library is linked by the C compiler from the static one: cargo's own has no symbol versions and no soname.
//! Both have the documented functions that the runtime implements, and no other name.

mod library;
mod place;
mod texts;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::model::Spec;
use library::Library;
pub use place::Place;
use place::{VERSION, soname_version};
use tree::{Content, Tree};

/// Builds and installs all of it. Returns how many files there are.
///
/// A file that stands in the way and was not installed by us is an error, and nothing is written then.
pub fn install(project: &Path, spec: &Spec, place: &Place) -> anyhow::Result<usize> {
    let exports: Vec<&str> = spec.exports.values().flatten().map(String::as_str).collect();
    let library = Library::build(project, &exports)?;
    let mut tree = Tree::new(place.clone());
    let lib = place.prefix.join(&place.libdir);
    let include = place.prefix.join("include/winws");
    let (shared, soname) = (format!("libwinws.so.{VERSION}"), format!("libwinws.so.{}", soname_version()));
    tree.add(lib.join(&shared), Content::Copy(library.shared()));
    tree.add(lib.join(&soname), Content::Link(shared));
    tree.add(lib.join("libwinws.so"), Content::Link(soname));
    for archive in library.archives() {
        let name = archive.file_name().context("an archive has a name")?.to_owned();
        tree.add(lib.join(name), Content::Copy(archive));
    }
    for (name, text) in texts::pkg_config(place, library.native()) {
        tree.add(lib.join("pkgconfig").join(name), Content::Text(text));
    }
    for (name, text) in texts::cmake(place, library.native()) {
        tree.add(lib.join("cmake/winws").join(name), Content::Text(text));
    }
    for header in headers(&project.join("generated/include"))? {
        tree.add(include.join(name_of(&header)), Content::Copy(header));
    }
    for header in headers(&project.join("runtime/kit/include"))? {
        tree.add(include.join("kit").join(name_of(&header)), Content::Copy(header));
    }
    let twins = project.join("runtime/kit/twins.txt");
    let twins = fs::read_to_string(&twins).with_context(|| format!("cannot read {}", twins.display()))?;
    for (name, of) in twins.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')) {
        tree.add_twin(include.join("kit").join(name), of);
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        tree.add(place.prefix.join("share/doc/winws").join(licence), Content::Copy(project.join(licence)));
    }
    tree.write()
}

/// Removes what was installed there, and the folders that are empty then, with the prefix. Returns how many files there were.
pub fn uninstall(place: &Place) -> anyhow::Result<usize> {
    tree::remove(place)
}

/// The headers of a folder, sorted.
fn headers(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    let mut headers: Vec<PathBuf> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|it| it == "h")).collect();
    headers.sort();
    Ok(headers)
}

fn name_of(path: &Path) -> &std::ffi::OsStr {
    path.file_name().expect("it was found in a folder")
}

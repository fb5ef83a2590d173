//! Where everything goes, and which version it is.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};

/// Where everything goes.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder that programs will know, such as `/usr/local`. It is absolute.
    pub(super) prefix: PathBuf,
    /// What stands before the prefix for now, for those who make packages.
    pub(super) destdir: Option<PathBuf>,
    /// The folder of libraries, below the prefix unless it is absolute.
    pub(super) libdir: PathBuf,
}

/// What the files of pkg-config and CMake cannot have in a path, or not in the same way.
const REFUSED: [char; 7] = ['"', '\'', '$', '#', '\\', ';', '`'];

impl Place {
    /// A place from what somebody wrote. Paths begin in the folder of the process, and have no `.` and `..` any more.
    ///
    /// A path that is no Unicode or has a character that pkg-config or CMake takes for another one is an error.
    pub fn new(prefix: &Path, destdir: Option<&Path>, libdir: &Path) -> anyhow::Result<Self> {
        let absolute = |path: &Path| -> anyhow::Result<PathBuf> { Ok(plain(&std::path::absolute(path)?)) };
        let place = Self {
            prefix: absolute(prefix)?,
            destdir: destdir.map(std::path::absolute).transpose()?,
            libdir: plain(libdir),
        };
        for path in [&place.prefix, &place.libdir] {
            let text = path.to_str().with_context(|| format!("{} is no Unicode", path.display()))?;
            if text.contains(REFUSED) || text.contains(char::is_control) {
                bail!("{text:?} has a character that pkg-config or CMake takes for another one");
            }
        }
        if place.libdir.starts_with("..") {
            bail!("{} leads out of the prefix: write an absolute path", libdir.display());
        }
        Ok(place)
    }

    /// The folder of pkg-config's files.
    pub fn pkg_config(&self) -> PathBuf {
        self.prefix.join(&self.libdir).join("pkgconfig")
    }
}

/// The path without `.`, and without `..` except at its start.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match (part, plain.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(plain.pop()),
            _ => plain.push(part),
        }
    }
    plain
}

/// The version of the library, which is that of the workspace.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The part of the version that a program is bound to when it is linked.
pub(super) fn soname_version() -> &'static str {
    VERSION.split('.').next().unwrap_or(VERSION)
}

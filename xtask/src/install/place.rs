//! Where everything goes, and which version it is.

use std::path::PathBuf;

/// Where everything goes.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder that programs will know, such as `/usr/local`. It is absolute.
    pub prefix: PathBuf,
    /// What stands before the prefix for now, for those who make packages.
    pub destdir: Option<PathBuf>,
    /// The folder of libraries, below the prefix unless it is absolute.
    pub libdir: PathBuf,
}

/// The version of the library, which is that of the workspace.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The part of the version that a program is bound to when it is linked.
pub(super) fn soname_version() -> &'static str {
    VERSION.split('.').next().unwrap_or(VERSION)
}

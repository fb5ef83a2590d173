//! Emit: the Spec as files. Adds no facts, renames nothing, and cannot fail.

pub mod explain;
pub mod json;
pub mod names;
mod rust;
pub mod site;

use crate::model::Spec;
use crate::sync::OutputFile;

/// The folders of a generated crate in which nothing but output may be.
pub const CRATE_FOLDERS: &[&str] = &["src", "include"];

/// Everything that `codegen` writes.
pub fn crate_files(spec: &Spec) -> Vec<OutputFile> {
    let mut files = rust::emit(spec);
    files.push(OutputFile { path: "facts.json".to_owned(), text: json::facts(spec, false) });
    files
}

/// The manifest of a crate written elsewhere. Ours is written by hand.
pub fn manifest() -> &'static str {
    "[package]\nname = \"winws-api\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"src/lib.rs\"\n"
}

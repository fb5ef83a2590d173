//! Emit: the Spec as files. Adds no facts, renames nothing, and cannot fail.

mod attribution;
pub mod behaviour;
mod c;
pub mod explain;
mod fold;
pub mod json;
pub mod left_out;
pub mod manifest;
mod markdown;
pub mod names;
mod rust;
pub mod site;

use crate::model::Spec;
use crate::sync::OutputFile;

/// The folders of a generated crate in which nothing but output may be.
pub const CRATE_FOLDERS: &[&str] = &["src", "include"];

/// The manifest of a crate, below its folder.
pub const MANIFEST: &str = "Cargo.toml";

/// Everything that `codegen` writes.
pub fn crate_files(spec: &Spec) -> Vec<OutputFile> {
    let facts = || {
        let file = |path: &str, text| OutputFile { path: path.to_owned(), text };
        [file("facts.json", json::facts(spec, false)), file("facts.schema.json", json::schema())]
    };
    let (rust, (mut files, facts)) = rayon::join(|| rust::emit(spec), || (c::emit(spec), facts()));
    files.extend(rust);
    files.extend(facts);
    files
}

/// What a crate written elsewhere has to have beside its sources, and people may make their own.
pub fn companions(spec: &Spec) -> Vec<OutputFile> {
    vec![attribution::file(spec), manifest::file(spec)]
}

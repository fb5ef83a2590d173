//! The manifest of a crate that is written elsewhere, and the features that every crate has: one for each family.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::model::{Family, FieldKind, Function, Record, Spec, Type};
use crate::sync::{MARK, OutputFile};

/// What the feature is called that brings the C functions.
const EXPORTS: &str = "exports";

/// Where a manifest has the features.
const FEATURES: &str = "features";

/// The features of a crate, each with those that it enables.
pub fn features(spec: &Spec) -> BTreeMap<String, Vec<String>> {
    let families = spec.families.iter().filter(|family| !family.is_empty());
    let mut features: BTreeMap<String, Vec<String>> =
        families.map(|family| (family.name.clone(), used_by(family).into_iter().collect())).collect();
    // In the order of the file, which is that of the sorted names.
    let all = features.keys().cloned().collect();
    features.insert("default".to_owned(), all);
    features.insert(EXPORTS.to_owned(), Vec::new());
    features
}

/// The file.
pub fn file(spec: &Spec) -> OutputFile {
    let mut text = format!("# @{MARK}; without this line the file is yours and stays as it is\n\n");
    text += "[package]\nname = \"winws-api\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\n";
    for (feature, enables) in features(spec) {
        let enables: Vec<String> = enables.iter().map(|name| format!("\"{name}\"")).collect();
        writeln!(text, "{feature} = [{}]", enables.join(", ")).expect("writing to a string cannot fail");
    }
    text += "\n[lib]\npath = \"src/lib.rs\"\n";
    OutputFile { path: "Cargo.toml".to_owned(), text }
}

/// What a manifest that is kept by hand lacks of the features, each as a line to write: without it the code of a family is
/// left out, or does not compile.
pub fn lacking(spec: &Spec, manifest: &str) -> Vec<String> {
    let manifest: toml::Table = match toml::from_str(manifest) {
        Ok(table) => table,
        Err(error) => return vec![format!("a manifest that can be read: {}", error.message())],
    };
    let stated = manifest.get(FEATURES).and_then(toml::Value::as_table);
    let lacks = |(feature, enables): (String, Vec<String>)| {
        let list = stated.and_then(|features| features.get(&feature)).and_then(toml::Value::as_array);
        let has = |name: &String| list.is_some_and(|list| list.iter().any(|value| value.as_str() == Some(name)));
        if list.is_some() && enables.iter().all(has) {
            return None;
        }
        let enables: Vec<String> = enables.iter().map(|name| format!("\"{name}\"")).collect();
        Some(format!("{feature} = [{}]", enables.join(", ")))
    };
    features(spec).into_iter().filter_map(lacks).collect()
}

/// The other families whose types a family refers to.
fn used_by(family: &Family) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for Function { params, c_return, .. } in family.functions.iter().chain(&family.callbacks) {
        params.iter().map(|param| &param.raw).chain([c_return]).for_each(|type_| add(type_, &mut used));
    }
    family.structs.iter().for_each(|struct_| add_record(&struct_.body, &mut used));
    used.remove(&family.name);
    used
}

fn add_record(record: &Record, used: &mut BTreeSet<String>) {
    for field in &record.fields {
        match &field.kind {
            FieldKind::Value { raw, .. } => add(raw, used),
            FieldKind::Part(part) => add_record(part, used),
        }
    }
}

fn add(type_: &Type, used: &mut BTreeSet<String>) {
    match type_ {
        Type::Enum(name) | Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            used.insert(name.family.clone());
        }
        Type::Array(of, _) | Type::Pointer { to: of, .. } => add(of, used),
        Type::Void | Type::Int(_) | Type::Char { .. } | Type::Bool | Type::HResult => {}
    }
}

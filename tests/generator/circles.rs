//! Files of the generator do not import each other in a circle: each can be read with nothing but what it imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::{Item, UseTree};
use winws_tests_generator::workspace;

/// Folders whose files may take from the file of the folder, although that uses them, each with the reason.
const VOCABULARY: &[(&str, &str)] = &[
    ("accounting", "its own file says what kinds of lines there are, and draws up the accounts with the others"),
    ("diag", "its own file has the findings, and hands on the two files that show them"),
    ("draft", "its own file has what all kinds of pages share, and hands on what only functions have"),
    ("emit::json", "its own file has the version of the schema and the root, of which the schema is made"),
    ("emit::rust::exports", "its own file writes one function, of which the others write parts"),
    ("model", "its own file has what all kinds of items share, and hands on those kinds"),
    ("resolve::overrides", "its own file has what every entry rests on, and hands the entries to the others"),
    ("source", "its own file has the file that is read, and hands on how a tree of them is"),
];

/// The modules of the generator, with what each imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut used = BTreeSet::new();
    let imports = without_vocabulary(imports(), &mut used);
    assert!(imports.len() > 100, "only {} files were found", imports.len());
    for module in imports.keys() {
        let circle = way(&imports, module, module, &mut BTreeSet::new());
        assert!(circle.is_none(), "these import each other: {}", circle.unwrap_or_default().join(" <- "));
    }
    for (folder, _) in VOCABULARY {
        assert!(used.contains(folder), "`{folder}` needs no exception any more");
    }
}

/// Leaves out what files of the listed folders take from the file of their folder.
fn without_vocabulary(mut imports: Imports, used: &mut BTreeSet<&'static str>) -> Imports {
    for (module, taken) in &mut imports {
        for (folder, _) in VOCABULARY {
            if module.strip_prefix(folder).is_some_and(|rest| rest.starts_with("::")) && taken.remove(*folder) {
                used.insert(folder);
            }
        }
    }
    imports
}

/// The way from a module to one that it needs in the end.
fn way(imports: &Imports, from: &str, to: &str, seen: &mut BTreeSet<String>) -> Option<Vec<String>> {
    for next in imports.get(from).into_iter().flatten() {
        if next == to {
            return Some(vec![to.to_owned(), from.to_owned()]);
        }
        if seen.insert(next.clone())
            && let Some(mut way) = way(imports, next, to, seen)
        {
            way.push(from.to_owned());
            return Some(way);
        }
    }
    None
}

fn imports() -> Imports {
    let root = workspace().join("xtask/src");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    let modules: BTreeSet<String> = files.keys().cloned().collect();
    let of = |(module, text): (&String, &String)| {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{module}: {error}"));
        let mut paths = Vec::new();
        for item in &file.items {
            if let Item::Use(item) = item {
                leaves(&item.tree, &mut Vec::new(), &mut paths);
            }
        }
        let taken = paths.iter().filter_map(|path| owner(module, path, &modules)).filter(|other| other != module);
        (module.clone(), taken.collect())
    };
    files.iter().map(of).collect()
}

/// The files below a folder by the paths of their modules. The roots only chain the others.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("the sources can be read").path();
        if path.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let inner = path.strip_prefix(root).expect("it is below the root");
        let parts: Vec<&str> = inner.iter().map(|part| part.to_str().expect("our names are UTF-8")).collect();
        let module = parts.join("::");
        let Some(module) = module.strip_suffix(".rs") else { continue };
        if !matches!(module, "lib" | "main") {
            let text = fs::read_to_string(&path).expect("the sources can be read");
            files.insert(module.strip_suffix("::mod").unwrap_or(module).to_owned(), text);
        }
    }
}

/// The paths that a `use` names.
fn leaves(tree: &UseTree, path: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            leaves(&inner.tree, path, out);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, path, out)),
        UseTree::Name(name) => out.push([&path[..], &[name.ident.to_string()]].concat()),
        UseTree::Rename(name) => out.push([&path[..], &[name.ident.to_string()]].concat()),
        UseTree::Glob(_) => out.push(path.clone()),
    }
}

/// The module whose file has what a path leads to; `None` if it leads out of the generator.
fn owner(module: &str, path: &[String], modules: &BTreeSet<String>) -> Option<String> {
    let mut base: Vec<&str> = module.split("::").collect();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => (base, rest) = (Vec::new(), &rest[1..]),
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        child if modules.contains(&format!("{module}::{child}")) => {}
        _ => return None,
    }
    base.extend(rest.iter().map(String::as_str));
    (1..=base.len()).rev().map(|length| base[..length].join("::")).find(|known| modules.contains(known))
}

//! The names that generated Rust declares, as `cargo xtask names` writes them.

use std::collections::BTreeSet;

use syn::{Fields, FnArg, ImplItem, Item, Pat, Signature, TraitItem, Type};
use xtask::sync::OutputFile;

/// Types, and behind them variants, constants, fields, methods, and what methods take.
pub(crate) fn names(files: &[OutputFile]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files.iter().filter(|file| file.path.starts_with("src/")) {
        let module = file.path.split('/').nth(1).expect("sources stand below src");
        let syn = syn::parse_file(&file.text).expect("what is generated is Rust");
        syn.items.iter().for_each(|it| item(it, module, &mut names));
    }
    names
}

fn item(item: &Item, module: &str, names: &mut BTreeSet<String>) {
    match item {
        Item::Enum(it) => {
            let path = format!("{module}::{}", it.ident);
            names.extend(it.variants.iter().map(|variant| format!("{path}::{}", variant.ident)));
            names.insert(path);
        }
        Item::Struct(it) => fields(&it.fields, format!("{module}::{}", it.ident), names),
        Item::Union(it) => fields(&Fields::Named(it.fields.clone()), format!("{module}::{}", it.ident), names),
        Item::Type(it) => drop(names.insert(format!("{module}::{}", it.ident))),
        Item::Trait(it) => {
            let path = format!("{module}::{}", it.ident);
            for item in &it.items {
                if let TraitItem::Fn(method) = item {
                    signature(&method.sig, &path, names);
                }
            }
            names.insert(path);
        }
        Item::Impl(it) => {
            let Type::Path(of) = &*it.self_ty else { return };
            let Some(of) = of.path.segments.last() else { return };
            for item in &it.items {
                if let ImplItem::Const(constant) = item {
                    names.insert(format!("{module}::{}::{}", of.ident, constant.ident));
                }
            }
        }
        _ => {}
    }
}

fn fields(fields: &Fields, path: String, names: &mut BTreeSet<String>) {
    names.extend(fields.iter().filter_map(|field| Some(format!("{path}.{}", field.ident.as_ref()?))));
    names.insert(path);
}

fn signature(signature: &Signature, path: &str, names: &mut BTreeSet<String>) {
    let path = format!("{path}::{}", signature.ident);
    for input in &signature.inputs {
        if let FnArg::Typed(input) = input
            && let Pat::Ident(name) = &*input.pat
        {
            names.insert(format!("{path}({})", name.ident));
        }
    }
    names.insert(path);
}

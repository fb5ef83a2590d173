//! Blank lines between items, as in code by hand. prettyplease writes one for an empty item.

use proc_macro2::TokenStream;
use syn::{File, ForeignItem, ImplItem, Item, TraitItem};

/// A file with a blank line between its items, and between those of its traits, implementations and blocks of C functions.
pub(super) fn between(mut file: File) -> File {
    file.items = spaced(file.items, list_of_items, Item::Verbatim);
    if !file.attrs.is_empty() {
        // What the file says of itself stands apart.
        file.items.insert(0, Item::Verbatim(TokenStream::new()));
    }
    for item in &mut file.items {
        match item {
            Item::Impl(block) => {
                block.items = spaced(std::mem::take(&mut block.items), list_of_members, ImplItem::Verbatim);
            }
            Item::Trait(block) => {
                block.items = spaced(std::mem::take(&mut block.items), |_| None, TraitItem::Verbatim);
            }
            Item::ForeignMod(block) => {
                block.items = spaced(std::mem::take(&mut block.items), |_| None, ForeignItem::Verbatim);
            }
            _ => {}
        }
    }
    file
}

/// Items with blank ones between them; the neighbours in a list stay together.
fn spaced<T>(items: Vec<T>, list: impl Fn(&T) -> Option<List>, blank: impl Fn(TokenStream) -> T) -> Vec<T> {
    let mut out: Vec<T> = Vec::with_capacity(2 * items.len());
    for item in items {
        let together = out.last().is_none_or(|last| list(last).is_some_and(|last| list(&item) == Some(last)));
        if !together {
            out.push(blank(TokenStream::new()));
        }
        out.push(item);
    }
    out
}

/// What stands without blank lines where there are several.
#[derive(PartialEq)]
enum List {
    /// Modules and what is taken from them.
    Modules,
    /// Constants, as the members of an enumeration.
    Constants,
    /// Calls of macros.
    Macros,
}

fn list_of_items(item: &Item) -> Option<List> {
    match item {
        Item::ExternCrate(_) | Item::Mod(_) | Item::Use(_) => Some(List::Modules),
        Item::Const(_) => Some(List::Constants),
        Item::Macro(call) if call.ident.is_none() => Some(List::Macros),
        _ => None,
    }
}

const fn list_of_members(item: &ImplItem) -> Option<List> {
    match item {
        ImplItem::Const(_) => Some(List::Constants),
        _ => None,
    }
}

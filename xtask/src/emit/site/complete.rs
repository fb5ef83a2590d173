//! What is generated for the items that are complete.

use crate::model::{Enum, Family, Function, Spec, Struct};

/// What is generated for a complete item.
#[derive(Clone, Copy)]
pub(super) enum Complete<'a> {
    /// A function, and the trait it is a method of.
    Function(&'a Family, &'a Function, Option<&'a str>),
    /// A callback.
    Callback(&'a Family, &'a Function),
    /// An enumeration.
    Enum(&'a Family, &'a Enum),
    /// A structure or union.
    Struct(&'a Family, &'a Struct),
}

/// The complete items with their places in `Spec::items`.
pub(super) fn complete(spec: &Spec) -> impl Iterator<Item = (usize, Complete<'_>)> {
    spec.families.iter().flat_map(|family| {
        let group = |at: usize| family.groups.iter().find(|group| group.functions.contains(&at));
        let functions = family.functions.iter().enumerate().map(move |(at, function)| {
            (function.origin.item, Complete::Function(family, function, group(at).map(|group| &*group.name)))
        });
        let callbacks = family.callbacks.iter();
        let callbacks = callbacks.map(move |callback| (callback.origin.item, Complete::Callback(family, callback)));
        let enums = family.enums.iter().map(move |enum_| (enum_.origin.item, Complete::Enum(family, enum_)));
        let structs = family.structs.iter();
        let structs = structs.map(move |struct_| (struct_.origin.item, Complete::Struct(family, struct_)));
        functions.chain(callbacks).chain(enums).chain(structs)
    })
}

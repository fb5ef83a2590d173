//! Declarations without their documentation, to be shown: the same tokens that the crate's files are made of.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::types::Scope;
use super::{api, callbacks, enums, outputs, structs, sys};
use crate::model::{Arg, Enum, Field, Function, Record, Spec, Struct};

/// The method of a function's trait.
pub(crate) fn method(function: &Function, here: &str) -> TokenStream {
    api::signature(function, here)
}

/// The structure of what that method returns, if it returns several outputs.
pub(crate) fn output(function: &Function, here: &str, spec: &Spec) -> Option<TokenStream> {
    outputs::definition(function, here, &vec![TokenStream::new(); function.args.len()], spec)
}

/// The type of an argument of that method, or of an output that it returns.
pub(crate) fn argument(arg: &Arg, function: &Function, here: &str) -> TokenStream {
    api::arg_type(arg, Scope::of(function, here))
}

/// A function under its C name.
pub(crate) fn raw_function(function: &Function, here: &str) -> TokenStream {
    let signature = sys::signature(function, here);
    quote! { unsafe extern "system" { #signature } }
}

/// A callback's type.
pub(crate) fn callback(callback: &Function, here: &str) -> TokenStream {
    callbacks::type_(callback, here)
}

/// A callback's type under its C name.
pub(crate) fn raw_callback(callback: &Function, here: &str) -> TokenStream {
    sys::callback_type(callback, here)
}

/// An enumeration.
pub(crate) fn enumeration(enum_: &Enum) -> TokenStream {
    enums::definition(enum_, &vec![TokenStream::new(); enum_.members.len()])
}

/// An enumeration as C has it: an integer and constants.
pub(crate) fn raw_enumeration(enum_: &Enum) -> TokenStream {
    sys::enum_(enum_)
}

/// A structure or union, and the types of its parts.
pub(crate) fn structure(struct_: &Struct, here: &str, spec: &Spec) -> Vec<TokenStream> {
    let is_impl = |tokens: &TokenStream| matches!(tokens.clone().into_iter().next(), Some(TokenTree::Ident(word)) if word == "impl");
    structs::structure(struct_, here, spec).into_iter().filter(|tokens| !is_impl(tokens)).collect()
}

/// The type of a field.
pub(crate) fn field(field: &Field, of: &Record, here: &str) -> TokenStream {
    structs::field_type(field, Scope { family: here, generic: of.is_wide() })
}

/// The same with C's names.
pub(crate) fn raw_structure(struct_: &Struct, here: &str) -> Vec<TokenStream> {
    sys::structure(struct_, here)
}

//! Types as Rust text: as the safe API has them, and as C has them.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::model::{Function, Int, Type, TypeName, Wide};

/// Where a type of the safe API is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The family.
    pub family: &'a str,
    /// Whether what it is written in is generic in the units of wide strings, which are then called `W`.
    pub generic: bool,
}

impl<'a> Scope<'a> {
    /// Where wide strings are those of Windows.
    pub(super) const fn plain(family: &'a str) -> Self {
        Self { family, generic: false }
    }

    /// In a function.
    pub(super) fn of(function: &Function, family: &'a str) -> Self {
        Self { family, generic: function.wide == Wide::Generic }
    }

    /// The parameter of a structure: `<W: WideChar = u16>`.
    pub(super) fn of_type(self) -> Option<TokenStream> {
        self.generic.then(|| quote! { <W: crate::WideChar = u16> })
    }

    /// The parameter of an alias, which cannot have bounds: `<W = u16>`.
    pub(super) fn of_alias(self) -> Option<TokenStream> {
        self.generic.then(|| quote! { <W = u16> })
    }

    /// The parameter of a function or implementation: `<W: WideChar>`.
    pub(super) fn bound(self) -> Option<TokenStream> {
        self.generic.then(|| quote! { <W: crate::WideChar> })
    }

    /// The argument: `<W>`.
    pub(super) fn used(self) -> Option<TokenStream> {
        self.generic.then(|| quote! { <W> })
    }
}

/// A type of the safe API. Enumerations that come from outside are their raw integer.
pub(super) fn safe(type_: &Type, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Void => quote! { core::ffi::c_void },
        Type::Int(kind) => int(*kind),
        Type::Char { wide: true } if scope.generic => quote! { W },
        Type::Char { wide: true } => quote! { u16 },
        Type::Char { wide: false } => quote! { core::ffi::c_char },
        Type::Bool => quote! { i32 },
        Type::HResult => quote! { crate::HResult },
        Type::Enum(_) => quote! { i32 },
        Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            let path = path(name, scope.family);
            let unit = scope.used().filter(|_| name.wide);
            quote! { #path #unit }
        }
        Type::Array(of, length) => array(&safe(of, scope), *length),
        Type::Pointer { to, constant } => pointer(&safe(to, scope), *constant),
    }
}

/// The same, with enumerations by their own type: what the caller passes by value.
pub(super) fn by_value(type_: &Type, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Enum(name) => path(name, scope.family),
        Type::Bool => quote! { bool },
        other => safe(other, scope),
    }
}

/// A type under its C name.
pub(super) fn raw(type_: &Type, here: &str) -> TokenStream {
    match type_ {
        Type::Void => quote! { c_void },
        Type::Int(kind) => int(*kind),
        Type::Char { wide: true } => quote! { WCHAR },
        Type::Char { wide: false } => quote! { c_char },
        Type::Bool => quote! { BOOL },
        Type::HResult => quote! { HRESULT },
        Type::Enum(name) | Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            let ident = format_ident!("{}", name.c_name);
            if name.family == here {
                return quote! { #ident };
            }
            let family = format_ident!("{}", name.family);
            quote! { crate::#family::sys::#ident }
        }
        Type::Array(of, length) => array(&raw(of, here), *length),
        Type::Pointer { to, constant } => pointer(&raw(to, here), *constant),
    }
}

fn array(of: &TokenStream, length: usize) -> TokenStream {
    let length = Literal::usize_unsuffixed(length);
    quote! { [#of; #length] }
}

fn int(kind: Int) -> TokenStream {
    let ident = format_ident!("{}", kind.name());
    quote! { #ident }
}

fn pointer(to: &TokenStream, constant: bool) -> TokenStream {
    if constant {
        quote! { *const #to }
    } else {
        quote! { *mut #to }
    }
}

/// The path of a type from a module of a family.
pub(super) fn path(name: &TypeName, here: &str) -> TokenStream {
    let ident = format_ident!("{}", name.rust_name);
    if name.family == here {
        return quote! { super::#ident };
    }
    let family = format_ident!("{}", name.family);
    quote! { crate::#family::#ident }
}

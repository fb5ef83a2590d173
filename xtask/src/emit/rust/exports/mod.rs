//! C functions over the traits: generic in the runtime, and a macro for each group of functions that gives them their
//! names once the runtime is known.

mod call;
mod sentinels;
mod strings;
mod tables;

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};

use self::call::Call;
use super::free_ident;
use super::types::{self, Scope};
use crate::model::{Arg, Family, Function, Group, Param, Spec, Type, Wide};

/// The file of a family's C functions; `None` if it has no groups.
pub(super) fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let parts = family.groups.iter().map(|group| {
        let functions = group.functions.iter().map(|&index| function(&family.functions[index], group, family, spec));
        let functions: Vec<TokenStream> = functions.collect();
        let macro_ = macro_(group, family);
        quote! { #(#functions)* #macro_ }
    });
    let tables = family.tables.iter().map(|table| tables::table(table, family, spec));
    let parts: Vec<TokenStream> = parts.chain(tables).collect();
    let doc = format!(" The C functions of `{}` over its traits, whatever implements those.", family.header);
    (!parts.is_empty()).then(|| {
        quote! {
            #![doc = #doc]
            #![doc = ""]
            #![doc = " Each is generic in what implements the trait and in what guards it. A macro of each group makes its functions"]
            #![doc = " those of C, and a table of callbacks is filled by a function."]
            #![allow(non_snake_case, reason = "functions and parameters have their C names")]
            #![allow(clippy::undocumented_unsafe_blocks, reason = "what callers vouch for is said once for each function")]
            #[allow(unused_imports, reason = "not every header needs all of them")]
            use crate::ffi::{self, BadArgument, Fault, Ffi};
            #[allow(unused_imports, reason = "not every header has wide strings")]
            use crate::WideChar;
            #(#parts)*
        }
    })
}

/// The macro that makes a group's functions those of C.
fn macro_(group: &Group, family: &Family) -> TokenStream {
    let name = format_ident!("export_{}_{}", family.name, super::api::snake(&group.name));
    let here = format_ident!("{}", family.name);
    let exports = group.functions.iter().flat_map(|&index| {
        let function = &family.functions[index];
        let generic = format_ident!("{}", function.origin.c_name);
        let one = |name: &Ident, unit: Option<TokenStream>| {
            let params = function.params.iter().map(|param| {
                let (name, type_) = (c_ident(param), c_type(&param.raw, unit.as_ref()));
                quote! { #name: #type_ }
            });
            let args = function.params.iter().map(c_ident);
            let output = output(function, unit.as_ref());
            let units = unit.as_ref().map(|unit| quote! { , #unit });
            let doc = format!(" `{name}`.");
            outside(&quote! {
                #[doc = #doc]
                #[allow(non_snake_case, clippy::missing_safety_doc, clippy::too_many_arguments)]
                #[unsafe(no_mangle)]
                pub unsafe extern "C" fn #name(#(#params),*) #output {
                    unsafe { crate::#here::exports::#generic::<$ffi, _ #units>($runtime, #(#args),*) }
                }
            })
        };
        let plain = one(&generic, has_twin(function).then(|| quote! { u16 }));
        let twin = function.twin().map(|twin| one(&format_ident!("{twin}"), Some(quote! { u32 })));
        std::iter::once(plain).chain(twin)
    });
    let exports: Vec<TokenStream> = exports.collect();
    let docs = [
        format!(" Makes the functions of [`{0}`](crate::{1}::{0}) functions of C.", group.name, family.name),
        String::new(),
        format!(" `{name}!(RUNTIME, FFI)`: a reference to what implements the trait, and the type that implements"),
        " [`Ffi`](crate::ffi::Ffi). To be expanded once in a program.".to_owned(),
    ];
    quote! {
        #(#[doc = #docs])*
        #[macro_export]
        macro_rules! #name {
            ($runtime:expr, $ffi:ty) => { #(#exports)* };
        }
    }
}

/// The same from outside of the crate: `crate` is `$crate` there.
fn outside(tokens: &TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) if ident == "crate" => out.extend(quote! { $crate }),
            TokenTree::Group(group) => {
                let inner = outside(&group.stream());
                out.extend([TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner))]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// Whether there is a second function, for strings whose units have four bytes.
fn has_twin(function: &Function) -> bool {
    function.wide != Wide::No
}

/// One C function, generic in what implements the trait, and in the units of its wide strings.
fn function(function: &Function, group: &Group, family: &Family, spec: &Spec) -> TokenStream {
    let (c_name, here) = (&function.origin.c_name, &*family.name);
    let (name, trait_) = (format_ident!("{c_name}"), format_ident!("{}", group.name));
    let unit = has_twin(function).then(|| quote! { W });
    let params = function.params.iter().map(|param| {
        let (name, type_) = (c_ident(param), c_type(&param.raw, unit.as_ref()));
        quote! { #name: #type_ }
    });
    let (family, runtime) = (family_path(here), free(function, "runtime"));
    let method = format_ident!("{}", function.origin.rust_name);
    let scope = Scope::of(function, here);
    // Nothing else may say which units are meant.
    let of_unit = scope.used().map(|unit| quote! { ::#unit });
    let call = Call {
        function,
        method: quote! { #family::#trait_::#method #of_unit },
        receiver: Some(quote! { #runtime }),
        before: None,
        but: None,
        makes: None,
        unit: unit.clone(),
        scope,
        spec,
    };
    let (output, body) = (output(function, unit.as_ref()), call.body());
    let units = unit.as_ref().map(|unit| quote! { , #unit: WideChar });
    let doc = format!(" `{c_name}` over [`{0}`](super::{0}).", group.name);
    quote! {
        #[doc = #doc]
        #[doc = ""]
        #[doc = " # Safety"]
        #[doc = ""]
        #[doc = " Unless they are null, the pointers lead to what the page says, of the length that it says."]
        pub unsafe fn #name<F: Ffi, R: #family::#trait_ #units>(#runtime: &R, #(#params),*) #output { #body }
    }
}

fn output(function: &Function, unit: Option<&TokenStream>) -> Option<TokenStream> {
    (function.c_return != Type::Void).then(|| {
        let type_ = c_type(&function.c_return, unit);
        quote! { -> #type_ }
    })
}

/// The identifier of a parameter in C.
fn c_ident(param: &Param) -> Ident {
    free_ident(&param.c_name)
}

/// A name for what a function has besides its parameters, which may be called anything.
fn free(function: &Function, wanted: &str) -> Ident {
    let mut name = format_ident!("{wanted}");
    while function.params.iter().any(|param| c_ident(param) == name) {
        name = format_ident!("{name}_");
    }
    name
}

/// The variable that stands for an output, or for a string, while the trait runs.
fn local(function: &Function, arg: &Arg) -> Ident {
    free(function, &format!("local_{}", function.params[arg.param].rust_name))
}

/// A parameter as a pointer that can be written through, as a page may have it although the type says `const`.
fn writable(param: &Param) -> TokenStream {
    let name = c_ident(param);
    if matches!(param.raw, Type::Pointer { constant: true, .. }) {
        quote! { #name.cast_mut() }
    } else {
        quote! { #name }
    }
}

fn family_path(here: &str) -> TokenStream {
    let family = format_ident!("{here}");
    quote! { crate::#family }
}

/// A type as C passes it; `unit` is that of wide strings where they are not the ones of the platform.
fn c_type(type_: &Type, unit: Option<&TokenStream>) -> TokenStream {
    match type_ {
        Type::Void => quote! { core::ffi::c_void },
        Type::Char { wide: true } => unit.map_or_else(|| quote! { u16 }, Clone::clone),
        Type::Char { wide: false } => quote! { core::ffi::c_char },
        Type::Bool | Type::HResult | Type::Enum(_) => quote! { i32 },
        Type::Struct(name) | Type::Callback(name) if name.wide && unit.is_some() => {
            let (family, name) = (family_path(&name.family), format_ident!("{}", name.rust_name));
            quote! { #family::#name<#unit> }
        }
        Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            let (family, name) = (family_path(&name.family), format_ident!("{}", name.c_name));
            quote! { #family::sys::#name }
        }
        Type::Array(of, length) => {
            let (of, length) = (c_type(of, unit), Literal::usize_unsuffixed(*length));
            quote! { [#of; #length] }
        }
        Type::Pointer { to, constant: true } => {
            let to = c_type(to, unit);
            quote! { *const #to }
        }
        Type::Pointer { to, constant: false } => {
            let to = c_type(to, unit);
            quote! { *mut #to }
        }
        Type::Int(kind) => {
            let name = format_ident!("{}", kind.name());
            quote! { #name }
        }
    }
}

/// A type as the trait has it.
fn safe_type(type_: &Type, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            let unit = scope.used().filter(|_| name.wide);
            let (family, name) = (family_path(&name.family), format_ident!("{}", name.rust_name));
            quote! { #family::#name #unit }
        }
        Type::HResult => quote! { crate::HResult },
        Type::Pointer { to, constant } => {
            let to = safe_type(to, scope);
            if *constant {
                quote! { *const #to }
            } else {
                quote! { *mut #to }
            }
        }
        Type::Array(of, length) => {
            let (of, length) = (safe_type(of, scope), Literal::usize_unsuffixed(*length));
            quote! { [#of; #length] }
        }
        _ => types::safe(type_, scope),
    }
}

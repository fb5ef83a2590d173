//! C functions over the traits: generic in the runtime, and a macro for each group of functions that gives them their
//! names once the runtime is known.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::structs::zero;
use super::{errors, types};
use crate::draft::{Convention, Direction};
use crate::model::{Arg, ArgKind, Family, Function, Group, Param, Type, Wide};

/// The file of a family's C functions; `None` if it has no groups.
pub fn file(family: &Family) -> Option<TokenStream> {
    let parts = family.groups.iter().map(|group| {
        let functions = group.functions.iter().map(|&index| function(&family.functions[index], group, &family.name));
        let functions: Vec<TokenStream> = functions.collect();
        let macro_ = macro_(group, family);
        quote! { #(#functions)* #macro_ }
    });
    let parts: Vec<TokenStream> = parts.collect();
    let doc = format!(" The C functions of `{}` over its traits, whatever implements those.", family.header);
    (!parts.is_empty()).then(|| {
        quote! {
            #![doc = #doc]
            #![doc = ""]
            #![doc = " Each is generic in what implements the trait and in what guards it; a macro makes it a function of C."]
            #![allow(non_snake_case, reason = "functions and parameters have their C names")]
            #![allow(clippy::undocumented_unsafe_blocks, reason = "what callers vouch for is said once for each function")]
            #[allow(unused_imports, reason = "not every header needs all of them")]
            use crate::ffi::{self, BadArgument, Fault, Ffi, Unit};
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
        let (c_name, twin) = (&function.origin.c_name, format_ident!("{}_w32", function.origin.c_name));
        let generic = format_ident!("{c_name}");
        let one = |name: &Ident, unit: Option<TokenStream>| {
            let params = function.params.iter().map(|param| {
                let (name, type_) = (c_ident(param), c_type(&param.raw, unit.as_ref()));
                quote! { #name: #type_ }
            });
            let args = function.params.iter().map(c_ident);
            let output = output(function);
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
        let twin = has_twin(function).then(|| one(&twin, Some(quote! { u32 })));
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
    function.wide == Wide::Inputs
}

/// One C function, generic in what implements the trait, and in the units of its wide strings.
fn function(function: &Function, group: &Group, here: &str) -> TokenStream {
    let c_name = &function.origin.c_name;
    let (name, trait_) = (format_ident!("{c_name}"), format_ident!("{}", group.name));
    let unit = has_twin(function).then(|| quote! { U });
    let params = function.params.iter().map(|param| {
        let (name, type_) = (c_ident(param), c_type(&param.raw, unit.as_ref()));
        quote! { #name: #type_ }
    });
    let (output, body) = (output(function), body(function, group, here));
    let units = unit.as_ref().map(|unit| quote! { , #unit: Unit });
    let (family, runtime) = (family_path(here), free(function, "runtime"));
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

fn output(function: &Function) -> Option<TokenStream> {
    (function.c_return != Type::Void).then(|| {
        let type_ = c_type(&function.c_return, None);
        quote! { -> #type_ }
    })
}

/// The identifier of a parameter in C.
fn c_ident(param: &Param) -> Ident {
    syn::parse_str::<Ident>(&param.c_name).unwrap_or_else(|_| format_ident!("{}_", param.c_name))
}

/// A name for what a function has besides its parameters, which may be called anything.
fn free(function: &Function, wanted: &str) -> Ident {
    let mut name = format_ident!("{wanted}");
    while function.params.iter().any(|param| c_ident(param) == name) {
        name = format_ident!("{name}_");
    }
    name
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
        Type::Int(name) => {
            let name = format_ident!("{name}");
            quote! { #name }
        }
    }
}

/// A type as the trait has it.
fn safe_type(type_: &Type, here: &str) -> TokenStream {
    match type_ {
        Type::Handle(name) | Type::Opaque(name) | Type::Struct(name) | Type::Callback(name) => {
            let (family, name) = (family_path(&name.family), format_ident!("{}", name.rust_name));
            quote! { #family::#name }
        }
        Type::HResult => quote! { crate::HResult },
        Type::Pointer { to, constant } => {
            let to = safe_type(to, here);
            if *constant {
                quote! { *const #to }
            } else {
                quote! { *mut #to }
            }
        }
        Type::Array(of, length) => {
            let (of, length) = (safe_type(of, here), Literal::usize_unsuffixed(*length));
            quote! { [#of; #length] }
        }
        _ => types::safe(type_, here),
    }
}

fn body(function: &Function, group: &Group, here: &str) -> TokenStream {
    let (family, trait_) = (family_path(here), format_ident!("{}", group.name));
    let method = format_ident!("{}", function.origin.rust_name);
    let (runtime, value) = (free(function, "runtime"), free(function, "value"));
    let outputs: Vec<&Arg> = function.args.iter().filter(|arg| is_output(arg)).collect();
    let locals = outputs.iter().map(|arg| output_local(function, arg, here));
    let texts = function.args.iter().filter_map(|arg| text(function, arg));
    let args = function.args.iter().map(|arg| argument(function, arg, here));
    let on_success = outputs.iter().map(|arg| write(function, arg, here));
    let call = quote! { #family::#trait_::#method(#runtime, #(#args),*) };
    let prepare = quote! { #(#locals)* #(#texts)* };
    let returned = returned(&function.c_return, &value, here);
    let failed = failed(&function.c_return);
    let (run, code_type) = match function.convention {
        Convention::Void => return quote! { F::void(|| { #prepare #call; #(#on_success)* Ok(()) }); },
        Convention::Value | Convention::NtStatus => {
            return quote! { F::value(#failed, || { #prepare let #value = #call; #(#on_success)* Ok(#returned) }) };
        }
        Convention::Win32 => (quote! { F::win32 }, quote! { crate::Win32Error }),
        Convention::HResult => (quote! { F::hresult }, quote! { crate::HResult }),
        Convention::LastError => (quote! { F::last_error }, quote! { crate::Win32Error }),
    };
    let told = function.convention == Convention::LastError;
    let gives = if told { function.c_return != Type::Bool } else { errors::success_name(function).is_some() };
    let done = match (told, gives) {
        (true, true) => returned,
        (true, false) => quote! { 1 },
        (false, true) => quote! { #code_type::from(#value) },
        (false, false) => quote! { #code_type(0) },
    };
    let value = if gives {
        quote! { #value }
    } else {
        quote! { () }
    };
    let failed = told.then(|| quote! { #failed, });
    let (error, code) = (free(function, "error"), free(function, "code"));
    let on_failure = outputs.iter().filter_map(|arg| write_on_failure(function, arg, &code, here));
    let bits = bits(function);
    quote! {
        #run(#failed || {
            #prepare
            match #call {
                Ok(#value) => { #(#on_success)* Ok(#done) }
                Err(#error) => {
                    let #code = #code_type::from(#error);
                    #(#on_failure)*
                    Err(Fault::Code(#code))
                }
            }
        }) #bits
    }
}

/// What makes the type that a function returns of its code: some have the same bits as a type of their own.
fn bits(function: &Function) -> Option<TokenStream> {
    match (function.convention, &function.c_return) {
        (Convention::Win32, Type::Int("u32")) => None,
        (Convention::HResult, Type::Int("i32") | Type::HResult | Type::Bool | Type::Enum(_)) => None,
        (Convention::Win32, Type::Int("i32") | Type::HResult | Type::Bool | Type::Enum(_)) => {
            Some(quote! { .cast_signed() })
        }
        (Convention::HResult, Type::Int("u32")) => Some(quote! { .cast_unsigned() }),
        (Convention::Win32 | Convention::HResult, other) => {
            let type_ = c_type(other, None);
            Some(quote! { as #type_ })
        }
        _ => None,
    }
}

/// The variable of an output before the call.
fn output_local(function: &Function, arg: &Arg, here: &str) -> TokenStream {
    let (param, local) = (&function.params[arg.param], local(function, arg));
    let ArgKind::Reference { to, optional, .. } = &arg.kind else { unreachable!("outputs are references") };
    let (pointer, type_, zero) = (c_ident(param), safe_type(to, here), zero_outside(to, here));
    let required = (!optional).then(|| quote! { ffi::required(#pointer)?; });
    let before = match param.direction {
        // C's variable need not hold anything yet.
        Direction::Out => zero,
        _ if *optional => quote! { unsafe { ffi::read(#pointer.cast::<#type_>()) }.unwrap_or(#zero) },
        _ => quote! { unsafe { ffi::read(#pointer.cast::<#type_>()) }.ok_or(BadArgument)? },
    };
    quote! { #required let mut #local: #type_ = #before; }
}

/// Writes an output.
fn write(function: &Function, arg: &Arg, here: &str) -> TokenStream {
    let (pointer, local) = (writable(&function.params[arg.param]), local(function, arg));
    let ArgKind::Reference { to, .. } = &arg.kind else { unreachable!("outputs are references") };
    let type_ = safe_type(to, here);
    quote! { unsafe { ffi::write(#pointer.cast::<#type_>(), #local); } }
}

/// Writes an output that some failures write.
fn write_on_failure(function: &Function, arg: &Arg, code: &Ident, here: &str) -> Option<TokenStream> {
    let names = &function.params[arg.param].written_on_failure;
    let errors = function.errors.iter().filter(|error| names.contains(&error.c_name));
    let code_type = errors::code_type(function)?;
    let codes = errors.map(|error| {
        let name = format_ident!("{}", error.c_name);
        quote! { #code_type::#name }
    });
    let codes: Vec<TokenStream> = codes.collect();
    let write = write(function, arg, here);
    (!codes.is_empty()).then(|| quote! { if let #(#codes)|* = #code { #write } })
}

fn is_output(arg: &Arg) -> bool {
    matches!(arg.kind, ArgKind::Reference { mutable: true, .. })
}

/// The variable that stands for an output, or for a string, while the trait runs.
fn local(function: &Function, arg: &Arg) -> Ident {
    free(function, &format!("local_{}", function.params[arg.param].rust_name))
}

/// The variable of the strings of a list.
fn refs(function: &Function, arg: &Arg) -> Ident {
    free(function, &format!("refs_{}", function.params[arg.param].rust_name))
}

/// The strings of an argument, which live until the call is over.
fn text(function: &Function, arg: &Arg) -> Option<TokenStream> {
    let (param, local) = (&function.params[arg.param], local(function, arg));
    let pointer = c_ident(param);
    let given = |at: usize| {
        let length = c_ident(&function.params[at]);
        if matches!(function.params[at].raw, Type::Pointer { .. }) {
            quote! { ffi::read(#length).ok_or(BadArgument)? }
        } else {
            quote! { #length }
        }
    };
    match &arg.kind {
        ArgKind::Str { length: None, .. } => Some(quote! { let #local = unsafe { ffi::text(#pointer) }?; }),
        ArgKind::Str { length: Some(at), .. } => {
            let length = given(*at);
            Some(quote! { let #local = unsafe { ffi::text_of(#pointer, #length) }?; })
        }
        ArgKind::Strs { length } => {
            let refs = refs(function, arg);
            let to = innermost(&param.raw);
            let to = c_type(to, has_twin(function).then(|| quote! { U }).as_ref());
            let pointer = quote! { #pointer.cast::<*const #to>() };
            let texts = match length {
                None => quote! { ffi::texts(#pointer) },
                Some(at) => {
                    let count = given(*at);
                    quote! { ffi::texts_of(#pointer, #count) }
                }
            };
            Some(quote! {
                let #local = unsafe { #texts }?;
                let #refs: alloc::vec::Vec<&str> = #local.iter().map(|text| &**text).collect();
            })
        }
        _ => None,
    }
}

/// What pointers lead to in the end.
fn innermost(type_: &Type) -> &Type {
    match type_ {
        Type::Pointer { to, .. } => innermost(to),
        other => other,
    }
}

/// What is passed to the trait.
fn argument(function: &Function, arg: &Arg, here: &str) -> TokenStream {
    let param = &function.params[arg.param];
    let (pointer, local) = (c_ident(param), local(function, arg));
    // A length is a value, or behind a pointer.
    let length = |at: usize| {
        let length = c_ident(&function.params[at]);
        if matches!(function.params[at].raw, Type::Pointer { .. }) {
            // A null pointer beside a length that is asked for is an empty buffer.
            quote! { if #pointer.is_null() { 0 } else { ffi::read(#length).unwrap_or(0) } }
        } else {
            quote! { #length }
        }
    };
    match &arg.kind {
        ArgKind::Value(type_) => value(type_, &pointer, here),
        ArgKind::Reference { to, mutable: false, optional } => {
            let type_ = safe_type(to, here);
            let how = format_ident!("{}", if *optional { "optional" } else { "reference" });
            quote! { unsafe { ffi::#how(#pointer.cast::<#type_>()) }? }
        }
        ArgKind::Reference { optional: true, .. } => quote! { ffi::local(#pointer, &mut #local) },
        ArgKind::Reference { optional: false, .. } => quote! { &mut #local },
        ArgKind::Slice { of, mutable, length: at } => {
            let (type_, length) = (safe_type(of, here), length(*at));
            let pointer = if *mutable {
                writable(param)
            } else {
                quote! { #pointer }
            };
            let how = format_ident!("{}", if *mutable { "slice_mut" } else { "slice" });
            quote! { unsafe { ffi::#how(#pointer.cast::<#type_>(), #length) }? }
        }
        ArgKind::Kept { mutable, length: at } => {
            let length = length(*at);
            let type_ = format_ident!("{}", if *mutable { "KeptBufferMut" } else { "KeptBuffer" });
            let pointer = if *mutable {
                writable(param)
            } else {
                quote! { #pointer }
            };
            quote! { unsafe { crate::#type_::from_c(#pointer.cast(), #length) }? }
        }
        ArgKind::Str { optional: true, .. } => quote! { #local.as_deref() },
        ArgKind::Str { optional: false, .. } => quote! { #local.as_deref().ok_or(BadArgument)? },
        ArgKind::Strs { .. } => {
            let refs = refs(function, arg);
            quote! { &#refs }
        }
    }
}

/// A value of C as the trait takes it.
fn value(type_: &Type, name: &Ident, here: &str) -> TokenStream {
    match type_ {
        Type::Enum(enum_) => {
            let (family, enum_) = (family_path(&enum_.family), format_ident!("{}", enum_.rust_name));
            quote! { #family::#enum_::try_from(#name).map_err(|_| BadArgument)? }
        }
        Type::Bool => quote! { #name != 0 },
        Type::HResult => quote! { crate::HResult(#name) },
        Type::Handle(_) => {
            let type_ = safe_type(type_, here);
            quote! { #type_::from_raw(#name.addr()) }
        }
        Type::Pointer { .. } => quote! { #name.cast() },
        Type::Callback(callback) => {
            let (family, raw) = (family_path(&callback.family), format_ident!("{}", callback.c_name));
            let safe = safe_type(type_, here);
            quote! { unsafe { core::mem::transmute::<#family::sys::#raw, #safe>(#name) } }
        }
        Type::Struct(struct_) => {
            let (family, raw) = (family_path(&struct_.family), format_ident!("{}", struct_.c_name));
            let safe = safe_type(type_, here);
            quote! { unsafe { core::mem::transmute::<#family::sys::#raw, #safe>(#name) } }
        }
        _ => quote! { #name },
    }
}

/// What the trait returned, as C gets it.
fn returned(type_: &Type, value: &Ident, here: &str) -> TokenStream {
    match type_ {
        Type::Enum(_) | Type::Bool => quote! { i32::from(#value) },
        Type::HResult => quote! { #value.0 },
        Type::Handle(_) => quote! { core::ptr::without_provenance_mut(#value.into_raw()) },
        Type::Pointer { .. } => quote! { #value.cast() },
        Type::Callback(name) | Type::Struct(name) => {
            let (family, raw) = (family_path(&name.family), format_ident!("{}", name.c_name));
            let safe = safe_type(type_, here);
            quote! { unsafe { core::mem::transmute::<#safe, #family::sys::#raw>(#value) } }
        }
        _ => quote! { #value },
    }
}

/// What C gets when the function fails without a code of its own.
fn failed(type_: &Type) -> TokenStream {
    match type_ {
        Type::Handle(_) | Type::Pointer { constant: false, .. } => quote! { core::ptr::null_mut() },
        Type::Pointer { constant: true, .. } => quote! { core::ptr::null() },
        Type::Callback(_) => quote! { None },
        Type::Struct(_) => zeroed(),
        _ => quote! { 0 },
    }
}

/// Zeros are a value of every structure and union that C has.
fn zeroed() -> TokenStream {
    quote! { unsafe { core::mem::zeroed() } }
}

/// The zero of a type as the trait has it.
fn zero_outside(type_: &Type, here: &str) -> TokenStream {
    match type_ {
        Type::Handle(_) => {
            let type_ = safe_type(type_, here);
            quote! { #type_::NULL }
        }
        Type::Struct(_) | Type::Array(..) => zeroed(),
        _ => zero(type_, here),
    }
}

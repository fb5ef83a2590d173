//! The body of a C function: pointers to references, one call of the safe method, outputs and what is returned.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::super::errors;
use super::super::types::Scope;
use super::sentinels::{failed, number_of, zero_outside};
use super::{c_ident, c_type, family_path, free, local, safe_type, strings, writable};
use crate::draft::{Convention, Direction};
use crate::model::{Arg, ArgKind, Function, Int, Spec, Type};

/// A call of a safe method for a function of C.
pub(super) struct Call<'a> {
    pub function: &'a Function,
    /// The path of the method.
    pub method: TokenStream,
    /// What it is called on, if it is called on anything.
    pub receiver: Option<TokenStream>,
    /// What comes before everything else.
    pub before: Option<TokenStream>,
    /// A parameter that is no argument of the method.
    pub but: Option<usize>,
    /// Where the object goes that the method makes, if it makes one.
    pub makes: Option<Ident>,
    /// The units of wide strings, where they are not those of the platform.
    pub unit: Option<TokenStream>,
    /// Where the types of the method are written.
    pub scope: Scope<'a>,
    /// Where the structures are.
    pub spec: &'a Spec,
}

impl Call<'_> {
    /// The body of the function.
    pub(super) fn body(&self) -> TokenStream {
        let Self { function, method, before, scope, .. } = self;
        let scope = *scope;
        let value = free(function, "value");
        let arguments = || function.args.iter().filter(|arg| Some(arg.param) != self.but);
        let outputs: Vec<&Arg> = arguments().filter(|arg| is_output(arg)).collect();
        let cleared = outputs.iter().filter_map(|arg| clear(function, arg, scope));
        let locals = outputs.iter().map(|arg| output_local(function, arg, scope));
        let texts = arguments().filter_map(|arg| strings::text(function, arg, self.unit.as_ref()));
        let args = arguments().filter(|arg| !arg.returned).map(|arg| argument(function, arg, scope));
        let args = self.receiver.iter().cloned().chain(args);
        let made = self.makes.as_ref().map(|pointer| {
            let object = quote! { alloc::boxed::Box::into_raw(alloc::boxed::Box::new(#value)) };
            quote! { unsafe { ffi::write(#pointer, #object.cast()); } }
        });
        let on_success: Vec<TokenStream> = made.into_iter().chain(outputs.iter().map(|arg| self.write(arg))).collect();
        let call = quote! { #method(#(#args),*) };
        let prepare = quote! { #(#cleared)* #before #(#locals)* #(#texts)* };
        let returned = returned(&function.c_return, &value, scope);
        let failed = failed(function, self.unit.as_ref());
        let outcome = outcome(function, scope);
        let (run, code_type) = match function.convention {
            Convention::Void => {
                let bound = outcome.map(|outcome| quote! { let #outcome = });
                return quote! { F::void(|| { #prepare #bound #call; #(#on_success)* Ok(()) }); };
            }
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
        let value = if gives || self.makes.is_some() {
            quote! { #value }
        } else {
            outcome.unwrap_or_else(|| quote! { () })
        };
        let failed = told.then(|| quote! { #failed, });
        let (error, code) = (free(function, "error"), free(function, "code"));
        let on_failure = outputs.iter().filter_map(|arg| self.write_on_failure(arg, &code));
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

    /// Writes an output.
    fn write(&self, arg: &Arg) -> TokenStream {
        let write = self.plain_write(arg);
        let Some(is_changed) = is_changed(self.function, arg, self.scope) else { return write };
        quote! { if #is_changed { #write } }
    }

    fn plain_write(&self, arg: &Arg) -> TokenStream {
        let (pointer, local) = (writable(&self.function.params[arg.param]), local(self.function, arg));
        let ArgKind::Reference { to, .. } = &arg.kind else { unreachable!("outputs are references") };
        let (type_, back) = (safe_type(to, self.scope), strings::back(self.function, arg, self.spec));
        quote! { #back unsafe { ffi::write(#pointer.cast::<#type_>(), #local); } }
    }

    /// Writes an output that some failures write.
    fn write_on_failure(&self, arg: &Arg, code: &Ident) -> Option<TokenStream> {
        let function = self.function;
        let names = &function.params[arg.param].written_on_failure;
        let errors = function.errors.iter().filter(|error| names.contains(&error.c_name));
        let code_type = errors::code_type(function)?;
        let codes = errors.map(|error| {
            let name = format_ident!("{}", error.c_name);
            quote! { #code_type::#name }
        });
        let codes: Vec<TokenStream> = codes.collect();
        let write = self.plain_write(arg);
        let is_changed = is_changed(function, arg, self.scope).map(|is_changed| quote! { && #is_changed });
        (!codes.is_empty()).then(|| quote! { if let #(#codes)|* = #code #is_changed { #write } })
    }
}

/// What makes the type that a function returns of its code: some have the same bits as a type of their own.
fn bits(function: &Function) -> Option<TokenStream> {
    match (function.convention, &function.c_return) {
        (Convention::Win32, Type::Int(Int::U32)) => None,
        (Convention::HResult, Type::Int(Int::I32) | Type::HResult | Type::Bool | Type::Enum(_)) => None,
        (Convention::Win32, Type::Int(Int::I32) | Type::HResult | Type::Bool | Type::Enum(_)) => {
            Some(quote! { .cast_signed() })
        }
        (Convention::HResult, Type::Int(Int::U32)) => Some(quote! { .cast_unsigned() }),
        (Convention::Win32 | Convention::HResult, other) => {
            let type_ = c_type(other, None);
            Some(quote! { as #type_ })
        }
        _ => None,
    }
}

/// The numbers of the code for an argument that is not valid, in the two forms of codes.
const INVALID_ARGUMENT: [u32; 2] = [87, 0x8007_0057];

/// Writes an output that is written even when an argument is not valid: before the first argument is looked at.
fn clear(function: &Function, arg: &Arg, scope: Scope<'_>) -> Option<TokenStream> {
    let param = &function.params[arg.param];
    let mut written = function.errors.iter().filter(|error| param.written_on_failure.contains(&error.c_name));
    // What also goes in is still to be read.
    if param.direction != Direction::Out || !written.any(|error| INVALID_ARGUMENT.contains(&error.number)) {
        return None;
    }
    let ArgKind::Reference { to, .. } = &arg.kind else { unreachable!("outputs are references") };
    let (pointer, type_, zero) = (writable(param), safe_type(to, scope), zero_outside(to, scope));
    Some(quote! { unsafe { ffi::write(#pointer.cast::<#type_>(), #zero); } })
}

/// The variable of an output before the call; one that the method returns gets it afterwards.
fn output_local(function: &Function, arg: &Arg, scope: Scope<'_>) -> TokenStream {
    let (param, local) = (&function.params[arg.param], local(function, arg));
    let ArgKind::Reference { to, optional, .. } = &arg.kind else { unreachable!("outputs are references") };
    let (pointer, type_, zero) = (c_ident(param), safe_type(to, scope), zero_outside(to, scope));
    let required = (!optional).then(|| quote! { ffi::required(#pointer)?; });
    if arg.returned {
        return quote! { #required };
    }
    if let Some(untouched) = untouched(function, arg, scope) {
        return quote! { let mut #local: #type_ = #untouched; };
    }
    let before = match param.direction {
        // C's variable need not hold anything yet.
        Direction::Out => zero,
        _ if *optional => quote! { unsafe { ffi::read(#pointer.cast::<#type_>()) }.unwrap_or(#zero) },
        _ => quote! { unsafe { ffi::read(#pointer.cast::<#type_>()) }.ok_or(BadArgument)? },
    };
    quote! { #required let mut #local: #type_ = #before; }
}

/// The pattern that puts the outputs that the method returns into their variables.
fn outcome(function: &Function, scope: Scope<'_>) -> Option<TokenStream> {
    if !function.has_output_type() {
        let local = local(function, function.returned().next()?);
        return Some(quote! { #local });
    }
    let (family, name) = (family_path(scope.family), format_ident!("{}", function.output_name));
    let fields = function.returned().map(|arg| {
        let (field, local) = (format_ident!("{}", function.params[arg.param].rust_name), local(function, arg));
        quote! { #field: #local }
    });
    Some(quote! { #family::#name { #(#fields),* } })
}

/// Whether there is something to write in an output that a method may leave.
fn is_changed(function: &Function, arg: &Arg, scope: Scope<'_>) -> Option<TokenStream> {
    let (local, untouched) = (local(function, arg), untouched(function, arg, scope)?);
    Some(quote! { #local != #untouched })
}

/// What the variable holds of an output that a method may leave although it succeeds. An asynchronous call does: the output
/// is its program's at once. C's own value would do as well, but nothing has been written there yet, and programs that look for
/// uses of such values would find ours.
fn untouched(function: &Function, arg: &Arg, scope: Scope<'_>) -> Option<TokenStream> {
    let ArgKind::Reference { to, optional: true, .. } = &arg.kind else { return None };
    if function.params[arg.param].direction != Direction::Out {
        return None;
    }
    match to {
        Type::Int(_) | Type::Enum(_) if clear(function, arg, scope).is_some() => Some(zero_outside(to, scope)),
        // No count is so great, and no member of an enumeration so small.
        Type::Int(int) => {
            let type_ = format_ident!("{}", int.name());
            Some(quote! { #type_::MAX })
        }
        Type::Enum(_) => Some(quote! { i32::MIN }),
        _ => None,
    }
}

fn is_output(arg: &Arg) -> bool {
    matches!(arg.kind, ArgKind::Reference { mutable: true, .. })
}

/// What is passed to the trait.
fn argument(function: &Function, arg: &Arg, scope: Scope<'_>) -> TokenStream {
    let param = &function.params[arg.param];
    let (pointer, local) = (c_ident(param), local(function, arg));
    // A length is a value, or behind a pointer.
    let length = |at: usize| {
        let length = c_ident(&function.params[at]);
        if matches!(function.params[at].raw, Type::Pointer { .. }) {
            // A null pointer beside a length that is asked for is an empty buffer; a buffer without a length is none.
            quote! { if #pointer.is_null() { 0 } else { ffi::read(#length).ok_or(BadArgument)? } }
        } else if let Some(when) = &function.params[at].characters_if {
            let decides = &function.params[when.param];
            let (decided, values) =
                (c_ident(decides), when.values.iter().map(|(_, value)| number_of(&decides.raw, *value)));
            quote! { ffi::bytes::<W>(#length, [#(#values),*].contains(&#decided))? }
        } else {
            quote! { #length }
        }
    };
    match &arg.kind {
        ArgKind::Value(type_) => value(type_, &pointer, scope),
        ArgKind::Reference { to, mutable: false, optional } => {
            let type_ = safe_type(to, scope);
            let copy = quote! { unsafe { ffi::read(#pointer.cast::<#type_>()) } };
            if *optional {
                quote! { #copy.as_ref() }
            } else {
                quote! { &#copy.ok_or(BadArgument)? }
            }
        }
        ArgKind::Reference { optional: true, .. } => quote! { ffi::local(#pointer, &mut #local) },
        ArgKind::Reference { optional: false, .. } => quote! { &mut #local },
        ArgKind::Slice { of, mutable, length: at } => {
            let (type_, length) = (safe_type(of, scope), length(*at));
            let pointer = if *mutable {
                writable(param)
            } else {
                quote! { #pointer }
            };
            if *mutable {
                quote! { &mut unsafe { ffi::slice_mut(#pointer.cast::<#type_>(), #length) }? }
            } else {
                quote! { &unsafe { ffi::elements(#pointer.cast::<#type_>(), #length) }? }
            }
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
        ArgKind::Str { optional: true, .. } | ArgKind::Units { optional: true, .. } => quote! { #local.as_deref() },
        ArgKind::Str { optional: false, .. } | ArgKind::Units { optional: false, .. } => {
            quote! { #local.as_deref().ok_or(BadArgument)? }
        }
        ArgKind::Strs { .. } => {
            let refs = strings::refs(function, arg);
            quote! { &#refs }
        }
    }
}

/// A value of C as the trait takes it.
fn value(type_: &Type, name: &Ident, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Enum(enum_) => {
            let (family, enum_) = (family_path(&enum_.family), format_ident!("{}", enum_.rust_name));
            quote! { #family::#enum_::try_from(#name).map_err(|_| BadArgument)? }
        }
        Type::Bool => quote! { #name != 0 },
        Type::HResult => quote! { crate::HResult(#name) },
        Type::Handle(_) => {
            let type_ = safe_type(type_, scope);
            quote! { #type_::from_raw(#name.addr()) }
        }
        Type::Pointer { .. } => quote! { #name.cast() },
        // It has the same name in C and here.
        Type::Callback(name_) | Type::Struct(name_) if scope.generic && name_.wide => quote! { #name },
        Type::Callback(callback) => {
            let (family, raw) = (family_path(&callback.family), format_ident!("{}", callback.c_name));
            let safe = safe_type(type_, scope);
            quote! { unsafe { core::mem::transmute::<#family::sys::#raw, #safe>(#name) } }
        }
        Type::Struct(struct_) => {
            let (family, raw) = (family_path(&struct_.family), format_ident!("{}", struct_.c_name));
            let safe = safe_type(type_, scope);
            quote! { unsafe { core::mem::transmute::<#family::sys::#raw, #safe>(#name) } }
        }
        _ => quote! { #name },
    }
}

/// What the trait returned, as C gets it.
fn returned(type_: &Type, value: &Ident, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Enum(_) | Type::Bool => quote! { i32::from(#value) },
        Type::HResult => quote! { #value.0 },
        Type::Handle(_) => quote! { core::ptr::without_provenance_mut(#value.into_raw()) },
        Type::Pointer { .. } => quote! { #value.cast() },
        Type::Callback(name) | Type::Struct(name) if scope.generic && name.wide => quote! { #value },
        Type::Callback(name) | Type::Struct(name) => {
            let (family, raw) = (family_path(&name.family), format_ident!("{}", name.c_name));
            let safe = safe_type(type_, scope);
            quote! { unsafe { core::mem::transmute::<#safe, #family::sys::#raw>(#value) } }
        }
        _ => quote! { #value },
    }
}

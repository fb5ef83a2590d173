//! The callbacks of a table over the trait of its objects, and the function that fills the table with them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::super::docs::{attributes, wrap};
use super::super::types::Scope;
use super::super::{api, callbacks};
use super::call::Call;
use super::{c_ident, c_type, family_path, free, output};
use crate::emit::rust::free_ident;
use crate::model::{Family, Function, Role, Slot, Spec, Table};

/// What the documentation of each table says.
const OBJECTS: &str = "Objects are boxes: each goes to the library as a pointer, comes back with every call, and is \
                       dropped when the library frees it. Whoever calls the functions of the table vouches for what \
                       their pages say: objects are those that it got, none is used after it was freed, and pointers \
                       that are not null lead to what they should.";

/// The callbacks of a table, generic in the objects, and the function that fills the table with them.
pub(super) fn table(table: &Table, family: &Family, spec: &Spec) -> TokenStream {
    let here = &family.name;
    let (path, trait_) = (family_path(here), format_ident!("{}", table.name));
    let struct_ = &family.structs[table.record];
    let record = format_ident!("{}", struct_.origin.c_name);
    let name = |slot: &Slot| format_ident!("{}_{}", api::snake(&table.name), slot.rust_name);
    let callbacks = table.slots.iter().map(|slot| {
        let callback = &family.callbacks[slot.callback];
        let params = callback.params.iter().map(|param| {
            let (name, type_) = (c_ident(param), c_type(&param.raw, None));
            quote! { #name: #type_ }
        });
        let (name, output, body) =
            (name(slot), output(callback, None), callback_body(slot, callback, &trait_, here, spec));
        quote! { unsafe extern "system" fn #name<T: #path::#trait_, F: Ffi>(#(#params),*) #output { #body } }
    });
    let fields = table.slots.iter().zip(&struct_.body.fields).map(|(slot, field)| {
        let c_name = field.c_name.as_ref().expect("what holds a value has a name");
        let (field, name) = (free_ident(c_name), name(slot));
        quote! { #field: Some(#name::<T, F>) }
    });
    let mut lines = vec![format!("The table of callbacks of a type that implements [`{0}`](super::{0}).", table.name)];
    lines.push(String::new());
    lines.extend(wrap(OBJECTS, "", ""));
    let doc = attributes(&lines);
    let fill = format_ident!("{}", callbacks::table_function(table));
    quote! {
        #(#callbacks)*
        #doc
        pub const fn #fill<T: #path::#trait_, F: Ffi>() -> #path::sys::#record {
            #path::sys::#record { #(#fields),* }
        }
    }
}

fn callback_body(slot: &Slot, callback: &Function, trait_: &Ident, here: &str, spec: &Spec) -> TokenStream {
    let (path, method) = (family_path(here), format_ident!("{}", slot.rust_name));
    let (pointer, object) = (c_ident(&callback.params[slot.instance]), free(callback, "object"));
    let mut call = Call {
        function: callback,
        method: quote! { <T as #path::#trait_>::#method },
        receiver: None,
        before: None,
        but: Some(slot.instance),
        makes: None,
        unit: None,
        scope: Scope::plain(here),
        spec,
    };
    match slot.role {
        Role::Free => {
            return quote! {
                F::void(|| {
                    ffi::required(#pointer)?;
                    drop(unsafe { alloc::boxed::Box::from_raw(#pointer.cast::<T>()) });
                    Ok(())
                });
            };
        }
        Role::Create => {
            call.before = Some(quote! { ffi::required(#pointer)?; });
            call.makes = Some(pointer);
        }
        Role::Use => {
            call.before = Some(quote! { let #object = unsafe { ffi::object(#pointer.cast::<T>()) }?; });
            call.receiver = Some(quote! { #object });
        }
    }
    call.body()
}

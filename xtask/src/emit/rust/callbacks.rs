//! Callbacks: functions that the program supplies, as types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::api;
use super::docs::{Writer, aliases, attributes, wrap};
use super::outputs;
use super::types::{self, Scope};
use crate::draft::Docs;
use crate::model::{Family, Function, Origin, Role, Slot, Spec, Table, Type};

/// The file of a family's callback types; `None` if it has none.
pub(super) fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let tables = family.tables.iter().map(|table| trait_(table, family, spec));
    let callbacks = (0..family.callbacks.len()).map(|place| item(place, family, spec));
    let items: Vec<TokenStream> = tables.chain(callbacks).collect();
    let doc = format!(" Callbacks of `{}`: functions that the program supplies.", family.header);
    (!items.is_empty()).then(|| quote! { #![doc = #doc] #(#items)* })
}

/// The trait of the objects that a table of callbacks stands for.
fn trait_(table: &Table, family: &Family, spec: &Spec) -> TokenStream {
    let name = format_ident!("{}", table.name);
    let record = &family.structs[table.record].origin;
    let made = table.slots.iter().find(|slot| slot.role == Role::Create).expect("a table has one that makes an object");
    let safe = format!(
        "Each function is a callback of [`{}`](super::{}), which `exports::{}` fills for a type that implements the trait. \
         [`{}`](Self::{}) makes an object, and when the library frees it, it is dropped. Calls may come from any thread, and several \
         at the same time.",
        record.c_name,
        record.rust_name,
        table_function(table),
        made.rust_name,
        made.rust_name,
    );
    let mut lines = wrap(&table.summary, "", "");
    lines.push(String::new());
    lines.extend(wrap(&safe, "", ""));
    let functions = || table.slots.iter().map(|slot| &family.callbacks[slot.callback]);
    let unsafe_ = api::keeps(functions()).then(|| quote! { unsafe });
    lines.extend(api::duty(functions()));
    let doc = attributes(&lines);
    let methods = table.slots.iter().filter(|slot| slot.role != Role::Free);
    let methods = methods.map(|slot| method(slot, &family.callbacks[slot.callback], &family.name, spec));
    let outputs = table.slots.iter().filter_map(|slot| {
        let method = format!("{}::{}", table.name, slot.rust_name);
        outputs::type_(&family.callbacks[slot.callback], &method, &family.name, spec)
    });
    quote! { #doc pub #unsafe_ trait #name: Sized + Send + Sync + 'static { #(#methods)* } #(#outputs)* }
}

fn method(slot: &Slot, callback: &Function, here: &str, spec: &Spec) -> TokenStream {
    let but = Some(slot.instance);
    let writer = &Writer::of_method(spec, callback, but);
    let doc = attributes(&writer.item(&callback.origin, api::details_but(callback, but, true, writer)));
    let alias = aliases(&slot.rust_name, [&*callback.origin.c_name].into_iter());
    let name = format_ident!("{}", slot.rust_name);
    let args = api::args(callback, but, Scope::plain(here));
    if slot.role == Role::Create {
        let error = format_ident!("{}", callback.error_name);
        return quote! { #doc #alias fn #name(#(#args),*) -> Result<Self, super::#error>; };
    }
    let output = api::output(callback, Scope::plain(here));
    quote! { #doc #alias fn #name(&self, #(#args),*) #output; }
}

/// The function that fills a table.
pub(super) fn table_function(table: &Table) -> String {
    format!("{}_callbacks", api::snake(&table.name))
}

fn item(place: usize, family: &Family, spec: &Spec) -> TokenStream {
    let (callback, here) = (&family.callbacks[place], &family.name);
    let writer = &Writer::new(spec, callback.origin.item);
    let doc = match family.method_of(place) {
        Some((table, slot)) => {
            let description = callback.origin.docs.description.clone();
            let origin = Origin { docs: Docs { description, ..Docs::default() }, ..callback.origin.clone() };
            let path = format!("{}::{}", table.name, slot.rust_name);
            let text = format!("[`{path}`](super::{path}) says what it takes and returns, and is its safe form.");
            attributes(&writer.item(&origin, wrap(&text, "", "")))
        }
        None => attributes(&writer.item(&callback.origin, api::details(callback, false, writer))),
    };
    let aliased = callback.origin.aliases.iter().map(|alias| &**alias).chain([&*callback.origin.c_name]);
    let alias = aliases(&callback.origin.rust_name, aliased);
    let type_ = type_(callback, here);
    quote! { #doc #alias #type_ }
}

/// The type without its documentation.
pub(super) fn type_(callback: &Function, here: &str) -> TokenStream {
    let scope = Scope { family: here, generic: callback.types().into_iter().any(Type::is_wide) };
    let name = format_ident!("{}", callback.origin.rust_name);
    let params = callback.params.iter().map(|param| {
        let (name, type_) = (format_ident!("{}", param.rust_name), types::safe(&param.raw, scope));
        quote! { #name: #type_ }
    });
    let output = (callback.c_return != Type::Void).then(|| {
        let type_ = types::safe(&callback.c_return, scope);
        quote! { -> #type_ }
    });
    let unit = scope.of_alias();
    quote! { pub type #name #unit = Option<unsafe extern "system" fn(#(#params),*) #output>; }
}

//! An item as C and Rust declare it: one tab each. What is not complete has C alone, as far as its page goes.

use askama::Template;
use askama::filters::HtmlSafe;
use proc_macro2::TokenStream;
use rustc_hash::FxHashMap;

use super::complete::Complete;
use super::declaration::{Token, declaration};
use super::here::Here;
use super::layout::{self, Names};
use crate::emit::rust::bare;
use crate::model::{Arg, ArgKind, CodeEntry, CodeSpace, Family, FieldKind, Function, Item, Param, Record};

/// One way to declare an item.
pub(super) struct Signature {
    /// Its anchor.
    pub id: &'static str,
    /// What its tab is called.
    pub label: &'static str,
    /// What it is, with a name of code at the end.
    pub about: Option<(&'static str, String)>,
    /// The declaration.
    pub tokens: Vec<Token>,
}

/// All ways to declare an item.
#[derive(Template)]
#[template(path = "signatures.html", whitespace = "minimize")]
pub(super) struct Signatures {
    pub list: Vec<Signature>,
}

/// It is made by a template that escapes.
impl HtmlSafe for Signatures {}

impl Signatures {
    /// None.
    pub(super) const fn none() -> Self {
        Self { list: Vec::new() }
    }

    /// Whether there is nothing to show.
    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// A parameter as the Rust method has it.
pub(super) enum RustParam {
    /// Its name and its type.
    Own(String, Vec<Token>),
    /// The method returns it: its type.
    Returned(Vec<Token>),
    /// It is the length of another one, which is a slice.
    LengthOf(String),
}

/// The parameters of a function as its method has them, in the order of C.
pub(super) fn rust_params(here: Here<'_>, complete: Option<Complete<'_>>) -> Vec<Option<RustParam>> {
    let Some(Complete::Function(family, function, Some(_))) = complete else { return Vec::new() };
    let names = Names { here, family: &family.name, own: &[] };
    let one = |(index, param): (usize, &Param)| {
        if let Some(arg) = function.args.iter().find(|arg| arg.param == index) {
            let tokens = layout::inline(bare::argument(arg, function, &family.name), names);
            return Some(match arg.returned {
                true => RustParam::Returned(tokens),
                false => RustParam::Own(param.rust_name.to_string(), tokens),
            });
        }
        let slice = function.args.iter().find(|arg| length(arg) == Some(index))?;
        Some(RustParam::LengthOf(function.params[slice.param].rust_name.to_string()))
    };
    function.params.iter().enumerate().map(one).collect()
}

/// The names of an enumeration's members in Rust, by those in C.
pub(super) fn rust_members(complete: Option<Complete<'_>>) -> FxHashMap<&str, &str> {
    let Some(Complete::Enum(_, enum_)) = complete else { return FxHashMap::default() };
    let members = enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member));
    members.map(|member| (&*member.c_name, &*member.rust_name)).collect()
}

/// The fields of a structure in Rust, names and types, in the order of C: behind a part stand its own.
pub(super) fn rust_fields<'a>(here: Here<'_>, complete: Option<Complete<'a>>) -> Vec<(&'a str, Vec<Token>)> {
    let mut out = Vec::new();
    if let Some(Complete::Struct(family, struct_)) = complete {
        add_fields(&struct_.body, Names { here, family: &family.name, own: &[] }, &mut out);
    }
    out
}

fn add_fields<'a>(record: &'a Record, names: Names<'_>, out: &mut Vec<(&'a str, Vec<Token>)>) {
    for field in &record.fields {
        out.push((&field.rust_name, layout::inline(bare::field(field, record, names.family), names)));
        if let FieldKind::Part(part) = &field.kind {
            add_fields(part, names, out);
        }
    }
}

/// The place of the parameter that tells an argument's length.
const fn length(arg: &Arg) -> Option<usize> {
    match arg.kind {
        ArgKind::Slice { length, .. } | ArgKind::Kept { length, .. } => Some(length),
        ArgKind::Str { length, .. } | ArgKind::Units { length, .. } | ArgKind::Strs { length } => length,
        ArgKind::Value(_) | ArgKind::Reference { .. } => None,
    }
}

/// The declarations of an item.
pub(super) fn item(here: Here<'_>, item: &Item, complete: Option<Complete<'_>>) -> Signatures {
    let c = declaration(here, &item.draft, complete.is_some());
    if c.is_empty() {
        return Signatures::none();
    }
    let mut list = vec![Signature { id: "as-c", label: "C", about: None, tokens: c }];
    match complete {
        Some(Complete::Function(family, function, group)) => {
            let own = own_types(function);
            let names = Names { here, family: &family.name, own: &own };
            list.extend(group.map(|group| {
                let path = format!("{}::{group}", family.name);
                let output = bare::output(function, &family.name, here.site.spec);
                let tokens = [bare::method(function, &family.name)].into_iter().chain(output);
                rust(("Method of the trait", path), tokens, names)
            }));
            list.push(raw(family, [bare::raw_function(function, &family.name)], names));
        }
        Some(Complete::Callback(family, callback)) => {
            let names = Names { here, family: &family.name, own: &[] };
            list.push(rust(module(family), [bare::callback(callback, &family.name)], names));
            list.push(raw(family, [bare::raw_callback(callback, &family.name)], names));
        }
        Some(Complete::Enum(family, enum_)) => {
            let names = Names { here, family: &family.name, own: &[] };
            list.push(rust(module(family), [bare::enumeration(enum_)], names));
            list.push(raw(family, [bare::raw_enumeration(enum_)], names));
        }
        Some(Complete::Struct(family, struct_)) => {
            let names = Names { here, family: &family.name, own: &[] };
            list.push(rust(module(family), bare::structure(struct_, &family.name, here.site.spec), names));
            list.push(raw(family, bare::raw_structure(struct_, &family.name), names));
        }
        None => {}
    }
    Signatures { list }
}

/// What the page of a function describes besides it: its errors, and the outputs that its method returns.
fn own_types(function: &Function) -> Vec<(&str, &'static str)> {
    vec![(&function.error_name, "#returns"), (&function.output_name, "#parameters")]
}

fn module(family: &Family) -> (&'static str, String) {
    ("In the module", family.name.clone())
}

fn rust(about: (&'static str, String), tokens: impl IntoIterator<Item = TokenStream>, names: Names<'_>) -> Signature {
    Signature { id: "as-rust", label: "Rust", about: Some(about), tokens: layout::items(tokens, names) }
}

fn raw(family: &Family, tokens: impl IntoIterator<Item = TokenStream>, names: Names<'_>) -> Signature {
    let about = Some(("In the module", format!("{}::sys", family.name)));
    Signature { id: "as-raw", label: "Raw Rust", about, tokens: layout::items(tokens, names) }
}

/// The path of a code that a list has, in Rust.
pub(super) fn code_path(code: &CodeEntry) -> String {
    let space = match code.space {
        CodeSpace::Win32 => "Win32Error",
        CodeSpace::HResult => "HResult",
    };
    format!("codes::{space}::{}", code.name)
}

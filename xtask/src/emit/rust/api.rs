//! Traits: one per group of functions, a method per function, no default bodies.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::{Writer, aliases, attributes, code_span, section, wrap};
use super::errors;
use super::outputs;
use super::types::{self, Scope};
use crate::draft::{Convention, Until};
use crate::emit::markdown::escape;
use crate::model::{Arg, ArgKind, CharactersIf, CodeSpace, Family, Function, Group, Param, Spec, Type, Wide};

/// What a method says that is generic in the units of its wide strings.
const UNITS: &str =
    "`W`: the units of wide strings, also of those that types do not show: `u16` as on Windows, or `u32`";

/// The heading over the rows of behaviour that no source decides.
const CHOICES: &str = "# Where no source decides";

/// What a trait asks of its implementations whose methods keep memory.
const DUTY: &str = "An implementation drops each [`KeptBuffer`](crate::KeptBuffer) and \
    [`KeptBufferMut`](crate::KeptBufferMut) when the operation that got it completes, if not before.";

/// The file of a family's traits; `None` if it has none.
pub(super) fn file(spec: &Spec, family: &Family) -> Option<TokenStream> {
    let traits = family.groups.iter().map(|group| {
        let functions = group.functions.iter().map(|&index| &family.functions[index]);
        let outputs = functions.filter_map(|function| {
            let method = format!("{}::{}", group.name, function.origin.rust_name);
            outputs::type_(function, &method, &family.name, spec)
        });
        let trait_ = trait_(group, family, spec);
        quote! { #trait_ #(#outputs)* }
    });
    let traits: Vec<TokenStream> = traits.collect();
    let doc = format!(" The functions of `{}`: one trait per group, for a runtime to implement.", family.header);
    (!traits.is_empty()).then(|| quote! { #![doc = #doc] #(#traits)* })
}

fn trait_(group: &Group, family: &Family, spec: &Spec) -> TokenStream {
    let name = format_ident!("{}", group.name);
    let functions = || group.functions.iter().map(|&index| &family.functions[index]);
    let unsafe_ = keeps(functions()).then(|| quote! { unsafe });
    let mut lines = vec![group.summary.clone()];
    lines.extend(duty(functions()));
    let doc = attributes(&lines);
    let methods = functions().map(|function| method(function, &family.name, spec));
    quote! { #doc pub #unsafe_ trait #name { #(#methods)* } }
}

/// Whether methods of a trait get memory that outlives the call. Such a trait is unsafe to implement, for nothing but its
/// documentation says when the memory ends.
pub(super) fn keeps<'a>(mut functions: impl Iterator<Item = &'a Function>) -> bool {
    functions.any(|function| function.args.iter().any(|arg| matches!(arg.kind, ArgKind::Kept { .. })))
}

/// What a trait's documentation says of the memory that its methods keep.
pub(super) fn duty<'a>(functions: impl Iterator<Item = &'a Function>) -> Vec<String> {
    match keeps(functions) {
        true => ["", "# Safety", ""].map(str::to_owned).into_iter().chain(wrap(DUTY, "", "")).collect(),
        false => Vec::new(),
    }
}

fn method(function: &Function, here: &str, spec: &Spec) -> TokenStream {
    let writer = &Writer::of_method(spec, function, None);
    let mut middle = details(function, true, writer);
    section(&mut middle, CHOICES, choices(function, spec));
    let doc = attributes(&writer.item(&function.origin, middle));
    let alias = aliases(&function.origin.rust_name, [&*function.origin.c_name].into_iter());
    let signature = signature(function, here);
    quote! { #doc #alias #signature }
}

/// What the runtime does, or is to do, where neither the page nor Windows says what the call does.
fn choices(function: &Function, spec: &Spec) -> Vec<String> {
    let chosen = spec.rows_of(&spec.items[function.origin.item].draft).map(|row| &row.value).filter(|row| row.choice);
    let items = chosen.flat_map(|row| {
        let text = escape(&format!("{} {} ({})", row.situation, row.ours, row.id));
        wrap(&text, "- ", "  ")
    });
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return items;
    }
    let support = spec.runtime.get(&*function.origin.c_name);
    let ours = match support.is_some_and(|support| support.value.implemented) {
        true => "The runtime has chosen:",
        false => "The runtime is to do this:",
    };
    let lead = format!(
        "Neither the page nor what is known of Windows decides these cases. The number behind a case is its row in the table \
         of behaviour. {ours}"
    );
    [lead, String::new()].into_iter().chain(items).collect()
}

/// The method without its documentation.
pub(super) fn signature(function: &Function, here: &str) -> TokenStream {
    let name = format_ident!("{}", function.origin.rust_name);
    let scope = Scope::of(function, here);
    let (args, output, bound) = (args(function, None, scope), output(function, scope), scope.bound());
    quote! { fn #name #bound(&self, #(#args),*) #output; }
}

/// The arguments of the safe method of a function; `but` is a parameter that is none of them.
pub(super) fn args(function: &Function, but: Option<usize>, scope: Scope<'_>) -> Vec<TokenStream> {
    let arg = |arg: &Arg| {
        let name = format_ident!("{}", function.params[arg.param].rust_name);
        let type_ = arg_type(arg, scope);
        quote! { #name: #type_ }
    };
    function.taken().filter(|arg| Some(arg.param) != but).map(arg).collect()
}

/// A name of a trait as part of a macro's name.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The type of an argument of the safe method, or of an output that it returns.
pub(super) fn arg_type(arg: &Arg, scope: Scope<'_>) -> TokenStream {
    match &arg.kind {
        ArgKind::Value(type_) => types::by_value(type_, scope),
        ArgKind::Slice { of, mutable, .. } => {
            let of = types::safe(of, scope);
            if *mutable {
                quote! { &mut [#of] }
            } else {
                quote! { &[#of] }
            }
        }
        ArgKind::Kept { mutable: false, .. } => quote! { crate::KeptBuffer },
        ArgKind::Kept { mutable: true, .. } => quote! { crate::KeptBufferMut },
        ArgKind::Str { optional: true, .. } => quote! { Option<&str> },
        ArgKind::Str { optional: false, .. } => quote! { &str },
        ArgKind::Units { wide, optional, .. } => {
            let unit = types::safe(&Type::Char { wide: *wide }, scope);
            if *optional {
                quote! { Option<&[#unit]> }
            } else {
                quote! { &[#unit] }
            }
        }
        ArgKind::Strs { .. } => quote! { &[&str] },
        ArgKind::Reference { to, .. } if arg.returned => types::safe(to, scope),
        ArgKind::Reference { to, mutable, optional } => {
            let to = types::safe(to, scope);
            let reference = if *mutable {
                quote! { &mut #to }
            } else {
                quote! { &#to }
            };
            if *optional {
                quote! { Option<#reference> }
            } else {
                reference
            }
        }
    }
}

/// What the safe method returns: failure is an error; what C returns besides, or writes on success only, is the value.
pub(super) fn output(function: &Function, scope: Scope<'_>) -> Option<TokenStream> {
    let error = format_ident!("{}", function.error_name);
    let value = types::by_value(&function.c_return, scope);
    let outputs = outputs::returned(function, scope);
    match function.convention {
        Convention::Void => outputs.map(|outputs| quote! { -> #outputs }),
        Convention::NtStatus | Convention::Value => Some(quote! { -> #value }),
        Convention::Win32 | Convention::HResult => {
            let success = errors::success_name(function).map(|name| quote! { super::#name });
            let done = success.or(outputs).unwrap_or_else(|| quote! { () });
            Some(quote! { -> Result<#done, super::#error> })
        }
        Convention::LastError if function.c_return == Type::Bool => {
            let done = outputs.unwrap_or_else(|| quote! { () });
            Some(quote! { -> Result<#done, super::#error> })
        }
        Convention::LastError => Some(quote! { -> Result<#value, super::#error> }),
    }
}

/// The parameters and what is returned, as the page has them.
pub(super) fn details(function: &Function, safe: bool, writer: &Writer<'_>) -> Vec<String> {
    details_but(function, None, safe, writer)
}

/// The same without one parameter, which the method has no argument for.
pub(super) fn details_but(function: &Function, but: Option<usize>, safe: bool, writer: &Writer<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let is_returned = |index: usize| safe && function.returned().any(|arg| arg.param == index);
    let listed = |index: usize| {
        let param = &function.params[index];
        let mut lines = wrap(&head(function, index, param, safe, writer), "- ", "  ");
        let mut text = writer.lines_about(Some(&param.c_name), &param.docs);
        let counts = param.characters_if.as_ref().filter(|_| safe).map(|when| counts(function, when));
        let sentence = [counts.unwrap_or_default(), afterwards(param)].join(" ").trim().to_owned();
        if !sentence.is_empty() {
            if !text.is_empty() {
                text.push(String::new());
            }
            text.extend(wrap(&sentence, "", ""));
        }
        if !text.is_empty() {
            lines.push(String::new());
            lines.extend(text.into_iter().map(|line| format!("  {line}").trim_end().to_owned()));
        }
        lines
    };
    let places = || (0..function.params.len()).filter(|&index| Some(index) != but);
    let params = places().filter(|&index| !is_returned(index)).flat_map(listed);
    let units = (safe && function.wide == Wide::Generic).then(|| wrap(UNITS, "- ", "  "));
    section(&mut out, "# Parameters", params.chain(units.into_iter().flatten()).collect());
    let outputs: Vec<String> = places().filter(|&index| is_returned(index)).flat_map(listed).collect();
    let by_last_error = function.convention == Convention::LastError;
    let mut returns = match safe && by_last_error {
        true => writer.without_last_error(&function.returns),
        false => writer.lines(&function.returns),
    };
    let codes = function.successes.iter().chain(&function.errors);
    let rows = codes.map(|code| {
        let texts: Vec<String> = code.texts.iter().map(|text| writer.lines(text).join(" ")).collect();
        let number = match function.space {
            CodeSpace::Win32 => code.number.to_string(),
            CodeSpace::HResult => format!("0x{:08X}", code.number),
        };
        wrap(&format!("{} ({number}): {}", code_span(&code.c_name), texts.join(" ")), "- ", "  ")
    });
    let rows: Vec<String> = rows.flatten().collect();
    if safe && by_last_error {
        if !outputs.is_empty() && !returns.is_empty() {
            returns.push(String::new());
        }
        returns.extend(outputs);
        section(&mut out, "# Returns", returns);
        section(&mut out, "# Errors", rows);
    } else {
        if !rows.is_empty() && !returns.is_empty() {
            returns.push(String::new());
        }
        returns.extend(rows);
        let fails = errors::code_type(function).is_some() && !by_last_error;
        if fails {
            section(&mut out, "# Returns", outputs);
            section(&mut out, "# Errors", returns);
        } else {
            if !outputs.is_empty() && !returns.is_empty() {
                returns.push(String::new());
            }
            returns.extend(outputs);
            section(&mut out, "# Returns", returns);
        }
    }
    // The caller puts its own blank line before this.
    if out.first().is_some_and(String::is_empty) {
        out.remove(0);
    }
    out
}

/// When C counts characters instead of bytes. The slice of the method has all bytes in either case.
fn counts(function: &Function, when: &CharactersIf) -> String {
    let values: Vec<String> = when.values.iter().map(|(name, _)| code_span(name)).collect();
    let decides = code_span(&function.params[when.param].rust_name);
    format!("If {decides} is {}, C counts it in wide characters, and the slice has all bytes of those.", or(&values))
}

/// `A`, `A or B`, `A, B or C`.
fn or(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        words => words.concat(),
    }
}

/// What else holds of a parameter when the call is over.
fn afterwards(param: &Param) -> String {
    let mut sentences = Vec::new();
    if !param.written_on_failure.is_empty() {
        let codes: Vec<String> = param.written_on_failure.iter().map(|code| code_span(code)).collect();
        sentences.push(format!("It is written even if the call fails with {}.", codes.join(", ")));
    }
    if param.aliased {
        sentences.push("The output may point into it.".to_owned());
    }
    if param.wide {
        sentences.push("Strings there are wide.".to_owned());
    }
    sentences.join(" ")
}

/// The line of a parameter: its name, C's name, its direction, until when it is in use, and what became of it.
fn head(function: &Function, index: usize, param: &Param, safe: bool, writer: &Writer<'_>) -> String {
    let direction = param.direction.words();
    let optional = if param.optional { ", optional" } else { "" };
    let until = |what: &str, until: &Option<Until>| match until {
        None => String::new(),
        Some(Until::Completion) => format!(", {what} until the operation completes"),
        Some(Until::Handle) => format!(", {what} until the handle is closed"),
        Some(Until::Call(call)) => format!(", {what} until {}", writer.name(call)),
    };
    let (kept, lent) = (until("in use", &param.kept_until), until("lent", &param.lent_until));
    let direction = format!("{direction}{optional}{kept}{lent}");
    let called = match *param.rust_name == *param.c_name {
        true => format!("`{}` ({direction})", param.rust_name),
        false => format!("`{}` (C: `{}`, {direction})", param.rust_name, param.c_name),
    };
    if !safe {
        return called;
    }
    match function.counted(index) {
        Some(buffer) => {
            let buffer = &function.params[buffer].rust_name;
            format!("the length of `{buffer}` (C: `{}`, {direction})", param.c_name)
        }
        None => called,
    }
}

//! Functions and callbacks.

use super::docs;
use super::keywords::ident;
use super::names::Context;
use super::types::{declare, returned};
use crate::c::types::CType;
use crate::model::{CodeSpace, ErrorCode, Function, Param, Type};

/// The declaration of a function; `None` if C cannot have one with such parameters.
pub(super) fn prototype(function: &Function, context: &Context<'_>) -> Option<String> {
    let params = params(function, context)?;
    let name = format!("WINAPI {}({params})", ident(&function.origin.c_name));
    Some(format!("{}{};\n", doc(function, context), declare(&return_type(function), &function.c_return, &name)))
}

/// A callback as a pointer to a function. Others may be given it: one whose parameters C cannot have is one of none.
pub(super) fn callback(callback: &Function, context: &Context<'_>) -> String {
    let params = params(callback, context).unwrap_or_else(|| "void".to_owned());
    let name = format!("(CALLBACK *{})({params})", ident(&callback.origin.c_name));
    let declared = declare(&return_type(callback), &callback.c_return, &name);
    format!("{}typedef {declared};\n", doc(callback, context))
}

/// What is returned, as the page has it, or as its convention says.
pub(super) fn return_type(function: &Function) -> CType {
    match (&function.c_return_type, &function.c_return) {
        (Some(c_type), _) => returned(c_type).clone(),
        (None, Type::HResult) => CType::Named("HRESULT".to_owned()),
        (None, _) => CType::Named("void".to_owned()),
    }
}

/// The parameters, each on its line if there are many; `None` if one of them is a `void` among others.
fn params(function: &Function, context: &Context<'_>) -> Option<String> {
    let of_no_type = |param: &Param| param.raw == Type::Void;
    match &function.params[..] {
        [] => return Some("void".to_owned()),
        [only] if of_no_type(only) => return Some("void".to_owned()),
        params if params.iter().any(of_no_type) => return None,
        _ => {}
    }
    let param = |param: &Param| declare(&param.c_type, &param.raw, &context.names.param(&param.c_name));
    let params: Vec<String> = function.params.iter().map(param).collect();
    let short = params.len() == 1 || params.iter().map(String::len).sum::<usize>() < 60;
    Some(if short { params.join(", ") } else { format!("\n    {}\n", params.join(",\n    ")) })
}

fn doc(function: &Function, context: &Context<'_>) -> String {
    let mut out = Vec::new();
    for param in &function.params {
        let direction = param.direction.words();
        let optional = if param.optional { ", optional" } else { "" };
        out.push(format!("@param {} [{direction}{optional}]", context.names.param(&param.c_name)));
        out.extend(docs::indented(docs::lines(&param.docs)));
    }
    // What returns nothing has no such words, whatever its page says.
    let mut returns = docs::lines(&function.returns);
    returns.extend(function.successes.iter().chain(&function.errors).flat_map(|code| row(code, function.space)));
    if !returns.is_empty() && function.c_return != Type::Void {
        out.push("@return".to_owned());
        out.extend(docs::indented(returns));
    }
    docs::item(context.spec, &function.origin, out)
}

/// A code, its number and its texts.
fn row(code: &ErrorCode, space: CodeSpace) -> Vec<String> {
    let texts: Vec<String> = code.texts.iter().map(|text| text.plain().into_owned()).collect();
    docs::hanging("- ", &format!("{} ({}): {}", code.c_name, super::codes::number(code.number, space), texts.join(" ")))
}

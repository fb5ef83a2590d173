//! Values that stand for failure or for nothing: what C gets where there is no code, and what an output holds before it is
//! written.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::structs::zero;
use super::super::types::Scope;
use super::{c_type, safe_type};
use crate::model::{Function, Int, Type};

/// What C gets when the function fails without a code of its own.
pub(super) fn failed(function: &Function, unit: Option<&TokenStream>) -> TokenStream {
    let type_ = &function.c_return;
    if let Some(number) = function.failure {
        return sentinel(type_, number, unit);
    }
    match type_ {
        Type::Handle(_) | Type::Pointer { constant: false, .. } => quote! { core::ptr::null_mut() },
        Type::Pointer { constant: true, .. } => quote! { core::ptr::null() },
        Type::Callback(_) => quote! { None },
        Type::Struct(_) => zeroed(),
        _ => quote! { 0 },
    }
}

/// A number in a type that has no room for failure besides.
fn sentinel(type_: &Type, value: i64, unit: Option<&TokenStream>) -> TokenStream {
    let number = Literal::i64_unsuffixed(value);
    match type_ {
        Type::Handle(_) | Type::Pointer { constant: false, .. } => {
            quote! { core::ptr::without_provenance_mut((#number as isize).cast_unsigned()) }
        }
        Type::Pointer { constant: true, .. } => {
            quote! { core::ptr::without_provenance((#number as isize).cast_unsigned()) }
        }
        Type::Callback(_) => {
            let type_ = c_type(type_, unit);
            quote! { unsafe { core::mem::transmute::<isize, #type_>(#number) } }
        }
        other => number_of(other, value),
    }
}

/// A number as a literal of an integer type: C's -1 is the largest number of an unsigned one.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as C does it")]
pub(super) fn number_of(type_: &Type, number: i64) -> TokenStream {
    let literal = match type_.innermost() {
        Type::Int(Int::U8) => Literal::u8_unsuffixed(number as u8),
        Type::Int(Int::U16) => Literal::u16_unsuffixed(number as u16),
        Type::Int(Int::U32) => Literal::u32_unsuffixed(number as u32),
        Type::Int(Int::U64) => Literal::u64_unsuffixed(number.cast_unsigned()),
        Type::Int(Int::Usize) if number < 0 => {
            let number = Literal::i64_unsuffixed(number);
            return quote! { (#number as isize).cast_unsigned() };
        }
        _ => Literal::i64_unsuffixed(number),
    };
    quote! { #literal }
}

/// Zeros are a value of every structure and union that C has.
fn zeroed() -> TokenStream {
    quote! { unsafe { core::mem::zeroed() } }
}

/// The zero of a type as the trait has it.
pub(super) fn zero_outside(type_: &Type, scope: Scope<'_>) -> TokenStream {
    match type_ {
        Type::Handle(_) => {
            let type_ = safe_type(type_, scope);
            quote! { #type_::NULL }
        }
        Type::Struct(_) | Type::Array(..) => zeroed(),
        _ => zero(type_, scope),
    }
}

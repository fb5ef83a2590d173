//! C as these pages use it: names, types, attributes, expressions. No stage; every stage that meets C asks here.

pub mod attributes;
pub mod basics;
pub mod compare;
pub mod enumerators;
pub mod fields;
pub mod members;
pub mod names;
pub mod prototypes;
pub mod text;
mod tokens;
pub mod types;
pub mod values;

//! The generator: text in, text out. Nothing here is linked with the runtime or runs a program that takes long.

mod accounting;
mod attribution;
mod bad_input;
mod behaviour;
mod circles;
mod codegen;
mod corpus;
mod derivations;
mod dialect;
mod emit;
mod exports;
mod lower;
mod parse;
mod resolve;
mod runtime_toml;
mod schema;
mod site;
mod sync;
mod witness;

//! What runs cargo or other programs, on the workspace as it is or on copies of it.

#![allow(clippy::duplicate_mod, reason = "each example has the files that it needs")]

mod actions;
mod browser;
mod chromium;
mod compiler;
mod compiles;
mod contract;
mod conversations;
mod corpus;
mod examples;
mod exit_codes;
mod folders;
mod imports;
mod interrupted;
mod peers;
mod proxied;
mod python;
mod readme;
mod serve;
mod witness;

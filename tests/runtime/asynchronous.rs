//! Asynchronous mode, called as C does it: one test for each row of section 2 of specs/behaviour.

mod callbacks;
pub(crate) mod chat;
mod endings;
mod failures;
pub(crate) mod ledger;
mod masks;
mod nested;
mod processes;
mod programs;
mod races;
pub(crate) mod recorder;
mod relied_on;
mod requests;
mod sequences;

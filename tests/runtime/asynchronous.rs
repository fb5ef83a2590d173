//! Asynchronous mode, called as C does it: one test for each row of section 2 of specs/behaviour.

mod callbacks;
mod chat;
mod endings;
mod failures;
mod ledger;
mod masks;
mod nested;
mod processes;
mod programs;
mod races;
mod recorder;
mod relied_on;
mod requests;
mod sequences;

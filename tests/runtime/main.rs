//! The runtime: the protocol byte by byte, and one scenario for each row of behaviour. Nothing here knows the generator.

mod alone;
mod asynchronous;
mod client;
mod faults;
mod futures;
mod idle;
mod own_functions;
mod protocol;
mod rows;
mod server;
mod session;
#[cfg(winws_tsan)]
mod thread_sanitizer;
mod webservices;
mod websocket;
mod winhttp;

//! The generated traits: handles to objects, and what those give to codes and outputs.

mod proxy;
mod request;
mod session;
mod time;
mod tls;
mod web_socket;

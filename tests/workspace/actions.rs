//! Client and server of the examples that are made of actions. The files lie with the runtime's examples.

#[path = "../../runtime/examples/actions/client.rs"]
pub mod client;
#[path = "../../runtime/examples/actions/echo.rs"]
pub mod echo;
#[path = "../../runtime/examples/actions/server.rs"]
pub mod server;

//! Client and server of the examples that are made of actions. The files lie with the runtime's examples.

#[path = "../../runtime/examples/actions/client.rs"]
pub(crate) mod client;
#[path = "../../runtime/examples/actions/echo.rs"]
pub(crate) mod echo;
#[path = "../../runtime/examples/actions/server.rs"]
pub(crate) mod server;

//! The client of WinHTTP beside other people's servers, over TLS and without.

use winws::Session;
use winws_api::Win32Error;

use super::authority::Authority;
use super::running::Running;
use super::talk::talk;
use super::{Stack, script};

/// Talks to a server without TLS and to one with it, and refuses the latter where something is wrong.
fn their_server(stack: Stack, name: &str) {
    let (_plain, port) = Running::with_port(script(stack, name));
    talk(&Session::new(), &format!("ws://localhost:{port}/"));

    let authority = Authority::new();
    let mut command = script(stack, name);
    command.args([authority.certificate(), authority.key()]);
    let (_secure, port) = Running::with_port(command);
    let url = format!("wss://localhost:{port}/");
    talk(&authority.session(), &url);
    let failure = |session: &Session, url: &str| session.connect(url).map(drop).unwrap_err().code();
    // Nobody knows its authority, or it is not the one that the URL names.
    let (stranger, address) = (Authority::new().session(), format!("wss://127.0.0.1:{port}/"));
    for (session, url) in [(&stranger, &url), (&authority.session(), &address)] {
        assert_eq!(failure(session, url), Win32Error::ERROR_WINHTTP_SECURE_FAILURE, "{url}");
    }
    // It was not the server that gave up.
    talk(&authority.session(), &url);
}

#[test]
#[ignore = "needs websockets of Python: WINWS_INTEROP_PYTHON"]
fn our_client_of_winhttp_talks_to_a_server_of_python() {
    their_server(Stack::Python, "websockets_server.py");
}

#[test]
#[ignore = "needs ws of Node.js: WINWS_INTEROP_NODE"]
fn our_client_of_winhttp_talks_to_a_server_of_node() {
    their_server(Stack::Node, "ws_server.js");
}

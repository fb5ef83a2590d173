//! Beside other people's programs. Here the protocol component talks to WebSockets, both ways round: `websockets` of Python and
//! `ws` of Node.js. The modules below have the client of WinHTTP, with TLS and HTTP; `browser/echo.rs` has the WebSocket of a
//! browser.
//!
//! `WINWS_INTEROP_PYTHON` names a Python that has `websockets` and `httpbin`, and `WINWS_INTEROP_NODE` a folder with
//! `node_modules/ws`. Other programs are those in the `PATH`. `.ci/interop` installs all of them and includes these tests.

mod authority;
mod documents;
mod exchange;
mod nginx;
mod proxies;
mod request;
mod running;
mod talk;
mod tls;

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use winws::protocol::MessageKind::{Binary, Text};

use winws_tests_generator::workspace;

use self::exchange::Peer;
use self::running::Running;
use crate::actions::{echo, server};

/// Listens on a free port and echoes what comes, each connection in a thread of its own.
pub(crate) fn echo_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let (mut connection, read_ahead) = server::accept(&mut stream).unwrap();
                // Who breaks off on purpose says so on its own side.
                if let Err(error) = echo::echo(&mut stream, &mut connection, &read_ahead) {
                    println!("a connection ended: {error}");
                }
            });
        }
    });
    port
}

/// Whose WebSocket a script of `tests/workspace/peers` uses.
#[derive(Clone, Copy)]
enum Stack {
    Python,
    Node,
}

/// A command that runs a script.
fn script(stack: Stack, name: &str) -> Command {
    let mut command = match stack {
        Stack::Python => Command::new(named("WINWS_INTEROP_PYTHON")),
        Stack::Node => {
            let folder = PathBuf::from(named("WINWS_INTEROP_NODE"));
            let mut command = Command::new("node");
            command.env("NODE_PATH", folder.join("node_modules"));
            command
        }
    };
    command.arg(workspace().join("tests/workspace/peers").join(name));
    command
}

/// What a variable names, which has to be set.
fn named(variable: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set"))
}

/// Lets somebody else's client talk to a server that echoes. `authorities` are those that it trusts.
fn their_client(stack: Stack, name: &str, url: &str, authorities: Option<&Path>) {
    let output = script(stack, name).arg(url).args(authorities).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{name}, {url}: {}", said.trim());
}

/// The same with our server.
fn their_client_here(stack: Stack, name: &str) {
    their_client(stack, name, &format!("ws://127.0.0.1:{}/chat", echo_server()), None);
}

/// Lets our client talk to somebody else's server.
fn their_server(stack: Stack, name: &str) {
    let (_running, port) = Running::with_port(script(stack, name));
    let mut peer = Peer::connect(&format!("127.0.0.1:{port}"));

    let long: Vec<u8> = (0..1_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    for (kind, payload) in [(Text, "".as_bytes()), (Text, "zwölf 🦀".as_bytes()), (Binary, &[0, 255]), (Binary, &long)]
    {
        peer.send(kind, true, payload);
        assert_eq!(peer.receive(), (kind, payload.to_vec()));
    }
    // A message in pieces, cut within a character.
    peer.send(Text, false, &"ä".as_bytes()[..1]);
    peer.send(Text, false, b"");
    peer.send(Text, true, &"ä".as_bytes()[1..]);
    assert_eq!(peer.receive(), (Text, "ä".as_bytes().to_vec()));
    assert_eq!(peer.ping(b"are you there"), b"are you there");
    assert_eq!(peer.close(4001, "enough"), (4001, "enough".to_owned()));
}

#[test]
#[ignore = "needs websockets of Python: WINWS_INTEROP_PYTHON"]
fn a_client_of_python_talks_to_our_server() {
    their_client_here(Stack::Python, "websockets_client.py");
}

#[test]
#[ignore = "needs websockets of Python: WINWS_INTEROP_PYTHON"]
fn our_client_talks_to_a_server_of_python() {
    their_server(Stack::Python, "websockets_server.py");
}

#[test]
#[ignore = "needs ws of Node.js: WINWS_INTEROP_NODE"]
fn a_client_of_node_talks_to_our_server() {
    their_client_here(Stack::Node, "ws_client.js");
}

#[test]
#[ignore = "needs ws of Node.js: WINWS_INTEROP_NODE"]
fn our_client_talks_to_a_server_of_node() {
    their_server(Stack::Node, "ws_server.js");
}

//! The protocol component beside other people's WebSockets, both ways round: `websockets` of Python and `ws` of Node.js.
//! `browser/echo.rs` has the WebSocket of a browser.
//!
//! `WINWS_INTEROP_PYTHON` names a Python that has `websockets`, and `WINWS_INTEROP_NODE` a folder with `node_modules/ws`;
//! `.ci/interop` installs both and includes these tests.

mod exchange;

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use winws::protocol::MessageKind::{Binary, Text};

use winws_tests_generator::workspace;

use self::exchange::Peer;
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

/// Lets somebody else's client talk to our server.
fn their_client(stack: Stack, name: &str) {
    let mut command = script(stack, name);
    let output = command.arg(echo_server().to_string()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{name}: {}", said.trim());
}

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Lets our client talk to somebody else's server, which prints its port.
fn their_server(stack: Stack, name: &str) {
    let mut command = script(stack, name);
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let _running = Running(process);
    let port = lines.next().expect("a server says its port").unwrap();
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
    their_client(Stack::Python, "websockets_client.py");
}

#[test]
#[ignore = "needs websockets of Python: WINWS_INTEROP_PYTHON"]
fn our_client_talks_to_a_server_of_python() {
    their_server(Stack::Python, "websockets_server.py");
}

#[test]
#[ignore = "needs ws of Node.js: WINWS_INTEROP_NODE"]
fn a_client_of_node_talks_to_our_server() {
    their_client(Stack::Node, "ws_client.js");
}

#[test]
#[ignore = "needs ws of Node.js: WINWS_INTEROP_NODE"]
fn our_client_talks_to_a_server_of_node() {
    their_server(Stack::Node, "ws_server.js");
}

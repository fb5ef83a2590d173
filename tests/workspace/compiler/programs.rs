//! C programs are built and linked against the installed library, and run.
//!
//! This test needs a compiler.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::thread::{self, JoinHandle};

use winws_tests_generator::workspace;

use super::installed::{flags, prefix};
use super::{Compiler, STRICT, compilers};
use crate::folders::build_folder;

/// The program that the README shows.
const PAIR: &str = "runtime/examples/c/websocket_pair.c";

/// The clients of winhttp.h that the README names, and what each says to a server that answers "… yourself".
const CLIENTS: [(&str, &str); 2] = [
    ("runtime/examples/c/winhttp_client.c", "hello yourself\nclosed with 1000 \"bye\"\n"),
    (
        "runtime/examples/c/winhttp_asynchronous.c",
        "hello yourself\nhow are you? yourself\nbye yourself\nclosed with 1000 \"bye\"\n",
    ),
];

/// What makes wide characters of either size.
const WIDE: [&[&str]; 2] = [&[], &["-fshort-wchar"]];

/// What the pair says.
const CONVERSATION: &str = "\
the subprotocol is chat
server: received \"hello\"
client: received \"hello yourself\"
server: closed with 1000 \"bye\"
client: closed with 1000 \"\"
the subprotocol is chat
server: the peer broke the protocol, 0x83760002
server: there is nothing more to receive
client: closed with 1002 \"\"
";

/// Where the library is installed and the programs are built: beside the build folders of cargo, in one of their own.
pub(super) fn folder() -> PathBuf {
    static MADE: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = build_folder().parent().expect("there is a folder for all profiles").join("c");
        std::fs::create_dir_all(&folder).expect("it can be made");
        folder
    });
    MADE.clone()
}

/// What a program says that has to succeed.
pub(super) fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.current_dir(workspace()).output().unwrap();
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The static library.
pub(super) fn library() -> PathBuf {
    prefix().join("lib/libwinws.a")
}

/// Compiles and links a source with the words of pkg-config, with other compilers and what they are told.
pub(super) fn link(compiler: Compiler, source: &Path, words: &[String], more: &[&str], program: &Path) {
    let mut command = Command::new(compiler.program);
    command.arg(compiler.standard).args(STRICT).args(more);
    command.args(["-x", compiler.language]).arg(source).args(["-x", "none"]).args(words).arg("-o").arg(program);
    run(&mut command);
}

/// What the program of a source says. Tests that run at the same time call theirs differently.
fn said(compiler: Compiler, source: &Path, words: &[String], name: &str) -> String {
    let program = folder().join(name);
    link(compiler, source, words, &[], &program);
    run(&mut Command::new(program))
}

#[test]
#[ignore = "needs a C compiler"]
fn programs_of_websocket_link_with_either_library() {
    let pair = workspace().join(PAIR);
    let handles = workspace().join("tests/workspace/fixtures/c/winhttp_handles.c");
    for words in [flags("winws", true), flags("winws", false)] {
        for compiler in compilers() {
            assert_eq!(said(compiler, &pair, &words, "program"), CONVERSATION, "{}", compiler.program);
            assert_eq!(said(compiler, &handles, &words, "program"), "six functions\n", "{}", compiler.program);
        }
    }
}

/// Without any shared library, that of C included.
#[test]
#[ignore = "needs a C compiler"]
fn programs_may_be_static() {
    let words = [flags("winws", true), vec!["-static".to_owned()]].concat();
    for compiler in compilers() {
        assert_eq!(
            said(compiler, &workspace().join(PAIR), &words, "static_program"),
            CONVERSATION,
            "{}",
            compiler.program
        );
    }
}

/// Answers one visitor with "… yourself" until it closes.
pub(super) fn answer(listener: &TcpListener) {
    let (socket, mut message) = (winws::accept(listener.accept().unwrap().0).unwrap(), Vec::new());
    while !socket.receive_message(&mut message).unwrap().is_close() {
        socket.send_text(&format!("{} yourself", String::from_utf8_lossy(&message))).unwrap();
    }
    socket.close(1000, "bye").unwrap();
}

/// A server for three visitors: it answers the first, refuses the second, and is away when the third comes.
fn server() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = thread::spawn(move || {
        answer(&listener);
        listener.accept().unwrap().0.write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    (port, server)
}

/// Clients of winhttp.h, which are sources for Windows, talk to a server here, with wide characters of either size.
#[test]
#[ignore = "needs a C compiler"]
fn clients_of_winhttp_say_hello() {
    let program = folder().join("client");
    for compiler in compilers() {
        for ((source, conversation), wide) in CLIENTS.into_iter().flat_map(|client| WIDE.map(|wide| (client, wide))) {
            link(compiler, &workspace().join(source), &flags("winws-kit", true), wide, &program);
            let (port, server) = server();
            let visit = || Command::new(&program).args(["127.0.0.1", &port, "/chat"]).output().unwrap();
            let met = visit();
            assert!(met.status.success(), "{}", String::from_utf8_lossy(&met.stderr));
            assert_eq!(String::from_utf8_lossy(&met.stdout), conversation);
            let refused = visit();
            assert_eq!(String::from_utf8_lossy(&refused.stderr), "the server answered with status 403\n");
            server.join().unwrap();
            let away = visit();
            assert!(String::from_utf8_lossy(&away.stderr).contains("WinHttpSendRequest") && !away.status.success());
        }
    }
}

//! C programs are built and linked against the runtime as the README says, and run.
//!
//! This test needs a compiler.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;
use std::thread;

use winws_tests_generator::workspace;

use super::{Compiler, STRICT, compilers};
use crate::folders::{build_folder, readme_commands};

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

/// Where the library and the programs are built: beside the build folders of cargo, in one of their own.
pub(super) fn folder() -> PathBuf {
    build_folder().parent().expect("there is a folder for all profiles").join("c")
}

/// The README's command that starts like this, in words.
fn command(start: &str) -> Vec<String> {
    let commands = readme_commands();
    let command = commands.iter().find(|command| command.starts_with(start));
    command.expect("the README shows it").split_whitespace().map(str::to_owned).collect()
}

/// What a program says that has to succeed.
fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.current_dir(workspace()).output().unwrap();
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// Builds the library by the README's command, as a library of this type.
fn build(crate_type: &str) {
    let words = command("cargo rustc ");
    let words = words[1..].iter().map(|word| if word == "staticlib" { crate_type } else { word });
    run(Command::new(env!("CARGO")).args(words).env("CARGO_TARGET_DIR", folder()).env("CARGO_NET_OFFLINE", "true"));
}

/// The library, which the first caller builds: nobody links with one that is being built again.
pub(super) fn library() -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| build("staticlib"));
    folder().join("release/libwinws.a")
}

/// Compiles and links a source by the README's command, with other compilers and what they are told.
pub(super) fn link(compiler: Compiler, source: &Path, library: &Path, more: &[&str], program: &Path) {
    let mut gcc = Command::new(compiler.program);
    gcc.arg(compiler.standard).args(STRICT).args(more);
    for word in &command("gcc ")[1..] {
        if word == PAIR {
            gcc.args(["-x", compiler.language]).arg(source).args(["-x", "none"]);
        } else if word == "target/release/libwinws.a" {
            gcc.arg(library);
        } else if word == "target/websocket_pair" {
            gcc.arg(program);
        } else if !(cfg!(target_os = "macos") && word == "-ldl") {
            gcc.arg(word);
        }
    }
    run(&mut gcc);
}

/// What the program of a source says.
fn said(compiler: Compiler, source: &Path, library: &Path) -> String {
    let program = folder().join("program");
    link(compiler, source, library, &[], &program);
    run(&mut Command::new(program))
}

#[test]
#[ignore = "needs a C compiler"]
fn programs_of_c_link_as_the_readme_says() {
    let compilers = compilers();
    let first = compilers[0];
    let pair = workspace().join(PAIR);
    let handles = workspace().join("tests/workspace/fixtures/c/winhttp_handles.c");
    let library = library();
    for compiler in compilers {
        assert_eq!(said(compiler, &pair, &library), CONVERSATION, "{}", compiler.program);
        assert_eq!(said(compiler, &handles, &library), "six functions\n", "{}", compiler.program);
    }
    build("cdylib");
    let shared = format!("{}winws{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    assert_eq!(said(first, &pair, &folder().join("release").join(shared)), CONVERSATION);
}

/// Clients of winhttp.h talk to a server here, with wide characters of either size.
#[test]
#[ignore = "needs a C compiler"]
fn clients_of_winhttp_say_hello() {
    let (program, library) = (folder().join("client"), library());
    for compiler in compilers() {
        for ((source, conversation), wide) in CLIENTS.into_iter().flat_map(|client| WIDE.map(|wide| (client, wide))) {
            link(compiler, &workspace().join(source), &library, wide, &program);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port().to_string();
            let server = thread::spawn(move || {
                let (socket, mut message) = (winws::accept(listener.accept().unwrap().0).unwrap(), Vec::new());
                while !socket.receive_message(&mut message).unwrap().is_close() {
                    socket.send_text(&format!("{} yourself", String::from_utf8_lossy(&message))).unwrap();
                }
                socket.close(1000, "bye").unwrap();
                // A second visitor is refused, and a third finds nobody.
                listener.accept().unwrap().0.write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").unwrap();
            });
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

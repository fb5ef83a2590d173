//! The C library as it is installed: its names, its files, and programs that find it by what was installed with it.
//!
//! These tests need a compiler.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;
use std::thread::{self, JoinHandle};

use winws_tests_generator::workspace;

use super::programs::{answer, folder, run};
use crate::folders::readme_commands;

/// How large the shared library may be.
const LARGEST: u64 = 4 << 20;

fn install(args: &[&OsStr]) -> Output {
    Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["run", "--quiet", "--package", "xtask", "--", "install"])
        .args(args)
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .expect("cargo runs")
}

fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where the library is installed, which the first caller does: nobody links with one that is being written again.
pub(super) fn prefix() -> PathBuf {
    static INSTALLED: Once = Once::new();
    let prefix = folder().join("installed");
    INSTALLED.call_once(|| {
        succeeds(&install(&["--prefix".as_ref(), prefix.as_ref()]));
    });
    prefix
}

/// Of the library: what pkg-config says to a compiler, in words. The program finds the shared library where it is.
pub(super) fn flags(package: &str, is_static: bool) -> Vec<String> {
    let mut pkg_config = Command::new("pkg-config");
    pkg_config.args(["--cflags", "--libs", package]).env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig"));
    if is_static {
        pkg_config.arg("--static");
    }
    let said = run(&mut pkg_config);
    let words = said.split_whitespace().map(|word| match word {
        "-lwinws" if is_static => "-l:libwinws.a".to_owned(),
        word => word.to_owned(),
    });
    words.chain([format!("-Wl,-rpath,{}", prefix().join("lib").display())]).collect()
}

/// The names under which facts.json says that the library has its functions.
fn documented() -> BTreeSet<String> {
    let facts = fs::read_to_string(workspace().join("generated/facts.json")).expect("it is generated");
    let facts: serde_json::Value = serde_json::from_str(&facts).expect("it is JSON");
    let pages = facts["pages"].as_array().expect("it has pages").iter();
    let exports = pages.filter_map(|page| page["exports"].as_array()).flatten();
    exports.map(|name| name.as_str().expect("a name").to_owned()).collect()
}

/// The names that a library defines, without versions.
fn defined(args: &[&str], library: &Path) -> BTreeSet<String> {
    let listing = run(Command::new("nm").args(args).arg(library));
    let names = listing.lines().filter_map(|line| {
        let [_, kind, name] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        // The version itself is an absolute symbol.
        (kind != "A").then(|| name.to_owned())
    });
    names.collect()
}

#[test]
#[ignore = "needs a C compiler"]
fn both_libraries_have_the_documented_names_and_no_other() {
    let (lib, documented) = (prefix().join("lib"), documented());
    assert!(documented.len() > 60, "facts.json has only {documented:?}");
    let shared = defined(&["-D", "--defined-only"], &lib.join("libwinws.so"));
    let versioned: BTreeSet<String> = documented.iter().map(|name| format!("{name}@@WINWS_0")).collect();
    assert_eq!(shared, versioned);
    assert_eq!(defined(&["-g", "--defined-only"], &lib.join("libwinws.a")), documented);
    let windows = ["GetLastError", "GlobalAlloc", "GlobalFree", "SetLastError"].map(str::to_owned);
    assert_eq!(defined(&["-g", "--defined-only"], &lib.join("libwinws_names.a")), BTreeSet::from(windows));
}

#[test]
#[ignore = "needs a C compiler"]
fn the_shared_library_is_small_and_stays_in_memory() {
    let shared = prefix().join("lib/libwinws.so");
    let size = fs::metadata(&shared).expect("it is installed").len();
    println!("{size} bytes");
    assert!(size <= LARGEST, "{size} bytes");
    let dynamic = run(Command::new("readelf").args(["-d"]).arg(&shared));
    assert!(dynamic.contains("soname: [libwinws.so.0]"), "{dynamic}");
    let flags: Vec<&str> = dynamic.lines().filter(|line| line.contains("FLAGS")).collect();
    assert!(flags.iter().any(|line| line.contains("NODELETE")), "{flags:?}");
}

/// All files below a folder, without it.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it is a folder") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("it is below");
                found.insert(below.to_str().expect("our names are text").to_owned());
            }
        }
    }
    found
}

#[test]
#[ignore = "needs a C compiler"]
fn packages_are_made_in_a_folder_of_their_own_and_leave_nothing_behind() {
    let stage = tempfile::tempdir().unwrap();
    let place: Vec<&OsStr> = ["--prefix", "/opt/winws", "--libdir", "lib/here", "--destdir"]
        .map(OsStr::new)
        .into_iter()
        .chain([stage.path().as_os_str()])
        .collect();
    succeeds(&install(&place));
    let root = stage.path().join("opt/winws");
    let installed = files(&root);
    for file in [
        "lib/here/libwinws.so.0",
        "lib/here/cmake/winws/winws-config.cmake",
        "include/winws/winhttp.h",
        "include/winws/kit/windows.h",
        "include/winws/kit/Windows.h",
        "share/doc/winws/LICENSE-MIT",
    ] {
        assert!(installed.contains(file), "{file} is not among {installed:?}");
    }
    let config = fs::read_to_string(root.join("lib/here/pkgconfig/winws.pc")).unwrap();
    assert!(config.starts_with("prefix=/opt/winws\nlibdir=${prefix}/lib/here\n"), "{config}");
    let listed = fs::read_to_string(root.join("share/winws/manifest.txt")).unwrap();
    let listed: BTreeSet<String> = listed.lines().map(|line| line.replacen("/opt/winws/", "", 1)).collect();
    assert_eq!(listed, installed);

    // Somebody else's file in our folder stays, and so does the folder.
    fs::write(root.join("include/winws/own.h"), "/* mine */").unwrap();
    let mut removal = place.clone();
    removal.push("--uninstall".as_ref());
    assert_eq!(succeeds(&install(&removal)), format!("{} files removed\n", installed.len()));
    assert_eq!(files(&root), BTreeSet::from(["include/winws/own.h".to_owned()]));
    let again = install(&removal);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing was installed"));

    // A file that is not ours is not overwritten, and nothing is written beside it.
    fs::write(root.join("include/winws/winhttp.h"), "/* mine */").unwrap();
    let refused = install(&place);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("include/winws/winhttp.h is there already"), "{said}");
    assert_eq!(files(&root).len(), 2);
}

#[test]
#[ignore = "needs a C compiler"]
fn a_prefix_may_have_blanks_and_lead_up_and_down() {
    let stage = tempfile::tempdir().unwrap();
    let (prefix, plain) = (stage.path().join("gone/../a place/./here"), stage.path().join("a place/here"));
    let place: [&OsStr; 4] = ["--prefix".as_ref(), prefix.as_ref(), "--libdir".as_ref(), "./lib/../lib64".as_ref()];
    succeeds(&install(&place));
    succeeds(&install(&place));
    let program = folder().join("a program");
    let script = r#"eval "cc \"\$1\" $(pkg-config --cflags --libs winws-kit) -o \"\$2\"""#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(workspace().join("runtime/examples/c/websocket_pair.c")).arg(&program);
    run(shell.env("PKG_CONFIG_PATH", plain.join("lib64/pkgconfig")));
    let said = run(Command::new(program).env("LD_LIBRARY_PATH", plain.join("lib64")));
    assert!(said.starts_with("the subprotocol is chat\n"), "{said}");
    let removal: Vec<&OsStr> = place.into_iter().chain(["--uninstall".as_ref()]).collect();
    succeeds(&install(&removal));
    assert_eq!(files(stage.path()), BTreeSet::new());
    assert!(!plain.exists(), "an empty folder is left");
}

#[test]
#[ignore = "needs a C compiler"]
fn a_place_that_build_systems_cannot_write_is_refused() {
    let stage = tempfile::tempdir().unwrap();
    let below = |name: &str| stage.path().join(name).into_os_string();
    let latin =
        std::os::unix::ffi::OsStringExt::from_vec([stage.path().as_os_str().as_encoded_bytes(), b"/\xE4"].concat());
    let names = ["a\nb", "a;b", "a$b", "a#b", "a'b", "a\"b", "a\\b", "a`b"];
    for prefix in names.map(below).into_iter().chain([latin]) {
        let refused = install(&["--prefix".as_ref(), prefix.as_ref()]);
        assert_eq!(refused.status.code(), Some(2), "{}", prefix.display());
    }
    let refused = install(&["--prefix".as_ref(), below("p").as_ref(), "--libdir".as_ref(), "lib/../../q".as_ref()]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("leads out of the prefix"));
    assert_eq!(fs::read_dir(stage.path()).unwrap().count(), 0);
}

/// Nothing outside the prefix is removed, whatever somebody has written into the list.
#[test]
#[ignore = "needs a C compiler"]
fn a_list_that_names_other_places_is_refused() {
    let stage = tempfile::tempdir().unwrap();
    let (prefix, outside) = (stage.path().join("prefix"), stage.path().join("outside.h"));
    let manifest = prefix.join("share/winws/manifest.txt");
    fs::create_dir_all(manifest.parent().unwrap()).unwrap();
    fs::write(&outside, "/* mine */").unwrap();
    let beside = prefix.join("include/../../outside.h");
    for path in [outside.as_path(), beside.as_path(), "outside.h".as_ref(), "".as_ref()] {
        let list = format!("{}\n{}\n", path.display(), manifest.display());
        fs::write(&manifest, list).unwrap();
        let refused = install(&["--prefix".as_ref(), prefix.as_ref(), "--uninstall".as_ref()]);
        assert_eq!(refused.status.code(), Some(2), "{}", path.display());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("which is not below the prefix"), "{said}");
        assert!(outside.exists() && manifest.exists(), "{}", path.display());
    }
}

/// A server for one visitor.
fn server() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = thread::spawn(move || answer(&listener));
    (port, server)
}

/// What a client says who visits a server.
fn visit(client: &mut Command) -> String {
    let (port, server) = server();
    let said = run(client.args(["127.0.0.1", &port, "/chat"]));
    server.join().unwrap();
    said
}

/// The README's commands, with the library that is installed already, and with another server.
#[test]
#[ignore = "needs a C compiler"]
fn the_readme_ports_a_program() {
    let commands =
        readme_commands().into_iter().skip_while(|command| !command.starts_with("cargo xtask install")).skip(1);
    let port: Vec<String> = commands.take_while(|command| !command.starts_with("cargo xtask")).collect();
    let [export, compile, build, serve, client] = &port[..] else { panic!("there are other commands: {port:?}") };
    assert!(build.ends_with("--example accept_echo") && serve.starts_with("target/debug/examples/accept_echo "));
    let program = folder().join("ported");
    let program = program.to_str().expect("our folder is text");
    let (port, server) = server();
    let script = [export, compile, client].map(String::as_str).join(" && ");
    let script = script.replace("$PWD/target/winws", prefix().to_str().expect("our folder is text"));
    let script = script.replace("target/winhttp_client", program).replace("9001", &port);
    let said = run(Command::new("sh").args(["-c", &script]));
    server.join().unwrap();
    assert_eq!(said, "hello yourself\nclosed with 1000 \"bye\"\n");
}

#[test]
#[ignore = "needs a C compiler"]
fn windows_sys_links_with_it() {
    let manifest = workspace().join("runtime/examples/windows-sys/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--locked", "--manifest-path"]).arg(manifest).arg("--");
    cargo.env("CARGO_NET_OFFLINE", "true").env("CARGO_TARGET_DIR", folder().join("windows-sys"));
    cargo.env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig")).env_remove("http_proxy").env_remove("https_proxy");
    assert_eq!(visit(&mut cargo), "hello yourself\nclosed with 1000 \"bye\"\n");
}

#[test]
#[ignore = "needs a C compiler and Python"]
fn python_calls_it() {
    let mut python = Command::new("python3");
    python.arg(workspace().join("runtime/examples/python/client.py")).env("LD_LIBRARY_PATH", prefix().join("lib"));
    assert_eq!(visit(&mut python), "hello yourself\nclosed with 1000 \"bye\"\n");
}

/// The examples, copied to a folder without anything else.
fn examples() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(workspace().join("runtime/examples/c")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

/// Runs the examples that were built there.
fn examples_work(folder: &Path) {
    let library = prefix().join("lib");
    let program = |name: &str| {
        let mut program = Command::new(folder.join(name));
        program.env("LD_LIBRARY_PATH", &library);
        program
    };
    for client in ["winhttp_client", "winhttp_asynchronous"] {
        let said = visit(&mut program(client));
        assert!(
            said.starts_with("hello yourself\n") && said.ends_with("closed with 1000 \"bye\"\n"),
            "{client}: {said}"
        );
    }
    assert!(run(&mut program("websocket_pair")).ends_with("client: closed with 1002 \"\"\n"));
    echoes(&mut program("websocket_server"));
}

/// The server of the examples sends back what comes, whatever its size.
fn echoes(server: &mut Command) {
    use std::io::{BufRead as _, BufReader};
    let mut server = server.arg("0").stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (socket, mut answer) = (winws::connect(line.trim()).unwrap(), Vec::new());
    for length in [0, 1, 125, 126, 65_535, 65_536, 1_000_000] {
        let message = vec![7; length];
        socket.send_binary(&message).unwrap();
        socket.receive_message(&mut answer).unwrap();
        assert!(answer == message, "{length} bytes");
    }
    socket.close(1000, "bye").unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
#[ignore = "needs a C compiler"]
fn make_builds_the_examples() {
    let folder = examples();
    run(Command::new("make").arg("-C").arg(folder.path()).env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig")));
    examples_work(folder.path());
}

/// Run by `.ci/interop`, which installs it.
#[test]
#[ignore = "needs a C compiler and CMake"]
fn cmake_builds_the_examples() {
    let folder = examples();
    // The package finds its files wherever it is.
    let (moved, build) = (folder.path().join("moved"), folder.path().join("build"));
    winws_tests_generator::copy_folder(&prefix(), &moved);
    let mut prefix = std::ffi::OsString::from("-DCMAKE_PREFIX_PATH=");
    prefix.push(&moved);
    run(Command::new("cmake").arg(prefix).arg("-S").arg(folder.path()).arg("-B").arg(&build));
    run(Command::new("cmake").arg("--build").arg(&build));
    examples_work(&build);
}

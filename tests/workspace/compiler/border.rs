//! What programs of C may do wrong, and what they may do that Rust cannot: `fixtures/c/border`.
//!
//! The programs run under AddressSanitizer, except where that cannot be. What calls return is compared with the codes of the
//! pages here.

mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use winws_tests_generator::workspace;

use super::installed::{flags, prefix};
use super::programs::{folder, link};
use super::{Compiler, compilers};

const ADDRESS: [&str; 2] = ["-g", "-fsanitize=address"];

/// A program of `fixtures/c/border`, linked with these words of pkg-config.
fn built_with(compiler: Compiler, source: &str, words: &[String], more: &[&str]) -> PathBuf {
    // The programs of tests that run at the same time are built apart.
    let program = folder().join(format!("border_{source}{}", more.concat()));
    link(compiler, &workspace().join("tests/workspace/fixtures/c/border").join(source), words, more, &program);
    program
}

fn built(source: &str, more: &[&str]) -> PathBuf {
    built_with(compiler(), source, &flags("winws", true), more)
}

/// The first compiler for this language that there is.
fn compiler_for(language: &str) -> Compiler {
    compilers().into_iter().find(|compiler| compiler.language == language).expect("there is a compiler for it")
}

fn compiler() -> Compiler {
    compiler_for("c")
}

/// What a program says that has to succeed.
fn said(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The functions that are exported, and the codes that their pages have.
fn documented() -> BTreeMap<String, BTreeSet<u32>> {
    let facts = std::fs::read_to_string(workspace().join("generated/facts.json")).unwrap();
    let facts: Value = serde_json::from_str(&facts).unwrap();
    let pages = facts["pages"].as_array().unwrap().iter();
    let exported = pages
        .filter(|page| page["kind"] == "function" && matches!(page["family"].as_str(), Some("winhttp" | "websocket")));
    let codes = |page: &Value| {
        let errors = page["errors"].as_array().into_iter().flatten();
        errors.map(|error| error["value"].as_str().unwrap().parse().unwrap()).collect()
    };
    exported.map(|page| (page["name"].as_str().unwrap().to_owned(), codes(page))).collect()
}

/// Functions that return nothing and so have no codes.
const SILENT: [&str; 4] =
    ["WebSocketAbortHandle", "WebSocketCompleteAction", "WebSocketDeleteHandle", "WinHttpFreeProxyResult"];

#[test]
#[ignore = "needs a C compiler"]
fn every_function_answers_bad_handles_and_missing_arguments_as_its_page_says() {
    let documented = documented();
    let output = said(&mut Command::new(built("handles.c", &ADDRESS)));
    let mut seen: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for line in output.lines() {
        let [function, place, situation, code] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let code: u32 = code.parse().unwrap();
        seen.entry(function).or_default().insert((place, situation));
        if situation.starts_with("bad:") && !SILENT.contains(&function) {
            let invalid = if function.starts_with("WinHttp") { 6 } else { 0x8007_0006 };
            assert_eq!(code, invalid, "{line}");
        }
        assert!(code == 0 || documented[function].contains(&code), "its page does not have the code: {line}");
    }
    let names: Vec<&str> = seen.keys().copied().collect();
    assert_eq!(names, documented.keys().map(String::as_str).collect::<Vec<_>>(), "a function has no case");
    let places =
        |situations: &BTreeSet<(&str, &str)>| situations.iter().map(|(place, _)| (*place).to_owned()).collect();
    for (function, situations) in &seen {
        let places: BTreeSet<String> = places(situations);
        assert_eq!(places.iter().collect::<Vec<_>>(), ["in_main", "within_call", "within_thread"], "{function}");
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn threads_may_make_every_call_on_handles_that_end() {
    assert_eq!(said(&mut Command::new(built("storm.c", &ADDRESS))), "calm\n");
}

#[test]
#[ignore = "needs a C compiler"]
fn each_call_that_blocks_ends_with_its_handle() {
    let port = server::start().to_string();
    let output = said(Command::new(built("ends.c", &ADDRESS)).arg(port));
    assert_eq!(output.lines().count(), 11, "{output}");
}

#[test]
#[ignore = "needs a C compiler"]
fn a_process_that_is_forked_off_begins_anew_whatever_other_threads_do() {
    // A child may find the sanitizer's own allocator locked for ever.
    let port = server::start().to_string();
    assert_eq!(said(Command::new(built("fork.c", &["-g"])).args([&port, "60"])), "forked\n");
}

#[test]
#[ignore = "needs a C compiler"]
fn pointers_may_lead_to_any_address() {
    let port = server::start().to_string();
    assert_eq!(said(Command::new(built("odd.c", &ADDRESS)).arg(port)), "odd\n");
}

#[test]
#[ignore = "needs a C compiler"]
fn a_custom_channel_passes_through_its_layers() {
    assert_eq!(said(&mut Command::new(built("channels.c", &ADDRESS))), "layered\n");
    let program = built_with(compiler_for("c++"), "channels.c", &flags("winws", false), &["-fshort-wchar"]);
    assert_eq!(said(&mut Command::new(program)), "layered\n");
}

/// Destructors of C++ and functions at exit run when Rust's own memory of a thread is gone.
#[test]
#[ignore = "needs a C compiler"]
fn calls_may_come_when_a_thread_or_the_process_ends() {
    let port = server::start().to_string();
    let ends = "a thread ended\nthe process ended\n";
    assert_eq!(said(Command::new(built("late.c", &ADDRESS)).arg(port)), ends);
}

/// The library as it is installed: linked so that it stays in memory, since its threads may be in it.
#[test]
#[ignore = "needs a C compiler"]
fn a_program_may_unload_the_library_while_its_threads_live() {
    // Nothing of the library is in the program itself.
    let headers: Vec<String> = flags("winws", false).into_iter().filter(|word| word.starts_with("-I")).collect();
    let program = built_with(compiler(), "unload.c", &headers, &ADDRESS);
    let shared = prefix().join("lib/libwinws.so");
    let port = server::start().to_string();
    assert_eq!(said(Command::new(program).arg(shared).arg(port)), "unloaded\n");
}

#[test]
#[ignore = "needs a C++ compiler"]
fn an_exception_that_leaves_a_callback_ends_the_process() {
    let program = built_with(compiler_for("c++"), "thrown.cpp", &flags("winws", true), &["-g"]);
    for mode in ["sync", "async"] {
        let Output { status, stdout, stderr } = Command::new(&program).arg(mode).output().unwrap();
        assert_eq!(status.signal(), Some(6), "{mode}: {status}");
        assert!(stdout.is_empty(), "the exception went through the library");
        assert!(String::from_utf8_lossy(&stderr).contains("exception"), "{mode}: a line says why");
    }
}

/// No use of what was never written, and no memory that nobody knows any more. A child is not asked for memory: it has that of
/// threads that it does not have.
#[test]
#[ignore = "needs a C compiler and valgrind"]
fn programs_are_clean_under_valgrind() {
    let port = server::start().to_string();
    let sources = ["handles.c", "storm.c", "ends.c", "odd.c", "late.c", "channels.c"].map(|source| (source, true));
    for (source, lost) in sources.into_iter().chain([("fork.c", false)]) {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["-q", "--error-exitcode=9", if lost { "--leak-check=full" } else { "--leak-check=no" }]);
        said(valgrind.arg("--errors-for-leak-kinds=definite").arg(built(source, &["-gdwarf-4"])).args([&port, "3"]));
    }
}

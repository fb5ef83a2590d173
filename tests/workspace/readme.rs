//! What the README shows is run: its commands here, on a copy of the workspace, and its Rust as a doctest. Those that port
//! a C program are run by `compiler/installed.rs`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use winws_tests_generator::{copy_folder, workspace};

use crate::folders::{build_of_copies, copies, readme_commands, take_turn};

fn run(command: &str, folder: &Path) -> Output {
    let arguments = command.strip_prefix("cargo ").expect("the others are not run here");
    Command::new(env!("CARGO"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", build_of_copies())
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .unwrap()
}

#[test]
fn every_command_works() {
    let _turn = take_turn();
    let root = copies().join("readme");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    copy_folder(workspace(), &root);
    let commands = readme_commands();
    assert!(commands.len() >= 6, "only {} commands were found", commands.len());
    for command in commands {
        // This is the run that we are in.
        let is_this = command == "cargo test --workspace";
        if is_this || command.starts_with("cargo xtask install") || !command.starts_with("cargo ") {
            continue;
        }
        let output = run(&command, &root);
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "`{command}` failed:\n{stdout}{stderr}");
        if command.contains("explain") {
            let fact = "WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS = 1000";
            assert!(stdout.lines().any(|line| line.contains(fact) && line.contains(".md:")), "{stdout}");
        }
        if command.contains("--example close_status") {
            assert!(stdout.contains("4001"), "{stdout}");
        }
        if command.contains("xtask site") {
            assert!(root.join("target/site/index.html").exists(), "{stderr}");
        }
    }
}

#[test]
fn the_generator_needs_neither_the_generated_crate_nor_the_runtime() {
    let _turn = take_turn();
    let root = copies().join("alone");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    copy_folder(workspace(), &root);
    fs::remove_file(root.join("generated/src/lib.rs")).unwrap();
    fs::write(root.join("runtime/src/lib.rs"), "this is no Rust").unwrap();

    let check = run("cargo xtask codegen --check", &root);
    let said = String::from_utf8_lossy(&check.stderr);
    assert_eq!(check.status.code(), Some(1), "{said}");
    assert!(said.contains("generated/src/lib.rs is missing: run `cargo xtask codegen`"), "{said}");

    let write = run("cargo xtask codegen", &root);
    assert!(write.status.success(), "{}", String::from_utf8_lossy(&write.stderr));
    let original = fs::read(workspace().join("generated/src/lib.rs")).unwrap();
    assert_eq!(fs::read(root.join("generated/src/lib.rs")).unwrap(), original);
}

//! `cargo xtask` ends with a code that says how bad it is, and says why.

use std::fs;
use std::process::{Command, Output};

use winws_tests_generator::workspace;

/// What `cargo xtask` does with a folder of these files.
fn xtask(files: &[(&str, &str)], args: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(workspace()).args(["run", "--quiet", "--package", "xtask", "--"]);
    for arg in args {
        match arg.strip_prefix("FOLDER") {
            Some(below) => command.arg(format!("{}{below}", folder.path().display())),
            None => command.arg(arg),
        };
    }
    command.output().expect("cargo runs")
}

/// Files, arguments, the exit code and what is said.
type Run<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], i32, &'a str);

#[test]
fn exit_codes_say_how_bad_it_is() {
    let good = ("good.md", "# X callback\n## -returns\nType: <b>void</b>\n");
    let odd = ("odd.md", "# Y callback\n## -returns\nType: <b>void</b>\n\n[x](nf-gone.md)\n");
    let gaps = (
        "gaps.md",
        "# Foo function\n## -parameters\n### -param a [in]\nType: <b>DWORD</b>\n### -param a [in]\nType: <b>DWORD</b>\n\
         ### -param b [in]\nType: <b>FROB</b>\n## -returns\nType: <b>HRESULT</b>\n",
    );
    let numberless = (
        "numberless.md",
        "# HdrSend function\n## -returns\nType: <b>HRESULT</b>\n\n| Code | Text |\n|-|-|\n| E_NOPE | No. |\n",
    );
    let partial = ["codegen", "--partial", "--specs", "FOLDER", "--out", "FOLDER/out"];
    let codes = ("codes.md", "# Codes\n\n**ERROR_GONE**\n\n87\n\nIt is gone.\n");
    let kind = ("kind.md", "# KIND enumeration\n## -enum-fields\n### -field KIND_FIRST:1\n");
    let bad = ("bad.md", "## -enum-fields\n### -field A\n");
    let cases: &[Run<'_>] = &[
        (&[good], &["lint", "--specs", "FOLDER"], 0, ""),
        (&[good, odd], &["lint", "--specs", "FOLDER"], 0, "warning[dangling-link]"),
        (&[good, bad], &["lint", "--specs", "FOLDER"], 1, "error[missing-value]"),
        (&[good, bad], &["lint", "--specs", "FOLDER", "--message-format", "json"], 1, "\"rule\":\"missing-value\""),
        (&[good, bad], &["lint", "--specs", "FOLDER", "--message-format", "github"], 1, "title=missing-value"),
        (&[good, bad], &["facts", "--specs", "FOLDER"], 0, "\"gaps\""),
        (&[good, bad], &["codegen", "--specs", "FOLDER", "--out", "FOLDER/out"], 1, "nothing was written"),
        (&[good, bad], &["codegen", "--partial", "--specs", "FOLDER", "--out", "FOLDER/out"], 0, "src/lib.rs"),
        (&[good, gaps], &partial, 0, "gaps.md:1), without "),
        (&[good, gaps], &partial, 0, "the type `FROB` of `b` "),
        (&[good, gaps], &partial, 0, "1 of 2 items left out"),
        (&[good, numberless], &partial, 0, "left out: code `E_NOPE` of `HdrSend`, without a number"),
        (&[good], &["codegen", "--check", "--specs", "FOLDER", "--out", "FOLDER/out"], 1, "src/lib.rs"),
        (&[good, bad, odd], &["site", "--specs", "FOLDER", "--out", "FOLDER/out"], 0, "1 error, 1 warning, "),
        (&[good], &["lint", "--specs", "FOLDER/gone"], 2, "cannot read"),
        (&[good], &["lint", "--specs", "FOLDER", "--overrides", "FOLDER/gone"], 2, "cannot read"),
        (&[good, ("overrides.toml", "[[enum]\n")], &["lint", "--specs", "FOLDER"], 1, "overrides.toml:1:8"),
        (&[good], &["lint", "--explain", "missing-value"], 0, "missing-value (error)"),
        (&[good], &["lint", "--explain", "value-of-declaration"], 0, "value-of-declaration (derivation)"),
        (&[good], &["lint", "--explain"], 0, "missing-value (error): "),
        (&[good], &["lint", "--explain"], 0, "number-of-code (derivation): "),
        (&[good], &["lint", "--explain", "no-such-rule"], 2, "there is no rule"),
        (&[good], &["explain", "GONE", "--specs", "FOLDER"], 2, "no page describes"),
        (&[codes, kind], &["explain", "ERROR_GONE", "--specs", "FOLDER"], 0, "code ERROR_GONE = 87 = 0x00000057"),
        (&[codes, kind], &["explain", "KIND_FIRST", "--specs", "FOLDER"], 0, "member KIND_FIRST = 1, of KIND"),
        (&[codes, kind], &["explain", "ERROR_GOEN", "--specs", "FOLDER"], 2, "is ERROR_GONE meant?"),
        (&[codes, kind], &["explain", "kind_first", "--specs", "FOLDER"], 2, "is KIND_FIRST meant?"),
        (&[codes, kind], &["explain", "kind_frist", "--specs", "FOLDER"], 2, "is KIND_FIRST meant?"),
        (&[good], &["explain", "Some::name", "--specs", "FOLDER"], 2, "`explain` takes C names"),
        (&[good], &["lint", "--explain", "mising-value"], 2, "is `missing-value` meant?"),
        (&[good], &["lint", "--specs", "FOLDER"], 0, "no findings\n"),
        (&[good], &["no-such-command"], 2, "no-such-command"),
    ];
    for (files, args, code, says) in cases {
        let output = xtask(files, args);
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{args:?}:\n{text}");
        assert!(text.contains(says), "{args:?} does not say {says:?}:\n{text}");
    }
}

#[test]
fn it_works_from_any_folder_of_the_project() {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(workspace().join("specs/winhttp")).args(["xtask", "codegen", "--check"]);
    let output = command.output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("files are what the pages say"), "{said}");
}

#[test]
fn shells_get_completions() {
    for (shell, start) in
        [("bash", "_xtask() {"), ("fish", "# Print an optspec for argparse"), ("zsh", "#compdef xtask")]
    {
        let output = xtask(&[], &["completions", shell]);
        let script = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && script.starts_with(start), "{shell}: {script}");
        assert!(script.contains("codegen"), "{shell}");
    }
}

#[test]
fn packages_carry_the_licences() {
    for package in ["generated", "runtime"] {
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let text = |folder: &str| fs::read(workspace().join(folder).join(licence)).expect("a licence is there");
            assert!(text(package) == text("."), "{package}/{licence}");
        }
    }
}

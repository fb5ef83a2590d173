//! The contract program of `tests/contract`: what it says, and that it has a line for each row of `specs/behaviour`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use winws_tests_generator::workspace;

use super::kit::SANITIZER;
use super::programs::{folder, library};
use super::{Compiler, STRICT, compilers};

/// What the linker needs behind the library.
const SYSTEM: [&str; 3] = ["-lpthread", "-ldl", "-lm"];

fn contract() -> PathBuf {
    workspace().join("tests/contract")
}

fn read(file: &str) -> String {
    fs::read_to_string(contract().join(file)).unwrap()
}

/// The lines of a table below its head: the key, and the other columns.
fn table(file: &str) -> BTreeMap<String, Vec<String>> {
    let text = read(file);
    let rows = text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (row[0].clone(), row[1..].to_vec())).collect()
}

/// Lines of the program by what stands before their colon.
fn lines(text: &str) -> BTreeMap<&str, &str> {
    let pairs = text.lines().map(|line| line.split_once(": ").unwrap_or_else(|| panic!("{line:?} is no line")));
    let mut lines = BTreeMap::new();
    for (key, result) in pairs {
        assert!(lines.insert(key, result).is_none(), "{key} stands twice");
    }
    lines
}

/// The id of the row that a line belongs to.
fn id(key: &str) -> &str {
    key.split(' ').next().expect("a split has a first part")
}

/// The numbers of an id, by which rows are sorted.
fn numbers(id: &str) -> Vec<u32> {
    id[1..].split('.').map(|number| number.parse().unwrap()).collect()
}

/// The sections of behaviour that programs of Windows know. The others are about functions of our own.
const SECTIONS: [u32; 6] = [1, 2, 3, 5, 8, 9];

/// The ids of all rows of these sections.
fn rows() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(workspace().join("specs/behaviour")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let file: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
            let rows = file["row"].as_array().unwrap();
            ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        }
    }
    ids.retain(|id| SECTIONS.contains(&numbers(id)[0]));
    ids
}

/// The ids that stand in the tables of the program's parts: `{ "b1.1.1", b1_1_1 }`.
fn named() -> Vec<String> {
    let program = read("contract.c");
    let parts = program.lines().filter_map(|line| line.strip_prefix("#include \"rows_")?.strip_suffix(".c\""));
    let text: String = parts.map(|part| read(&format!("rows_{part}.c"))).collect();
    let entries = text.split("{ \"").skip(1).filter_map(|entry| entry.split_once("\", b"));
    entries.map(|(id, _)| id.to_owned()).filter(|id| id.starts_with('b')).collect()
}

#[test]
fn each_row_of_behaviour_has_a_line_or_a_reason() {
    let (rows, named, excused) = (rows(), named(), table("not_in_c.tsv"));
    let mut covered: BTreeSet<_> = named.iter().cloned().collect();
    assert_eq!(covered.len(), named.len(), "an id stands twice");
    for id in excused.keys() {
        assert!(covered.insert(id.clone()), "{id} has a line and a reason for none");
    }
    let missing: Vec<_> = rows.difference(&covered).collect();
    let unknown: Vec<_> = covered.difference(&rows).collect();
    assert!(
        missing.is_empty(),
        "rows without a line in tests/contract and without a reason in not_in_c.tsv: {missing:?}"
    );
    assert!(unknown.is_empty(), "no rows: {unknown:?}");
    // The expected output has the same ids, in their order.
    let text = read("expected.txt");
    let mut expected: Vec<_> = text.lines().map(|line| numbers(id(line.split_once(": ").unwrap().0))).collect();
    assert!(expected.is_sorted(), "expected.txt is in the order of the ids");
    expected.dedup();
    let mut said: Vec<_> = named.iter().map(|id| numbers(id)).collect();
    said.sort();
    assert_eq!(expected, said);
}

/// A table about lines names lines that there are.
#[test]
fn tables_name_lines_of_the_expected_output() {
    let text = read("expected.txt");
    let lines = lines(&text);
    for file in ["open.tsv", "windows.tsv", "wine.tsv"] {
        for (key, columns) in table(file) {
            // A row that did not end has one line for all of its situations.
            let did_not_end = ["crash", "timeout"].contains(&columns[0].as_str());
            let known = lines.contains_key(key.as_str()) || did_not_end && lines.keys().any(|line| id(line) == key);
            assert!(known, "{file}: {key}");
            assert!(columns.iter().all(|column| !column.is_empty()), "{file}: {key}");
        }
    }
}

/// The program, as a compiler makes it.
fn built(compiler: Compiler, more: &[&str], name: &str) -> PathBuf {
    let (program, kit) = (folder().join(name), workspace().join("runtime/kit"));
    let mut command = Command::new(compiler.program);
    command.args(["-std=gnu11"]).args(STRICT).args(more);
    command.arg("-I").arg(kit.join("include")).arg("-I").arg(workspace().join("generated/include"));
    command.args([contract().join("contract.c"), kit.join("kit.c"), library()]).args(SYSTEM).arg("-o").arg(&program);
    assert!(command.status().unwrap().success(), "{command:?}");
    program
}

/// Runs the program, whose command line is `program`, and compares what it says.
fn says_what_the_rows_say(program: &[&OsStr]) {
    let (text, open) = (read("expected.txt"), table("open.tsv"));
    let mut expected = lines(&text);
    for (key, columns) in &open {
        let row = expected.insert(key, &columns[0]);
        assert_ne!(row, Some(columns[0].as_str()), "{key} is as the row says, so it is not open");
    }
    let mut python = Command::new("python3");
    let output = python.arg("-B").arg(contract().join("run.py")).args(program).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let said = String::from_utf8(output.stdout).unwrap();
    let said = lines(&said);
    let differences: Vec<_> = expected
        .iter()
        .filter(|(key, result)| said.get(*key) != Some(*result))
        .map(|(key, result)| format!("{key}: {result}\n  said: {}", said.get(key).unwrap_or(&"nothing")))
        .collect();
    assert!(differences.is_empty(), "{program:?}:\n{}\n{errors}", differences.join("\n"));
    assert_eq!(said.len(), expected.len(), "lines that nobody expects");
}

#[test]
#[ignore = "needs a C compiler and Python"]
fn the_program_says_what_the_rows_say() {
    let compilers = compilers().into_iter().filter(|compiler| compiler.language == "c");
    let programs: Vec<_> =
        compilers.map(|compiler| built(compiler, &[], &format!("contract-{}", compiler.program))).collect();
    says_what_the_rows_say(&[programs[0].as_os_str()]);
}

/// A fault ends the program, so the row has no line.
#[test]
#[ignore = "needs a C compiler with AddressSanitizer, and Python"]
fn the_program_is_clean_with_sanitizers() {
    says_what_the_rows_say(&[built(compilers()[0], SANITIZER, "contract-sanitized").as_os_str()]);
}

/// Run by `.ci/interop`, which installs it.
#[test]
#[ignore = "needs a C compiler, Python and valgrind"]
fn the_program_is_clean_under_valgrind() {
    let program = built(compilers()[0], &["-gdwarf-4"], "contract-watched");
    let suppressions = format!("--suppressions={}", contract().join("valgrind.supp").display());
    let valgrind = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=definite"];
    let more = ["--errors-for-leak-kinds=definite", &suppressions];
    let words: Vec<&OsStr> = valgrind.into_iter().chain(more).map(OsStr::new).chain([program.as_os_str()]).collect();
    says_what_the_rows_say(&words);
}

//! The compilers of C and C++ that this machine has. All tests below this module need one, and `.ci/run` includes them.

mod border;
mod contract_program;
pub(crate) mod headers;
mod installed;
mod kit;
mod patterns;
mod programs;

use std::process::Command;

/// A compiler, the language it is asked for, and what else it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compiler {
    /// What it is called.
    pub program: &'static str,
    /// `c` or `c++`.
    pub language: &'static str,
    /// The switch for the standard.
    pub standard: &'static str,
}

/// What every source has to bear.
pub(crate) const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

const COMPILERS: [Compiler; 4] = [
    Compiler { program: "gcc", language: "c", standard: "-std=c11" },
    Compiler { program: "g++", language: "c++", standard: "-std=c++17" },
    Compiler { program: "clang", language: "c", standard: "-std=c11" },
    Compiler { program: "clang++", language: "c++", standard: "-std=c++17" },
];

/// The compilers of this machine, one at least.
pub(crate) fn compilers() -> Vec<Compiler> {
    let is_there =
        |program| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    let there: Vec<_> = COMPILERS.into_iter().filter(|compiler| is_there(compiler.program)).collect();
    assert!(!there.is_empty(), "there is no compiler");
    println!("compilers: {}", there.iter().map(|compiler| compiler.program).collect::<Vec<_>>().join(", "));
    there
}

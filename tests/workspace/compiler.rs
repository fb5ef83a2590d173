//! The compilers of C and C++ that this machine has.

mod headers;
mod programs;

use std::process::Command;

/// A compiler, the language it is asked for, and what else it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Compiler {
    /// What it is called.
    pub program: &'static str,
    /// `c` or `c++`.
    pub language: &'static str,
    /// The switch for the standard.
    pub standard: &'static str,
}

/// What every source has to bear.
pub const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

const COMPILERS: [Compiler; 4] = [
    Compiler { program: "gcc", language: "c", standard: "-std=c11" },
    Compiler { program: "g++", language: "c++", standard: "-std=c++17" },
    Compiler { program: "clang", language: "c", standard: "-std=c11" },
    Compiler { program: "clang++", language: "c++", standard: "-std=c++17" },
];

/// The compilers of this machine; names those that it has not.
///
/// # Panics
///
/// When there is none at all although `WINWS_NEEDS_COMPILER` is set.
pub fn compilers() -> Vec<Compiler> {
    let is_there =
        |program| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    let (there, absent): (Vec<_>, Vec<_>) = COMPILERS.into_iter().partition(|compiler| is_there(compiler.program));
    for compiler in absent {
        println!("skipped: there is no {}", compiler.program);
    }
    assert!(!there.is_empty() || std::env::var_os("WINWS_NEEDS_COMPILER").is_none(), "there is no compiler");
    there
}

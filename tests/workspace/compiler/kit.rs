//! The porting kit: its headers compile in every order, its functions do what the pages of Windows say, and a program may have
//! a wmain.
//!
//! These tests need a compiler.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use winws_tests_generator::workspace;

use super::programs::library;
use super::{Compiler, STRICT, compilers};

/// The headers of the kit that programs include.
const HEADERS: [&str; 5] = ["windows.h", "stdio.h", "wchar.h", "sal.h", "process.h"];

/// What decides how wide the characters are.
const WIDTHS: [&[&str]; 3] = [&[], &["-fshort-wchar"], &["-DWINWS_UTF16"]];

/// How programs are built: as they come, and as Debian builds its packages.
const BUILDS: [&[&str]; 2] =
    [&["-O0"], &["-O2", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", "-Wformat", "-Werror=format-security"]];

/// What finds wrong accesses. Not every clang has its library.
pub(super) const SANITIZER: &[&str] = &["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// What the linker needs behind the kit.
fn linked() -> Vec<OsString> {
    std::iter::once(library().into_os_string()).chain(["-lpthread", "-ldl", "-lm"].map(OsString::from)).collect()
}

/// Every way to build a program with this compiler.
fn builds(compiler: Compiler) -> impl Iterator<Item = &'static [&'static str]> {
    BUILDS.into_iter().chain(compiler.program.starts_with('g').then_some(SANITIZER))
}

/// A folder with the archives of the kit.
struct Kit(tempfile::TempDir);

impl Kit {
    fn new(compiler: Compiler) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (archive, members) in [("libwinws_kit.a", &["kit", "main"][..]), ("libwinws_names.a", &["names"])] {
            let mut ar = Command::new("ar");
            ar.arg("rcs").arg(folder.path().join(archive));
            for member in members {
                let object = folder.path().join(member).with_extension("o");
                let source = workspace().join("runtime/kit").join(member).with_extension("c");
                // C++ has no use for them, and links those of C.
                let c = Compiler { language: "c", standard: "-std=c11", ..compiler };
                let mut cc = command(c, &["-O2", "-fPIC", "-c"]);
                run(cc.args(["-x", "c"]).arg(source).arg("-o").arg(&object));
                ar.arg(object);
            }
            run(&mut ar);
        }
        Self(folder)
    }

    /// Builds a program with what else the compiler is told.
    fn link(&self, compiler: Compiler, more: &[&str], source: &Path) -> PathBuf {
        let program = self.0.path().join("program");
        let mut cc = command(compiler, more);
        cc.args(["-x", compiler.language]).arg(source).args(["-x", "none"]);
        cc.arg(self.0.path().join("libwinws_kit.a"));
        run(cc.args(linked()).arg("-o").arg(&program));
        program
    }

    /// What a program says, which has to succeed.
    fn said(&self, compiler: Compiler, more: &[&str], source: &Path) -> String {
        run(&mut Command::new(self.link(compiler, more, source)))
    }

    /// Runs a fixture in all compilers, builds and widths. Its checks are silent unless they fail.
    fn check(fixture: &str, widths: &[&[&str]]) {
        for compiler in compilers() {
            let kit = Self::new(compiler);
            for build in builds(compiler) {
                for width in widths {
                    let more = [build, *width].concat();
                    assert_eq!(kit.said(compiler, &more, &self::fixture(fixture)), "", "{} {more:?}", compiler.program);
                }
            }
        }
    }
}

/// A compiler with the folders of the headers, as the kit is used.
fn command(compiler: Compiler, more: &[&str]) -> Command {
    let mut command = Command::new(compiler.program);
    command.arg(compiler.standard).args(STRICT).args(more);
    for folder in ["runtime/kit/include", "generated/include"] {
        command.arg("-I").arg(workspace().join(folder));
    }
    command
}

fn fixture(name: &str) -> PathBuf {
    workspace().join("tests/workspace/fixtures/c/kit").join(name)
}

/// What a command says that has to succeed.
fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let stdout = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{command:?}: {status}\n{stdout}{}", String::from_utf8_lossy(&stderr));
    stdout
}

/// Compiles a source and throws the result away.
fn compile(compiler: Compiler, more: &[&str], text: &str) {
    let source = tempfile::NamedTempFile::new().unwrap();
    fs::write(&source, text).unwrap();
    let output = command(compiler, more).args(["-fsyntax-only", "-x", compiler.language]).arg(source.path()).output();
    let output = output.unwrap();
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {} {more:?}\n{text}{shown}", compiler.program, compiler.standard);
}

/// All compilers, with the oldest and the newest standard of C++ too.
fn all_standards() -> Vec<Compiler> {
    let mut all = compilers();
    for standard in ["-std=c++11", "-std=c++20"] {
        all.extend(
            compilers().into_iter().filter(|compiler| compiler.language == "c++").map(|c| Compiler { standard, ..c }),
        );
    }
    all
}

#[test]
#[ignore = "needs a C compiler"]
fn headers_of_the_kit_compile_in_every_order() {
    let generated = ["winhttp.h", "websocket.h"];
    let mut orders = Vec::new();
    for kit in HEADERS {
        orders.push(vec![kit, kit]);
        orders.extend(generated.iter().flat_map(|other| [vec![kit, other], vec![other, kit]]));
    }
    let all: Vec<_> = HEADERS.into_iter().chain(generated).collect();
    let both = [all.clone(), all.into_iter().rev().collect()];
    let check = |compiler: Compiler, more: &[&str], order: &[&str]| {
        let mut source = String::new();
        order.iter().for_each(|header| writeln!(source, "#include <{header}>").unwrap());
        // Programs include headers of C between such braces.
        if compiler.language == "c++" {
            compile(compiler, more, &format!("extern \"C\" {{\n{source}}}\n"));
        }
        compile(compiler, more, &(source + "typedef int something;\n"));
    };
    for width in WIDTHS {
        for compiler in compilers() {
            orders.iter().for_each(|order| check(compiler, width, order));
        }
        for compiler in all_standards() {
            for more in BUILDS.map(|build| [build, width, &["-Wshadow"]].concat()) {
                both.iter().for_each(|order| check(compiler, &more, order));
            }
        }
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn headers_of_the_standard_library_follow_those_of_the_kit() {
    let annotations = fs::read_to_string(fixture("annotations.c")).unwrap();
    let deprecated: &[&str] = &["-Wno-deprecated-declarations"];
    for compiler in all_standards() {
        for more in [&[][..], &["-DWINWS_SAL1"]] {
            compile(compiler, &[deprecated, more].concat(), &annotations);
        }
        compile(compiler, deprecated, &format!("#include <windows.h>\n#include <stdio.h>\n{annotations}"));
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn formats_mean_what_they_mean_on_windows() {
    Kit::check("formats.c", &WIDTHS[..2]);
}

#[test]
#[ignore = "needs a C compiler"]
fn narrow_and_wide_output_mix() {
    let c = "wide \u{20AC} narrow\nnarrow wide \u{20AC}\n\u{1F600} 12002\n18446744073709551615\nwn\nlist\nlist\nputs\npointer\n";
    for compiler in compilers() {
        let kit = Kit::new(compiler);
        let said = if compiler.language == "c" { c.to_owned() } else { format!("{c}std\nstd\n1.500000 7\n") };
        for more in BUILDS.iter().flat_map(|build| WIDTHS[..2].iter().map(|width| [*build, *width].concat())) {
            assert_eq!(kit.said(compiler, &more, &fixture("output.c")), said, "{} {more:?}", compiler.program);
        }
        if compiler.language == "c++" {
            assert_eq!(kit.said(compiler, &[], &fixture("wide_stream.cc")), "first\nsecond\nthird\n");
        }
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn text_is_converted_as_the_pages_say() {
    Kit::check("conversions.c", &WIDTHS);
}

#[test]
#[ignore = "needs a C compiler"]
fn threads_and_events_do_what_the_pages_say() {
    Kit::check("threads.c", &WIDTHS[..1]);
}

/// The fixture looks into the kit, whose source is C.
#[test]
#[ignore = "needs a C compiler"]
fn waits_end_as_they_do_on_windows() {
    for compiler in compilers().into_iter().filter(|compiler| compiler.language == "c") {
        let (kit, compiler) = (Kit::new(compiler), Compiler { standard: "-std=gnu11", ..compiler });
        for build in BUILDS {
            assert_eq!(kit.said(compiler, build, &fixture("waits.c")), "", "{} {build:?}", compiler.program);
        }
    }
}

/// Nothing of a thread that has ended is left to run in what is unloaded then.
#[test]
#[ignore = "needs a C compiler"]
fn a_library_may_go_when_its_threads_have_ended() {
    let compiler = compilers()[0];
    let kit = Kit::new(compiler);
    let (library, host) = (kit.0.path().join("plug.so"), kit.0.path().join("host"));
    let mut cc = command(compiler, &["-shared", "-fPIC"]);
    run(cc
        .arg(fixture("plug.c"))
        .args(["-L".as_ref(), kit.0.path()])
        .arg("-lwinws_kit")
        .args(linked())
        .arg("-o")
        .arg(&library));
    run(command(compiler, &["-ldl"]).arg(fixture("host.c")).arg("-o").arg(&host));
    run(Command::new(host).arg(library).arg("20000"));
}

/// With two bytes for each character, what the C library does to four of them is an error of the compiler.
#[test]
#[ignore = "needs a C compiler"]
fn wide_characters_of_another_size_are_refused() {
    let programs = [
        ("c", "int main(void) { return (int)wcslen(L\"ab\"); }"),
        ("c", "int main(void) { return wcscmp(L\"ab\", L\"ab\"); }"),
        ("c", "int main(void) { return wcschr(L\"ab\", L'a') == 0; }"),
        ("c", "int main(void) { return fputws(L\"ab\", stdout); }"),
        ("c", "int main(void) { wchar_t to[3]; return wcscpy(to, L\"ab\") == 0; }"),
        // What a compiler knows itself it may say.
        ("c++", "extern const wchar_t *text; int main() { return int(wcslen(text)); }"),
        ("c++", "extern const wchar_t *text; int main() { return std::wcscmp(text, L\"ab\"); }"),
        ("c++", "extern const wchar_t *text; int main() { std::wstring one(text); return int(one.size()); }"),
    ];
    for compiler in compilers() {
        let folder = tempfile::tempdir().unwrap();
        let (source, object) = (folder.path().join("source"), folder.path().join("object"));
        for (language, program) in programs.iter().filter(|(language, _)| *language == compiler.language) {
            let headers = if *language == "c" { "" } else { "#include <cwchar>\n#include <string>\n" };
            let text = format!("#include <windows.h>\n#include <stdio.h>\n#include <wchar.h>\n{headers}{program}\n");
            fs::write(&source, text).unwrap();
            for build in BUILDS {
                let compile = |width: &[&str]| {
                    let mut cc = command(compiler, &[build, width].concat());
                    cc.args(["-c", "-x", language]).arg(&source).arg("-o").arg(&object).output().unwrap()
                };
                let usual = compile(&[]);
                assert!(usual.status.success(), "{program}: {}", String::from_utf8_lossy(&usual.stderr));
                assert!(!compile(&["-fshort-wchar"]).status.success(), "{} {build:?}: {program}", compiler.program);
            }
        }
    }
}

/// Every form that a wmain can have, and what its last parameters are.
#[test]
#[ignore = "needs a C compiler"]
fn a_wmain_gets_its_arguments() {
    let forms = [
        ("c", "wchar_t **arguments"),
        ("c", "wchar_t *arguments[], wchar_t *environment[]"),
        ("c++", "wchar_t **arguments"),
        ("c++", "wchar_t *arguments[], wchar_t *environment[]"),
        ("c++", "const wchar_t **arguments"),
        ("c++", "const wchar_t **arguments, const wchar_t **environment"),
        ("c++", "wchar_t *const *arguments"),
        ("c++", "const wchar_t *const arguments[]"),
    ];
    for compiler in compilers() {
        let kit = Kit::new(compiler);
        for more in builds(compiler).flat_map(|build| WIDTHS[..2].iter().map(move |width| [build, *width].concat())) {
            for (_, parameters) in forms.iter().filter(|(language, _)| *language == compiler.language) {
                let shown = if parameters.contains("environment") { "environment[0]" } else { "L\"none\"" };
                let source = kit.0.path().join("wmain");
                let text = format!(
                    "#include <stdio.h>\nint wmain(int count, {parameters});\nint wmain(int count, {parameters}) {{\n\
                     wprintf(L\"%d %s %s %s\\n\", count, arguments[1], arguments[count] ? L\"?\" : L\".\", {shown});\n\
                     return 0;\n}}\n"
                );
                fs::write(&source, text).unwrap();
                let program = kit.link(compiler, &more, &source);
                let said = run(Command::new(program).arg("\u{E4}\u{20AC}\u{1F600}").env_clear().env("A", "\u{F6}"));
                let last = if shown.starts_with('L') { "none" } else { "A=\u{F6}" };
                assert_eq!(
                    said,
                    format!("2 \u{E4}\u{20AC}\u{1F600} . {last}\n"),
                    "{} {more:?} {parameters}",
                    compiler.program
                );
            }
        }
    }
}

/// A main comes from the archive only if there is none.
#[test]
#[ignore = "needs a C compiler"]
fn a_main_of_the_program_is_its_own() {
    for compiler in compilers() {
        let kit = Kit::new(compiler);
        let source = kit.0.path().join("source");
        let run = |text: &str| {
            fs::write(&source, text).unwrap();
            Command::new(kit.link(compiler, &[], &source)).output().unwrap()
        };
        let declared = "#include <windows.h>\nint wmain(void);\nint wmain(void)";
        let both = run(&format!("{declared} {{ return 1; }}\nint main(void) {{ Sleep(0); return 2; }}\n"));
        assert_eq!(both.status.code(), Some(2));
        assert_eq!(run(&format!("{declared} {{ return 3; }}\n")).status.code(), Some(3));
        let neither = run("typedef int something;\n");
        assert!(
            String::from_utf8_lossy(&neither.stderr).contains("neither main nor wmain") && !neither.status.success()
        );
    }
}

/// Programs that link by symbol find the names of Windows in an archive of their own, and nowhere else.
#[test]
#[ignore = "needs a C compiler"]
fn names_are_symbols_of_one_archive() {
    let compiler = compilers()[0];
    let kit = Kit::new(compiler);
    let source = kit.0.path().join("source");
    let program = kit.0.path().join("program");
    let text = "unsigned GetLastError(void); void SetLastError(unsigned); void *GlobalAlloc(unsigned, unsigned long);\n\
         void *GlobalFree(void *);\n\
         int main(void) { SetLastError(6); return GetLastError() != 6 || GlobalFree(GlobalAlloc(0x40, 8)) != 0; }\n";
    fs::write(&source, text).unwrap();
    for archive in ["libwinws_kit.a", "libwinws_names.a"] {
        let mut cc = Command::new(compiler.program);
        cc.args(["-x", compiler.language]).arg(&source).args(["-x", "none"]).arg(kit.0.path().join(archive));
        let linked = cc.arg(library()).args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program).output().unwrap();
        assert_eq!(
            linked.status.success(),
            archive == "libwinws_names.a",
            "{}",
            String::from_utf8_lossy(&linked.stderr)
        );
    }
    run(&mut Command::new(program));
}

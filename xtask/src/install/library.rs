//! The library as files: built by cargo, and linked by the C compiler.

use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::place::soname_version;

/// What was built, in a folder of its own.
pub(super) struct Library {
    folder: PathBuf,
    archives: Vec<PathBuf>,
    native: String,
}

/// What of the sections of an object is no part of the library: what compilers read of each other's objects, which older ones
/// cannot read.
const LEFT_OUT: [&str; 2] = [".llvmbc", ".llvmcmd"];

impl Library {
    /// Builds the static library and links the shared one from it, with these names and no other.
    pub(super) fn build(project: &Path, exports: &[&str]) -> anyhow::Result<Self> {
        let (archive, native) = cargo(project)?;
        // Two installations at once must not meet.
        let folder = archive.with_file_name(format!("install-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut library = Self { folder, archives: Vec::new(), native };
        library.link(&archive, exports)?;
        library.kit(project)?;
        Ok(library)
    }

    /// One object with everything that the exported functions need. All other names in it are local: a program may have
    /// another library of Rust, whose names are the same.
    fn link(&mut self, archive: &Path, exports: &[&str]) -> anyhow::Result<()> {
        let (names, script) = (self.folder.join("names"), self.folder.join("version"));
        let (all, object) = (self.folder.join("all.o"), self.folder.join("winws.o"));
        fs::write(&names, exports.join("\n"))?;
        fs::write(&script, version_script(exports))?;
        let mut whole = tool("CC", "cc");
        whole.args(["-r", "-nostdlib", "-Wl,--gc-sections", "-o"]).arg(&all);
        whole.args(exports.iter().map(|name| format!("-Wl,-u,{name}"))).arg(archive);
        run(&mut whole)?;
        let mut localised = tool("OBJCOPY", "objcopy");
        localised.arg(with("--keep-global-symbols=", &names)).arg("--strip-debug");
        localised.args(LEFT_OUT.map(|section| format!("--remove-section={section}"))).arg(&all).arg(&object);
        run(&mut localised)?;
        self.archive("winws", std::slice::from_ref(&object))?;
        let mut shared = tool("CC", "cc");
        shared.args(["-shared", "-o"]).arg(self.shared()).arg(&object);
        // The library's threads may be running while a program calls dlclose.
        shared.args(["-Wl,-z,nodelete", "-Wl,-z,relro,-z,now", "-Wl,--gc-sections", "-Wl,--no-undefined", "-Wl,-s"]);
        shared.arg(format!("-Wl,-soname,libwinws.so.{}", soname_version())).arg(with("-Wl,--version-script=", &script));
        run(shared.args(self.native.split_whitespace()))
    }

    /// The archives of the porting kit: the names of Windows that are symbols, and what needs more than headers.
    fn kit(&mut self, project: &Path) -> anyhow::Result<()> {
        let kit = project.join("runtime/kit");
        let mut objects = Vec::new();
        for source in sources(&kit)? {
            let object = self.folder.join(source.file_name().context("a source has a name")?).with_extension("o");
            let mut compiled = tool("CC", "cc");
            compiled.args(["-std=gnu11", "-O2", "-fPIC", "-pthread", "-c", "-I"]).arg(kit.join("include"));
            compiled.arg("-I").arg(project.join("generated/include")).arg(&source).arg("-o").arg(&object);
            run(&mut compiled)?;
            objects.push(object);
        }
        let (names, others): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object| object.file_stem().is_some_and(|stem| stem == "names"));
        self.archive("winws_names", &names)?;
        self.archive("winws_kit", &others)
    }

    fn archive(&mut self, name: &str, objects: &[PathBuf]) -> anyhow::Result<()> {
        let archive = self.folder.join(format!("lib{name}.a"));
        // What an earlier process of the same number left behind would stay in it.
        if archive.exists() {
            fs::remove_file(&archive)?;
        }
        run(tool("AR", "ar").arg("crsD").arg(&archive).args(objects))?;
        self.archives.push(archive);
        Ok(())
    }

    pub(super) fn shared(&self) -> PathBuf {
        self.folder.join("libwinws.so")
    }

    pub(super) fn archives(&self) -> Vec<PathBuf> {
        self.archives.clone()
    }

    /// The libraries of the system that the static library needs, as a linker is told.
    pub(super) fn native(&self) -> &str {
        &self.native
    }
}

impl Drop for Library {
    /// Removes what is installed by now, or cannot be.
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("cannot remove {}: {error}", self.folder.display());
        }
    }
}

/// The static library, and the libraries of the system that it needs.
fn cargo(project: &Path) -> anyhow::Result<(PathBuf, String)> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(project).stdout(Stdio::piped()).stderr(Stdio::inherit());
    cargo.args(["rustc", "--release", "-p", "winws", "--features", "capi", "--crate-type", "staticlib"]);
    cargo.args(["--message-format", "json", "--", "--print", "native-static-libs"]);
    let output = cargo.output().context("cannot run cargo")?;
    let (mut archive, mut native) = (None, None);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        if let Some(text) = message["message"]["message"].as_str() {
            match text.strip_prefix("native-static-libs: ") {
                Some(libraries) => native = Some(libraries.to_owned()),
                None if message["message"]["level"] == "note" => {}
                None => eprint!("{}", message["message"]["rendered"].as_str().unwrap_or_default()),
            }
        }
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(|file| file.as_str());
        if let Some(file) =
            files.map(PathBuf::from).find(|file| file.file_name().is_some_and(|name| name == "libwinws.a"))
        {
            archive = Some(file);
        }
    }
    if !output.status.success() {
        bail!("cargo could not build the static library");
    }
    let archive = archive.context("cargo did not say where the static library is")?;
    let native = native.context("the compiler did not say which libraries of the system it needs")?;
    // C compilers have it linked anyway. With -static they take another one, and this one is nowhere then.
    let native: Vec<&str> = native.split_whitespace().filter(|&library| library != "-lgcc_s").collect();
    Ok((archive, native.join(" ")))
}

/// The C sources of a folder, sorted.
fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    let mut sources: Vec<PathBuf> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|it| it == "c")).collect();
    sources.sort();
    Ok(sources)
}

/// Which names the shared library has. Programs that were linked with one version of it find it again.
fn version_script(exports: &[&str]) -> String {
    let mut script = format!("WINWS_{} {{\n  global:\n", soname_version());
    for name in exports {
        writeln!(script, "    {name};").expect("a string takes everything");
    }
    script + "  local: *;\n};\n"
}

/// A tool of the C compiler's, or what the environment names for it. Words after the first are arguments.
fn tool(variable: &str, usual: &str) -> Command {
    let words = env::var(variable).ok().filter(|words| !words.trim().is_empty()).unwrap_or_else(|| usual.to_owned());
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(usual));
    command.args(words);
    command
}

fn with(option: &str, path: &Path) -> OsString {
    let mut word = OsString::from(option);
    word.push(path);
    word
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        bail!("{program} failed, {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

//! The site of a whole tree, beside Hugo on the same folder: `cargo bench -p winws-tests-generator --bench site -- FOLDER`.
//!
//! A folder that is smaller than a whole published tree is multiplied to its size; pages whose front matter is no YAML are
//! left out, which Hugo does not read. Both read it from the disk and write a new folder; all cores are used. Hugo has a
//! theme of two lines and makes neither links between pages nor an index. It is taken from `PATH`; Debian has a package.

#[allow(dead_code, reason = "the other bench uses the rest")]
mod tree;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use winws_tests_generator::workspace;
use xtask::Reading;
use xtask::emit::site::{self, Options};
use xtask::source;
use xtask::sync::{self, Mode, OutputFile};

use tree::{median, multiplied, to_f64};

fn main() {
    let Some(folder) = tree::folder() else {
        println!("no folder of pages was named: cargo bench -p winws-tests-generator --bench site -- FOLDER");
        return;
    };
    let place = tempfile::tempdir().expect("there is room for a tree");
    let content = place.path().join("content");
    let mut tree = source::load(&folder, None).expect("the folder can be read");
    tree.pages.retain(|page| has_yaml(page.text()));
    let pages = multiplied(&folder, &tree);
    for (path, bytes) in &pages {
        let path = content.join(path);
        fs::create_dir_all(path.parent().expect("a page is in a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a page can be written");
    }
    let bytes: usize = pages.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} pages, {:.1} MB", pages.len(), to_f64(bytes) / 1e6);

    let specs = [content.clone()];
    tell("reading", pages.len(), median(|| drop(black_box(read(&specs)))), None);
    let reading = read(&specs);
    tell("rendering", pages.len(), median(|| drop(black_box(render(&reading)))), None);
    let files = render(&reading);
    drop(reading);
    let out = place.path().join("site");
    tell("writing", pages.len(), median(|| write(&out, &files)), None);
    println!(
        "{} files, {:.1} MB; the index {:.1} MB",
        files.len(),
        megabytes(&files, |_| true),
        megabytes(&files, is_index)
    );
    drop(files);

    // As of the command, what takes the memory back is not measured.
    let ours = median(|| {
        let reading = read(&specs);
        let files = render(&reading);
        write(&out, &files);
        (reading, files)
    });
    let hugo = hugo(place.path(), &content);
    tell("from pages to site", pages.len(), ours, hugo);
    if let Some(hugo) = hugo {
        tell("Hugo", pages.len(), hugo, None);
    }
    own(place.path());
}

fn read(specs: &[PathBuf]) -> Reading {
    xtask::read(specs, None, None).expect("the pages can be read")
}

/// The site with the findings on it, as the command makes it.
fn render(reading: &Reading) -> Vec<OutputFile> {
    site::emit(&reading.spec, &Options { findings: reading.findings(), ..Options::default() })
}

/// Our own pages.
fn own(place: &Path) {
    let out = place.join("own");
    let specs = [workspace().join("specs")];
    let make = || {
        let files = render(&read(&specs));
        write(&out, &files);
        files
    };
    let files = make();
    let size = megabytes(&files, |file| !is_index(file));
    println!("our own site: {} files, {size:.2} MB without the index", files.len());
    tell("our own site", files.len(), median(|| drop(make())), None);
}

/// The time of Hugo, if there is one: of one run, since it takes long.
fn hugo(place: &Path, content: &Path) -> Option<Duration> {
    let version = Command::new("hugo").arg("version").output().ok().filter(|output| output.status.success());
    let Some(version) = version else {
        println!("no hugo was found: `apt-get install hugo` has one to compare with");
        return None;
    };
    println!("{}", String::from_utf8_lossy(&version.stdout).trim());
    let layouts = place.join("layouts/_default");
    fs::create_dir_all(&layouts).expect("a folder can be made");
    let page = "<!doctype html><html lang=\"en\"><title>{{ .Title }}</title><h1>{{ .Title }}</h1>\n";
    fs::write(layouts.join("single.html"), format!("{page}{{{{ .Content }}}}</html>\n"))
        .expect("a file can be written");
    let list = "{{ range .Pages }}<p><a href=\"{{ .RelPermalink }}\">{{ .Title }}</a>{{ end }}</html>\n";
    fs::write(layouts.join("list.html"), format!("{page}{list}")).expect("a file can be written");
    let config = "baseURL = \"https://example.org/\"\ndisableKinds = [\"taxonomy\", \"term\", \"RSS\"]\n";
    fs::write(place.join("config.toml"), config).expect("a file can be written");
    let out = place.join("hugo");
    let start = std::time::Instant::now();
    let mut run = Command::new("hugo");
    run.arg("--quiet").arg("--source").arg(place).arg("--contentDir").arg(content).arg("--destination").arg(&out);
    let status = run.stdout(Stdio::null()).status().expect("hugo starts");
    let time = start.elapsed();
    if !status.success() {
        println!("hugo cannot read the folder");
        return None;
    }
    Some(time)
}

/// Writes a site into a new folder. What was there before goes out of the way, which takes no time.
fn write(out: &Path, files: &[OutputFile]) {
    if out.exists() {
        let away = tempfile::tempdir_in(out.parent().expect("the folder is in one")).expect("a folder can be made");
        fs::rename(out, away.keep().join("old")).expect("a folder can be moved");
    }
    sync::sync(out, &["."], files, Mode::Write).expect("the site can be written");
}

fn has_yaml(page: &str) -> bool {
    let front = page.strip_prefix("---").and_then(|rest| rest.split_once("\n---"));
    front.is_none_or(|(yaml, _)| serde_yaml::from_str::<serde_yaml::Value>(yaml).is_ok())
}

fn is_index(file: &OutputFile) -> bool {
    file.path == "search-index.js"
}

fn megabytes(files: &[OutputFile], which: impl Fn(&OutputFile) -> bool) -> f64 {
    files.iter().filter(|file| which(file)).map(|file| to_f64(file.text.len())).sum::<f64>() / 1e6
}

fn tell(what: &str, pages: usize, time: Duration, peer: Option<Duration>) {
    let speed = to_f64(pages) / time.as_secs_f64();
    let ratio = peer.map(|peer| format!(", {:.2} of Hugo", time.as_secs_f64() / peer.as_secs_f64()));
    println!("{what:24} {:8.3} s {speed:10.0} pages/s{}", time.as_secs_f64(), ratio.unwrap_or_default());
}

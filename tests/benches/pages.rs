//! Pages per second, beside the bare floor: `cargo bench -p winws-tests-generator --bench pages -- FOLDER`.
//!
//! The floor is what the two libraries need for the same bytes: the Markdown crate over the body, the YAML crate over
//! the front matter with every scalar as a string. A folder that is smaller than a whole published tree is multiplied
//! to its size under other names. Everything runs on one thread.

mod tree;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use xtask::source::{self, SourceFile, Tree};
use xtask::{emit, lower, parse};

use tree::{File, loaded, median, multiplied, to_f64, whole};

fn main() {
    let Some(folder) = tree::folder() else {
        println!("no folder of pages was named: cargo bench -p winws-tests-generator --bench pages -- FOLDER");
        return;
    };
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("nothing has used the pool before");
    let tree = source::load(&folder, None).expect("the folder can be read");
    let files = multiplied(&folder, &tree);
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} pages, {:.1} MB, of {} read", files.len(), to_f64(bytes) / 1e6, tree.pages.len());

    let floor = measure(&files, "bare Markdown and YAML", None, || {
        for (_, bytes) in &files {
            bare(bytes);
        }
    });
    measure(&files, "bytes only", Some(floor), || {
        for (_, bytes) in &files {
            black_box(bytes.iter().fold(0_u8, |sum, byte| sum ^ byte));
        }
    });
    measure(&files, "load to parse", Some(floor), || {
        for file in loaded(&files) {
            black_box(parse::parse(&file, &mut xtask::diag::Diagnostics::default()));
        }
    });
    measure(&files, "load to lower", Some(floor), || {
        for file in loaded(&files) {
            let mut diags = xtask::diag::Diagnostics::default();
            black_box(lower::lower(&parse::parse(&file, &mut diags), &mut diags));
        }
    });
    // The program forgets at its end what it has read, so freeing it is not in the time.
    measure(&files, "load to resolve", Some(floor), || {
        let trees = [whole(&files)];
        (xtask::understand(&trees, None), trees)
    });
    measure(&files, "load to facts.json", Some(floor), || {
        let trees = [whole(&files)];
        let (spec, findings) = xtask::understand(&trees, None);
        (emit::json::facts(&spec, false), spec, findings, trees)
    });
    long_pages();
}

/// Nothing may be quadratic: a page of 10 MB should take a hundred times what one of 100 kB takes.
fn long_pages() {
    let mut first = None;
    for size in [100_000, 1_000_000, 10_000_000] {
        let file = SourceFile::new("long.md", "long.md", long_page(size).into_bytes());
        let tree = || Tree { pages: vec![file.clone()], ..Tree::default() };
        let time = median(|| {
            black_box(xtask::understand(&[tree()], None));
        });
        let base = *first.get_or_insert(time);
        let ratio = time.as_secs_f64() / base.as_secs_f64();
        println!(
            "one page of {:5.1} MB    {:8.3} s, {ratio:.0} times the first",
            to_f64(size) / 1e6,
            time.as_secs_f64()
        );
    }
}

/// A function with ever more parameters, each with all that pages have.
fn long_page(size: usize) -> String {
    let mut page = "---\nUID: NF:long.Long\n---\n# Long function\n## -description\nText.\n## -parameters\n".to_owned();
    let mut number = 0;
    while page.len() < size {
        number += 1;
        let param = format!(
            "### -param p{number} [in, optional]\n\nType: <b>DWORD</b>\n\nA <i>value</i> with `code`, see [there](/x/y).\n\n\
             * one\n* two\n\n<table>\n<tr><th>Value</th><th>Meaning</th></tr>\n<tr><td><dl><dt><b>A_{number}</b></dt>\n\
             <dt>{number}</dt></dl></td><td>\n\nIt means **this**.\n\n</td></tr>\n</table>\n\n> [!NOTE]\n> A note.\n\n"
        );
        page.push_str(&param);
    }
    page.push_str("## -returns\n\nType: <b>DWORD</b>\n");
    page
}

fn bare(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (yaml, body) = match text.strip_prefix("---").and_then(|rest| rest.split_once("\n---")) {
        Some((yaml, body)) => (yaml, body),
        None => ("", &*text),
    };
    // Values are scalars or lists; both are read without a type.
    black_box(serde_yaml::from_str::<BTreeMap<String, OneOrMany>>(yaml).ok());
    black_box(pulldown_cmark::Parser::new(body).count());
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only reading it is measured")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
    None,
}

fn measure<T>(files: &[File], what: &str, floor: Option<Duration>, run: impl FnMut() -> T) -> Duration {
    let time = median(run);
    let speed = to_f64(files.len()) / time.as_secs_f64();
    let ratio = floor.map(|floor| format!(", {:.2} of the floor", time.as_secs_f64() / floor.as_secs_f64()));
    println!("{what:24} {:8.3} s {speed:10.0} pages/s{}", time.as_secs_f64(), ratio.unwrap_or_default());
    time
}

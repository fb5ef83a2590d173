//! Crates and headers of real pages, with what is incomplete left out. `WINWS_CORPUS` names the folder of the pages.

use std::fs;
use std::path::PathBuf;

use xtask::emit;
use xtask::source::{self, Tree};

use crate::compiler::compilers;
use crate::compiler::headers::{Headers, check_all};
use crate::compiles::refused;

fn root() -> PathBuf {
    std::env::var_os("WINWS_CORPUS").expect("WINWS_CORPUS names a folder of real pages").into()
}

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn crates_of_real_pages_compile() {
    let root = root();
    let target = tempfile::tempdir().expect("a folder can be made");
    for folder in [
        "seeds",
        "pages/ddi-sample",
        "pages/sdk-api",
        "pages/sdk-api-old",
        "pages/win32",
        "trees/win32-templates",
        "trees/diff-sample/old",
        "trees/diff-sample/new",
    ] {
        let tree: Tree = source::load(&root.join(folder), None).expect("the folder can be read");
        let (spec, _) = xtask::understand(std::slice::from_ref(&tree), None);
        if let Some(why) = refused(&spec, target.path()) {
            panic!("{folder}:\n{why}");
        }
        let complete: usize = spec.families.iter().map(|family| family.functions.len() + family.structs.len()).sum();
        println!("{folder}: {} pages, {complete} complete functions and structures", tree.pages.len());
    }
}

#[test]
#[ignore = "needs a corpus and a compiler: WINWS_CORPUS"]
fn headers_of_real_pages_compile() {
    let compilers = compilers();
    let entries = fs::read_dir(root().join("pages")).unwrap();
    let folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    assert!(!folders.is_empty());
    for folder in folders {
        let (spec, _) = xtask::understand(&[source::load(&folder, None).unwrap()], None);
        let headers = Headers::new(&emit::crate_files(&spec));
        println!("{} headers of {}", headers.names.len(), folder.display());
        for &compiler in &compilers {
            check_all(&headers, compiler, &[]);
        }
    }
}

//! What becomes of each line of real pages.

use xtask::source;

use super::folder;
use crate::accounting::{accounts_of, each_lost_block_is_missed, gaps, print};

/// How many lines of real pages are not understood. The numbers only fall.
const BEST: &[(&str, usize)] =
    &[("seeds", 0), ("pages/sdk-api", 0), ("pages/sdk-api-old", 0), ("pages/ddi-sample", 5), ("pages/win32", 0)];

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn lines_of_real_pages_that_are_not_understood_only_become_fewer() {
    for &(name, best) in BEST {
        let folder = folder(name);
        let (tree, accounts) = accounts_of(&folder);
        print(&folder, &accounts);
        for (page, file) in accounts.pages.iter().zip(&tree.pages) {
            assert_eq!(page.lines.len(), file.line_count(), "{}", page.path);
        }
        let count = accounts.not_understood();
        assert!(count <= best, "{count} lines of {name} are not understood, {best} were before:\n{}", gaps(&accounts));
        assert!(count == best, "only {count} lines of {name} are not understood: lower the {best} in BEST");
    }
}

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn each_block_of_a_seed_that_a_draft_lost_would_be_missed() {
    each_lost_block_is_missed(&source::load(&folder("seeds"), None).expect("the seeds can be read"));
}

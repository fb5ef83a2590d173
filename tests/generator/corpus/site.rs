//! The site of real pages.

use super::folder;
use crate::site::{Built, check};

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn the_corpus_makes_a_sound_site() {
    let roots = ["seeds", "pages"].map(folder);
    check(&Built::new(xtask::read(&roots, None, None).expect("the corpus can be read")));
}

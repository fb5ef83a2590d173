//! Facts of real pages against the schema.

use super::folder;
use crate::schema::{accepts, facts_of, validator};

#[test]
#[ignore = "needs a corpus: WINWS_CORPUS"]
fn facts_of_the_corpus_are_valid() {
    let validator = validator();
    for name in ["pages", "seeds"] {
        for sources in [false, true] {
            accepts(&validator, name, &facts_of(&folder(name), sources));
        }
    }
}

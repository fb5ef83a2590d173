//! Whose pages were read and under which licence: for the crate, and in a sentence for each page of the site.

use super::markdown::escape;
use crate::model::{Attribution, Spec};
use crate::sync::{MARK, OutputFile};

/// Plain sentences, one for each folder of pages.
pub(super) fn sentences(spec: &Spec) -> Vec<String> {
    spec.attributions.iter().map(sentence).collect()
}

fn sentence(attribution: &Attribution) -> String {
    let Attribution { folder, stated, licences } = attribution;
    if let Some(licence) = stated {
        // What is stated goes wherever the pages go; what their folder is called there does not show.
        return format!("Generated from pages whose licence is {licence}.");
    }
    let named = |licence: &crate::source::Licence| format!("{}: {}", licence.file, licence.heading);
    let list = licences.iter().map(named).collect::<Vec<_>>().join("; ");
    match &licences[..] {
        [] => format!("Generated from the pages in {folder}; no licence lies beside them."),
        [only] => format!("Generated from the pages in {}, whose licence is in {list}.", only.pages),
        [first, ..] => format!("Generated from the pages in {}, whose licences are in {list}.", first.pages),
    }
}

/// The file that says it in a crate.
pub(super) fn file(spec: &Spec) -> OutputFile {
    let mut text =
        format!("<!-- @{MARK}; without this line the file is yours and stays as it is -->\n\n# Attribution\n");
    for sentence in sentences(spec) {
        text.push('\n');
        text.push_str(&escape(&sentence));
        text.push('\n');
    }
    text.push_str("\nThe facts of the pages and their text were taken over in another form: none of their files is part of this.\n");
    OutputFile { path: "ATTRIBUTION.md".to_owned(), text }
}

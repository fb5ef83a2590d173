//! A header as a file: guards, includes, and its parts between them.

use super::docs;
use crate::sync::{MARK, OutputFile};

/// A header before it is text.
pub(super) struct Header {
    /// The file's name.
    pub name: String,
    /// What it is, as lines.
    pub intro: Vec<String>,
    /// The headers that it includes; those of the system in angle brackets.
    pub includes: Vec<&'static str>,
    /// Its parts, between blank lines.
    pub body: Vec<String>,
}

impl Header {
    /// The file.
    pub(super) fn file(self) -> OutputFile {
        let guard: String =
            self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        let includes = self.includes.iter().map(|name| match name.starts_with('<') {
            true => format!("#include {name}\n"),
            false => format!("#include \"{name}\"\n"),
        });
        let mut intro = vec!["@file".to_owned()];
        intro.extend(self.intro);
        let body: Vec<&str> = self.body.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let text = format!(
            "/* @{MARK} from the reference pages: change those and run `cargo xtask codegen`. */\n\n{}\n\
             #ifndef WINWS_{guard}\n#define WINWS_{guard}\n\n{}\n\
             #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n{}\n\
             #ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
            docs::comment(&intro, ""),
            includes.collect::<String>(),
            body.join("\n"),
        );
        OutputFile { path: format!("include/{}", self.name), text }
    }
}

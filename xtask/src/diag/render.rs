//! Findings as people, programs and GitHub read them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};
use serde::Serialize;

use super::{Diagnostic, Diagnostics, Severity};
use crate::source::{Location, SourceFile, Tree};

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As rustc shows them: with the line of the source.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// As workflow commands that GitHub turns into annotations.
    Github,
}

/// Shows all findings; `color` only counts for people.
pub fn render(diags: &Diagnostics, trees: &[Tree], format: Format, color: bool) -> String {
    let mut out = String::new();
    for diagnostic in &diags.list {
        match format {
            Format::Human => human(diagnostic, trees, color, &mut out),
            Format::Json => json(diagnostic, &mut out),
            Format::Github => github(diagnostic, &mut out),
        }
    }
    if format == Format::Human {
        out.extend(counts(diags).map(|counts| format!("{counts}\n")));
    }
    out
}

/// What is wrong with the pages so that something of them is missing: the findings that are errors, and the files
/// that cannot be read. Empty if nothing is.
pub fn errors(diags: &Diagnostics, trees: &[Tree]) -> String {
    let errors = diags.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let errors = Diagnostics { list: errors.cloned().collect() };
    let mut text = render(&errors, trees, Format::Human, false);
    for file in trees.iter().flat_map(|tree| &tree.unreadable) {
        text.extend(["error: cannot read ", &file.path, ": ", &file.why, "\n"]);
    }
    text
}

/// How many findings there are of each severity; `None` if there are none.
pub fn counts(diags: &Diagnostics) -> Option<String> {
    let mut counts = BTreeMap::new();
    for diagnostic in &diags.list {
        *counts.entry(std::cmp::Reverse(diagnostic.severity)).or_insert(0_usize) += 1;
    }
    let words = counts.iter().map(|(severity, count)| {
        let plural = if *count == 1 { "" } else { "s" };
        format!("{count} {}{plural}", severity.0.name())
    });
    (!diags.list.is_empty()).then(|| words.collect::<Vec<_>>().join(", "))
}

fn human(diagnostic: &Diagnostic, trees: &[Tree], color: bool, out: &mut String) {
    let Location { path, span } = &diagnostic.location;
    let level = || match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let line = trees.iter().find_map(|tree| tree.file(path)).map_or("", |file| shown_line(file, span.line));
    let range = byte_range(line, span.column, span.width);
    let snippet = Snippet::source(line)
        .path(&**path)
        .line_start(span.line as usize)
        .annotation(AnnotationKind::Primary.span(range));
    let title = normalize_untrusted_str(&diagnostic.message);
    let mut group = level().primary_title(title).id(diagnostic.rule.name()).element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    out.push_str(&renderer.render(&[group]));
    out.push_str("\n\n");
}

/// A line as a terminal can show it: a page may have lines of many kilobytes.
fn shown_line(file: &SourceFile, number: u32) -> &str {
    const MOST: usize = 400;
    let line = file.line((number as usize).saturating_sub(1));
    line.char_indices().nth(MOST).map_or(line, |(at, _)| &line[..at])
}

fn byte_range(line: &str, column: u32, width: u32) -> std::ops::Range<usize> {
    let at = |chars: usize| line.char_indices().nth(chars).map_or(line.len(), |(at, _)| at);
    let from = (column as usize).saturating_sub(1);
    let start = at(from);
    let end = if width == 0 { line.trim_end().len().max(start) } else { at(from + width as usize) };
    start..end
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    rule: &'static str,
    severity: &'static str,
    page: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

fn json(diagnostic: &Diagnostic, out: &mut String) {
    let Diagnostic { rule, severity, location, message, help } = diagnostic;
    let object = JsonDiagnostic {
        rule: rule.name(),
        severity: severity.name(),
        page: &location.path,
        line: location.span.line,
        column: location.span.column,
        message,
        help: help.as_deref(),
    };
    out.push_str(&serde_json::to_string(&object).expect("strings and numbers always serialize"));
    out.push('\n');
}

fn github(diagnostic: &Diagnostic, out: &mut String) {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Diagnostic { rule, severity, location, message, help } = diagnostic;
    let command = if *severity == Severity::Note { "notice" } else { severity.name() };
    let help = help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let Location { path, span } = location;
    writeln!(
        out,
        "::{command} file={},line={},col={},title={}::{}",
        property(path),
        span.line,
        span.column,
        rule.name(),
        data(&format!("{message}{help}")),
    )
    .expect("writing to a string cannot fail");
}

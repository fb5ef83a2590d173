//! The lines of the front matter: which a fact is made of, and which say nothing that is modelled.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::{header_of_text, names};
use super::facts::spans_of;
use super::words::words;
use super::{Gap, Line, Noise, Use};
use crate::draft::{Draft, Kind};
use crate::page::Page;
use crate::source::SourceFile;

/// Keys from which the item's name or kind can be read; the first that says something is asked.
const NAMES: &[&str] = &["UID", "title", "api_name", "req.typenames", "req.construct-type"];

/// Keys that are about the page: its place in an index, its author, its publishing, its sort where the item's kind is
/// known without it.
const SILENT: &[&str] = &[
    "api_location",
    "api_type",
    "author",
    "description",
    "dev_langs",
    "f1_keywords",
    "helpviewer_keywords",
    "keywords",
    "manager",
    "ms.author",
    "ms.custom",
    "ms.date",
    "ms.keywords",
    "ms.localizationpriority",
    "ms.prod",
    "ms.reviewer",
    "ms.service",
    "ms.subservice",
    "ms.technology",
    "ms.topic",
    "ms.update-cycle",
    "old-location",
    "old-project",
    "prerelease",
    "product",
    "req.product",
    "targetos",
    "tech.root",
    "topic_type",
    "typedef_isUnnamed",
];

/// Keys that say something about the item that is not modelled.
const UNMODELLED: &[&str] = &[
    "req.apiset",
    "req.assembly",
    "req.ddi-compliance",
    "req.idl",
    "req.include-header",
    "req.irql",
    "req.kmdf-ver",
    "req.max-support",
    "req.namespace",
    "req.redist",
    "req.target-type",
    "req.type-library",
    "req.umdf-ver",
    "req.unicode-ansi",
];

/// The number of lines that the front matter takes, with its marks. Where the parser sees another end, the lines
/// between the two come out as not understood.
pub(super) fn end(file: &SourceFile) -> usize {
    let opening = file.line(0).trim_end();
    if opening.trim_start_matches(|c: char| c.is_ascii_digit()) != "---" {
        return 0;
    }
    let end = (1..file.line_count()).find(|&at| matches!(file.line(at).trim_end(), "---" | "..."));
    end.map_or(0, |end| end + 1)
}

/// What became of the lines of the front matter, which takes `count` lines.
pub(super) fn account(file: &SourceFile, count: usize, page: &Page, draft: &Draft) -> Vec<Line> {
    let mut lines = Vec::with_capacity(count);
    let facts: BTreeSet<u32> = spans_of(draft).into_iter().map(|span| span.line).collect();
    let names = names(draft);
    let mut said: BTreeMap<&str, Group> = BTreeMap::new();
    let mut key: Option<&str> = None;
    for index in 0..count {
        let line = file.line(index);
        if index == 0 || index + 1 == count {
            lines.push(Line::Noise(Noise::FrontMatterFence));
            continue;
        }
        if line.trim().is_empty() {
            lines.push(Line::Noise(Noise::Blank));
            continue;
        }
        let value = match line.split_once(':').filter(|(name, _)| is_key(name)) {
            Some((name, value)) if !line.starts_with([' ', '\t', '-']) => {
                key = Some(name);
                let group = said.entry(name).or_default();
                group.times += 1;
                if group.times == 1 {
                    for word in page.front_matter.values(name).flat_map(|value| words(value.value)) {
                        *group.open.entry(word).or_insert(0) += 1;
                    }
                    group.all = group.open.keys().cloned().collect();
                }
                value
            }
            _ => line,
        };
        let Some((name, group)) = key.and_then(|key| Some((key, said.get_mut(key)?))) else {
            lines.push(Line::NotUnderstood(Gap::Key));
            continue;
        };
        let number = u32::try_from(index + 1).expect("a page has fewer than 2^32 lines");
        lines.push(of_line(name, value, group, facts.contains(&number), page, draft, &names));
    }
    lines
}

/// What a key said.
#[derive(Default)]
struct Group {
    times: usize,
    /// The words of its values that no line has been found for.
    open: BTreeMap<String, usize>,
    all: BTreeSet<String>,
}

fn of_line(
    name: &str,
    value: &str,
    group: &mut Group,
    fact: bool,
    page: &Page,
    draft: &Draft,
    names: &BTreeSet<String>,
) -> Line {
    let said: Vec<String> = words(value).collect();
    if said.is_empty() {
        return Line::Noise(Noise::EmptyKey);
    }
    if group.times > 1 {
        let again = said.iter().all(|word| group.all.contains(word));
        return if again { Line::Noise(Noise::RepeatedKey) } else { Line::NotUnderstood(Gap::Value) };
    }
    if page.front_matter.values(name).next().is_none() {
        return Line::Noise(Noise::Template);
    }
    let missing = said.iter().filter(|word| match group.open.get_mut(*word) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    if missing.count() > 0 {
        return Line::NotUnderstood(Gap::Value);
    }
    let asset = name == "ms.assetid" && draft.asset_id.as_deref() == Some(&*value.trim().to_ascii_lowercase());
    if fact || asset {
        return Line::Used(Use::FrontMatter);
    }
    // Pages of functions have the names of whatever type stood near by.
    let foreign = name == "req.typenames" && !matches!(draft.kind, Kind::Enum | Kind::Struct | Kind::Union);
    if NAMES.contains(&name) && !foreign {
        let header: Vec<String> = header_of_text(draft, value.trim()).into_iter().flat_map(words).collect();
        let known = said.iter().all(|word| names.contains(word) || header.contains(word));
        return if known { Line::Noise(Noise::RepeatedName) } else { Line::NotUnderstood(Gap::Name) };
    }
    if foreign || SILENT.contains(&name) {
        return Line::Noise(Noise::SilentKey);
    }
    if UNMODELLED.contains(&name) {
        return Line::Noise(Noise::UnmodelledKey);
    }
    Line::NotUnderstood(Gap::Key)
}

fn is_key(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('#') && !name.contains(|c: char| c.is_whitespace())
}

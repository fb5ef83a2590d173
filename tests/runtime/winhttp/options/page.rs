//! The page of options, specs/codes/option-flags.md, as a table.

const PAGE: &str = include_str!("../../../../specs/codes/option-flags.md");

/// The kinds of handles, as the page calls them.
pub(super) const KINDS: [&str; 4] = ["Session", "connection", "request", "WebSocket"];

/// What the page says of an option.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) number: u32,
    /// Whether each of [`KINDS`] has it.
    pub(super) has: [bool; 4],
    pub(super) can_set: bool,
    pub(super) can_query: bool,
    /// The type of the value.
    pub(super) value: &'static str,
}

/// The options of the page: a heading of the third level with a number, and the line under it. Of some nothing is published.
pub(super) fn page() -> Vec<Entry> {
    let sections = PAGE.split("\n### WINHTTP_OPTION_").skip(1);
    let entries = sections.map(|section| {
        let (heading, rest) = section.split_once('\n').expect("a heading is a line");
        let (name, number) = heading.strip_suffix(')').and_then(|text| text.split_once(" (")).expect("a number");
        let number = number.strip_prefix("0x").map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16));
        let line = rest.trim_start().lines().next().unwrap_or_default().trim_end_matches('.');
        let parts: Vec<&str> = line.split("; ").collect();
        let words = |part: &str| part.split(" and ").map(str::to_ascii_lowercase).collect::<Vec<_>>();
        let is_access = |part: &&str| words(part).iter().all(|word| word == "set" || word == "query");
        let access = parts.iter().position(is_access);
        assert!(access.is_some() || line.is_empty(), "{name}: {line}");
        let can = |word: &str| access.is_some_and(|access| words(parts[access]).iter().any(|other| other == word));
        let handles: Vec<&str> = if access == Some(1) { parts[0].split(", ").collect() } else { Vec::new() };
        let has = KINDS.map(|kind| handles.iter().any(|handle| handle.eq_ignore_ascii_case(kind)));
        let value = access.and_then(|access| parts.get(access + 1)).copied().unwrap_or_default();
        Entry { name, number: number.expect("a number"), has, can_set: can("set"), can_query: can("query"), value }
    });
    entries.collect()
}

//! Where a fact comes from, as facts.json has it under `sources`.

use schemars::JsonSchema;
use serde::Serialize;

/// Where the facts beside it come from, by their keys.
pub(super) type Sources<'a> = std::collections::BTreeMap<&'static str, SourceFacts<'a>>;

/// Where a fact comes from: a place in a page, an override, or a rule and the facts that it used.
#[derive(Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schemars(rename = "Source")]
pub(super) enum SourceFacts<'a> {
    /// A page states it.
    Page(Place<'a>),
    /// An override states it.
    Override {
        /// The entry of overrides.toml.
        #[serde(rename = "override")]
        place: Place<'a>,
        /// Why the entry is there.
        reason: &'a str,
        /// What the entry rests on.
        source: &'a str,
    },
    /// It follows from other facts.
    Derived {
        /// The rule's name.
        rule: &'static str,
        /// Where the facts come from that the rule used.
        from: Vec<SourceFacts<'a>>,
    },
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Place<'a> {
    /// The file, below the folder that was read, with `/`.
    pub page: &'a str,
    /// The line, counted from 1.
    #[schemars(extend("minimum" = 1))]
    pub line: u32,
    /// The character in the line, counted from 1.
    #[schemars(extend("minimum" = 1))]
    pub column: u32,
}

//! `deviations.toml`: what differs on purpose.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviations {
    pub renamed: Vec<Renamed>,
    pub absent: Vec<Absent>,
    pub width: Vec<Named>,
    pub opaque: Vec<Named>,
    pub field: Vec<Renamed>,
    #[serde(rename = "type")]
    pub types: Vec<Named>,
    pub pointer: Vec<Parameter>,
    pub direction: Vec<Direction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renamed {
    /// Our names, and those of windows-sys.
    pub names: BTreeMap<String, String>,
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Absent {
    /// Our names, and what the header has for them.
    pub values: BTreeMap<String, String>,
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub names: Vec<String>,
    pub reason: String,
}

/// A parameter whose pointer is not `const` there although its data only goes in, or is `const` although it comes out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub function: String,
    pub params: Vec<String>,
    pub reason: String,
}

/// Parameters of which the page says something else than the header.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Direction {
    pub function: String,
    pub params: Vec<String>,
    /// As the page has it: `in`, `in optional` and so on.
    pub page: String,
    pub header: String,
    pub reason: String,
}

pub(crate) fn read() -> Deviations {
    toml::from_str(include_str!("deviations.toml")).expect("deviations.toml has this form")
}

impl Deviations {
    /// What windows-sys calls a name of ours.
    pub(crate) fn renamed<'a>(&'a self, ours: &'a str) -> &'a str {
        self.renamed.iter().find_map(|it| it.names.get(ours)).map_or(ours, String::as_str)
    }

    /// What windows-sys calls a field of ours.
    pub(crate) fn field<'a>(&'a self, record: &str, ours: &'a str) -> &'a str {
        let path = format!("{record}.{ours}");
        self.field.iter().find_map(|it| it.names.get(&path)).map_or(ours, String::as_str)
    }

    /// Every reason that is given.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = &str> {
        let named = self.width.iter().chain(&self.opaque).chain(&self.types).map(|it| &it.reason);
        let renamed = self.renamed.iter().chain(&self.field).map(|it| &it.reason);
        let all = named.chain(renamed).chain(self.absent.iter().map(|it| &it.reason));
        let all = all.chain(self.pointer.iter().map(|it| &it.reason));
        all.chain(self.direction.iter().map(|it| &it.reason)).map(String::as_str)
    }
}

//! What stands in `overrides.toml`, key by key.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// `[[enum]]`: values of members, requirements, and the type that the name stands for.
    #[serde(default, rename = "enum")]
    pub enums: Vec<Spanned<EnumEntry>>,
    /// `[[function]]`: parameters, failures, what is returned, requirements.
    #[serde(default, rename = "function")]
    pub functions: Vec<Spanned<FunctionEntry>>,
    /// `[[callback]]`: the same.
    #[serde(default, rename = "callback")]
    pub callbacks: Vec<Spanned<FunctionEntry>>,
    /// `[[struct]]`: fields, requirements, and whether it is a union.
    #[serde(default, rename = "struct")]
    pub structs: Vec<Spanned<StructEntry>>,
    /// `[[union]]`: the same.
    #[serde(default, rename = "union")]
    pub unions: Vec<Spanned<StructEntry>>,
    /// `[[public]]`: where published pages say something else than ours.
    #[serde(default, rename = "public")]
    pub publics: Vec<Spanned<PublicEntry>>,
    /// `[[accept]]`: findings that we live with.
    #[serde(default, rename = "accept")]
    pub accepts: Vec<Spanned<AcceptEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnumEntry {
    pub name: Spanned<String>,
    #[serde(default)]
    pub values: BTreeMap<String, Spanned<i64>>,
    #[serde(rename = "type")]
    pub c_type: Option<Spanned<String>>,
    #[serde(default)]
    pub requirements: RequirementsEntry,
    pub reason: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructEntry {
    pub name: Spanned<String>,
    pub kind: Option<Spanned<String>>,
    #[serde(default)]
    pub fields: BTreeMap<String, Spanned<FieldEntry>>,
    #[serde(default)]
    pub requirements: RequirementsEntry,
    pub reason: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldEntry {
    #[serde(rename = "type")]
    pub c_type: Option<Spanned<String>>,
    pub wide: Option<Spanned<bool>>,
    pub kept_until: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionEntry {
    pub name: Spanned<String>,
    #[serde(default)]
    pub params: BTreeMap<String, Spanned<ParamEntry>>,
    #[serde(default)]
    pub errors: BTreeMap<String, Spanned<ErrorEntry>>,
    pub returns: Option<Spanned<String>>,
    pub failure: Option<Spanned<i64>>,
    #[serde(default)]
    pub requirements: RequirementsEntry,
    pub reason: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamEntry {
    #[serde(rename = "type")]
    pub c_type: Option<Spanned<String>>,
    pub optional: Option<Spanned<bool>>,
    pub direction: Option<Spanned<String>>,
    pub length_of: Option<Spanned<String>>,
    pub length_unit: Option<Spanned<String>>,
    pub characters_if: Option<Spanned<BTreeMap<String, Vec<Spanned<String>>>>>,
    pub null_terminated: Option<Spanned<bool>>,
    pub terminated_if: Option<Spanned<Vec<i64>>>,
    pub wide: Option<Spanned<bool>>,
    pub aliased: Option<Spanned<bool>>,
    pub kept_until: Option<Spanned<String>>,
    pub lent_until: Option<Spanned<String>>,
    #[serde(default)]
    pub written_on_failure: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorEntry {
    pub rename: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementsEntry {
    pub header: Option<Spanned<String>>,
    pub lib: Option<Spanned<String>>,
    pub dll: Option<Spanned<String>>,
    pub client: Option<Spanned<String>>,
    pub server: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicEntry {
    pub items: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub parts: Vec<Spanned<String>>,
    pub says: String,
    pub right: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptEntry {
    pub rule: Spanned<String>,
    pub page: String,
    pub reason: String,
}

//! The form of facts.json: the comments here are the descriptions in its schema.

use schemars::JsonSchema;
use serde::Serialize;

use super::places::Sources;
use super::{Pages, SCHEMA};
use crate::draft::{Convention, Direction, Kind, Unit};
use crate::model::Evidence;

/// What reference pages and the overrides beside them say. What they do not say is an absent key, never `null`.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "facts.json")]
pub(super) struct File<'a> {
    /// The version of this form.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: u32,
    /// Every page that was read and describes something, sorted by path.
    #[schemars(with = "Vec<PageFacts>")]
    pub pages: Pages<'a>,
    /// What each call does, row by row, sorted by id: the contract of the runtime.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub behaviour: Vec<RowFacts<'a>>,
}

/// A row of behaviour: what a call does in one situation, and how that is known.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Row")]
pub(super) struct RowFacts<'a> {
    /// Its id, such as `b1.7.5`, which tests are named after.
    #[schemars(extend("pattern" = "^b[1-9][0-9]*([.][1-9][0-9]*){1,2}$"))]
    pub id: String,
    /// What it is about, such as `Close status`.
    pub subject: &'a str,
    /// The C names of the functions and callbacks that it is about. Empty if no page describes the function.
    pub functions: &'a [String],
    /// What the program or the peer does.
    pub situation: &'a str,
    /// What the reference page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub page: Option<&'a str>,
    /// What else is known of Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub windows: Option<&'a str>,
    /// The strongest evidence for what Windows does: the page or its header, a test or log that was recorded on Windows, a
    /// shipping program that relies on it, or none.
    #[schemars(extend("enum" = Evidence::ALL.map(Evidence::name)))]
    pub evidence: &'static str,
    /// Where the evidence can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub reference: Option<&'a str>,
    /// What the runtime does.
    pub ours: &'a str,
    /// What that rests on beside the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub basis: Option<&'a str>,
    /// Whether no source decides, so that the runtime has made a choice.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub choice: bool,
    /// Where the row stands; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// What one page says.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Page")]
pub(super) struct PageFacts<'a> {
    /// The page, below the folder that was read, with `/`.
    pub path: &'a str,
    /// What the page describes.
    #[schemars(extend("enum" = Kind::ALL.map(Kind::name)))]
    pub kind: &'static str,
    /// The C name of what it describes; for pages that describe no single item, their title.
    pub name: &'a str,
    /// The id by which other pages link to it, such as `NF:winhttp.WinHttpWebSocketSend`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub uid: Option<&'a str>,
    /// Its other C names, such as a structure's tag or the name of a pointer to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<&'a str>,
    /// The family that it belongs to: the name of its module.
    pub family: &'a str,
    /// The Rust path of what is generated for it, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub rust: Option<&'a str>,
    /// The header that declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub header: Option<&'a str>,
    /// The import library.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub lib: Option<&'a str>,
    /// The DLL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub dll: Option<&'a str>,
    /// The first Windows client that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub client: Option<&'a str>,
    /// The first Windows Server that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub server: Option<&'a str>,
    /// The names under which the C library has a function that the runtime implements: its own, and that of its twin for
    /// strings of four-byte characters.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub exports: &'a [String],
    /// The parameters of a function or callback, in C's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<ParamFacts<'a>>,
    /// Whether it takes any number of arguments after those, or as the one that is called `...`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub variadic: bool,
    /// The members of an enumeration, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberFacts<'a>>,
    /// The C type that the name of an enumeration stands for, where the header has that and a macro for each value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub stands_for: Option<String>,
    /// The fields of a structure or union, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFacts<'a>>,
    /// The codes that a function is documented to return or set, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CodeFacts<'a>>,
    /// Whether the page says that there may be other codes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub other_errors: bool,
    /// Constants and option flags that the page lists with their numbers, as under a parameter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<ConstantFacts<'a>>,
    /// The buffers of an I/O control, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartFacts<'a>>,
    /// What a function or callback returns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ReturnFacts")]
    pub returns: Option<ReturnFacts<'a>>,
    /// The codes that a page of codes lists, with their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeFacts<'a>>,
    /// Headings for which the page's template found no symbol in the header. They are no members, parameters or fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub demoted: Vec<&'a str>,
    /// What neither the page nor an override says although the item needs it. Nothing is generated for an item with gaps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: &'a Vec<String>,
    /// Where the published page of the same item says something else, or does not say it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public: Vec<PublicFacts<'a>>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// A difference from the published page of the same item.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Public")]
pub(super) struct PublicFacts<'a> {
    /// The parameters, fields, members or codes that it is about; absent if it is about the item.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub parts: &'a [String],
    /// What the published page says.
    pub says: &'a str,
    /// What is right.
    pub right: &'a str,
    /// How that is known.
    pub source: &'a str,
}

/// A parameter.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Param")]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own in the file")]
pub(super) struct ParamFacts<'a> {
    /// Its C name.
    pub name: &'a str,
    /// Which way its data goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str", extend("enum" = Direction::ALL.map(Direction::name)))]
    pub dir: Option<&'static str>,
    /// Whether it may be left out: `NULL`, or 0.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// The sentence that says under which condition it may be left out; nothing is made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub optional_if: Option<&'a str>,
    /// Whether its text begins with saying that it is reserved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reserved: bool,
    /// Its C type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub c_type: Option<String>,
    /// The array dimensions that its heading states, as written: `[256]`. Its type has them too, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub dimensions: Option<&'a str>,
    /// The parameter whose length this one states.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub length_of: Option<&'a str>,
    /// What that length counts, where an override states it. Elsewhere the rule `length-in-bytes` says it, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str", extend("enum" = Unit::ALL.map(Unit::name)))]
    pub length_unit: Option<&'static str>,
    /// When that length counts wide characters, although it counts bytes otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "CharactersIfFacts<'static>")]
    pub characters_if: Option<CharactersIfFacts<'a>>,
    /// Whether it is a list that ends with a null pointer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub null_terminated: bool,
    /// The lengths that say that the string it belongs to ends with a zero, where that is not -1 alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<i64>")]
    pub terminated_if: Option<&'a [i64]>,
    /// Whether what it leads to may be strings of `WCHAR`s, although its type does not say so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wide: bool,
    /// Whether what comes out may point into what it points to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub aliased: bool,
    /// Until when the callee keeps the pointer after it has returned: `completion`, `handle`, or the name of a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub kept_until: Option<&'a str>,
    /// Until when what comes out is lent: `handle`, or the name of a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub lent_until: Option<&'a str>,
    /// The failures with which it is written all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub written_on_failure: Vec<&'a str>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// When a length counts wide characters: for some values of another parameter.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CharactersIf")]
pub(super) struct CharactersIfFacts<'a> {
    /// The parameter that decides.
    pub param: &'a str,
    /// Its values for which the length counts characters, as names of constants.
    pub values: Vec<&'a str>,
}

/// A member of an enumeration.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Member")]
pub(super) struct MemberFacts<'a> {
    /// Its C name.
    pub name: &'a str,
    /// Its value in decimal, as C's `int` has it: 0x80000000 is negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = "^(0|-?[1-9][0-9]*)$"))]
    pub value: Option<String>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// A constant or option flag.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Constant")]
pub(super) struct ConstantFacts<'a> {
    /// Its C name.
    pub name: &'a str,
    /// Its value in decimal, without a sign; of a pointer, 0 or -1.
    #[schemars(extend("pattern" = "^(0|-1|[1-9][0-9]*)$"))]
    pub value: String,
    /// Its C type, if the page states one, as it does of pointers.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub c_type: Option<String>,
    /// What the page says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub text: Option<String>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// A field of a structure or union.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Field")]
pub(super) struct FieldFacts<'a> {
    /// Its C name; `a.b` is the field `b` of the nested structure `a`.
    pub name: &'a str,
    /// Its C type; `struct` or `union` if it is one without a name of its own.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub c_type: Option<String>,
    /// The array dimensions that its heading states, as written: `[256]`. Its type has them too, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    pub dimensions: Option<&'a str>,
    /// Its width in bits, if it is a bit field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub bits: Option<u32>,
    /// Until when what it points to is in use after the call that it was passed to has returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub kept_until: Option<&'a str>,
    /// Whether what it leads to may be strings of `WCHAR`s, although its type does not say so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wide: bool,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// A part of an I/O control.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Part")]
pub(super) struct PartFacts<'a> {
    /// What the page calls it, such as `input-buffer`.
    pub name: &'a str,
    /// What the page says of it, without marks.
    pub text: String,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// A code: one that a function is documented to return, or one that a page of codes lists.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Code")]
pub(super) struct CodeFacts<'a> {
    /// Its C name.
    pub name: &'a str,
    /// Its number in decimal, without a sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = "^(0|[1-9][0-9]*)$"))]
    pub value: Option<String>,
    /// Every text that the page gives for it, in order, without marks.
    pub text: Vec<String>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

/// What a function or callback returns.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Returns")]
pub(super) struct ReturnFacts<'a> {
    /// Its C type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub c_type: Option<String>,
    /// How failure is reported: the value is a Win32 code, an `HRESULT`, or 0 (where `failure` stands beside it, that
    /// number) with the thread's last error set; nothing is returned; or the value is none of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str", extend("enum" = Convention::ALL.map(Convention::name)))]
    pub convention: Option<&'static str>,
    /// What it returns on failure, where that is neither 0 nor a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub failure: Option<i64>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources<'a>,
}

//! facts.json: what pages and overrides say, complete or not, and the schema of it.
//!
//! The types here are both: what is serialized, and, with their comments, what the schema says.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use crate::draft::{
    Afterwards, Body, Code, Constant, Convention, Direction, DocumentedCode, Draft, Fact, Field, Function, Kind,
    Member, Param, Part, Returns, Source, as_c_sees,
};
use crate::model::{Item, Spec};
use crate::source::Location;
use crate::sync::MARK;

/// The version of the form; a change that breaks readers raises it.
const SCHEMA: u32 = 1;

/// All facts as pretty JSON; with `sources`, each with where it comes from.
pub fn facts(spec: &Spec, sources: bool) -> String {
    let mut bytes = Vec::new();
    write_facts(spec, sources, &mut bytes).expect("writing to memory cannot fail");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Writes what `facts` returns, page by page, so that no more than one page of it is ever in memory.
pub fn write_facts(spec: &Spec, sources: bool, mut out: impl Write) -> io::Result<()> {
    let file = File { schema: SCHEMA, pages: Pages { spec, sources } };
    serde_json::to_writer_pretty(&mut out, &file)?;
    out.write_all(b"\n")
}

/// The JSON schema of both forms of the facts, with and without their sources.
pub fn schema() -> String {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<File>();
    schema.insert("$comment".to_owned(), format!("{MARK} from the types that write facts.json").into());
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is strings, lists and maps");
    text.push('\n');
    text
}

/// What reference pages and the overrides beside them say. What they do not say is an absent key, never `null`.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "facts.json")]
struct File<'a> {
    /// The version of this form.
    #[schemars(extend("const" = SCHEMA))]
    schema: u32,
    /// Every page that was read and describes something, sorted by path.
    #[schemars(with = "Vec<PageFacts>")]
    pages: Pages<'a>,
}

/// What one page says.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Page")]
struct PageFacts<'a> {
    /// The page, below the folder that was read, with `/`.
    path: &'a str,
    /// What the page describes.
    #[schemars(extend("enum" = Kind::ALL.map(Kind::name)))]
    kind: &'static str,
    /// The C name of what it describes; for pages that describe no single item, their title.
    name: &'a str,
    /// The id by which other pages link to it, such as `NF:winhttp.WinHttpWebSocketSend`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    uid: Option<&'a str>,
    /// Its other C names, such as a structure's tag or the name of a pointer to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<&'a str>,
    /// The family that it belongs to: the name of its module.
    family: &'a str,
    /// The Rust path of what is generated for it, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    rust: Option<&'a str>,
    /// The header that declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    header: Option<&'a str>,
    /// The import library.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    lib: Option<&'a str>,
    /// The DLL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    dll: Option<&'a str>,
    /// The first Windows client that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    client: Option<&'a str>,
    /// The first Windows Server that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    server: Option<&'a str>,
    /// The parameters of a function or callback, in C's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<ParamFacts<'a>>,
    /// The members of an enumeration, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<MemberFacts<'a>>,
    /// The fields of a structure or union, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldFacts<'a>>,
    /// The codes that a function is documented to return or set, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<CodeFacts<'a>>,
    /// Whether the page says that there may be other codes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    other_errors: bool,
    /// Constants and option flags that the page lists with their numbers, as under a parameter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    constants: Vec<MemberFacts<'a>>,
    /// The buffers of an I/O control, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartFacts<'a>>,
    /// What a function or callback returns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ReturnFacts")]
    returns: Option<ReturnFacts<'a>>,
    /// The codes that a page of codes lists, with their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<CodeFacts<'a>>,
    /// Headings for which the page's template found no symbol in the header. They are no members, parameters or fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    demoted: Vec<&'a str>,
    /// What neither the page nor an override says although the item needs it. Nothing is generated for an item with gaps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: &'a Vec<String>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// A parameter.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Param")]
struct ParamFacts<'a> {
    /// Its C name.
    name: &'a str,
    /// Which way its data goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str", extend("enum" = Direction::ALL.map(Direction::name)))]
    dir: Option<&'static str>,
    /// Whether it may be left out: `NULL`, or 0.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
    /// Its C type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    c_type: Option<String>,
    /// The array dimensions that its heading states, as written: `[256]`. Its type has them too, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    dimensions: Option<&'a str>,
    /// The parameter whose length this one states.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    length_of: Option<&'a str>,
    /// Whether it is a list that ends with a null pointer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    null_terminated: bool,
    /// Until when the callee keeps the pointer after it has returned: `completion`, `handle`, or the name of a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    kept_until: Option<&'a str>,
    /// Until when what comes out is lent: `handle`, or the name of a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    lent_until: Option<&'a str>,
    /// The failures with which it is written all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    written_on_failure: Vec<&'a str>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// A member of an enumeration.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Member")]
struct MemberFacts<'a> {
    /// Its C name.
    name: &'a str,
    /// Its value in decimal, as C's `int` has it: 0x80000000 is negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = "^(0|-?[1-9][0-9]*)$"))]
    value: Option<String>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// A field of a structure or union.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Field")]
struct FieldFacts<'a> {
    /// Its C name; `a.b` is the field `b` of the nested structure `a`.
    name: &'a str,
    /// Its C type; `struct` or `union` if it is one without a name of its own.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    c_type: Option<String>,
    /// The array dimensions that its heading states, as written: `[256]`. Its type has them too, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    dimensions: Option<&'a str>,
    /// Its width in bits, if it is a bit field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    bits: Option<u32>,
    /// Until when what it points to is in use after the call that it was passed to has returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    kept_until: Option<&'a str>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// A part of an I/O control.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Part")]
struct PartFacts<'a> {
    /// What the page calls it, such as `input-buffer`.
    name: &'a str,
    /// What the page says of it, without marks.
    text: String,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// A code: one that a function is documented to return, or one that a page of codes lists.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Code")]
struct CodeFacts<'a> {
    /// Its C name.
    name: &'a str,
    /// Its number in decimal, without a sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = "^(0|[1-9][0-9]*)$"))]
    value: Option<String>,
    /// Every text that the page gives for it, in order, without marks.
    text: Vec<String>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// What a function or callback returns.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Returns")]
struct ReturnFacts<'a> {
    /// Its C type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    c_type: Option<String>,
    /// How failure is reported: the value is a Win32 code, an `HRESULT`, or 0 with the thread's last error set;
    /// nothing is returned; or the value is none of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str", extend("enum" = Convention::ALL.map(Convention::name)))]
    convention: Option<&'static str>,
    /// Where the facts of this object come from, by their keys; with `--sources` only.
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources<'a>,
}

/// Where the facts beside it come from, by their keys.
type Sources<'a> = std::collections::BTreeMap<&'static str, SourceFacts<'a>>;

/// Where a fact comes from: a place in a page, an override, or a rule and the facts that it used.
#[derive(Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schemars(rename = "Source")]
enum SourceFacts<'a> {
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
struct Place<'a> {
    /// The file, below the folder that was read, with `/`.
    page: &'a str,
    /// The line, counted from 1.
    #[schemars(extend("minimum" = 1))]
    line: u32,
    /// The character in the line, counted from 1.
    #[schemars(extend("minimum" = 1))]
    column: u32,
}

/// All pages, each made of its item when its turn comes.
struct Pages<'a> {
    spec: &'a Spec,
    sources: bool,
}

impl Serialize for Pages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.spec.items.iter().map(|item| self.page(item)))
    }
}

impl<'a> Pages<'a> {
    fn page(&self, item: &'a Item) -> PageFacts<'a> {
        let Draft { page, kind, name, aliases, uid, requirements, body, .. } = &item.draft;
        let text = |fact: &'a Option<Fact<String>>| fact.as_ref().map(|fact| &*fact.value);
        let mut sources = self.one("name", name);
        self.add(&mut sources, "uid", uid.as_ref());
        self.add(&mut sources, "header", requirements.header.as_ref());
        self.add(&mut sources, "lib", requirements.lib.as_ref());
        self.add(&mut sources, "dll", requirements.dll.as_ref());
        self.add(&mut sources, "client", requirements.client.as_ref());
        self.add(&mut sources, "server", requirements.server.as_ref());
        let mut facts = PageFacts {
            path: page,
            kind: kind.name(),
            name: &name.value,
            uid: text(uid),
            names: aliases.iter().map(|alias| &*alias.value).collect(),
            family: &item.family,
            rust: item.rust_path.as_deref(),
            header: text(&requirements.header),
            lib: text(&requirements.lib),
            dll: text(&requirements.dll),
            client: text(&requirements.client),
            server: text(&requirements.server),
            params: Vec::new(),
            members: Vec::new(),
            fields: Vec::new(),
            errors: Vec::new(),
            other_errors: false,
            constants: item.draft.constants.iter().map(|constant| self.constant(constant)).collect(),
            parts: Vec::new(),
            returns: None,
            codes: Vec::new(),
            demoted: Vec::new(),
            gaps: &item.gaps,
            sources,
        };
        match body {
            Body::Function(function) => self.function(function, &mut facts),
            Body::Enum(members, demoted) => {
                facts.members = members.iter().map(|member| self.member(member)).collect();
                facts.demoted = demoted.iter().map(|demoted| &*demoted.name.value).collect();
            }
            Body::Struct(fields, demoted) => {
                facts.fields = fields.iter().map(|field| self.field(field)).collect();
                facts.demoted = demoted.iter().map(|demoted| &*demoted.name.value).collect();
            }
            Body::Ioctl(ioctl) => {
                facts.parts = ioctl.parts.iter().map(|part| self.part(part)).collect();
                self.codes_of(&ioctl.status, &mut facts);
            }
            Body::Codes(codes) => facts.codes = codes.iter().map(|code| self.code(code)).collect(),
            Body::Text => {}
        }
        facts
    }

    fn function(&self, function: &'a Function, facts: &mut PageFacts<'a>) {
        facts.params = function.params.iter().map(|param| self.param(param)).collect();
        facts.demoted = function.demoted.iter().map(|demoted| &*demoted.name.value).collect();
        self.codes_of(&function.returns, facts);
        let returns = &function.returns;
        if returns.c_type.is_some() || returns.convention.is_some() {
            let mut sources = Sources::new();
            self.add(&mut sources, "type", returns.c_type.as_ref());
            self.add(&mut sources, "convention", returns.convention.as_ref());
            facts.returns = Some(ReturnFacts {
                c_type: returns.c_type.as_ref().map(|c_type| c_type.value.to_string()),
                convention: returns.convention.as_ref().map(|convention| convention.value.name()),
                sources,
            });
        }
    }

    fn codes_of(&self, returns: &'a Returns, facts: &mut PageFacts<'a>) {
        facts.errors = returns.codes.iter().map(|code| self.documented(code)).collect();
        facts.other_errors = returns.open.is_some();
        self.add(&mut facts.sources, "other_errors", returns.open.as_ref());
    }

    fn part(&self, part: &'a Part) -> PartFacts<'a> {
        PartFacts { name: &part.name.value, text: part.docs.plain(), sources: self.one("name", &part.name) }
    }

    fn param(&self, param: &'a Param) -> ParamFacts<'a> {
        let mut sources = self.one("name", &param.name);
        self.add(&mut sources, "dir", param.direction.as_ref());
        self.add(&mut sources, "optional", param.optional.as_ref());
        self.add(&mut sources, "type", param.c_type.as_ref());
        self.add(&mut sources, "dimensions", param.dimensions.as_ref());
        self.add(&mut sources, "length_of", param.length_of.as_ref());
        let Afterwards { kept_until, lent_until, written_on_failure } = &param.afterwards;
        self.add(&mut sources, "null_terminated", param.null_terminated.as_ref());
        self.add(&mut sources, "kept_until", kept_until.as_ref());
        self.add(&mut sources, "lent_until", lent_until.as_ref());
        self.add(&mut sources, "written_on_failure", written_on_failure.first());
        ParamFacts {
            name: &param.name.value,
            dir: param.direction.as_ref().map(|direction| direction.value.name()),
            optional: param.optional.is_some(),
            c_type: param.c_type.as_ref().map(|c_type| c_type.value.to_string()),
            dimensions: param.dimensions.as_ref().map(|dimensions| &*dimensions.value),
            length_of: param.length_of.as_ref().map(|buffer| &*buffer.value),
            null_terminated: param.null_terminated.is_some(),
            kept_until: kept_until.as_ref().map(|until| &*until.value),
            lent_until: lent_until.as_ref().map(|until| &*until.value),
            written_on_failure: written_on_failure.iter().map(|code| &*code.value).collect(),
            sources,
        }
    }

    fn member(&self, member: &'a Member) -> MemberFacts<'a> {
        let mut sources = self.one("name", &member.name);
        self.add(&mut sources, "value", member.value.as_ref());
        let value = member.value.as_ref().map(|value| as_c_sees(value.value).to_string());
        MemberFacts { name: &member.name.value, value, sources }
    }

    fn constant(&self, constant: &'a Constant) -> MemberFacts<'a> {
        let mut sources = self.one("name", &constant.name);
        self.add(&mut sources, "value", Some(&constant.number));
        MemberFacts { name: &constant.name.value, value: Some(constant.number.value.to_string()), sources }
    }

    fn field(&self, field: &'a Field) -> FieldFacts<'a> {
        let mut sources = self.one("name", &field.name);
        self.add(&mut sources, "type", field.c_type.as_ref());
        self.add(&mut sources, "dimensions", field.dimensions.as_ref());
        self.add(&mut sources, "type", field.nested.as_ref());
        self.add(&mut sources, "bits", field.bits.as_ref());
        let kept_until = field.afterwards.kept_until.as_ref();
        self.add(&mut sources, "kept_until", kept_until);
        let nested = || field.nested.as_ref().map(|kind| kind.value.name().to_owned());
        FieldFacts {
            name: &field.name.value,
            c_type: field.c_type.as_ref().map(|c_type| c_type.value.to_string()).or_else(nested),
            dimensions: field.dimensions.as_ref().map(|dimensions| &*dimensions.value),
            bits: field.bits.as_ref().map(|bits| bits.value),
            kept_until: kept_until.map(|until| &*until.value),
            sources,
        }
    }

    fn documented(&self, code: &'a DocumentedCode) -> CodeFacts<'a> {
        let mut sources = self.one("name", &code.name);
        self.add(&mut sources, "value", code.number.as_ref());
        self.add(&mut sources, "text", code.texts.first());
        CodeFacts {
            name: &code.name.value,
            value: code.number.as_ref().map(|number| number.value.to_string()),
            text: code.texts.iter().map(|text| text.value.plain()).filter(|text| !text.is_empty()).collect(),
            sources,
        }
    }

    fn code(&self, code: &'a Code) -> CodeFacts<'a> {
        let mut sources = self.one("name", &code.name);
        self.add(&mut sources, "value", Some(&code.number));
        let value = Some(code.number.value.to_string());
        CodeFacts { name: &code.name.value, value, text: vec![code.docs.plain()], sources }
    }

    fn one<T>(&self, key: &'static str, fact: &'a Fact<T>) -> Sources<'a> {
        let mut sources = Sources::new();
        self.add(&mut sources, key, Some(fact));
        sources
    }

    fn add<T>(&self, sources: &mut Sources<'a>, key: &'static str, fact: Option<&'a Fact<T>>) {
        if let Some(fact) = fact.filter(|_| self.sources) {
            sources.insert(key, self.source(&fact.source));
        }
    }

    fn source(&self, source: &'a Source) -> SourceFacts<'a> {
        let place = |location: &'a Location| Place {
            page: self.spec.file(location),
            line: location.span.line,
            column: location.span.column,
        };
        match source {
            Source::Page(location) => SourceFacts::Page(place(location)),
            Source::Override { location, reason, source } => {
                SourceFacts::Override { place: place(location), reason, source }
            }
            Source::Derived { rule, from } => {
                SourceFacts::Derived { rule, from: from.iter().map(|source| self.source(source)).collect() }
            }
        }
    }
}

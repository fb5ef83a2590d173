//! facts.json: what pages and overrides say, complete or not.

use serde::Serialize;

use crate::draft::{Body, Code, DocumentedCode, Draft, Fact, Field, Function, Member, Param, Source, as_c_sees};
use crate::model::{Item, Spec};
use crate::source::Location;

/// The version of the form; a change that breaks readers raises it.
const SCHEMA: u32 = 1;

/// All facts as pretty JSON; with `sources`, each with where it comes from.
pub fn facts(spec: &Spec, sources: bool) -> String {
    let context = Context { spec, sources };
    let pages = spec.items.iter().map(|item| context.page(item)).collect();
    let mut text = serde_json::to_string_pretty(&File { schema: SCHEMA, pages }).expect("facts are strings and lists");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct File {
    schema: u32,
    pages: Vec<PageFacts>,
}

#[derive(Serialize)]
struct PageFacts {
    path: String,
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
    family: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rust: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lib: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dll: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<ParamFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<MemberFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<CodeFacts>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    other_errors: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    returns: Option<ReturnFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<CodeFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    demoted: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<String>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources,
}

#[derive(Serialize)]
struct ParamFacts {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dir: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    c_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_of: Option<String>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources,
}

#[derive(Serialize)]
struct MemberFacts {
    name: String,
    /// Signed decimal, as C sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources,
}

#[derive(Serialize)]
struct FieldFacts {
    name: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    c_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<u32>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources,
}

#[derive(Serialize)]
struct CodeFacts {
    name: String,
    /// Unsigned decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    text: Vec<String>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources,
}

#[derive(Serialize)]
struct ReturnFacts {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    c_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    convention: Option<&'static str>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    sources: Sources,
}

/// Where the facts beside it come from, by their keys.
type Sources = std::collections::BTreeMap<&'static str, SourceFacts>;

#[derive(Serialize)]
#[serde(untagged)]
enum SourceFacts {
    Page(Place),
    Override {
        #[serde(rename = "override")]
        place: Place,
        reason: String,
        source: String,
    },
    Derived {
        rule: &'static str,
        from: Vec<SourceFacts>,
    },
}

#[derive(Serialize)]
struct Place {
    page: String,
    line: u32,
    column: u32,
}

struct Context<'a> {
    spec: &'a Spec,
    sources: bool,
}

impl Context<'_> {
    fn page(&self, item: &Item) -> PageFacts {
        let Draft { page, kind, name, aliases, uid, requirements, body, .. } = &item.draft;
        let text = |fact: &Option<Fact<String>>| fact.as_ref().map(|fact| fact.value.clone());
        let mut sources = self.one("name", name);
        self.add(&mut sources, "uid", uid.as_ref());
        self.add(&mut sources, "header", requirements.header.as_ref());
        self.add(&mut sources, "lib", requirements.lib.as_ref());
        self.add(&mut sources, "dll", requirements.dll.as_ref());
        self.add(&mut sources, "client", requirements.client.as_ref());
        self.add(&mut sources, "server", requirements.server.as_ref());
        let mut facts = PageFacts {
            path: page.to_string(),
            kind: kind.name(),
            name: name.value.clone(),
            uid: text(uid),
            names: aliases.iter().map(|alias| alias.value.clone()).collect(),
            family: item.family.clone(),
            rust: item.rust_path.clone(),
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
            returns: None,
            codes: Vec::new(),
            demoted: Vec::new(),
            gaps: item.gaps.clone(),
            sources,
        };
        match body {
            Body::Function(function) => self.function(function, &mut facts),
            Body::Enum(members, demoted) => {
                facts.members = members.iter().map(|member| self.member(member)).collect();
                facts.demoted = demoted.iter().map(|demoted| demoted.name.value.clone()).collect();
            }
            Body::Struct(fields, demoted) => {
                facts.fields = fields.iter().map(|field| self.field(field)).collect();
                facts.demoted = demoted.iter().map(|demoted| demoted.name.value.clone()).collect();
            }
            Body::Codes(codes) => facts.codes = codes.iter().map(|code| self.code(code)).collect(),
            Body::Text => {}
        }
        facts
    }

    fn function(&self, function: &Function, facts: &mut PageFacts) {
        facts.params = function.params.iter().map(|param| self.param(param)).collect();
        facts.errors = function.returns.codes.iter().map(|code| self.documented(code)).collect();
        facts.demoted = function.demoted.iter().map(|demoted| demoted.name.value.clone()).collect();
        facts.other_errors = function.returns.open.is_some();
        self.add(&mut facts.sources, "other_errors", function.returns.open.as_ref());
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

    fn param(&self, param: &Param) -> ParamFacts {
        let mut sources = self.one("name", &param.name);
        self.add(&mut sources, "dir", param.direction.as_ref());
        self.add(&mut sources, "optional", param.optional.as_ref());
        self.add(&mut sources, "type", param.c_type.as_ref());
        self.add(&mut sources, "length_of", param.length_of.as_ref());
        ParamFacts {
            name: param.name.value.clone(),
            dir: param.direction.as_ref().map(|direction| direction.value.name()),
            optional: param.optional.is_some(),
            c_type: param.c_type.as_ref().map(|c_type| c_type.value.to_string()),
            length_of: param.length_of.as_ref().map(|buffer| buffer.value.clone()),
            sources,
        }
    }

    fn member(&self, member: &Member) -> MemberFacts {
        let mut sources = self.one("name", &member.name);
        self.add(&mut sources, "value", member.value.as_ref());
        let value = member.value.as_ref().map(|value| as_c_sees(value.value).to_string());
        MemberFacts { name: member.name.value.clone(), value, sources }
    }

    fn field(&self, field: &Field) -> FieldFacts {
        let mut sources = self.one("name", &field.name);
        self.add(&mut sources, "type", field.c_type.as_ref());
        self.add(&mut sources, "bits", field.bits.as_ref());
        FieldFacts {
            name: field.name.value.clone(),
            c_type: field.c_type.as_ref().map(|c_type| c_type.value.to_string()),
            bits: field.bits.as_ref().map(|bits| bits.value),
            sources,
        }
    }

    fn documented(&self, code: &DocumentedCode) -> CodeFacts {
        let mut sources = self.one("name", &code.name);
        self.add(&mut sources, "value", code.number.as_ref());
        self.add(&mut sources, "text", code.texts.first());
        CodeFacts {
            name: code.name.value.clone(),
            value: code.number.as_ref().map(|number| number.value.to_string()),
            text: code.texts.iter().map(|text| text.value.plain()).filter(|text| !text.is_empty()).collect(),
            sources,
        }
    }

    fn code(&self, code: &Code) -> CodeFacts {
        let mut sources = self.one("name", &code.name);
        self.add(&mut sources, "value", Some(&code.number));
        let value = Some(code.number.value.to_string());
        CodeFacts { name: code.name.value.clone(), value, text: vec![code.docs.plain()], sources }
    }

    fn one<T>(&self, key: &'static str, fact: &Fact<T>) -> Sources {
        let mut sources = Sources::new();
        self.add(&mut sources, key, Some(fact));
        sources
    }

    fn add<T>(&self, sources: &mut Sources, key: &'static str, fact: Option<&Fact<T>>) {
        if let Some(fact) = fact.filter(|_| self.sources) {
            sources.insert(key, self.source(&fact.source));
        }
    }

    fn source(&self, source: &Source) -> SourceFacts {
        let place = |location: &Location| Place {
            page: self.spec.file(location).to_owned(),
            line: location.span.line,
            column: location.span.column,
        };
        match source {
            Source::Page(location) => SourceFacts::Page(place(location)),
            Source::Override { location, reason, source } => {
                SourceFacts::Override { place: place(location), reason: reason.to_string(), source: source.to_string() }
            }
            Source::Derived { rule, from } => {
                SourceFacts::Derived { rule, from: from.iter().map(|source| self.source(source)).collect() }
            }
        }
    }
}

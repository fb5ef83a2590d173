//! facts.json: what pages and overrides say, complete or not, and the schema of it.

mod forms;
mod places;

use std::cell::RefCell;
use std::io::{self, Write};

use rayon::prelude::*;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};
use serde_json::ser::{Formatter as _, PrettyFormatter};

use forms::{
    CharactersIfFacts, CodeFacts, ConstantFacts, FieldFacts, File, MemberFacts, PageFacts, ParamFacts, PartFacts,
    PublicFacts, ReturnFacts, RowFacts,
};
use places::{Place, SourceFacts, Sources};

use crate::derivation::Counts;
use crate::draft::{
    Afterwards, Body, Code, Constant, DocumentedCode, Draft, Field, Function, Member, Param, Part, Public, Returns,
    as_c_sees,
};
use crate::fact::{Fact, Source};
use crate::model::{Item, Row, Spec};
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

/// All facts without their sources, in one line.
pub fn compact(spec: &Spec) -> String {
    let file = file(spec, false, &spec.items);
    let mut text = serde_json::to_string(&file).expect("facts are strings, numbers and lists");
    text.push('\n');
    text
}

fn file<'a>(spec: &'a Spec, sources: bool, items: &'a [Item]) -> File<'a> {
    let pages = Pages { spec, sources, items, derived: RefCell::default() };
    File { schema: SCHEMA, behaviour: spec.behaviour.iter().map(|row| pages.row(row)).collect(), pages }
}

/// Writes what `facts` returns, so that no more than `AT_ONCE` pages of it are ever in memory. Returns how many of the facts
/// rest on each rule of derivation.
///
/// All cores make the text of the pages. serde_json writes one value from one thread, so that the file is written without
/// its pages, and the pages stand where its empty list would be.
pub fn write_facts(spec: &Spec, sources: bool, mut out: impl Write) -> io::Result<Counts> {
    let frame = file(spec, sources, &[]);
    let text = serde_json::to_string_pretty(&frame)?;
    let mut derived = frame.pages.derived.into_inner();
    let (head, tail) = text.split_once("[]").expect("the list of pages is the first list of the file");
    out.write_all(head.as_bytes())?;
    out.write_all(b"[")?;
    let mut before = "\n    ";
    for items in spec.items.chunks(AT_ONCE) {
        let pages = items.par_iter().map(|item| page_text(spec, sources, item)).collect::<Result<Vec<_>, _>>()?;
        for (page, counts) in pages {
            out.write_all(before.as_bytes())?;
            out.write_all(&page)?;
            derived.merge(&counts);
            before = ",\n    ";
        }
    }
    let end = if spec.items.is_empty() { "]" } else { "\n  ]" };
    out.write_all(end.as_bytes())?;
    out.write_all(tail.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(derived)
}

/// How many pages are in memory as text.
const AT_ONCE: usize = 1024;

/// One page as it stands in the list of pages, and on which rules its facts rest.
fn page_text(spec: &Spec, sources: bool, item: &Item) -> serde_json::Result<(Vec<u8>, Counts)> {
    let pages = Pages { spec, sources, items: std::slice::from_ref(item), derived: RefCell::default() };
    let mut form = PrettyFormatter::new();
    // It stands within the file and within the list.
    form.begin_object(&mut io::sink()).and_then(|()| form.begin_array(&mut io::sink())).expect("a sink takes all");
    let mut text = Vec::with_capacity(2048);
    pages.page(item).serialize(&mut serde_json::Serializer::with_formatter(&mut text, form))?;
    Ok((text, pages.derived.into_inner()))
}

/// The JSON schema of both forms of the facts, with and without their sources.
pub fn schema() -> String {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<File>();
    schema.insert("$comment".to_owned(), format!("{MARK} from the types that write facts.json").into());
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is strings, lists and maps");
    text.push('\n');
    text
}

/// Pages, each made of its item when its turn comes.
pub struct Pages<'a> {
    spec: &'a Spec,
    sources: bool,
    items: &'a [Item],
    /// Of the facts written so far. Serialisation lends the pages only to read.
    derived: RefCell<Counts>,
}

impl Serialize for Pages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.iter().map(|item| self.page(item)))
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
        self.add(&mut sources, "stands_for", item.draft.stands_for.as_ref());
        let public = |public: &'a Public| {
            let Public { parts, says, right, source, location: _ } = public;
            PublicFacts { parts, says, right, source }
        };
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
            exports: self.spec.exports.get(&*name.value).map_or(&[], Vec::as_slice),
            params: Vec::new(),
            variadic: false,
            members: Vec::new(),
            stands_for: item.draft.stands_for.as_ref().map(|c_type| c_type.value.to_string()),
            fields: Vec::new(),
            errors: Vec::new(),
            other_errors: false,
            constants: item.draft.constants.iter().map(|constant| self.constant(constant)).collect(),
            parts: Vec::new(),
            returns: None,
            codes: Vec::new(),
            demoted: Vec::new(),
            gaps: &item.gaps,
            public: item.draft.public.iter().map(public).collect(),
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
        facts.variadic = function.variadic.is_some();
        self.add(&mut facts.sources, "variadic", function.variadic.as_ref());
        facts.demoted = function.demoted.iter().map(|demoted| &*demoted.name.value).collect();
        self.codes_of(&function.returns, facts);
        let returns = &function.returns;
        if returns.c_type.is_some() || returns.convention.is_some() {
            let mut sources = Sources::new();
            self.add(&mut sources, "type", returns.c_type.as_ref());
            self.add(&mut sources, "convention", returns.convention.as_ref());
            self.add(&mut sources, "failure", returns.failure.as_ref());
            facts.returns = Some(ReturnFacts {
                c_type: returns.c_type.as_ref().map(|c_type| c_type.value.to_string()),
                convention: returns.convention.as_ref().map(|convention| convention.value.name()),
                failure: returns.failure.as_ref().map(|number| number.value),
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
        PartFacts {
            name: &part.name.value,
            text: part.docs.plain().into_owned(),
            sources: self.one("name", &part.name),
        }
    }

    fn param(&self, param: &'a Param) -> ParamFacts<'a> {
        let mut sources = self.one("name", &param.name);
        self.add(&mut sources, "dir", param.direction.as_ref());
        self.add(&mut sources, "optional", param.optional.as_ref());
        self.add(&mut sources, "optional_if", param.optional_if.as_deref());
        self.add(&mut sources, "reserved", param.reserved.as_deref());
        self.add(&mut sources, "type", param.c_type.as_ref());
        self.add(&mut sources, "dimensions", param.dimensions.as_deref());
        self.add(&mut sources, "length_of", param.length_of.as_deref());
        self.add(&mut sources, "length_unit", param.stated_unit());
        self.add(&mut sources, "characters_if", param.characters_if.as_deref());
        let Afterwards { kept_until, lent_until, written_on_failure, aliased } = &param.afterwards;
        self.add(&mut sources, "null_terminated", param.null_terminated.as_deref());
        self.add(&mut sources, "terminated_if", param.terminated_if.as_deref());
        self.add(&mut sources, "wide", param.wide.as_deref());
        self.add(&mut sources, "aliased", aliased.as_deref());
        self.add(&mut sources, "kept_until", kept_until.as_deref());
        self.add(&mut sources, "lent_until", lent_until.as_deref());
        self.add(&mut sources, "written_on_failure", written_on_failure.first());
        ParamFacts {
            name: &param.name.value,
            dir: param.direction.as_ref().map(|direction| direction.value.name()),
            optional: param.optional.is_some(),
            optional_if: param.optional_if.as_ref().map(|sentence| &*sentence.value),
            reserved: param.reserved.is_some(),
            c_type: param.c_type.as_ref().map(|c_type| c_type.value.to_string()),
            dimensions: param.dimensions.as_ref().map(|dimensions| &*dimensions.value),
            length_of: param.length_of.as_ref().map(|buffer| &*buffer.value),
            length_unit: param.stated_unit().map(|unit| unit.value.name()),
            characters_if: param.characters_if.as_ref().map(|when| CharactersIfFacts {
                param: &when.value.param,
                values: when.value.values.iter().map(|value| &*value.value).collect(),
            }),
            null_terminated: param.null_terminated.is_some(),
            terminated_if: param.terminated_if.as_ref().map(|lengths| &*lengths.value),
            wide: param.wide.is_some(),
            aliased: aliased.is_some(),
            kept_until: kept_until.as_ref().map(|until| until.value.name()),
            lent_until: lent_until.as_ref().map(|until| until.value.name()),
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

    fn constant(&self, constant: &'a Constant) -> ConstantFacts<'a> {
        let Constant { name, number, c_type, docs, .. } = constant;
        let mut sources = self.one("name", name);
        self.add(&mut sources, "value", Some(number));
        self.add(&mut sources, "type", c_type.as_ref());
        // A pointer of all bits is -1, however many there are.
        let value = if c_type.is_some() { number.value.cast_signed().to_string() } else { number.value.to_string() };
        let (c_type, text) = (c_type.as_ref().map(|c_type| c_type.value.to_string()), docs.plain().into_owned());
        ConstantFacts { name: &name.value, value, c_type, text: Some(text).filter(|text| !text.is_empty()), sources }
    }

    fn field(&self, field: &'a Field) -> FieldFacts<'a> {
        let mut sources = self.one("name", &field.name);
        self.add(&mut sources, "type", field.c_type.as_ref());
        self.add(&mut sources, "dimensions", field.dimensions.as_deref());
        self.add(&mut sources, "type", field.nested.as_deref());
        self.add(&mut sources, "bits", field.bits.as_deref());
        let kept_until = field.afterwards.kept_until.as_deref();
        self.add(&mut sources, "kept_until", kept_until);
        self.add(&mut sources, "wide", field.wide.as_deref());
        let nested = || field.nested.as_ref().map(|kind| kind.value.name().to_owned());
        FieldFacts {
            name: &field.name.value,
            c_type: field.c_type.as_ref().map(|c_type| c_type.value.to_string()).or_else(nested),
            dimensions: field.dimensions.as_ref().map(|dimensions| &*dimensions.value),
            bits: field.bits.as_ref().map(|bits| bits.value),
            kept_until: kept_until.map(|until| until.value.name()),
            wide: field.wide.is_some(),
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
            text: code
                .texts
                .iter()
                .map(|text| text.value.plain().into_owned())
                .filter(|text| !text.is_empty())
                .collect(),
            sources,
        }
    }

    fn code(&self, code: &'a Code) -> CodeFacts<'a> {
        let mut sources = self.one("name", &code.name);
        self.add(&mut sources, "value", Some(&code.number));
        let value = Some(code.number.value.to_string());
        CodeFacts { name: &code.name.value, value, text: vec![code.docs.plain().into_owned()], sources }
    }

    fn row(&self, row: &'a Fact<Row>) -> RowFacts<'a> {
        let Row { id, subject, functions, situation, page, windows, evidence, reference, ours, basis, choice } =
            &row.value;
        RowFacts {
            id: id.to_string(),
            subject,
            functions,
            situation,
            page: page.as_deref(),
            windows: windows.as_deref(),
            evidence: evidence.name(),
            reference: reference.as_deref(),
            ours,
            basis: basis.as_deref(),
            choice: *choice,
            sources: self.one("id", row),
        }
    }

    fn one<T>(&self, key: &'static str, fact: &'a Fact<T>) -> Sources<'a> {
        let mut sources = Sources::new();
        self.add(&mut sources, key, Some(fact));
        sources
    }

    fn add<T>(&self, sources: &mut Sources<'a>, key: &'static str, fact: Option<&'a Fact<T>>) {
        let Some(fact) = fact else { return };
        self.derived.borrow_mut().add(&fact.source);
        if self.sources {
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
            Source::Override { location, grounds } => {
                SourceFacts::Override { place: place(location), reason: &grounds.reason, source: &grounds.source }
            }
            Source::Derived { rule, from } => {
                SourceFacts::Derived { rule, from: from.iter().map(|source| self.source(source)).collect() }
            }
        }
    }
}

//! Members, fields, codes and headings without a symbol, ready to be shown.

use super::anchors::Anchors;
use super::declaration::{Token, TypeText};
use super::here::Here;
use super::number::Number;
use super::prose::Blocks;
use super::provenance::Cited;
use crate::draft::{Afterwards, Code, Constant, Demoted, Field, Member};

/// A member of an enumeration.
pub(super) struct MemberRow<'a> {
    pub id: String,
    pub name: &'a str,
    /// Its name in Rust, where that has it.
    pub rust: Option<&'a str>,
    pub number: Option<Number>,
    /// The value as the page writes it, where that is neither of the number's forms.
    pub stated: Option<&'a str>,
    pub docs: Blocks<'a>,
    pub sources: Vec<Cited<'a>>,
}

/// A field of a structure or union.
pub(super) struct FieldRow<'a> {
    pub id: String,
    pub name: &'a str,
    /// Its name and type in Rust, where that has it.
    pub rust: Option<(&'a str, Vec<Token>)>,
    pub c_type: Option<TypeText>,
    pub dimensions: Option<&'a str>,
    pub nested: Option<&'static str>,
    pub bits: Option<u32>,
    /// Whether what it leads to may be wide strings.
    pub wide: bool,
    pub afterwards: &'a Afterwards,
    pub docs: Blocks<'a>,
    pub sources: Vec<Cited<'a>>,
}

/// A code of a page of codes.
pub(super) struct CodeRow<'a> {
    pub id: String,
    pub name: &'a str,
    /// Its page.
    pub href: Option<String>,
    pub number: Number,
    pub docs: Blocks<'a>,
    pub sources: Vec<Cited<'a>>,
}

/// A constant.
pub(super) struct ConstantRow<'a> {
    pub id: String,
    pub name: &'a str,
    /// Its page.
    pub href: Option<String>,
    pub number: Number,
    pub sources: Vec<Cited<'a>>,
}

/// A heading for which the page's template found no symbol.
pub(super) struct DemotedRow<'a> {
    pub id: String,
    pub name: &'a str,
    pub docs: Blocks<'a>,
    pub sources: Vec<Cited<'a>>,
}

/// A member, under a heading of level 2.
pub(super) fn member<'a>(
    here: Here<'a>,
    member: &'a Member,
    rust: Option<&'a str>,
    anchors: &mut Anchors,
) -> MemberRow<'a> {
    let number = member.value.as_ref().map(|value| Number::member(value.value));
    let stated = member.stated.as_ref().filter(|stated| {
        !number.as_ref().is_some_and(|number| {
            stated.value == number.decimal || stated.value.eq_ignore_ascii_case(&number.hexadecimal)
        })
    });
    let mut sources = vec![here.cite("name", &member.name.source)];
    sources.extend(member.value.as_ref().map(|fact| here.cite("value", &fact.source)));
    sources.extend(stated.map(|fact| here.cite("written value", &fact.source)));
    MemberRow {
        id: anchors.claim("member-", &member.name.value),
        name: &member.name.value,
        rust,
        stated: stated.map(|stated| &*stated.value),
        number,
        docs: Blocks::new(here, &member.docs, 2),
        sources,
    }
}

/// A field, under a heading of level 2.
pub(super) fn field<'a>(
    here: Here<'a>,
    field: &'a Field,
    rust: Option<(&'a str, Vec<Token>)>,
    anchors: &mut Anchors,
) -> FieldRow<'a> {
    let mut sources = vec![here.cite("name", &field.name.source)];
    sources.extend(field.c_type.as_ref().map(|fact| here.cite("type", &fact.source)));
    sources.extend(field.nested.as_ref().map(|fact| here.cite("type", &fact.source)));
    sources.extend(field.dimensions.as_ref().map(|fact| here.cite("dimensions", &fact.source)));
    sources.extend(field.bits.as_ref().map(|fact| here.cite("bits", &fact.source)));
    sources.extend(field.wide.as_ref().map(|fact| here.cite("wide strings", &fact.source)));
    sources.extend(super::function::afterwards(here, &field.afterwards));
    FieldRow {
        id: anchors.claim("field-", &field.name.value),
        name: &field.name.value,
        rust,
        c_type: field.c_type.as_ref().map(|c_type| TypeText::new(here, &c_type.value)),
        nested: field.nested.as_ref().map(|nested| nested.value.name()),
        dimensions: field.dimensions.as_ref().map(|dimensions| &*dimensions.value),
        bits: field.bits.as_ref().map(|bits| bits.value),
        wide: field.wide.is_some(),
        afterwards: &field.afterwards,
        docs: Blocks::new(here, &field.docs, 2),
        sources,
    }
}

/// A code, under a heading of level 2. Its anchor is its bare name, which is what people type.
pub(super) fn code<'a>(here: Here<'a>, code: &'a Code, anchors: &mut Anchors) -> CodeRow<'a> {
    CodeRow {
        id: anchors.claim("", &code.name.value),
        name: &code.name.value,
        href: here.to_entry(&code.name.value, code.number.value),
        number: Number::code(code.number.value),
        docs: Blocks::new(here, &code.docs, 2),
        sources: vec![here.cite("name", &code.name.source), here.cite("number", &code.number.source)],
    }
}

/// A constant.
pub(super) fn constant<'a>(here: Here<'a>, family: &str, constant: &'a Constant, id: String) -> ConstantRow<'a> {
    ConstantRow {
        id,
        name: &constant.name.value,
        href: here.to_constant(family, &constant.name.value),
        number: Number::constant(constant),
        sources: constant_sources(here, constant),
    }
}

/// Where the facts of a constant come from.
pub(super) fn constant_sources<'a>(here: Here<'a>, constant: &'a Constant) -> Vec<Cited<'a>> {
    let Constant { name, number, c_type, .. } = constant;
    let c_type = c_type.as_ref().map(|c_type| here.cite("type", &c_type.source));
    [here.cite("name", &name.source), here.cite("number", &number.source)].into_iter().chain(c_type).collect()
}

/// A heading without a symbol, itself of level 3.
pub(super) fn demoted<'a>(here: Here<'a>, demoted: &'a Demoted, anchors: &mut Anchors) -> DemotedRow<'a> {
    DemotedRow {
        id: anchors.claim("heading-", &demoted.name.value),
        name: &demoted.name.value,
        docs: Blocks::new(here, &demoted.docs, 3),
        sources: vec![here.cite("heading", &demoted.name.source)],
    }
}

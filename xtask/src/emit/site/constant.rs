//! A constant's page: its number, where it is listed, and what stands there.

use askama::Template;

use super::anchors::Anchors;
use super::catalogue::{self, Constant};
use super::frame::Frame;
use super::here::Here;
use super::number::Number;
use super::prose::Blocks;
use super::provenance::Cited;
use super::summary::sentence;
use super::titles::is_code;
use super::values;
use super::whole::Site;
use crate::draft;

/// A constant's page.
#[derive(Template)]
#[template(path = "constant.html", whitespace = "minimize")]
pub(super) struct ConstantPage<'a> {
    frame: Frame,
    name: &'a str,
    /// Its number, or numbers where pages disagree.
    numbers: Vec<Number>,
    /// Its type, if it is a pointer.
    c_type: Option<String>,
    header: Option<&'a str>,
    /// Its module in Rust, where pages agree on the number and no enumerator is called so.
    module: Option<String>,
    listed: Vec<Listed<'a>>,
}

/// What one page says of it.
struct Listed<'a> {
    /// Its anchor, which it has where it is not the only one.
    id: String,
    item: &'a str,
    /// Whether the item's name is one of code.
    code: bool,
    href: String,
    text: Blocks<'a>,
    /// The option that the page lists it under, and its page.
    under: Option<(&'a str, Option<String>)>,
    /// The values that the page lists under it: name, page, number, text.
    values: Vec<(&'a str, Option<String>, Number, Blocks<'a>)>,
    sources: Vec<Cited<'a>>,
}

/// The page of the constant at `index` of the catalogue.
pub(super) fn page<'a>(site: &'a Site<'a>, index: usize) -> ConstantPage<'a> {
    let here = Here::below(site, site.constant_path(index));
    let Constant { family, name, listed } = &site.catalogue.constants[index];
    let title = site.family_title(family);
    let mut way = Vec::new();
    if let Some(path) = site.family_path(family) {
        let path = here.to(path);
        way.push((title.clone(), path.clone()));
        way.push(("Constants".to_owned(), format!("{path}#constants")));
    }
    let mut constants: Vec<&draft::Constant> = listed.iter().map(|listed| listed.constant).collect();
    constants.sort_unstable_by_key(|constant| constant.number.value);
    constants.dedup_by_key(|constant| constant.number.value);
    let numbers: Vec<Number> = constants.into_iter().map(Number::constant).collect();
    let c_type = listed.iter().find_map(|listed| Some(listed.constant.c_type.as_ref()?.value.to_string()));
    let known = site.family(family);
    let generated = known.filter(|known| known.constants.iter().any(|constant| constant.c_name == *name));
    let header = known.map(|known| &*known.header).filter(|header| !header.is_empty());
    let described = listed.iter().find_map(|listed| sentence(&listed.constant.docs.blocks));
    let summary = described.unwrap_or_else(|| {
        let forms: Vec<String> =
            numbers.iter().map(|number| format!("{} ({})", number.decimal, number.hexadecimal)).collect();
        let of = header.map_or_else(String::new, |header| format!(", of {header}"));
        format!("{name} = {}{of}.", forms.join(" or "))
    });
    let mut anchors = Anchors::new(&["content"]);
    let view = |&catalogue::Listed { item, constant, ref id }: &'a catalogue::Listed<'a>| {
        let draft = &site.spec.items[item].draft;
        let values = draft.constants.iter().filter(|value| value.under.as_deref() == Some(name));
        let value = |value: &'a draft::Constant| {
            let (called, docs) = (&*value.name.value, &value.docs.blocks);
            (called, here.to_constant(family, called), Number::constant(value), Blocks::of(here, docs, 2))
        };
        Listed {
            id: anchors.claim("by-", &draft.name.value),
            item: &draft.name.value,
            code: is_code(draft.kind),
            href: format!("{}#{id}", here.to_item(item)),
            text: Blocks::of(here, &constant.docs.blocks, 2),
            under: constant.under.as_deref().map(|option| (option, here.to_constant(family, option))),
            values: values.map(value).collect(),
            // The heading above has named the page.
            sources: values::constant_sources(here.within(item), constant),
        }
    };
    ConstantPage {
        frame: Frame::new(here, &format!("{name} constant - {title}"), summary, way)
            .beside(here.around_constant(index)),
        name,
        numbers,
        c_type,
        header,
        module: generated.map(|family| format!("{}::sys", family.name)),
        listed: listed.iter().map(view).collect(),
    }
}

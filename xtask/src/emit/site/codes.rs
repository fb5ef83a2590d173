//! The page of codes: every code with its number, its meaning, and the functions that document it.

use std::collections::BTreeMap;

use askama::Template;

use super::frame::Frame;
use super::function::error_ids;
use super::here::{Here, Site};
use super::number::Number;
use super::prose::Blocks;
use super::provenance::Cited;
use super::titles::{codes_of, space};
use crate::model::CodeSpace;

/// The page of codes.
#[derive(Template)]
#[template(path = "codes.html", whitespace = "minimize")]
pub struct CodesPage<'a> {
    frame: Frame,
    spaces: Vec<SpaceSection<'a>>,
}

struct SpaceSection<'a> {
    id: &'static str,
    title: &'static str,
    codes: Vec<CodeView<'a>>,
}

struct CodeView<'a> {
    id: &'a str,
    name: &'a str,
    number: Number,
    docs: Blocks<'a>,
    /// Who documents it: names and addresses.
    documented_by: Vec<(&'a str, String)>,
    sources: Vec<Cited<'a>>,
}

/// The page of codes of a site.
pub fn page<'a>(site: &'a Site<'a>) -> CodesPage<'a> {
    let here = Here::top(site);
    let mut users: BTreeMap<(&str, u32), Vec<(&'a str, String)>> = BTreeMap::new();
    for (at, item) in site.spec.items.iter().enumerate() {
        let Some(function) = item.draft.function() else { continue };
        for (code, id) in function.returns.codes.iter().zip(error_ids(&function.returns)) {
            let Some(number) = &code.number else { continue };
            let user = (&*item.draft.name.value, format!("{}#{id}", here.to_item(at)));
            users.entry((&code.name.value, number.value)).or_default().push(user);
        }
    }
    let section = |which: CodeSpace| {
        let (title, id) = space(which);
        let view = |(place, code): (usize, &'a crate::model::CodeEntry)| CodeView {
            id: site.code_anchor(place),
            name: &code.name,
            number: Number::code(code.number.value),
            docs: Blocks::new(here, &code.docs, 2),
            documented_by: users.get(&(&*code.name, code.number.value)).cloned().unwrap_or_default(),
            sources: vec![here.cite("number", &code.number.source)],
        };
        SpaceSection { id, title, codes: codes_of(site.spec, which).into_iter().map(view).collect() }
    };
    let spaces = [CodeSpace::Win32, CodeSpace::HResult].map(section);
    CodesPage {
        frame: Frame::top(site, "Error codes", "Every error code with its number, its meaning and who documents it."),
        spaces: spaces.into_iter().filter(|space| !space.codes.is_empty()).collect(),
    }
}

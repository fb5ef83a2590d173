//! The page of codes: every code by number and by name, each with a page of its own.

use askama::Template;

use super::catalogue::Code;
use super::frame::Frame;
use super::here::Here;
use super::number::{Number, as_hresult};
use super::paths::CODES;
use super::summary::first;
use super::titles::space;
use super::whole::Site;
use crate::draft::Kind;
use crate::model::CodeSpace;

/// The page of codes.
#[derive(Template)]
#[template(path = "codes.html", whitespace = "minimize")]
pub(super) struct CodesPage<'a> {
    frame: Frame,
    spaces: Vec<SpaceSection<'a>>,
    /// By name: first letters, and codes with their addresses; empty where there are so many that search serves better.
    letters: Vec<(char, Vec<(&'a str, String)>)>,
    /// The pages that list codes, as they have them: names and addresses.
    lists: Vec<(&'a str, String)>,
}

struct SpaceSection<'a> {
    id: &'static str,
    title: &'static str,
    /// Whether its codes have a form as `HRESULT`s.
    wraps: bool,
    codes: Vec<Row<'a>>,
}

struct Row<'a> {
    name: &'a str,
    href: String,
    number: Option<Number>,
    hresult: Option<String>,
    summary: String,
}

/// The spaces in the order of the catalogue.
pub(super) const SPACES: [Option<CodeSpace>; 3] = [Some(CodeSpace::Win32), Some(CodeSpace::HResult), None];

/// The places of the codes of a space.
pub(super) fn of_space<'a>(
    site: &'a Site<'a>,
    which: Option<CodeSpace>,
) -> impl Iterator<Item = (usize, &'a Code<'a>)> {
    let codes = site.catalogue.codes.iter().enumerate();
    codes.filter(move |(_, code)| code.entry.map(|entry| entry.space) == which)
}

/// The page of codes of a site.
pub(super) fn page<'a>(site: &'a Site<'a>) -> CodesPage<'a> {
    let here = Here::top(site, CODES);
    let section = |which| {
        let (title, id) = space(which);
        let row = |(at, code): (usize, &'a Code<'a>)| Row {
            name: code.name,
            href: here.to(site.code_path(at)),
            number: code.number.map(|number| Number::code(number.value)),
            hresult: code.entry.and_then(as_hresult).map(|number| Number::code(number).hexadecimal),
            summary: code.entry.map_or_else(String::new, |entry| first(&entry.docs)),
        };
        SpaceSection {
            id,
            title,
            wraps: which == Some(CodeSpace::Win32),
            codes: of_space(site, which).map(row).collect(),
        }
    };
    let lists = site.spec.items.iter().enumerate().filter(|(_, item)| item.draft.kind == Kind::Codes);
    let summary = "Every error code with its number, its meaning and who documents it.";
    CodesPage {
        frame: Frame::new(here, "Error codes", summary.to_owned(), Vec::new()),
        spaces: SPACES.map(section).into_iter().filter(|space| !space.codes.is_empty()).collect(),
        letters: letters(here),
        lists: lists.map(|(at, item)| (&*item.draft.name.value, here.to_item(at))).collect(),
    }
}

fn letters(here: Here<'_>) -> Vec<(char, Vec<(&str, String)>)> {
    /// A second list of more than that makes the page slow, and nobody reads it.
    const MOST: usize = 500;
    if here.site.catalogue.codes.len() > MOST {
        return Vec::new();
    }
    let codes = here.site.catalogue.codes.iter().enumerate();
    let mut all: Vec<(&str, String)> = codes.map(|(at, code)| (code.name, here.to(here.site.code_path(at)))).collect();
    all.sort();
    let mut out: Vec<(char, Vec<(&str, String)>)> = Vec::new();
    for (name, href) in all {
        let letter = name.chars().next().map_or('#', |c| c.to_ascii_uppercase());
        match out.last_mut() {
            Some((known, list)) if *known == letter => list.push((name, href)),
            _ => out.push((letter, vec![(name, href)])),
        }
    }
    out
}

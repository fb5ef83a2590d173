//! An item's page: every fact of facts.json, the text of the page it comes from, and where each fact stands.

use askama::Template;

use super::anchors::Anchors;
use super::declaration::{Token, declaration};
use super::frame::Frame;
use super::function::{self, ParamRow, ReturnView};
use super::here::{CODES, Here, INDEX, Site};
use super::prose::Blocks;
use super::provenance::Cited;
use super::summary::summary;
use super::titles::plural;
use super::values::{self, CodeRow, DemotedRow, FieldRow, MemberRow};
use crate::draft::{Body, Demoted, Draft, Kind};
use crate::fact::Fact;
use crate::model::Item;

/// The ids of the template's own elements.
const RESERVED: &[&str] = &[
    "content",
    "gaps",
    "declaration",
    "parameters",
    "returns",
    "members",
    "fields",
    "codes",
    "demoted",
    "remarks",
    "see-also",
    "facts",
];

/// An item's page.
#[derive(Template)]
#[template(path = "item.html", whitespace = "minimize")]
pub struct ItemPage<'a> {
    frame: Frame,
    kind: &'static str,
    name: &'a str,
    /// Whether the name is one of code, and not the title of a text.
    code: bool,
    gaps: &'a [String],
    /// The sections of this page: anchors and headings.
    contents: Vec<(String, String)>,
    description: Blocks<'a>,
    declaration: Vec<Token>,
    params: Vec<ParamRow<'a>>,
    returns: Option<ReturnView<'a>>,
    members: Vec<MemberRow<'a>>,
    fields: Vec<FieldRow<'a>>,
    codes: Vec<CodeRow<'a>>,
    demoted: Vec<DemotedRow<'a>>,
    remarks: Blocks<'a>,
    /// Sections that the template of the pages does not know: anchor, heading, text.
    others: Vec<(String, &'a str, Blocks<'a>)>,
    see_also: Blocks<'a>,
    facts: Vec<FactRow<'a>>,
    rust_path: Option<&'a str>,
}

/// A fact of the item as a whole.
struct FactRow<'a> {
    label: &'a str,
    /// Nothing where the page does not say.
    value: Option<String>,
    /// Whether it is a name of code.
    code: bool,
    sources: Vec<Cited<'a>>,
}

/// The page of the item at `index`.
pub fn page<'a>(site: &'a Site<'a>, index: usize, item: &'a Item) -> ItemPage<'a> {
    let here = Here::item(site, index);
    let draft = &item.draft;
    let mut anchors = Anchors::new(RESERVED);
    let parts = match &draft.body {
        Body::Ioctl(ioctl) => &ioctl.parts[..],
        _ => &[],
    };
    let others = draft.docs.others.iter().map(|(heading, prose)| (&**heading, prose));
    let others = others.chain(parts.iter().map(|part| (&*part.name.value, &part.docs))).map(|(heading, prose)| {
        let text = Blocks::new(here, prose, 2);
        (anchors.claim("section-", heading), heading, text)
    });
    let mut page = ItemPage {
        frame: frame(site, item),
        kind: draft.kind.name(),
        name: &draft.name.value,
        code: is_code(draft.kind),
        gaps: &item.gaps,
        contents: Vec::new(),
        description: Blocks::new(here, &draft.docs.description, 1),
        declaration: declaration(here, draft),
        params: Vec::new(),
        returns: None,
        members: Vec::new(),
        fields: Vec::new(),
        codes: Vec::new(),
        demoted: Vec::new(),
        remarks: Blocks::new(here, &draft.docs.remarks, 2),
        others: others.collect(),
        see_also: Blocks::new(here, &draft.docs.see_also, 2),
        facts: facts(here, item),
        rust_path: item.rust_path.as_deref(),
    };
    let mut headings: &[Demoted] = &[];
    match &draft.body {
        Body::Function(function) => {
            page.params = function::params(here, function, &mut anchors);
            page.returns = Some(function::returns(here, &function.returns));
            headings = &function.demoted;
        }
        Body::Enum(members, demoted) => {
            page.members = members.iter().map(|member| values::member(here, member, &mut anchors)).collect();
            headings = demoted;
        }
        Body::Struct(fields, demoted) => {
            page.fields = fields.iter().map(|field| values::field(here, field, &mut anchors)).collect();
            headings = demoted;
        }
        Body::Ioctl(ioctl) => page.returns = Some(function::status(here, &ioctl.status)),
        Body::Codes(codes) => {
            page.codes = codes.iter().map(|code| values::code(here, code, &mut anchors)).collect();
        }
        Body::Text => {}
    }
    page.demoted = headings.iter().map(|demoted| values::demoted(here, demoted, &mut anchors)).collect();
    page.contents = contents(&page);
    page
}

fn frame(site: &Site<'_>, item: &Item) -> Frame {
    let draft = &item.draft;
    let name = &draft.name.value;
    let title = site.family_title(&item.family);
    let (kinds, _) = plural(draft.kind);
    let up = |label: &str, path: &str| (label.to_owned(), format!("../{path}"));
    let mut crumbs = vec![up("Index", INDEX)];
    match draft.kind {
        Kind::Codes => crumbs.push(up("Error codes", CODES)),
        kind => {
            let anchor = site.family_anchor(&item.family);
            crumbs.push(up(&title, &format!("{INDEX}#{anchor}")));
            crumbs.push(up(kinds, &format!("{INDEX}#{}", super::index::kind_anchor(anchor, kind))));
        }
    }
    Frame {
        title: format!("{name} {} - {title} - winws", draft.kind.name()),
        summary: summary(&draft.docs),
        root: "../",
        crumbs,
        leaf: name.clone(),
        sources: site.sources.clone(),
    }
}

/// The headings of the sections that are there, in the order of the template.
fn contents(page: &ItemPage<'_>) -> Vec<(String, String)> {
    let returns = page.returns.as_ref().map(|returns| returns.title);
    let sections = [
        ("declaration", "Declaration", !page.declaration.is_empty()),
        ("parameters", "Parameters", !page.params.is_empty()),
        ("returns", returns.unwrap_or_default(), returns.is_some()),
        ("members", "Members", !page.members.is_empty()),
        ("fields", "Fields", !page.fields.is_empty()),
        ("codes", "Codes", !page.codes.is_empty()),
        ("demoted", "Headings without a symbol", !page.demoted.is_empty()),
        ("remarks", "Remarks", !page.remarks.is_empty()),
    ];
    let known = |(id, title, _): (&str, &str, bool)| (id.to_owned(), title.to_owned());
    let mut list: Vec<(String, String)> = sections.into_iter().filter(|(.., there)| *there).map(known).collect();
    list.extend(page.others.iter().map(|(id, heading, _)| (id.clone(), (*heading).to_owned())));
    let last = [("see-also", "See also", !page.see_also.is_empty()), ("facts", "Facts", true)];
    list.extend(last.into_iter().filter(|(.., there)| *there).map(known));
    list
}

const fn is_code(kind: Kind) -> bool {
    !matches!(kind, Kind::Codes | Kind::Overview | Kind::Topic)
}

fn facts<'a>(here: Here<'a>, item: &'a Item) -> Vec<FactRow<'a>> {
    let Draft { kind, name, aliases, uid, requirements, page, constants, body, .. } = &item.draft;
    let plain =
        |label, value: &'a str, code| FactRow { label, value: Some(value.to_owned()), code, sources: Vec::new() };
    let stated = |label, fact: &'a Fact<String>, code| FactRow {
        label,
        value: Some(fact.value.clone()),
        code,
        sources: vec![here.cite(label, &fact.source)],
    };
    let code = is_code(*kind);
    let mut rows = vec![plain("Kind", kind.name(), false), stated("Name", name, code)];
    rows.extend(aliases.iter().map(|alias| stated("Also called", alias, true)));
    rows.push(plain("Family", &item.family, true));
    rows.extend(item.rust_path.as_deref().map(|path| plain("In Rust", path, true)));
    // Text has no requirements, and only what is called comes from a library.
    let called = *kind == Kind::Function;
    let required = [
        ("Header", &requirements.header, code, true),
        ("Library", &requirements.lib, called, true),
        ("DLL", &requirements.dll, called, true),
        ("Client", &requirements.client, code, false),
        ("Server", &requirements.server, code, false),
    ];
    for (label, fact, expected, is_code) in required {
        match fact {
            Some(fact) => rows.push(stated(label, fact, is_code)),
            None if expected => rows.push(FactRow { label, value: None, code: false, sources: Vec::new() }),
            None => {}
        }
    }
    rows.extend(uid.as_ref().map(|uid| stated("UID", uid, true)));
    rows.push(plain("Page", page, true));
    if let Body::Ioctl(ioctl) = body {
        rows.extend(ioctl.parts.iter().map(|part| stated("Part", &part.name, true)));
    }
    rows.extend(constants.iter().map(|constant| {
        let (name, number) = (&constant.name.source, &constant.number.source);
        let mut sources = vec![here.cite("name", name)];
        sources.extend((number != name).then(|| here.cite("number", number)));
        let value = Some(constant.number.value.to_string());
        FactRow { label: &constant.name.value, value, code: true, sources }
    }));
    rows
}

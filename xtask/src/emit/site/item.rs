//! An item's page: every fact of facts.json, the text of the page it comes from, and where each fact stands.

use askama::Template;

use super::anchors::{Anchors, constant_ids};
use super::behaviour::{self, SubjectView};
use super::findings::{self, FindingView};
use super::frame::Frame;
use super::function::{self, ParamRow, ReturnView};
use super::here::Here;
use super::linked::linked;
use super::paths::CODES;
use super::prose::Blocks;
use super::provenance::Cited;
use super::signature::{self, RustParam, Signatures};
use super::summary::summary;
use super::titles::{is_code, plural, singular};
use super::values::{self, CodeRow, ConstantRow, DemotedRow, FieldRow, MemberRow};
use super::whole::Site;
use crate::draft::{Body, Demoted, Draft, Kind, Public};
use crate::fact::Fact;
use crate::model::{Difference, Item, Never};

/// The ids of the template's own elements.
const RESERVED: &[&str] = &[
    "content",
    "gaps",
    "declaration",
    "as-c",
    "as-rust",
    "as-raw",
    "tab-as-c",
    "tab-as-rust",
    "tab-as-raw",
    "parameters",
    "returns",
    "members",
    "fields",
    "codes",
    "constants",
    "demoted",
    "remarks",
    "see-also",
    "behaviour",
    "runtime",
    "public",
    "findings",
    "facts",
];

/// An item's page.
#[derive(Template)]
#[template(path = "item.html", whitespace = "minimize")]
pub(super) struct ItemPage<'a> {
    frame: Frame,
    kind: &'static str,
    name: &'a str,
    /// Whether the name is one of code, and not the title of a text.
    code: bool,
    gaps: &'a [String],
    /// The sections of this page: anchors and headings.
    contents: Vec<(String, String)>,
    description: Blocks<'a>,
    badges: Vec<Badge<'a>>,
    /// Where the page itself can be seen, at the line where the text begins.
    source_page: Option<String>,
    signatures: Signatures,
    params: Vec<ParamRow<'a>>,
    returns: Option<ReturnView<'a>>,
    members: Vec<MemberRow<'a>>,
    fields: Vec<FieldRow<'a>>,
    codes: Vec<CodeRow<'a>>,
    constants: Vec<ConstantRow<'a>>,
    demoted: Vec<DemotedRow<'a>>,
    remarks: Blocks<'a>,
    /// Sections that the template of the pages does not know: anchor, heading, text.
    others: Vec<(String, &'a str, Blocks<'a>)>,
    see_also: Blocks<'a>,
    behaviour: Vec<SubjectView<'a>>,
    support: Option<SupportView<'a>>,
    /// Where the published page says something else.
    public: &'a [Public],
    findings: Vec<FindingView<'a>>,
    facts: Vec<FactRow<'a>>,
}

/// A fact at a glance.
struct Badge<'a> {
    /// How the stylesheet calls it; empty for what is nothing special.
    class: &'static str,
    label: &'static str,
    text: &'a str,
}

/// What the runtime makes of a function.
struct SupportView<'a> {
    implemented: bool,
    differences: Vec<DifferenceView<'a>>,
    never: Vec<NeverView<'a>>,
    source: Cited<'a>,
}

/// A code that the runtime never returns, and why.
struct NeverView<'a> {
    code: &'a str,
    href: Option<String>,
    /// In pieces, of which names lead to their pages.
    why: Vec<(&'a str, Option<String>)>,
}

/// What is different.
struct DifferenceView<'a> {
    /// In pieces, of which names lead to their pages.
    words: Vec<(&'a str, Option<String>)>,
    /// The row of behaviour that shows it.
    row: &'a str,
    /// Whether that row is on this page.
    here: bool,
    cited: Cited<'a>,
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
pub(super) fn page<'a>(site: &'a Site<'a>, index: usize, item: &'a Item) -> ItemPage<'a> {
    let here = Here::item(site, index);
    let draft = &item.draft;
    let complete = site.complete(index);
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
        frame: frame(here, item).beside(here.around_item(index)),
        kind: singular(draft.kind),
        name: &draft.name.value,
        code: is_code(draft.kind),
        gaps: &item.gaps,
        contents: Vec::new(),
        description: Blocks::new(here, &draft.docs.description, 1),
        badges: badges(here, draft),
        source_page: here.to_line(&draft.place),
        signatures: signature::item(here, item, complete),
        params: Vec::new(),
        returns: None,
        members: Vec::new(),
        fields: Vec::new(),
        codes: Vec::new(),
        constants: constants(here, item),
        demoted: Vec::new(),
        remarks: Blocks::new(here, &draft.docs.remarks, 2),
        others: others.collect(),
        see_also: Blocks::new(here, &draft.docs.see_also, 2),
        behaviour: behaviour::subjects(here, draft),
        support: support(here, draft),
        public: &draft.public,
        findings: findings::of_page(here, &draft.path),
        facts: facts(here, item),
    };
    let mut headings: &[Demoted] = &[];
    match &draft.body {
        Body::Function(function) => {
            page.params = function::params(here, function, signature::rust_params(here, complete), &mut anchors);
            page.returns = Some(function::returns(here, &function.returns));
            headings = &function.demoted;
        }
        Body::Enum(members, demoted) => {
            let rust = signature::rust_members(complete);
            let row = |member| values::member(here, member, rust.get(&*member.name.value).copied(), &mut anchors);
            page.members = members.iter().map(row).collect();
            headings = demoted;
        }
        Body::Struct(fields, demoted) => {
            let mut rust = signature::rust_fields(here, complete).into_iter();
            let row = |field| values::field(here, field, rust.next(), &mut anchors);
            page.fields = fields.iter().map(row).collect();
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

fn frame(here: Here<'_>, item: &Item) -> Frame {
    let draft = &item.draft;
    let name = &draft.name.value;
    let title = here.site.family_title(&item.family);
    let (kinds, id) = plural(draft.kind);
    let way = match here.site.family_path(&item.family).filter(|_| draft.kind != Kind::Codes) {
        None => vec![("Error codes".to_owned(), here.to(CODES))],
        Some(path) => {
            let path = here.to(path);
            vec![(title.clone(), path.clone()), (kinds.to_owned(), format!("{path}#{id}"))]
        }
    };
    let described = Some(summary(&draft.docs)).filter(|sentence| !sentence.is_empty());
    let about = described.unwrap_or_else(|| format!("{name}: {} of {title}.", singular(draft.kind).to_lowercase()));
    Frame::new(here, &format!("{name} {} - {title}", draft.kind.name()), about, way)
}

/// What tells at a glance where the item is and who has it.
fn badges<'a>(here: Here<'a>, draft: &'a Draft) -> Vec<Badge<'a>> {
    let requirements = &draft.requirements;
    let mut badges = Vec::new();
    badges.extend(here.implemented(draft).map(|implemented| match implemented {
        true => Badge { class: "yes", label: "Runtime", text: "implemented" },
        false => Badge { class: "no", label: "Runtime", text: "not yet" },
    }));
    let required = [
        ("Header", &requirements.header),
        ("DLL", &requirements.dll),
        ("Library", &requirements.lib),
        ("Client", &requirements.client),
        ("Server", &requirements.server),
    ];
    let required = required.into_iter().filter_map(|(label, fact)| Some((label, fact.as_ref()?)));
    badges.extend(required.map(|(label, fact)| Badge { class: "", label, text: &fact.value }));
    badges
}

/// What runtime.toml says of a function.
fn support<'a>(here: Here<'a>, draft: &'a Draft) -> Option<SupportView<'a>> {
    let support = here.site.spec.runtime.get(&draft.name.value).filter(|_| draft.kind == Kind::Function)?;
    let difference = |Fact { value: Difference { row, what }, source }: &'a Fact<Difference>| DifferenceView {
        words: linked(here, what),
        row,
        here: here.site.spec.rows_of(draft).any(|known| known.value.id.to_string() == *row),
        cited: here.cite("difference", source),
    };
    let never = |Fact { value: Never { code, why }, .. }: &'a Fact<Never>| NeverView {
        code,
        href: here.to_name(code),
        why: linked(here, why),
    };
    Some(SupportView {
        implemented: support.value.implemented,
        differences: support.value.differences.iter().map(difference).collect(),
        never: support.value.never.iter().map(never).collect(),
        source: here.cite("runtime", &support.source),
    })
}

fn constants<'a>(here: Here<'a>, item: &'a Item) -> Vec<ConstantRow<'a>> {
    let listed = &item.draft.constants;
    let row = |(constant, id)| values::constant(here, &item.family, constant, id);
    listed.iter().zip(constant_ids(listed)).map(row).collect()
}

/// The headings of the sections that are there, in the order of the template.
fn contents(page: &ItemPage<'_>) -> Vec<(String, String)> {
    let returns = page.returns.as_ref().map(|returns| returns.title);
    let sections = [
        ("declaration", "Declaration", !page.signatures.is_empty()),
        ("parameters", "Parameters", !page.params.is_empty()),
        ("returns", returns.unwrap_or_default(), returns.is_some()),
        ("members", "Members", !page.members.is_empty()),
        ("fields", "Fields", !page.fields.is_empty()),
        ("codes", "Codes", !page.codes.is_empty()),
        ("constants", "Constants", !page.constants.is_empty()),
        ("demoted", "Headings without a symbol", !page.demoted.is_empty()),
        ("remarks", "Remarks", !page.remarks.is_empty()),
    ];
    let known = |(id, title, _): (&str, &str, bool)| (id.to_owned(), title.to_owned());
    let mut list: Vec<(String, String)> = sections.into_iter().filter(|(.., there)| *there).map(known).collect();
    list.extend(page.others.iter().map(|(id, heading, _)| (id.clone(), (*heading).to_owned())));
    let last = [
        ("see-also", "See also", !page.see_also.is_empty()),
        ("behaviour", "Behaviour", !page.behaviour.is_empty()),
        ("runtime", "In the runtime", page.support.is_some()),
        ("public", "Where the published page differs", !page.public.is_empty()),
        ("findings", "Findings", !page.findings.is_empty()),
        ("facts", "Facts", true),
    ];
    list.extend(last.into_iter().filter(|(.., there)| *there).map(known));
    list
}

fn facts<'a>(here: Here<'a>, item: &'a Item) -> Vec<FactRow<'a>> {
    let Draft { kind, name, aliases, uid, requirements, page, body, stands_for, .. } = &item.draft;
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
    let exports = here.site.spec.exports.get(&*name.value).into_iter().flatten();
    rows.extend(exports.map(|export| plain("In libwinws", export, true)));
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
    rows.extend(stands_for.as_ref().map(|fact| FactRow {
        label: "Stands for",
        value: Some(fact.value.to_string()),
        code: true,
        sources: vec![here.cite("stands for", &fact.source)],
    }));
    rows.extend(uid.as_ref().map(|uid| stated("UID", uid, true)));
    rows.push(plain("Page", page, true));
    if let Body::Ioctl(ioctl) = body {
        rows.extend(ioctl.parts.iter().map(|part| stated("Part", &part.name, true)));
    }
    if let Body::Function(function) = body {
        rows.extend(function.variadic.as_ref().map(|fact| FactRow {
            label: "More arguments",
            value: Some("any number".to_owned()),
            code: false,
            sources: vec![here.cite("more arguments", &fact.source)],
        }));
    }
    rows
}

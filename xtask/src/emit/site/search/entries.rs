//! What can be found by its name or number: families, items with their parts, codes and constants.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rustc_hash::FxHashMap;

use super::words::{Role, Terms};
use crate::c::types::CType;
use crate::draft::{Body, Function, Kind, Returns, as_c_sees};
use crate::emit::site::anchors::{Anchors, error_ids};
use crate::emit::site::here::Here;
use crate::emit::site::paths::INDEX;
use crate::emit::site::summary::{summary, words};
use crate::emit::site::whole::Site;
use crate::fact::Fact;
use crate::model::{FieldKind, Spec};

/// A note is cut at the last word that fits.
const NOTE: usize = 110;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// An item.
    Item(Kind),
    /// A code.
    Code,
    /// A constant or option flag.
    Constant,
    /// A member of an enumeration.
    Member,
    /// A parameter.
    Param,
    /// A field of a structure.
    Field,
    /// A code as a function documents it.
    Documented,
    /// A family.
    Family,
}

impl EntryKind {
    /// All of them.
    pub(super) const ALL: [Self; 18] = [
        Self::Item(Kind::Function),
        Self::Item(Kind::Callback),
        Self::Item(Kind::Enum),
        Self::Item(Kind::Struct),
        Self::Item(Kind::Union),
        Self::Item(Kind::Ioctl),
        Self::Item(Kind::Interface),
        Self::Item(Kind::Class),
        Self::Item(Kind::Codes),
        Self::Item(Kind::Overview),
        Self::Item(Kind::Topic),
        Self::Code,
        Self::Constant,
        Self::Member,
        Self::Param,
        Self::Field,
        Self::Documented,
        Self::Family,
    ];

    /// What a reader sees.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Item(kind) => kind.name(),
            Self::Code => "code",
            Self::Constant => "constant",
            Self::Member => "member",
            Self::Param => "parameter",
            Self::Field => "field",
            Self::Documented => "documented code",
            Self::Family => "family",
        }
    }

    /// The heading that it stands under.
    pub(super) const fn group(self) -> &'static str {
        match self {
            Self::Item(Kind::Function | Kind::Callback | Kind::Ioctl) => "Functions and callbacks",
            Self::Item(Kind::Enum | Kind::Struct | Kind::Union | Kind::Interface | Kind::Class) => "Types",
            Self::Family | Self::Item(Kind::Codes | Kind::Overview | Kind::Topic) => "Pages",
            Self::Code => "Codes",
            Self::Constant | Self::Member => "Members and constants",
            Self::Param | Self::Field => "Parameters and fields",
            Self::Documented => "Documented by",
        }
    }

    fn place(self) -> usize {
        Self::ALL.iter().position(|&kind| kind == self).expect("every kind is among all of them")
    }
}

/// A line of the index.
pub(super) struct Entry<'a> {
    name: Cow<'a, str>,
    kind: EntryKind,
    /// The way from the top; empty for a part of the entry before it.
    href: String,
    /// Other names, separated by blanks.
    others: String,
    number: Option<i128>,
    note: String,
}

impl Entry<'_> {
    /// Appends the line of it.
    pub(super) fn write_to(&self, out: &mut String) {
        let (page, anchor) = self.href.split_once('#').unwrap_or((&self.href, ""));
        // Tabs and line ends separate fields and entries.
        let name = words(&self.name);
        let start = out.len();
        write!(out, "{name}\t{}\t", self.kind.place()).expect("writing to a string cannot fail");
        for path in [page, anchor] {
            match path.split_once(&*name).filter(|_| !name.is_empty()) {
                Some((before, after)) => out.extend([before, "*", after, "\t"]),
                None => out.extend([path, "\t"]),
            }
        }
        out.extend([&words(&self.others), "\t"]);
        if let Some(number) = self.number {
            write!(out, "{number}").expect("writing to a string cannot fail");
        }
        out.extend(["\t", &words(&self.note)]);
        out.truncate(start + out[start..].trim_end_matches('\t').len());
        out.push('\n');
    }
}

/// The Rust names of the parts of each item, by the item's place and the part's C name.
pub(super) type RustNames<'a> = FxHashMap<(usize, &'a str), &'a str>;

/// The Rust names that only the frozen families know.
pub(super) fn rust_names(spec: &Spec) -> RustNames<'_> {
    let mut names = RustNames::default();
    for family in &spec.families {
        for enum_ in &family.enums {
            let aliases = enum_.aliases.iter().map(|(member, _)| member);
            let members = enum_.members.iter().chain(aliases);
            names.extend(members.map(|it| ((enum_.origin.item, &*it.c_name), &*it.rust_name)));
        }
        for function in family.functions.iter().chain(&family.callbacks) {
            names.extend(function.params.iter().map(|it| ((function.origin.item, &*it.c_name), &*it.rust_name)));
        }
        for struct_ in &family.structs {
            let values = struct_.body.fields.iter().filter(|field| matches!(field.kind, FieldKind::Value { .. }));
            let named = values.filter_map(|field| Some((field.c_name.as_deref()?, &*field.rust_name)));
            names.extend(named.map(|(c_name, rust_name)| ((struct_.origin.item, c_name), rust_name)));
        }
    }
    names
}

/// An item and its parts; the words of all of them become terms.
pub(super) fn item<'a>(
    site: &'a Site<'a>,
    place: usize,
    rust_names: &RustNames<'a>,
    terms: &mut Terms,
) -> Vec<Entry<'a>> {
    let here = Here::top(site, INDEX);
    let item = &site.spec.items[place];
    let draft = &item.draft;
    let others = draft.aliases.iter().map(|alias| &*alias.value).chain(item.rust_path.as_deref());
    let own = Entry {
        name: draft.name.value.as_str().into(),
        kind: EntryKind::Item(draft.kind),
        href: here.to_item(place),
        others: others.collect::<Vec<_>>().join(" "),
        number: None,
        note: note(&summary(&draft.docs)),
    };
    let mut parts = Parts { list: vec![own], types: Vec::new(), item: place, rust_names };

    terms.names(&item.family, Role::Place);
    let required = &draft.requirements;
    for fact in [&required.header, &required.lib, &required.dll].into_iter().flatten() {
        terms.names(&fact.value, Role::Place);
    }
    terms.prose(&draft.docs.description, Role::Description);
    terms.prose(&draft.docs.remarks, Role::Text);
    for (heading, prose) in &draft.docs.others {
        terms.text(heading, Role::Text);
        terms.prose(prose, Role::Text);
    }
    match &draft.body {
        Body::Function(function) => parts.function(function, terms),
        Body::Enum(members, demoted) => {
            let ids = ids("member-", members.iter().map(|member| &*member.name.value));
            for (member, id) in members.iter().zip(ids) {
                let number = member.value.as_ref().map(|value| as_c_sees(value.value));
                parts.push(&member.name.value, EntryKind::Member, &id, number);
                terms.prose(&member.docs, Role::Text);
            }
            demoted.iter().for_each(|demoted| terms.prose(&demoted.docs, Role::Text));
        }
        Body::Struct(fields, demoted) => {
            let ids = ids("field-", fields.iter().map(|field| &*field.name.value));
            for (field, id) in fields.iter().zip(ids) {
                parts.typed(&field.name.value, EntryKind::Field, &id, field.c_type.as_ref(), terms);
                terms.prose(&field.docs, Role::Text);
            }
            demoted.iter().for_each(|demoted| terms.prose(&demoted.docs, Role::Text));
        }
        Body::Ioctl(ioctl) => {
            ioctl.parts.iter().for_each(|part| terms.prose(&part.docs, Role::Text));
            parts.returns(&ioctl.status, terms);
        }
        // They are entries of their own, with their words.
        Body::Codes(_) | Body::Text => {}
    }
    // Only now: words come in the order of entries.
    let own = terms.entry;
    for (after, c_type) in &parts.types {
        terms.entry = own + after;
        terms.whole(c_type.base(), Role::Type);
    }
    parts.list
}

/// A family with its page; what its groups are about becomes terms.
pub(super) fn family<'a>(site: &'a Site<'a>, name: &'a str, path: &str, terms: &mut Terms) -> Entry<'a> {
    let title = site.family_title(name);
    let known = site.family(name);
    let header = known.map_or("", |family| &*family.header);
    terms.names(header, Role::Place);
    for group in known.iter().flat_map(|family| &family.groups) {
        terms.text(&group.summary, Role::Text);
    }
    let note = if header.is_empty() { String::new() } else { format!("everything in {header}") };
    Entry {
        name: title.into(),
        kind: EntryKind::Family,
        href: Here::top(site, INDEX).to(path),
        others: format!("{name} {header}").trim_end().to_owned(),
        number: None,
        note,
    }
}

/// A code of the catalogue; its words become terms.
pub(super) fn code<'a>(site: &'a Site<'a>, place: usize, terms: &mut Terms) -> Entry<'a> {
    let code = &site.catalogue.codes[place];
    let docs = code.entry.map(|entry| &entry.docs);
    docs.iter().for_each(|docs| terms.prose(docs, Role::Description));
    Entry {
        name: code.name.into(),
        kind: EntryKind::Code,
        href: Here::top(site, INDEX).to(site.code_path(place)),
        others: String::new(),
        number: code.number.map(|number| i128::from(number.value)),
        note: docs.map_or_else(String::new, |docs| note(&docs.plain())),
    }
}

/// A constant of the catalogue with each number that pages give it. Its words are those of the pages that list it.
pub(super) fn constant<'a>(site: &'a Site<'a>, place: usize) -> Vec<Entry<'a>> {
    let constant = &site.catalogue.constants[place];
    let mut numbers = BTreeMap::new();
    for listed in &constant.listed {
        numbers.entry(i128::from(listed.constant.number.value)).or_insert(listed.item);
    }
    let entry = |(number, item): (i128, usize)| Entry {
        name: constant.name.into(),
        kind: EntryKind::Constant,
        href: Here::top(site, INDEX).to(site.constant_path(place)),
        others: String::new(),
        number: Some(number),
        note: site.spec.items[item].draft.name.value.clone(),
    };
    numbers.into_iter().map(entry).collect()
}

/// An item's entry, and those of its parts.
struct Parts<'a, 'b> {
    list: Vec<Entry<'a>>,
    /// The types of parts, each with how far its entry is behind that of the item.
    types: Vec<(u32, &'a CType)>,
    item: usize,
    rust_names: &'b RustNames<'a>,
}

impl<'a> Parts<'a, '_> {
    fn push(&mut self, name: &'a str, kind: EntryKind, id: &str, number: Option<i128>) {
        let rust_name = self.rust_names.get(&(self.item, name)).filter(|rust_name| **rust_name != name);
        let others = rust_name.map_or_else(String::new, |&rust_name| rust_name.to_owned());
        self.list.push(Entry { name: name.into(), kind, href: format!("#{id}"), others, number, note: String::new() });
    }

    /// A part with a type. Both it and its item are found by the type.
    fn typed(&mut self, name: &'a str, kind: EntryKind, id: &str, c_type: Option<&'a Fact<CType>>, terms: &mut Terms) {
        let place = u32::try_from(self.list.len()).expect("an item has fewer than 2^32 parts");
        self.push(name, kind, id, None);
        let Some(Fact { value: c_type, .. }) = c_type else { return };
        terms.whole(c_type.base(), Role::Type);
        self.types.push((place, c_type));
        if let Some(part) = self.list.last_mut() {
            part.note = note(&c_type.to_string());
        }
    }

    fn function(&mut self, function: &'a Function, terms: &mut Terms) {
        let ids = ids("param-", function.params.iter().map(|param| &*param.name.value));
        for (param, id) in function.params.iter().zip(ids) {
            self.typed(&param.name.value, EntryKind::Param, &id, param.c_type.as_ref(), terms);
            terms.prose(&param.docs, Role::Text);
        }
        function.demoted.iter().for_each(|demoted| terms.prose(&demoted.docs, Role::Text));
        self.returns(&function.returns, terms);
    }

    fn returns(&mut self, returns: &'a Returns, terms: &mut Terms) {
        returns.c_type.iter().for_each(|c_type| terms.whole(c_type.value.base(), Role::Type));
        terms.prose(&returns.docs, Role::Text);
        for (code, id) in returns.codes.iter().zip(error_ids(returns)) {
            let number = code.number.as_ref().map(|number| i128::from(number.value));
            self.push(&code.name.value, EntryKind::Documented, &id, number);
            code.texts.iter().for_each(|text| terms.prose(&text.value, Role::Text));
        }
    }
}

/// The anchors that the rows of a page's table have. No other prefix of a page makes the same ones.
fn ids<'a>(prefix: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut anchors = Anchors::new(&[]);
    names.map(|name| anchors.claim(prefix, name)).collect()
}

/// The start of a text, up to the last word that fits.
fn note(text: &str) -> String {
    let text = words(text);
    if text.chars().count() <= NOTE {
        return text;
    }
    let start: String = text.chars().take(NOTE).collect();
    let end = start.rfind(' ').unwrap_or(start.len());
    format!("{}…", start[..end].trim_end_matches([',', ';', ':', '.']))
}

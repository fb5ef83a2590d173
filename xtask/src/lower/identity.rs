//! What a page describes and what that is called, by the fallback orders of the dialects.

use std::collections::BTreeSet;

use super::{at, locate, stated};
use crate::c::names::is_identifier;
use crate::diag::{Diagnostics, Rule};
use crate::draft::Kind;
use crate::fact::Fact;
use crate::page::{Page, SectionKind};
use crate::prose::{BlockKind, Inline, plain};
use crate::source::Span;

/// The kind: by UID, by sections, by the title's suffix, by front matter, by the file's prefix.
pub(super) fn kind(page: &Page, lists_codes: bool, diags: &mut Diagnostics) -> Option<Kind> {
    let by_title = || title_suffix(page).map(|(_, kind)| kind);
    let kind = by_uid(page).map(|kind| match (kind, by_title()) {
        // The prefix of both is the same.
        (Kind::Struct, Some(Kind::Union)) => Kind::Union,
        _ => kind,
    });
    let kind = kind.or_else(|| refine(by_sections(page).filter(|_| !is_message(page)), by_title()));
    // "Using the THING structure" is about one and describes none.
    let is_phrase = |name: &str| name.contains(' ') && name.split(' ').all(is_identifier);
    let is_name =
        || title_suffix(page).is_none_or(|(name, _)| !is_phrase(without_stars(name).trim()) || is_of_cpp(name));
    let by_title = || by_title().filter(|_| is_name());
    let kind = kind.or_else(by_title).or_else(|| by_front_matter(page)).or_else(|| by_file(page));
    let kind = kind.or_else(|| lists_codes.then_some(Kind::Codes));
    let kind = kind.or_else(|| page.scalar("ms.topic").map(|_| Kind::Topic));
    if kind.is_none() && !(page.sections.is_empty() && page.title.is_none() && page.lead.is_empty()) {
        let span = page.title.as_ref().map_or(Span::line(1), |title| title.span);
        let help = "give the page a UID, a title such as `NAME function`, or the sections of one of the templates";
        let message = "the page does not show what kind of item it describes";
        diags.report_help(Rule::UnknownKind, locate(page, span), message, help);
    }
    kind
}

fn by_uid(page: &Page) -> Option<Kind> {
    let (prefix, _) = page.scalar("UID")?.value.split_once(':')?;
    of_prefix(prefix)
}

fn by_file(page: &Page) -> Option<Kind> {
    let file = page.name.rsplit('/').next()?;
    of_prefix(file.split_once('-')?.0)
}

fn of_prefix(prefix: &str) -> Option<Kind> {
    Some(match &*prefix.to_ascii_uppercase() {
        "NF" => Kind::Function,
        "NC" => Kind::Callback,
        "NE" => Kind::Enum,
        "NS" => Kind::Struct,
        "NI" => Kind::Ioctl,
        "NN" => Kind::Interface,
        "NL" => Kind::Class,
        "NA" | "TP" => Kind::Overview,
        _ => return None,
    })
}

fn by_sections(page: &Page) -> Option<Kind> {
    let kinds = [
        (SectionKind::EnumFields, Kind::Enum),
        (SectionKind::StructFields, Kind::Struct),
        (SectionKind::IoctlParameters, Kind::Ioctl),
        (SectionKind::Parameters, Kind::Function),
    ];
    kinds.into_iter().find(|(section, _)| page.section(section).is_some()).map(|(_, kind)| kind)
}

/// Messages and control codes have parameters and are no functions.
fn is_message(page: &Page) -> bool {
    let title = page.title.as_ref().map_or("", |title| without_header(&title.value));
    [" message", " control code"].into_iter().any(|kind| title.ends_with(kind))
}

/// Sections cannot tell a callback from a function, nor a union or an interface from a structure; the title can.
fn refine(by_sections: Option<Kind>, by_title: Option<Kind>) -> Option<Kind> {
    match (by_sections, by_title) {
        (Some(Kind::Function), Some(Kind::Callback)) => Some(Kind::Callback),
        (Some(Kind::Struct), Some(kind @ (Kind::Union | Kind::Interface | Kind::Class))) => Some(kind),
        (kind, _) => kind,
    }
}

fn by_front_matter(page: &Page) -> Option<Kind> {
    ["req.construct-type", "ms.topic"].into_iter().find_map(|key| {
        Some(match &*page.scalar(key)?.value.to_ascii_lowercase() {
            "function" | "method" | "macro" => Kind::Function,
            "callback" => Kind::Callback,
            "enum" | "enumeration" => Kind::Enum,
            "struct" | "structure" => Kind::Struct,
            "ioctl" => Kind::Ioctl,
            "iface" | "interface" => Kind::Interface,
            "class" => Kind::Class,
            _ => return None,
        })
    })
}

/// The title without its suffix, and the kind that the suffix names.
fn title_suffix(page: &Page) -> Option<(&str, Kind)> {
    const SUFFIXES: &[(&str, Kind)] = &[
        ("callback function", Kind::Callback),
        ("callback", Kind::Callback),
        ("function", Kind::Function),
        ("method", Kind::Function),
        ("macro", Kind::Function),
        ("enumeration", Kind::Enum),
        ("structure", Kind::Struct),
        ("union", Kind::Union),
        ("interface", Kind::Interface),
        ("class", Kind::Class),
        ("IOCTL", Kind::Ioctl),
        ("header", Kind::Overview),
    ];
    let title = without_header(&page.title.as_ref()?.value);
    SUFFIXES.iter().find_map(|&(suffix, kind)| {
        let name = without_suffix(title, suffix)?;
        name.ends_with(' ').then(|| (name.trim_end(), kind))
    })
}

/// `NAME structure (hdr.h)` without the header, which some pages have twice.
fn without_header(title: &str) -> &str {
    let mut title = title.trim();
    while let Some(at) = title.rfind(" (").filter(|_| title.ends_with(".h)")) {
        title = title[..at].trim_end();
    }
    title
}

/// `**NAME**` and `*NAME` without the marks.
fn without_stars(name: &str) -> &str {
    let bare = name.trim_start_matches('*');
    if bare.len() < name.len() { bare.trim_end_matches('*') } else { name }
}

/// The name and the other names.
pub(super) fn names(page: &Page, kind: Kind, diags: &mut Diagnostics) -> Option<(Fact<String>, Vec<Fact<String>>)> {
    let name = match kind {
        Kind::Codes | Kind::Topic | Kind::Overview => title_text(page).or_else(|| by_stem(page)),
        _ => item_name(page, kind),
    };
    let Some(name) = name.filter(|name| !name.value.is_empty()) else {
        let message = "nothing on this page names the item";
        diags.report(Rule::MissingName, locate(page, Span::line(1)), message);
        return None;
    };
    if has_c_name(kind) && !is_identifier(&name.value) && !(kind == Kind::Function && is_of_cpp(&name.value)) {
        let message = format!("`{}` is not a C identifier", name.value);
        diags.report(Rule::InvalidName, name.source.location().clone(), message);
        return None;
    }
    if is_made_up(&name.value) {
        let message = format!("`{}` is not a name from the header: a tool made it up", name.value);
        diags.report(Rule::PlaceholderName, name.source.location().clone(), message);
    }
    let mut aliases: Vec<Fact<String>> = Vec::new();
    let mut seen = BTreeSet::new();
    let listed = page.front_matter.values("api_name");
    // Pages of functions have the names of whatever type stood near by.
    let typed = page.front_matter.values("req.typenames").filter(|_| is_type(kind));
    for (text, split) in listed.map(|text| (text, false)).chain(typed.map(|text| (text, true))) {
        for alias in text.value.split(',').filter(|_| split).chain((!split).then_some(text.value)) {
            let alias = alias.trim().trim_start_matches('*');
            if seen.insert(alias) {
                push_alias(&mut aliases, &name, Fact { value: alias.to_owned(), source: at(page, text.span) });
            }
        }
    }
    if is_of_cpp(&name.value) {
        // `IThing::DoIt` is the same method as `IThing.DoIt`.
        let same = |title: &Fact<String>| title.value != name.value && title.value.replace("::", ".") == name.value;
        aliases.extend([title_text(page), front_matter_title(page)].into_iter().flatten().find(same));
    }
    if is_type(kind) {
        if let Some(public) = typedef_name(page, &name) {
            let tag = name.clone();
            if aliases.iter().all(|alias| alias.value != tag.value) {
                push_alias(&mut aliases, &public, tag);
            }
            aliases.retain(|alias| alias.value != public.value);
            return Some((public, aliases));
        }
        let unknown = |tag: &Fact<String>| aliases.iter().all(|alias| alias.value != tag.value);
        if let Some(tag) = title_text(page).filter(|tag| is_identifier(&tag.value) && unknown(tag)) {
            push_alias(&mut aliases, &name, tag);
        }
    }
    Some((name, aliases))
}

fn has_c_name(kind: Kind) -> bool {
    matches!(kind, Kind::Function | Kind::Callback | Kind::Enum | Kind::Struct | Kind::Union)
}

fn is_type(kind: Kind) -> bool {
    matches!(kind, Kind::Enum | Kind::Struct | Kind::Union)
}

/// Whether a name is one of C++ that C and Rust do not have, and facts do: a method, `IThing::DoIt` or `IThing.DoIt`, or
/// an operator.
fn is_of_cpp(name: &str) -> bool {
    let parts = || name.split("::").flat_map(|part| part.split('.'));
    let part = |part: &str| {
        let bare = part.trim_start_matches('~').split(['<', '(', '-', ' ', '=', '!', '[']).next();
        bare.is_some_and(is_identifier) || is_operator(part)
    };
    let free = parts().count() == 1 && is_operator(name);
    (free || parts().count() > 1 && parts().all(part)) && !name.contains(['\n', '{', '}', ';'])
}

/// `operator+`, `operator ->`, `operator new[]` or `operator HWND`.
fn is_operator(name: &str) -> bool {
    let Some(what) = name.strip_prefix("operator") else { return false };
    let sign = what.trim();
    let is_sign = !sign.is_empty() && sign.chars().all(|c| "+-*/%^&|~!=<>,()[]".contains(c));
    let words = || sign.split([' ', '*', '&', '[', ']', '<', '>']).filter(|word| !word.is_empty());
    is_sign || what.starts_with(' ') && words().next().is_some() && words().all(is_identifier)
}

fn push_alias(aliases: &mut Vec<Fact<String>>, name: &Fact<String>, alias: Fact<String>) {
    let has_letters = alias.value.contains(|c: char| c.is_ascii_alphanumeric());
    if alias.value != name.value && has_letters && is_identifier(&alias.value) {
        aliases.push(alias);
    }
}

fn item_name(page: &Page, kind: Kind) -> Option<Fact<String>> {
    let uid = || {
        let uid = stated(page, &page.scalar("UID")?);
        let (_, name) = uid.value.split_once(':')?.1.split_once('.')?;
        let name = name.split('(').next().unwrap_or(name);
        // `~r1` tells overloads apart; `Thing.~Thing` is a destructor.
        let name =
            name.rsplit_once('~').filter(|(before, _)| !before.ends_with('.')).map_or(name, |(before, _)| before);
        Some(uid.derive("name-from-uid", name.to_owned()))
    };
    // Of a callback, `api_name` may be the placeholder that programs replace; the UID names the type.
    if kind == Kind::Callback
        && let Some(name) = uid().filter(|name| is_identifier(&name.value))
    {
        return Some(name);
    }
    let listed = || listed_name(page, uid().as_ref());
    let title = || front_matter_title(page);
    listed().or_else(uid).or_else(title).or_else(|| title_text(page)).or_else(|| by_stem(page))
}

/// The name under `api_name`. Of several, which are the tag, the pointer and the name of one type or the forms of one
/// function, it is the one by which the page itself is called, by its titles or its UID.
fn listed_name(page: &Page, uid: Option<&Fact<String>>) -> Option<Fact<String>> {
    let names = || page.front_matter.values("api_name").filter(|name| name.value != "null");
    let titles = [title_text(page), front_matter_title(page), uid.cloned()];
    let called = titles.iter().flatten().find_map(|title| names().find(|name| name.value == title.value));
    // `*PX` under req.typenames is a pointer to what the page is about.
    let typed = page.front_matter.values("req.typenames");
    let typed = typed.flat_map(|names| names.value.split(','));
    let starred: BTreeSet<&str> = typed.filter_map(|typed| typed.trim().strip_prefix('*')).collect();
    let own = || names().find(|name| !starred.contains(name.value) && !is_made_up(name.value));
    called.or_else(own).or_else(|| names().next()).map(|name| stated(page, &name))
}

/// Names that tools give to what has none in the header.
fn is_made_up(name: &str) -> bool {
    name.starts_with("__MIDL_") || name.starts_with("__unnamed_")
}

/// The title of the front matter without header and kind.
fn front_matter_title(page: &Page) -> Option<Fact<String>> {
    let title = stated(page, &page.scalar("title")?);
    let name = without_stars(strip_kind(without_header(&title.value))).to_owned();
    Some(title.derive("name-from-title", name))
}

/// The heading of level 1 without the word for its kind.
fn title_text(page: &Page) -> Option<Fact<String>> {
    let title = page.title.as_ref()?;
    let name = title_suffix(page).map_or_else(|| without_header(&title.value), |(name, _)| name);
    Some(Fact { value: without_stars(name).replace('\\', ""), source: at(page, title.span) })
}

/// A title without its last word, in any case.
fn without_suffix<'a>(title: &'a str, suffix: &str) -> Option<&'a str> {
    let (name, end) = title.split_at_checked(title.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(name)
}

fn strip_kind(title: &str) -> &str {
    let words = [
        " function",
        " callback",
        " callback function",
        " structure",
        " union",
        " enumeration",
        " macro",
        " method",
        " interface",
        " class",
        " IOCTL",
    ];
    words.iter().filter_map(|word| without_suffix(title, word)).min_by_key(|name| name.len()).unwrap_or(title)
}

fn by_stem(page: &Page) -> Option<Fact<String>> {
    let file = page.name.rsplit('/').next()?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = stem.rsplit('-').next()?;
    let page_start = Fact { value: (), source: at(page, Span::line(1)) };
    is_identifier(name).then(|| page_start.derive("name-from-file", name.to_owned()))
}

/// The public name of a type whose page is called by its tag: the title has the underscore, the description writes
/// the name without it in bold.
fn typedef_name(page: &Page, tag: &Fact<String>) -> Option<Fact<String>> {
    let public = tag.value.strip_prefix('_')?;
    let description = page.section(&SectionKind::Description).map_or(&page.lead, |section| &section.prose);
    description.blocks.iter().find_map(|block| {
        let BlockKind::Paragraph(inlines) = &block.kind else { return None };
        let bold = inlines.iter().any(|inline| matches!(inline, Inline::Strong(inner) if plain(inner) == public));
        let here = Fact { value: (), source: at(page, block.span) };
        bold.then(|| here.derive("typedef-of-tag", public.to_owned()))
    })
}

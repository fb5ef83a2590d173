//! One item for people, or a code, constant, member, field or parameter: every fact with where it comes from.

use std::fmt::Write as _;

use crate::c::names::{Names, closest};
use crate::draft::{Afterwards, Body, Convention, Direction, Draft, Kind, Public, Returns, Unit};
use crate::fact::{Fact, Source};
use crate::model::{Item, Spec};

/// Explains an item.
pub fn explain(item: &Item) -> String {
    let mut out = Lines { text: String::new() };
    let draft = &item.draft;
    out.fact(0, &format!("{} {}", draft.kind.name(), draft.name.value), &draft.name.source);
    for alias in &draft.aliases {
        out.fact(1, &format!("also called {}", alias.value), &alias.source);
    }
    if let Some(path) = &item.rust_path {
        out.line(1, &format!("in Rust: {path}"));
    }
    let requirements = &draft.requirements;
    let known = [
        ("header", &requirements.header),
        ("library", &requirements.lib),
        ("DLL", &requirements.dll),
        ("client", &requirements.client),
        ("server", &requirements.server),
    ];
    for (label, fact) in known {
        out.maybe(1, label, fact.as_ref());
    }
    match &draft.body {
        Body::Function(function) => {
            for param in &function.params {
                out.fact(1, &format!("parameter {}", param.name.value), &param.name.source);
                out.maybe(2, "type", param.c_type.as_ref());
                out.maybe(2, "dimensions", param.dimensions.as_deref());
                let direction = param.direction.clone().map(|fact| fact.map(Direction::words));
                out.maybe(2, "direction", direction.as_ref());
                out.maybe(2, "optional", param.optional.clone().map(|fact| fact.map(|()| "yes")).as_ref());
                out.maybe(2, "optional under a condition", param.optional_if.as_deref());
                out.maybe(2, "reserved", param.reserved.clone().map(|fact| fact.map(|()| "yes")).as_ref());
                out.maybe(2, "length of", param.length_of.as_deref());
                out.maybe(2, "which counts", param.stated_unit().cloned().map(|fact| fact.map(Unit::name)).as_ref());
                out.maybe(2, "in characters if", param.characters_if.as_deref());
                out.maybe(2, "ends with", param.null_terminated.clone().map(|fact| fact.map(|()| "NULL")).as_ref());
                out.maybe(2, "ends with a zero if it is", param.terminated_if_any().as_ref());
                out.maybe(2, "leads to", param.wide.clone().map(|fact| fact.map(|()| "WCHARs")).as_ref());
                out.afterwards(&param.afterwards);
            }
            out.maybe(1, "more arguments", function.variadic.clone().map(|fact| fact.map(|()| "any number")).as_ref());
            let returns = &function.returns;
            out.maybe(1, "returns", returns.c_type.as_ref());
            let convention = returns.convention.clone().map(|fact| fact.map(Convention::name));
            out.maybe(1, "failure is told by", convention.as_ref());
            out.maybe(1, "failure is", returns.failure.as_ref());
            out.codes(returns);
            function.demoted.iter().for_each(|demoted| out.maybe(1, "demoted heading", Some(&demoted.name)));
        }
        Body::Enum(members, demoted) => {
            out.maybe(1, "the name stands for", draft.stands_for.as_ref());
            for member in members {
                match &member.value {
                    Some(value) => {
                        out.fact(1, &format!("{} = {}", member.name.value, value.value), &value.source);
                    }
                    None => out.fact(1, &format!("{} has no value", member.name.value), &member.name.source),
                }
            }
            demoted.iter().for_each(|demoted| out.maybe(1, "demoted heading", Some(&demoted.name)));
        }
        Body::Struct(fields, demoted) => {
            for field in fields {
                out.fact(1, &format!("field {}", field.name.value), &field.name.source);
                out.maybe(2, "type", field.c_type.as_ref());
                out.maybe(2, "dimensions", field.dimensions.as_deref());
                let nested = field.nested.clone().map(|nested| nested.map(Kind::name));
                out.maybe(2, "type", nested.as_ref());
                out.maybe(2, "bits", field.bits.as_deref());
                out.maybe(2, "leads to", field.wide.clone().map(|fact| fact.map(|()| "WCHARs")).as_ref());
                out.afterwards(&field.afterwards);
            }
            demoted.iter().for_each(|demoted| out.maybe(1, "demoted heading", Some(&demoted.name)));
        }
        Body::Ioctl(ioctl) => {
            for part in &ioctl.parts {
                out.fact(1, &format!("{}: \"{}\"", part.name.value, part.docs.plain()), &part.name.source);
            }
            out.codes(&ioctl.status);
        }
        Body::Codes(codes) => {
            for code in codes {
                out.fact(1, &format!("{} = {}", code.name.value, number(code.number.value)), &code.number.source);
            }
        }
        Body::Text => {}
    }
    for constant in &draft.constants {
        out.fact(1, &format!("constant {} = {}", constant.name.value, constant.number.value), &constant.number.source);
    }
    for public in &draft.public {
        out.public(public);
    }
    for gap in &item.gaps {
        out.line(1, &format!("missing: {gap}"));
    }
    out.text
}

/// What pages say of a name that has no page of its own; none if nothing does.
pub fn part(spec: &Spec, name: &str) -> Option<String> {
    let mut out = Lines { text: String::new() };
    for Item { draft, .. } in &spec.items {
        out.parts(draft, name);
        let about = draft.public.iter().filter(|public| public.parts.iter().any(|part| part == name));
        about.for_each(|public| out.public(public));
    }
    (!out.text.is_empty()).then_some(out.text)
}

/// Names of items and their parts that are nearly the same.
pub fn near(spec: &Spec, name: &str) -> Vec<String> {
    let items = spec.by_name.keys().map(|name| &**name);
    let known: Vec<&str> = items.chain(spec.items.iter().flat_map(|item| item.draft.parts())).collect();
    let otherwise = known.iter().filter(|known| known.eq_ignore_ascii_case(name)).copied();
    let mut near = Names::new(known.iter().copied()).near(name);
    near.extend(otherwise);
    if near.is_empty() {
        // A letter and the case of others may differ at once.
        let small = |name: &str| name.to_ascii_lowercase();
        let lower: Vec<String> = known.iter().map(|name| small(name)).collect();
        let found = closest(&small(name), lower.iter().map(String::as_str));
        near.extend(
            known.iter().zip(&lower).filter(|(_, lower)| Some(lower.as_str()) == found).map(|(known, _)| *known),
        );
    }
    near.into_iter().map(str::to_owned).collect()
}

struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, depth: usize, text: &str) {
        let indent = "  ".repeat(depth);
        writeln!(self.text, "{indent}{text}").expect("writing to a string cannot fail");
    }

    /// The parts of an item that have this name, alone or behind the item's own and a dot.
    fn parts(&mut self, draft: &Draft, name: &str) {
        let of = &draft.name.value;
        let inner = name.strip_prefix(&**of).and_then(|rest| rest.strip_prefix('.'));
        let called = |part: &str| part == name || Some(part) == inner;
        for constant in draft.constants.iter().filter(|constant| called(&constant.name.value)) {
            let text = format!("constant {} = {}, on the page of {of}", constant.name.value, constant.number.value);
            self.fact(0, &text, &constant.number.source);
        }
        for code in draft.returns().into_iter().flat_map(|returns| &returns.codes) {
            if called(&code.name.value) {
                self.fact(0, &format!("code {} of {of}", code.name.value), &code.name.source);
                code.texts.iter().for_each(|text| self.line(1, &format!("\"{}\"", text.value.plain())));
            }
        }
        match &draft.body {
            Body::Codes(codes) => {
                for code in codes.iter().filter(|code| called(&code.name.value)) {
                    let text = format!("code {} = {}", code.name.value, number(code.number.value));
                    self.fact(0, &text, &code.number.source);
                    self.line(1, &format!("\"{}\"", code.docs.plain()));
                }
            }
            Body::Enum(members, _) => {
                for member in members.iter().filter(|member| called(&member.name.value)) {
                    let (name, value) = (&member.name.value, member.value.as_ref());
                    let text = value.map_or("without a value".to_owned(), |value| format!("= {}", value.value));
                    let source = value.map_or(&member.name.source, |value| &value.source);
                    self.fact(0, &format!("member {name} {text}, of {of}"), source);
                    self.line(1, &format!("\"{}\"", member.docs.plain()));
                }
            }
            Body::Struct(fields, _) => {
                for field in fields.iter().filter(|field| called(&field.name.value)) {
                    self.fact(0, &format!("field {} of {of}", field.name.value), &field.name.source);
                    self.maybe(1, "type", field.c_type.as_ref());
                }
            }
            Body::Function(function) => {
                for param in function.params.iter().filter(|param| called(&param.name.value)) {
                    self.fact(0, &format!("parameter {} of {of}", param.name.value), &param.name.source);
                    self.maybe(1, "type", param.c_type.as_ref());
                }
            }
            Body::Ioctl(_) | Body::Text => {}
        }
    }

    fn public(&mut self, public: &Public) {
        let Public { parts, says, right, source, location } = public;
        let about = if parts.is_empty() { String::new() } else { format!(" of {}", parts.join(", ")) };
        self.line(1, &format!("the published page says{about}: {says}"));
        self.line(2, &format!("right is: {right}"));
        self.line(2, &format!("known from: {source} ({location})"));
    }

    fn codes(&mut self, returns: &Returns) {
        for code in &returns.codes {
            self.fact(1, &format!("code {}", code.name.value), &code.name.source);
            self.maybe(2, "number", code.number.clone().map(|fact| fact.map(number)).as_ref());
            for text in &code.texts {
                self.fact(2, &format!("\"{}\"", text.value.plain()), &text.source);
            }
        }
        self.maybe(1, "other codes", returns.open.clone().map(|fact| fact.map(|()| "possible")).as_ref());
    }

    fn afterwards(&mut self, afterwards: &Afterwards) {
        let Afterwards { kept_until, lent_until, written_on_failure, aliased } = afterwards;
        self.maybe(2, "kept until", kept_until.as_deref());
        self.maybe(2, "lent until", lent_until.as_deref());
        self.maybe(2, "pointed into by", aliased.clone().map(|fact| fact.map(|()| "what comes out")).as_ref());
        // Codes of one place have one reason.
        for codes in written_on_failure.chunk_by(|one, next| came_from(&one.source) == came_from(&next.source)) {
            let names: Vec<&str> = codes.iter().map(|code| &*code.value).collect();
            self.fact(2, &format!("written even with {}", names.join(", ")), &codes[0].source);
        }
    }

    fn maybe<T: std::fmt::Display>(&mut self, depth: usize, label: &str, fact: Option<&Fact<T>>) {
        if let Some(fact) = fact {
            self.fact(depth, &format!("{label} {}", fact.value), &fact.source);
        }
    }

    fn fact(&mut self, depth: usize, text: &str, source: &Source) {
        const COLUMN: usize = 64;
        let width = depth * 2 + text.chars().count();
        let pad = " ".repeat(COLUMN.saturating_sub(width).max(2));
        let came = came_from(source);
        self.line(depth, &format!("{text}{pad}{came}"));
    }
}

/// The number of a code in both forms that people look for.
fn number(number: u32) -> String {
    format!("{number} = 0x{number:08X}")
}

fn came_from(source: &Source) -> String {
    match source {
        Source::Page(location) => location.to_string(),
        Source::Override { location, grounds } => format!("{location} ({}: {})", grounds.source, grounds.reason),
        Source::Derived { rule, from } => {
            let mut from: Vec<String> = from.iter().map(came_from).collect();
            from.dedup();
            format!("{rule}: {}", from.join(", "))
        }
    }
}

//! Where on its page each fact of a draft stands.

use std::collections::BTreeSet;

use crate::draft::{Body, Draft};
use crate::fact::Source;
use crate::source::Span;

/// The place on the page that a fact comes from.
pub(super) fn place(source: &Source) -> Option<Span> {
    match source {
        Source::Page(location) => Some(location.span),
        Source::Override { .. } => None,
        Source::Derived { from, .. } => from.first().and_then(place),
    }
}

/// The places on the page of all facts of a draft.
pub(super) fn spans_of(draft: &Draft) -> BTreeSet<Span> {
    let mut spans = BTreeSet::new();
    let mut add = |source: &Source| spans.extend(place(source));
    add(&draft.name.source);
    let requirements = &draft.requirements;
    let stated = [
        &draft.uid,
        &requirements.header,
        &requirements.lib,
        &requirements.dll,
        &requirements.client,
        &requirements.server,
    ];
    stated.into_iter().flatten().chain(&draft.aliases).for_each(|fact| add(&fact.source));
    match &draft.body {
        Body::Function(function) => {
            for param in &function.params {
                add(&param.name.source);
                param.c_type.iter().for_each(|c_type| add(&c_type.source));
                param.dimensions.iter().for_each(|dimensions| add(&dimensions.source));
            }
            function.demoted.iter().for_each(|demoted| add(&demoted.name.source));
            let returns = &function.returns;
            returns.c_type.iter().for_each(|c_type| add(&c_type.source));
            returns.open.iter().for_each(|open| add(&open.source));
            for code in &returns.codes {
                add(&code.name.source);
                code.number.iter().for_each(|number| add(&number.source));
            }
        }
        Body::Enum(members, demoted) => {
            for member in members {
                add(&member.name.source);
                member.stated.iter().for_each(|stated| add(&stated.source));
            }
            demoted.iter().for_each(|demoted| add(&demoted.name.source));
        }
        Body::Struct(fields, demoted) => {
            for field in fields {
                add(&field.name.source);
                field.nested.iter().for_each(|nested| add(&nested.source));
                field.bits.iter().for_each(|bits| add(&bits.source));
                field.c_type.iter().for_each(|c_type| add(&c_type.source));
                field.dimensions.iter().for_each(|dimensions| add(&dimensions.source));
            }
            demoted.iter().for_each(|demoted| add(&demoted.name.source));
        }
        Body::Ioctl(ioctl) => {
            ioctl.parts.iter().for_each(|part| add(&part.name.source));
            let status = &ioctl.status;
            status.open.iter().for_each(|open| add(&open.source));
            for code in &status.codes {
                add(&code.name.source);
                code.number.iter().for_each(|number| add(&number.source));
            }
            spans.extend(status.span.as_ref().map(|location| location.span));
        }
        Body::Codes(codes) => {
            for code in codes {
                add(&code.name.source);
                add(&code.number.source);
            }
        }
        Body::Text => {}
    }
    spans
}

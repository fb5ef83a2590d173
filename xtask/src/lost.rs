//! Relations between parameters that the committed facts have and the pages no longer state.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diag::{Diagnostics, Rule};
use crate::draft::{Body, Draft};
use crate::model::Spec;

/// Reports each length that `committed`, a facts.json, gives a buffer and the Spec does not.
pub fn report(committed: &str, spec: &Spec, diags: &mut Diagnostics) {
    // What is no facts.json has no relation to lose.
    let Ok(facts) = serde_json::from_str::<Value>(committed) else { return };
    let drafts: BTreeMap<(&str, &str), &Draft> =
        spec.items.iter().map(|item| ((item.draft.kind.name(), &*item.draft.name.value), &item.draft)).collect();
    for page in facts["pages"].as_array().into_iter().flatten() {
        let (Some(kind), Some(name)) = (page["kind"].as_str(), page["name"].as_str()) else { continue };
        let Some(Body::Function(function)) = drafts.get(&(kind, name)).map(|draft| &draft.body) else { continue };
        for (place, param) in page["params"].as_array().into_iter().flatten().enumerate() {
            let (Some(length), Some(buffer)) = (param["name"].as_str(), param["length_of"].as_str()) else { continue };
            let same = function.params.iter().find(|param| param.name.value == length);
            // One that was renamed stands where it stood.
            let Some(now) = same.or_else(|| function.params.get(place)) else { continue };
            if now.length_of.is_some() {
                continue;
            }
            let called = &now.name.value;
            let message = format!(
                "the generated files have `{called}` of `{name}` as the length of `{buffer}`, but the pages no longer say so"
            );
            let help = "name the buffer in emphasis in the text of the length, or state `length_of` in overrides.toml";
            diags.report_help(Rule::LostRelation, now.name.source.location().clone(), message, help);
        }
    }
}

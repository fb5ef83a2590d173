//! facts.json against its schema, by a validator that is not ours.
//!
//! What people get is valid: the committed file, and the printed facts of our specs with and without sources. What is broken in any one place is refused.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

use winws_tests_generator::workspace;
use xtask::emit::json::{facts, schema};
use xtask::source;

pub(crate) fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("the schema is none: {error}"));
    jsonschema::validator_for(&schema).unwrap()
}

/// Demands that a document is valid.
pub(crate) fn accepts(validator: &Validator, what: &str, document: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(document).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

pub(crate) fn facts_of(folder: &Path, sources: bool) -> Value {
    let tree = source::load(folder, None).unwrap();
    println!("{} pages of {}", tree.pages.len(), folder.display());
    serde_json::from_str(&facts(&xtask::understand(&[tree], None).0, sources)).unwrap()
}

#[test]
fn our_facts_are_valid() {
    let validator = validator();
    let committed = fs::read_to_string(workspace().join("generated/facts.json")).unwrap();
    accepts(&validator, "generated/facts.json", &serde_json::from_str(&committed).unwrap());
    for sources in [false, true] {
        let facts = facts_of(&workspace().join("specs"), sources);
        assert_eq!(facts["pages"][0].get("sources").is_some(), sources);
        accepts(&validator, "our specs", &facts);
    }
}

/// A document that has every key there is.
fn complete() -> Value {
    let place = json!({ "page": "a/b.md", "line": 1, "column": 1 });
    let sources = json!({
        "name": place,
        "value": { "override": place, "reason": "it is so", "source": "RFC 6455" },
        "type": { "rule": "made-up", "from": [place, { "rule": "made-up", "from": [] }] },
    });
    let code = json!({ "name": "E", "value": "5", "text": ["no"], "sources": sources });
    json!({
        "schema": 1,
        "pages": [{
            "path": "a/b.md", "kind": "function", "name": "F", "uid": "NF:a.F", "names": ["G"], "family": "a",
            "rust": "a::f", "header": "a.h", "lib": "a.lib", "dll": "a.dll", "client": "8", "server": "2012", "exports": ["F", "F_w32"],
            "params": [{
                "name": "p", "dir": "in", "optional": true, "optional_if": "It can be.", "reserved": true, "type": "DWORD", "dimensions": "[4]", "length_of": "q", "length_unit": "bytes",
                "characters_if": { "param": "r", "values": ["C"] },
                "null_terminated": true, "terminated_if": [0, -1], "wide": true, "aliased": true, "kept_until": "completion", "lent_until": "handle",
                "written_on_failure": ["E"], "sources": sources,
            }],
            "variadic": true,
            "members": [{ "name": "M", "value": "-1", "sources": sources }],
            "constants": [{ "name": "C", "value": "-1", "type": "LPVOID", "text": "none", "sources": sources }],
            "parts": [{ "name": "input-buffer", "text": "nothing", "sources": sources }],
            "fields": [{ "name": "a.b", "type": "int", "dimensions": "[4]", "bits": 3, "kept_until": "handle",
                "wide": true, "sources": sources }],
            "errors": [code], "other_errors": true,
            "returns": { "type": "BOOL", "convention": "last-error", "failure": -1, "sources": sources },
            "stands_for": "int", "public": [{ "parts": ["p"], "says": "so", "right": "otherwise", "source": "a.h" }],
            "codes": [code], "demoted": ["D"], "gaps": ["type of p"], "sources": sources,
        }],
        "behaviour": [{
            "id": "b1.2.3", "subject": "Sends", "functions": ["F"], "situation": "so", "page": "it fails",
            "windows": "it fails", "evidence": "recorded", "reference": "a test", "ours": "it fails", "basis": "RFC 6455",
            "choice": true, "sources": { "id": place },
        }],
    })
}

#[test]
fn a_broken_document_is_refused() {
    let validator = validator();
    accepts(&validator, "a document with every key", &complete());
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        for key in definition["properties"].as_object().into_iter().flat_map(serde_json::Map::keys) {
            assert!(complete().to_string().contains(&format!("\"{key}\":")), "no {name} here has {key}");
        }
    }
    let breaks: &[(&str, Value)] = &[
        ("/schema", json!(2)),
        ("/schema", json!("1")),
        ("/pages", json!({})),
        ("/pages/0/kind", json!("method")),
        ("/pages/0/name", json!(null)),
        ("/pages/0/uid", json!(null)),
        ("/pages/0/params/0/dir", json!("in, out")),
        ("/pages/0/params/0/optional", json!("yes")),
        ("/pages/0/members/0/value", json!(-1)),
        ("/pages/0/members/0/value", json!("0xFF")),
        ("/pages/0/members/0/value", json!("")),
        ("/pages/0/fields/0/bits", json!(-3)),
        ("/pages/0/errors/0/value", json!("-5")),
        ("/pages/0/errors/0/text", json!("no")),
        ("/pages/0/returns/convention", json!("errno")),
        ("/pages/0/gaps", json!([1])),
        ("/behaviour/0/id", json!("1.2.3")),
        ("/behaviour/0/id", json!("b1.02")),
        ("/behaviour/0/evidence", json!("guessed")),
        ("/behaviour/0/functions", json!("F")),
        ("/behaviour/0/page", json!(null)),
        ("/pages/0/sources/name", json!("a/b.md:1")),
        ("/pages/0/sources/name/line", json!(0)),
        ("/pages/0/sources/type/from", json!([{}])),
    ];
    for (pointer, value) in breaks {
        let mut document = complete();
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}")) = value.clone();
        assert!(!validator.is_valid(&document), "{pointer} may be {value}");
    }
}

/// Whatever an object has, it may have no key that the schema does not tell; and what has to be there is.
#[test]
fn unknown_and_missing_keys_are_refused() {
    let validator = validator();
    let objects = [
        ("", "schema pages"),
        ("/pages/0", "path kind name family"),
        ("/behaviour/0", "id subject functions situation evidence ours"),
        ("/pages/0/params/0", "name"),
        ("/pages/0/members/0", "name"),
        ("/pages/0/fields/0", "name"),
        ("/pages/0/parts/0", "name text"),
        ("/pages/0/public/0", "says right source"),
        ("/pages/0/errors/0", "name text"),
        ("/pages/0/returns", ""),
        ("/pages/0/sources/name", "page line column"),
        ("/pages/0/sources/value", "override reason source"),
        ("/pages/0/sources/type", "rule from"),
    ];
    for (pointer, required) in objects {
        let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut document = complete();
            let object = document.pointer_mut(pointer).and_then(Value::as_object_mut);
            change(object.unwrap_or_else(|| panic!("there is no object {pointer}")));
            validator.is_valid(&document)
        };
        let unknown = |object: &mut serde_json::Map<String, Value>| {
            object.insert("odd".to_owned(), json!(1));
        };
        assert!(!changed(&unknown), "{pointer} may have any key");
        let document = complete();
        let keys = document.pointer(pointer).and_then(Value::as_object).unwrap().keys();
        for key in keys {
            let optional = changed(&|object| drop(object.remove(key)));
            assert_eq!(optional, !required.split(' ').any(|name| name == key), "whether {pointer}/{key} may be absent");
        }
    }
}

/// Nobody has to guess what a key means, or whether a fact that is not there is an absent key or `null`.
#[test]
fn every_key_is_described() {
    assert!(!schema().contains("\"null\""), "something may be null");
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let mut count = 0;
    described("", &schema, &mut count);
    assert!(count > 50, "only {count} keys were found");
}

fn described(path: &str, value: &Value, count: &mut usize) {
    let Some(object) = value.as_object() else {
        value.as_array().into_iter().flatten().for_each(|value| described(path, value, count));
        return;
    };
    if let Some(Value::Object(properties)) = object.get("properties") {
        for (name, property) in properties {
            *count += 1;
            assert!(property["description"].is_string(), "{path}/{name} has no description");
        }
        assert_eq!(object.get("additionalProperties"), Some(&Value::Bool(false)), "{path}");
    }
    for (key, value) in object {
        described(&format!("{path}/{key}"), value, count);
    }
}

//! What types do not keep: names of parameters, fields and aliases, and whether anything is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use syn::{ImplItem, Item, Type};
use winws_tests_generator::workspace;
use xtask::draft::Direction;
use xtask::model::{CodeSpace, Family, FieldKind, Function, Record, Spec, Type as Model};

use super::deviations::{self, Deviations, Named};
use super::source::{self, Module, Names, read, windows_sys};

/// Structures that winhttp.h has from other headers, and the types of their fields: the module of windows-sys that has them.
const ELSEWHERE: [(&str, &[&str]); 3] = [
    ("core", &["GUID"]),
    ("Windows/Win32/Foundation", &["FILETIME", "SYSTEMTIME"]),
    ("Windows/Win32/Networking/WinSock", &["ADDRESS_FAMILY", "SOCKADDR_STORAGE"]),
];

/// One family on both sides.
struct Pair<'a> {
    family: &'a Family,
    ours: Module,
    theirs: Module,
    /// windows-sys' names of basic types.
    core: Module,
    /// The names by which types of either side are compared.
    known: BTreeMap<String, String>,
}

pub(crate) fn spec() -> Spec {
    let tree = xtask::source::load(&workspace().join("specs"), None).expect("the specs can be read");
    xtask::understand(&[tree], None).0
}

/// Windows has none of our own header.
pub(super) fn is_of_windows(header: &str) -> bool {
    header != "winws.h"
}

fn pairs<'a>(spec: &'a Spec, deviations: &Deviations) -> Vec<Pair<'a>> {
    let folder = windows_sys();
    let mut pairs = Vec::new();
    for family in spec.families.iter().filter(|family| is_of_windows(&family.header)) {
        let ours: PathBuf = ["generated/src", &family.name, "sys.rs"].iter().collect();
        let ours = workspace().join(ours);
        if !ours.is_file() {
            assert!(family.functions.is_empty() && family.constants.is_empty() && family.structs.is_empty());
            continue;
        }
        let module = match family.header.as_str() {
            "webservices.h" => "WindowsWebServices",
            "websocket.h" => "WebSocket",
            "winhttp.h" => "WinHttp",
            other => panic!("which module of windows-sys has the names of {other}?"),
        };
        let mut theirs = read(&folder.join("Windows/Win32/Networking").join(module).join("mod.rs"));
        if family.header == "winhttp.h" {
            for (module, names) in ELSEWHERE {
                theirs.take(read(&folder.join(module).join("mod.rs")), names);
            }
        }
        let core = read(&folder.join("core/mod.rs"));
        pairs.push(Pair { family, ours: read(&ours), theirs, core, known: known(family, deviations) });
    }
    assert_eq!(pairs.len(), 3, "three families are compared");
    pairs
}

/// Enumerations, callbacks, structures and what is opaque go by their names, and by the name that windows-sys has.
fn known(family: &Family, deviations: &Deviations) -> BTreeMap<String, String> {
    let origins = family.enums.iter().map(|it| &it.origin).chain(family.structs.iter().map(|it| &it.origin));
    let origins = origins.chain(family.callbacks.iter().map(|it| &it.origin));
    let opaques = family.opaques.iter().filter(|it| !it.handle).map(|it| &it.c_name);
    let names: BTreeSet<String> =
        origins.map(|origin| &origin.c_name).chain(opaques).map(ToString::to_string).collect();
    let renamed = deviations.renamed.iter().flat_map(|it| &it.names).filter(|(ours, _)| names.contains(*ours));
    let renamed = renamed.map(|(ours, theirs)| (theirs.clone(), ours.clone()));
    names.iter().map(|name| (name.clone(), name.clone())).chain(renamed).collect()
}

impl Pair<'_> {
    fn ours(&self) -> Names<'_> {
        Names { module: &self.ours, core: None, known: &self.known }
    }

    fn theirs(&self) -> Names<'_> {
        Names { module: &self.theirs, core: Some(&self.core), known: &self.known }
    }

    fn calls(&self) -> impl Iterator<Item = &Function> {
        self.family.functions.iter().chain(&self.family.callbacks)
    }

    /// Names of all constants, members of enumerations included.
    fn constants(&self) -> BTreeSet<&str> {
        let enums = self.family.enums.iter();
        let members = enums.flat_map(|it| it.members.iter().chain(it.aliases.iter().map(|(member, _)| member)));
        let constants = self.family.constants.iter().map(|it| &*it.c_name);
        constants.chain(members.map(|it| &*it.c_name)).collect()
    }
}

#[test]
fn sys_has_what_the_table_names_and_nothing_else() {
    let (spec, deviations) = (spec(), deviations::read());
    let mut missing = BTreeSet::new();
    for pair in pairs(&spec, &deviations) {
        let names: BTreeSet<&str> = pair.ours.constants.keys().map(String::as_str).collect();
        assert_eq!(names, pair.constants());
        let functions: Vec<&str> = pair.family.functions.iter().map(|it| &*it.origin.c_name).collect();
        assert_eq!(pair.ours.functions.keys().map(String::as_str).collect::<Vec<_>>(), functions);
        let mut records = BTreeSet::new();
        pair.family.structs.iter().for_each(|it| with_parts(&it.origin.c_name, &it.body, &mut records));
        assert_eq!(pair.ours.records.keys().cloned().collect::<BTreeSet<_>>(), records);
        for (name, type_) in pair.ours.aliases.iter().filter(|(name, _)| !pair.known.contains_key(*name)) {
            match pair.theirs.aliases.get(name).or_else(|| pair.core.aliases.get(name)) {
                Some(theirs) => assert_eq!(pair.ours().text(type_), pair.theirs().text(theirs), "{name}"),
                None => _ = missing.insert(name.clone()),
            }
        }
        for name in pair.known.values().filter(|name| pair.ours.aliases.contains_key(*name)) {
            let there = |(theirs, ours): (&String, &String)| ours == name && has(&pair.theirs, theirs);
            if !pair.known.iter().any(there) {
                missing.insert(name.clone());
            }
        }
    }
    assert_eq!(missing, listed(&deviations.types), "types that windows-sys has not, and those that are listed");
}

/// A structure's name and those of its parts, which C has not.
fn with_parts(name: &str, record: &Record, names: &mut BTreeSet<String>) {
    names.insert(name.to_owned());
    for field in &record.fields {
        if let (Some(field), FieldKind::Part(part)) = (&field.c_name, &field.kind) {
            with_parts(&format!("{name}_{field}"), part, names);
        }
    }
}

fn has(module: &Module, name: &str) -> bool {
    module.aliases.contains_key(name) || module.records.contains_key(name)
}

fn listed(entries: &[Named]) -> BTreeSet<String> {
    entries.iter().flat_map(|entry| entry.names.clone()).collect()
}

#[test]
fn codes_has_what_the_table_names_and_nothing_else() {
    let spec = spec();
    let text = std::fs::read_to_string(workspace().join("generated/src/codes.rs")).unwrap();
    let mut found = BTreeSet::new();
    for item in syn::parse_file(&text).unwrap().items {
        let Item::Impl(block) = item else { continue };
        let Type::Path(space) = &*block.self_ty else { continue };
        let is_code = |type_: &Type| matches!(type_, Type::Path(path) if path.path.is_ident("Self"));
        for item in &block.items {
            let ImplItem::Const(item) = item else { continue };
            if is_code(&item.ty) {
                found.insert((space.path.is_ident("HResult"), item.ident.to_string()));
            }
        }
    }
    let codes = spec.codes.iter().map(|code| (code.space == CodeSpace::HResult, code.name.to_string()));
    assert_eq!(found, codes.collect());
}

#[test]
fn functions_and_callbacks_have_the_same_parameters_by_name() {
    let (spec, deviations) = (spec(), deviations::read());
    for pair in pairs(&spec, &deviations) {
        for function in pair.calls() {
            let name = &function.origin.c_name;
            assert_eq!(pair.ours().call(&pair.ours.call(name)), pair.theirs().call(&pair.theirs.call(name)), "{name}");
        }
    }
}

#[test]
fn structures_have_the_same_fields_by_name() {
    let (spec, deviations) = (spec(), deviations::read());
    for pair in pairs(&spec, &deviations) {
        for record in &pair.family.structs {
            let name = &*record.origin.c_name;
            let theirs = pair.theirs.records.get(name).unwrap_or_else(|| panic!("windows-sys has no {name}"));
            let ours = &pair.ours.records[name];
            let renamed = |(field, type_): &(String, Type)| (deviations.field(name, field).to_owned(), type_.clone());
            let ours = source::Record { union: ours.union, fields: ours.fields.iter().map(renamed).collect() };
            assert_eq!(pair.ours().body(&ours), pair.theirs().body(theirs), "{name}");
        }
    }
}

#[test]
fn enumerations_have_all_members() {
    let (spec, deviations) = (spec(), deviations::read());
    for pair in pairs(&spec, &deviations) {
        let renamed = |ours: &String| deviations.renamed(ours).to_owned();
        for enum_ in &pair.family.enums {
            let name = &enum_.origin.c_name.to_string();
            let there = pair.theirs().constants_of(&renamed(name));
            let here = pair.ours().constants_of(name).iter().map(renamed).collect::<BTreeSet<_>>();
            assert!(!there.is_empty(), "windows-sys has no {name}");
            assert_eq!(here, there, "{name}: ours, and those of windows-sys");
        }
    }
}

/// Of the other headers the pages have what clients need.
#[test]
fn websocket_h_is_there_as_a_whole() {
    let (spec, deviations) = (spec(), deviations::read());
    let pairs = pairs(&spec, &deviations);
    let pair = pairs.iter().find(|pair| pair.family.header == "websocket.h").expect("it is one of the three");
    let mine = |name: &&String| pair.ours.constants.contains_key(*name) || pair.ours.functions.contains_key(*name);
    let constants_and_functions = pair.theirs.constants.keys().chain(pair.theirs.functions.keys());
    assert_eq!(constants_and_functions.filter(|name| !mine(name)).collect::<Vec<_>>(), Vec::<&String>::new());
    // The parts of WEB_SOCKET_BUFFER have no names in C, and are numbered there.
    let types = pair.theirs.aliases.keys().chain(pair.theirs.records.keys());
    let lacking = types.filter(|name| !has(&pair.ours, name)).collect::<Vec<_>>();
    assert_eq!(lacking, ["WEB_SOCKET_BUFFER_0", "WEB_SOCKET_BUFFER_1"]);
}

/// The metadata makes a pointer `const` when its data only goes in, as far as it knows.
#[test]
fn a_const_pointer_is_a_parameter_whose_data_goes_in() {
    let (spec, deviations) = (spec(), deviations::read());
    let mut differing = BTreeSet::new();
    for pair in pairs(&spec, &deviations) {
        for function in pair.calls() {
            let name = &function.origin.c_name;
            for (param, (_, theirs)) in function.params.iter().zip(&pair.theirs.call(name).params) {
                let is_pointer = matches!(param.raw, Model::Pointer { .. });
                if is_pointer && pair.theirs().is_const(theirs) != (param.direction == Direction::In) {
                    differing.insert((name.to_string(), param.c_name.to_string()));
                }
            }
        }
    }
    let entry =
        |it: &deviations::Parameter| it.params.iter().map(|param| (it.function.clone(), param.clone())).collect();
    let listed: BTreeSet<_> = deviations.pointer.iter().flat_map::<Vec<_>, _>(entry).collect();
    assert_eq!(differing, listed, "pointers that differ, and those that are listed");
}

#[test]
fn every_deviation_is_needed_and_has_a_reason() {
    let (spec, deviations) = (spec(), deviations::read());
    assert!(deviations.reasons().all(|reason| reason.len() > 20));
    let pairs = pairs(&spec, &deviations);
    let mine = |name: &String| pairs.iter().any(|it| it.ours.constants.contains_key(name) || has(&it.ours, name));
    let constant = |name: &String| pairs.iter().any(|it| it.theirs.constants.contains_key(name));
    let known = |name: &String| constant(name) || pairs.iter().any(|it| has(&it.theirs, name));
    for (ours, theirs) in deviations.renamed.iter().flat_map(|it| &it.names) {
        assert!(mine(ours) && !known(ours) && known(theirs), "{ours} needs no other name");
    }
    for name in deviations.absent.iter().flat_map(|it| it.values.keys()) {
        assert!(mine(name) && !known(name), "{name} is not absent");
    }
    for (ours, theirs) in deviations.field.iter().flat_map(|it| &it.names) {
        let (record, field) = ours.split_once('.').expect("a field stands behind its structure");
        let has = |module: &Module, name: &str| {
            module.records.get(record).is_some_and(|it| it.fields.iter().any(|(field, _)| field == name))
        };
        let needed = |it: &Pair<'_>| has(&it.ours, field) && !has(&it.theirs, field) && has(&it.theirs, theirs);
        assert!(pairs.iter().any(needed), "{ours} needs no other name");
    }
    // That their types differ in size is for the compiler to say.
    for name in listed(&deviations.width) {
        assert!(pairs.iter().any(|it| it.ours.constants.contains_key(&name)), "{name} is not there");
    }
    for name in listed(&deviations.opaque) {
        assert!(pairs.iter().any(|it| it.ours.aliases.contains_key(&name) && it.theirs.records.contains_key(&name)));
    }
}

//! The committed output is what the pages say, and a change of a page changes what it must and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use winws_tests_generator::{copy_folder, stage, workspace};
use xtask::diag::{Diagnostics, Format, Rule, render};
use xtask::emit;
use xtask::source::{self, Tree};
use xtask::sync::{self, Change, Mode, OutputFile};

mod declared;

fn specs() -> Tree {
    source::load(&workspace().join("specs"), None).expect("the specs can be read")
}

/// The output of a tree, which must be without errors.
fn output(tree: &Tree) -> Vec<OutputFile> {
    let (spec, diags) = xtask::understand(std::slice::from_ref(tree), None);
    assert!(!diags.has_errors(), "{}", shown(&diags, tree));
    emit::crate_files(&spec)
}

fn shown(diags: &Diagnostics, tree: &Tree) -> String {
    render(diags, std::slice::from_ref(tree), Format::Human, false)
}

#[test]
fn committed_output_is_up_to_date() {
    let changes =
        sync::sync(&workspace().join("generated"), emit::CRATE_FOLDERS, &output(&specs()), Mode::Check).unwrap();
    let paths: Vec<&str> = changes.iter().map(Change::path).collect();
    assert!(paths.is_empty(), "these are not what the pages say, run `cargo xtask codegen`: {paths:?}");
}

/// A buffer that is renamed, while the text of its length still has the old name, loses its length: what was generated
/// before tells.
#[test]
fn a_lost_relation_is_told_by_the_committed_facts() {
    let page = |buffer: &str, length: &str| {
        stage::page(format!(
            "---\nUID: NF:x.Fn\n---\n# Fn function\n## -parameters\n### -param {buffer} [in]\nType: **void\\***\n### -param \
             {length} [in]\nType: **DWORD**\n\nThe length of *pvBuffer*.\n## -returns\nType: **HRESULT**\n"
        ))
    };
    let spec = |tree: Tree| xtask::understand(&[tree], None).0;
    let committed = emit::json::facts(&spec(page("pvBuffer", "cbBuffer")), false);
    let lost = |tree: Tree| {
        let mut diags = Diagnostics::default();
        xtask::lost::report(&committed, &spec(tree), &mut diags);
        diags.list.iter().map(|finding| (finding.rule, finding.location.span.line)).collect::<Vec<_>>()
    };
    assert!(lost(page("pvBuffer", "cbBuffer")).is_empty());
    assert!(lost(page("pvBuffer", "cbRenamed")).is_empty());
    assert_eq!(lost(page("pvData", "cbBuffer")), [(Rule::LostRelation, 8)]);
    assert_eq!(lost(page("pvData", "cbData")), [(Rule::LostRelation, 8)]);
}

#[test]
fn the_list_of_names_has_only_what_is_there() {
    let (spec, _) = xtask::understand(&[specs()], None);
    let declared = declared::names(&emit::crate_files(&spec));
    let list = emit::names::names(&spec);
    let mut gone = Vec::new();
    for line in list.lines() {
        let (_, path) = line.split_once("  ").expect("two columns");
        let path = path.trim().trim_end_matches(", its length").trim_end_matches(", what it returns");
        // What a callback is given has no name in its type.
        let of_callback = path.split_once('(').is_some_and(|(of, _)| of.split("::").count() == 2);
        if !of_callback && !declared.contains(path) {
            gone.push(line);
        }
    }
    assert!(gone.is_empty(), "{gone:#?}");
}

#[test]
fn our_pages_have_no_findings() {
    let tree = specs();
    let (_, diags) = xtask::understand(std::slice::from_ref(&tree), None);
    assert!(diags.list.is_empty(), "{}", shown(&diags, &tree));
}

#[test]
fn the_same_pages_give_the_same_bytes_in_any_order() {
    let mut tree = specs();
    let first = output(&tree);
    assert_eq!(first, output(&tree));
    tree.pages.reverse();
    assert_eq!(first, output(&tree));
}

#[test]
fn no_api_name_occurs_in_the_code_of_the_generator() {
    let (spec, _) = xtask::understand(&[specs()], None);
    let mut names = BTreeSet::new();
    for item in &spec.items {
        names.insert(item.draft.name.value.clone());
    }
    for family in &spec.families {
        let members = family.enums.iter().flat_map(|enum_| &enum_.members);
        names.extend(members.flat_map(|member| [member.c_name.to_string()]));
        names.extend(family.opaques.iter().map(|opaque| opaque.c_name.to_string()));
        let functions = family.functions.iter().chain(&family.callbacks);
        names.extend(
            functions.flat_map(|function| [function.error_name.to_string(), function.origin.c_name.to_string()]),
        );
        names.extend(family.structs.iter().map(|struct_| struct_.origin.c_name.to_string()));
        names.extend(family.constants.iter().map(|constant| constant.c_name.to_string()));
    }
    names.extend(spec.codes.iter().map(|code| code.name.to_string()));
    assert!(names.len() > 60, "only {} names were looked for", names.len());
    // Words of the language of these pages, which happen to be codes' names too: none so far.
    for file in files(&workspace().join("xtask/src")) {
        let text = fs::read_to_string(&file).unwrap();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for name in &names {
            assert!(!is_word(&code, name), "{} knows {name} by name", file.display());
        }
    }
}

fn is_word(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn strays_hand_edits_and_missing_files_are_found_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("crate");
    copy_folder(&workspace().join("generated"), &root);
    let files = output(&specs());
    let check = |mode| sync::sync(&root, emit::CRATE_FOLDERS, &files, mode).unwrap();
    assert_eq!(check(Mode::Check), []);

    for file in files.iter().filter(|file| file.path != "facts.json") {
        fs::remove_file(root.join(&file.path)).unwrap();
        assert_eq!(check(Mode::Check), [Change::Missing(file.path.clone())]);
        assert_eq!(check(Mode::Write).len(), 1);
    }

    let edited = root.join("src/winhttp/enums.rs");
    let text = fs::read_to_string(&edited).unwrap();
    fs::write(&edited, text.replace("= 1000,", "= 1004,")).unwrap();
    let changes = check(Mode::Check);
    assert!(
        matches!(&changes[..], [Change::Differs(path, diff)]
            if path == "src/winhttp/enums.rs" && diff.contains("-    Success = 1004,") && diff.contains("+    Success = 1000,")),
        "{changes:#?}"
    );
    check(Mode::Write);

    // A file that we wrote once goes; one that somebody else put there is named and stays.
    fs::write(root.join("src/old.rs"), format!("// @{}\n", sync::MARK)).unwrap();
    fs::write(root.join("src/mine.rs"), "// by hand\n").unwrap();
    let expected = [Change::Foreign("src/mine.rs".to_owned()), Change::Stray("src/old.rs".to_owned())];
    assert_eq!(check(Mode::Check), expected);
    assert_eq!(check(Mode::Write), expected);
    assert!(root.join("src/mine.rs").exists());
    assert!(!root.join("src/old.rs").exists());
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let error = sync::sync(folder.path(), emit::CRATE_FOLDERS, &output(&specs()), Mode::Write).unwrap_err();
    assert!(error.to_string().contains("neither empty nor one of our folders"), "{error}");
    assert_eq!(files(folder.path()).len(), 1);
}

/// Our specs with one change in one file.
fn changed(name: &str, change: impl Fn(String) -> String) -> Tree {
    let mut tree = specs();
    for list in [&mut tree.pages, &mut tree.config] {
        for file in list.iter_mut().filter(|file| &*file.name == name) {
            let text = change(file.text().to_owned());
            assert_ne!(text, file.text(), "the change must change something");
            *file = source::SourceFile::new(file.path.clone(), file.name.clone(), text.into_bytes());
        }
    }
    tree
}

fn replaced(name: &str, from: &str, to: &str) -> Tree {
    changed(name, |text| text.replace(from, to))
}

/// The lines that a change of the pages changes in the output: `file: -old` and `file: +new`.
fn difference(after: &Tree) -> Vec<String> {
    let by_path =
        |files: Vec<OutputFile>| files.into_iter().map(|file| (file.path, file.text)).collect::<BTreeMap<_, _>>();
    let (old, new) = (by_path(output(&specs())), by_path(output(after)));
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut lines = Vec::new();
    for path in paths {
        let text = |files: &BTreeMap<String, String>| files.get(path).cloned().unwrap_or_default();
        let (old, new) = (text(&old), text(&new));
        for change in similar::TextDiff::from_lines(&old, &new).iter_all_changes() {
            if change.tag() != similar::ChangeTag::Equal {
                lines.push(format!("{path}: {}{}", change.tag(), change.value().trim()));
            }
        }
    }
    lines
}

const CLOSE_STATUS: &str = "winhttp/ne-winhttp-winhttp_web_socket_close_status.md";
const QUERY: &str = "winhttp/nf-winhttp-winhttpwebsocketqueryclosestatus.md";

#[test]
fn a_changed_value_changes_its_lines_only() {
    let after = replaced(CLOSE_STATUS, "MESSAGE_TOO_BIG_CLOSE_STATUS:1009", "MESSAGE_TOO_BIG_CLOSE_STATUS:1999");
    expect_test::expect![[r#"
        facts.json: -"value": "1009"
        facts.json: +"value": "1999"
        include/winhttp.h: -WINHTTP_WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS = 1009,
        include/winhttp.h: +WINHTTP_WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS = 1999,
        src/winhttp/enums.rs: -MessageTooBig = 1009,
        src/winhttp/enums.rs: +MessageTooBig = 1999,
        src/winhttp/enums.rs: -1009 => Ok(Self::MessageTooBig),
        src/winhttp/enums.rs: +1999 => Ok(Self::MessageTooBig),
        src/winhttp/sys.rs: -pub const WINHTTP_WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1009;
        src/winhttp/sys.rs: +pub const WINHTTP_WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1999;"#]]
    .assert_eq(&difference(&after).join("\n"));
}

#[test]
fn a_renamed_parameter_changes_its_lines_only() {
    let after = replaced(QUERY, "pvReason", "pvCause");
    expect_test::expect![[r#"
        facts.json: -"name": "pvReason",
        facts.json: +"name": "pvCause",
        facts.json: -"length_of": "pvReason"
        facts.json: +"length_of": "pvCause"
        facts.json: -"The reason does not fit into pvReason. No part of it is copied, but the status code and the needed size are written."
        facts.json: +"The reason does not fit into pvCause. No part of it is copied, but the status code and the needed size are written."
        include/winhttp.h: -* @param pvReason [out, optional]
        include/winhttp.h: +* @param pvCause [out, optional]
        include/winhttp.h: -*     Length, in bytes, of the pvReason buffer.
        include/winhttp.h: +*     Length, in bytes, of the pvCause buffer.
        include/winhttp.h: -*     buffer is too small, or pvReason is NULL and dwReasonLength is 0, the value is the size that the
        include/winhttp.h: +*     buffer is too small, or pvCause is NULL and dwReasonLength is 0, the value is the size that the
        include/winhttp.h: -*     - ERROR_INSUFFICIENT_BUFFER (122): The reason does not fit into pvReason. No part of it is copied,
        include/winhttp.h: +*     - ERROR_INSUFFICIENT_BUFFER (122): The reason does not fit into pvCause. No part of it is copied,
        include/winhttp.h: -PVOID pvReason,
        include/winhttp.h: +PVOID pvCause,
        src/winhttp/api.rs: -/// - `reason` (C: `pvReason`, out, optional)
        src/winhttp/api.rs: +/// - `cause` (C: `pvCause`, out, optional)
        src/winhttp/api.rs: -///   only if `reason.len()` is 0.
        src/winhttp/api.rs: -/// - the length of `reason` (C: `dwReasonLength`, in)
        src/winhttp/api.rs: +///   only if `cause.len()` is 0.
        src/winhttp/api.rs: +/// - the length of `cause` (C: `dwReasonLength`, in)
        src/winhttp/api.rs: -///   Length, in bytes, of the `reason` buffer.
        src/winhttp/api.rs: +///   Length, in bytes, of the `cause` buffer.
        src/winhttp/api.rs: -///   buffer is too small, or `reason` is `NULL` and `reason.len()` is 0, the value is the size that the
        src/winhttp/api.rs: +///   buffer is too small, or `cause` is `NULL` and `cause.len()` is 0, the value is the size that the
        src/winhttp/api.rs: -/// - `ERROR_INSUFFICIENT_BUFFER` (122): The reason does not fit into `reason`. No part of it is copied,
        src/winhttp/api.rs: +/// - `ERROR_INSUFFICIENT_BUFFER` (122): The reason does not fit into `cause`. No part of it is copied,
        src/winhttp/api.rs: -reason: &mut [u8],
        src/winhttp/api.rs: +cause: &mut [u8],
        src/winhttp/errors.rs: -/// The reason does not fit into `reason`. No part of it is copied, but the status code and the needed
        src/winhttp/errors.rs: +/// The reason does not fit into `cause`. No part of it is copied, but the status code and the needed
        src/winhttp/errors.rs: -"The reason does not fit into reason. No part of it is copied, but the status code and the needed size are written."
        src/winhttp/errors.rs: +"The reason does not fit into cause. No part of it is copied, but the status code and the needed size are written."
        src/winhttp/exports.rs: -pvReason: *mut core::ffi::c_void,
        src/winhttp/exports.rs: +pvCause: *mut core::ffi::c_void,
        src/winhttp/exports.rs: -&mut unsafe { ffi::slice_mut(pvReason.cast::<u8>(), dwReasonLength) }?,
        src/winhttp/exports.rs: +&mut unsafe { ffi::slice_mut(pvCause.cast::<u8>(), dwReasonLength) }?,
        src/winhttp/exports.rs: -$crate::winhttp::sys::HINTERNET, pusStatus : * mut u16, pvReason : * mut
        src/winhttp/exports.rs: +$crate::winhttp::sys::HINTERNET, pusStatus : * mut u16, pvCause : * mut
        src/winhttp/exports.rs: -$ffi, _ > ($runtime, hWebSocket, pusStatus, pvReason, dwReasonLength,
        src/winhttp/exports.rs: +$ffi, _ > ($runtime, hWebSocket, pusStatus, pvCause, dwReasonLength,
        src/winhttp/sys.rs: -pvReason: *mut c_void,
        src/winhttp/sys.rs: +pvCause: *mut c_void,"#]].assert_eq(&difference(&after).join("\n"));
}

#[test]
fn a_changed_return_code_changes_its_lines_only() {
    let after = replaced(QUERY, "**ERROR_INVALID_OPERATION**", "**ERROR_IO_PENDING**");
    expect_test::expect![[r#"
        facts.json: -"name": "ERROR_INVALID_OPERATION",
        facts.json: -"value": "4317",
        facts.json: +"name": "ERROR_IO_PENDING",
        facts.json: +"value": "997",
        include/winhttp.h: -*     - ERROR_INVALID_OPERATION (4317): The close frame of the server has not been read, or the connection
        include/winhttp.h: -*       was lost without a close frame. The outputs are not written.
        include/winhttp.h: +*     - ERROR_IO_PENDING (997): The close frame of the server has not been read, or the connection was
        include/winhttp.h: +*       lost without a close frame. The outputs are not written.
        src/winhttp/api.rs: -/// - `ERROR_INVALID_OPERATION` (4317): The close frame of the server has not been read, or the
        src/winhttp/api.rs: -///   connection was lost without a close frame. The outputs are not written.
        src/winhttp/api.rs: +/// - `ERROR_IO_PENDING` (997): The close frame of the server has not been read, or the connection was
        src/winhttp/api.rs: +///   lost without a close frame. The outputs are not written.
        src/winhttp/errors.rs: -/// `ERROR_INVALID_OPERATION`, 4317
        src/winhttp/errors.rs: -#[doc(alias = "ERROR_INVALID_OPERATION")]
        src/winhttp/errors.rs: -InvalidOperation,
        src/winhttp/errors.rs: +/// `ERROR_IO_PENDING`, 997
        src/winhttp/errors.rs: +#[doc(alias = "ERROR_IO_PENDING")]
        src/winhttp/errors.rs: +IoPending,
        src/winhttp/errors.rs: -Self::InvalidOperation,
        src/winhttp/errors.rs: +Self::IoPending,
        src/winhttp/errors.rs: -Self::InvalidOperation => crate::Win32Error::ERROR_INVALID_OPERATION,
        src/winhttp/errors.rs: +Self::IoPending => crate::Win32Error::ERROR_IO_PENDING,
        src/winhttp/errors.rs: -Self::InvalidOperation => {
        src/winhttp/errors.rs: +Self::IoPending => {"#]].assert_eq(&difference(&after).join("\n"));
}

#[test]
fn members_without_a_value_are_named_when_the_override_is_gone() {
    let tree = changed("overrides.toml", |text| {
        let (before, rest) = text.split_once("[[enum]]").unwrap();
        let (_, after) = rest.split_once("[[function]]").unwrap();
        format!("{before}[[function]]{after}")
    });
    let (spec, diags) = xtask::understand(std::slice::from_ref(&tree), None);
    let missing: Vec<_> = diags.list.iter().filter(|diagnostic| diagnostic.rule == Rule::MissingValue).collect();
    let [missing] = &missing[..] else { panic!("{}", shown(&diags, &tree)) };
    assert!(diags.has_errors());
    let item = spec.find("WEB_SOCKET_CLOSE_STATUS")[0];
    assert_eq!(item.gaps.len(), 12);
    for gap in &item.gaps {
        let member = gap.strip_prefix("value of ").unwrap();
        assert!(missing.message.contains(member), "{member} is not named in: {}", missing.message);
    }
}

/// A text that both a program in C and one in Rust can be shown: what is the case, and not which call of C made it so.
#[test]
fn texts_of_errors_hold_in_rust_too() {
    let (spec, _) = xtask::understand(&[specs()], None);
    let functions = spec.families.iter().flat_map(|family| &family.functions);
    let of_c: BTreeSet<&str> = functions.map(|function| &*function.origin.c_name).chain(["NULL"]).collect();
    let mut seen = 0;
    for file in output(&specs()).into_iter().filter(|file| file.path.ends_with("/errors.rs")) {
        for words in
            file.text.lines().skip_while(|line| !line.contains("fn words")).filter(|line| !line.contains("///"))
        {
            seen += usize::from(words.trim_start().starts_with('"'));
            let word = words.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find(|word| of_c.contains(word));
            assert_eq!(word, None, "{}: {words}", file.path);
        }
    }
    assert!(seen > 100, "only {seen} texts were seen");
}

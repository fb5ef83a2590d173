//! The C headers compile in every compiler there is, alone and together, and say what the Rust side says.
//!
//! These tests need a compiler.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::mem::{align_of, offset_of};
use std::process::Command;

use winws_tests_generator::stage::{self, Stage};
use winws_tests_generator::workspace;
use xtask::emit;
use xtask::model::{CodeSpace, FieldKind, Record, Spec};
use xtask::source;
use xtask::sync::OutputFile;

use super::{Compiler, STRICT, compilers};

/// What decides how wide a `WCHAR` is.
const WIDTHS: [&[&str]; 3] = [&[], &["-fshort-wchar"], &["-DWINWS_UTF16"]];

/// A folder with the headers of some output.
pub(crate) struct Headers {
    folder: tempfile::TempDir,
    pub(crate) names: Vec<String>,
}

impl Headers {
    pub(crate) fn new(files: &[OutputFile]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let headers = files.iter().filter_map(|file| Some((file.path.strip_prefix("include/")?, &file.text)));
        let write = |(name, text): (&str, &String)| {
            fs::write(folder.path().join(name), text).unwrap();
            name.to_owned()
        };
        let names = headers.map(write).collect();
        Self { folder, names }
    }

    /// Compiles a source with a compiler, and returns what the compiler complains about.
    fn complaints(&self, compiler: Compiler, more: &[&str], source: &str) -> Option<String> {
        let path = self.folder.path().join("source");
        fs::write(&path, source).unwrap();
        let output = Command::new(compiler.program)
            .args([compiler.standard, "-fsyntax-only"])
            .args(STRICT)
            .args(more)
            .arg("-I")
            .arg(self.folder.path())
            .args(["-x", compiler.language])
            .arg(&path)
            .output()
            .unwrap();
        let shown = || format!("{} {more:?}\n{}", compiler.program, String::from_utf8_lossy(&output.stderr));
        (!output.status.success()).then(shown)
    }

    fn compile(&self, compiler: Compiler, more: &[&str], source: &str) {
        if let Some(complaints) = self.complaints(compiler, more, source) {
            panic!("{complaints}\n{source}");
        }
    }
}

/// A source that includes headers and has something of its own, without which C has no source.
fn including<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let mut source = String::new();
    for name in names {
        writeln!(source, "#include \"{name}\"").unwrap();
    }
    source + "typedef int something;\n"
}

fn understood() -> Spec {
    let (spec, diags) = xtask::understand(&[source::load(&workspace().join("specs"), None).unwrap()], None);
    assert!(!diags.has_errors());
    spec
}

/// Each header alone, each twice, and all of them in two orders.
pub(crate) fn check_all(headers: &Headers, compiler: Compiler, more: &[&str]) {
    for name in &headers.names {
        headers.compile(compiler, more, &including([name, name].into_iter()));
    }
    headers.compile(compiler, more, &including(headers.names.iter()));
    headers.compile(compiler, more, &including(headers.names.iter().rev()));
}

#[test]
#[ignore = "needs a C compiler"]
fn every_header_compiles_alone_and_with_the_others() {
    let headers = Headers::new(&emit::crate_files(&understood()));
    assert_eq!(
        headers.names,
        ["winws_types.h", "winws_codes.h", "webservices.h", "websocket.h", "winhttp.h", "winws.h"]
    );
    for compiler in compilers() {
        for more in WIDTHS {
            check_all(&headers, compiler, more);
        }
    }
}

/// Pages of tests have worse names than any that are published.
#[test]
#[ignore = "needs a C compiler"]
fn headers_of_fixtures_compile() {
    let compilers = compilers();
    for (path, tree) in stage::trees(Stage::Emit) {
        let (spec, _) = xtask::understand(&[tree], None);
        let headers = Headers::new(&emit::crate_files(&spec));
        println!("{}", path.display());
        for &compiler in &compilers {
            check_all(&headers, compiler, &[]);
        }
    }
}

/// Readers and compilers see the same text.
#[test]
#[ignore = "needs a C compiler"]
fn marks_that_turn_text_around_stay_out() {
    let page = "# HDR_KIND enumeration\n## -enum-fields\n### -field HDR_KIND_A:1\nA \u{202E}mark\u{202C} turns.\n";
    let (spec, _) = xtask::understand(&[stage::page(page)], None);
    let files = emit::crate_files(&spec);
    let header = files.iter().find(|file| file.text.contains("HDR_KIND_A = 1")).expect("there is a header");
    assert!(header.text.contains("/** A  mark  turns. */"), "{}", header.text);
    let headers = Headers::new(&files);
    compilers().into_iter().for_each(|compiler| check_all(&headers, compiler, &[]));
}

/// What literals are strings, and which functions take them.
#[test]
#[ignore = "needs a C compiler"]
fn strings_are_those_of_the_source() {
    let headers = Headers::new(&emit::crate_files(&understood()));
    let source = |literal: &str, suffix: &str| {
        format!(
            "#include \"winhttp.h\"\n\
             #define SPELL(x) #x\n#define SPELLED(x) SPELL(x)\n\
             typedef char as_expected[sizeof(SPELLED(WinHttpOpen)) == sizeof(\"WinHttpOpen{suffix}\") ? 1 : -1];\n\
             typedef char of_no_strings[sizeof(SPELLED(WinHttpCloseHandle)) == sizeof(\"WinHttpCloseHandle\") ? 1 : -1];\n\
             HINTERNET session(void);\n\
             HINTERNET session(void) {{ return WinHttpOpen({literal}, 0, NULL, NULL, 0); }}\n\
             HINTERNET connect(HINTERNET session);\n\
             HINTERNET connect(HINTERNET session) {{ return WinHttpConnect(session, {literal}, 80, 0); }}\n"
        )
    };
    // Its strings stand in a structure.
    let crack = |literal: &str, suffix: &str| {
        format!(
            "#include \"winhttp.h\"\n\
             #define SPELL(x) #x\n#define SPELLED(x) SPELL(x)\n\
             typedef char as_expected[sizeof(SPELLED(WinHttpCrackUrl)) == sizeof(\"WinHttpCrackUrl{suffix}\") ? 1 : -1];\n\
             BOOL crack(URL_COMPONENTS *parts);\n\
             BOOL crack(URL_COMPONENTS *parts) {{ return WinHttpCrackUrl({literal}, 0, 0, parts); }}\n"
        )
    };
    for compiler in compilers() {
        headers.compile(compiler, &[], &source("L\"name\"", "_w32"));
        headers.compile(compiler, &["-fshort-wchar"], &source("L\"name\"", ""));
        headers.compile(compiler, &["-DWINWS_UTF16"], &source("u\"name\"", ""));
        headers.compile(compiler, &["-fshort-wchar"], &crack("L\"name\"", ""));
        headers.compile(compiler, &[], &crack("L\"name\"", "_w32"));
        // The width of the characters is not to be mistaken.
        assert!(headers.complaints(compiler, &["-DWINWS_UTF16"], &source("L\"name\"", "")).is_some());
    }
}

/// What sources do with codes and constants, without a word of the compiler.
#[test]
#[ignore = "needs a C compiler"]
fn numbers_go_where_sources_put_them() {
    let headers = Headers::new(&emit::crate_files(&understood()));
    let source = "#include \"winhttp.h\"\n#include \"webservices.h\"\n#include \"winws.h\"\n\
         #if ERROR_WINHTTP_TIMEOUT != 12002 || WINHTTP_FLAG_ASYNC != 0x10000000\n#error no number\n#endif\n\
         #if INTERNET_SCHEME_HTTPS != 2\n#error no number\n#endif\n\
         int scheme(URL_COMPONENTS *url);\n\
         int scheme(URL_COMPONENTS *url) { url->nScheme = 0; url->nScheme = INTERNET_SCHEME_HTTPS; return url->nScheme; }\n\
         int test(int error, DWORD code, HRESULT hr);\n\
         int test(int error, DWORD code, HRESULT hr) {\n\
             if (error == ERROR_WINHTTP_TIMEOUT || code == ERROR_WINHTTP_TIMEOUT) return 1;\n\
             if (code & WINHTTP_ADDREQ_FLAG_REPLACE || FAILED(hr)) return 2;\n\
             switch (hr) { case WS_E_INVALID_OPERATION: return 3; default: break; }\n\
             switch (code) { case ERROR_INVALID_HANDLE: return 4; default: break; }\n\
             return winws_get_last_error() == ERROR_SUCCESS ? TRUE : FALSE;\n\
         }\n";
    for compiler in compilers() {
        headers.compile(compiler, &[], source);
    }
}

/// What programs pass where they have nothing to say, and compare a result with.
#[test]
#[ignore = "needs a C compiler"]
fn pointers_to_nothing_go_where_sources_put_them() {
    let headers = Headers::new(&emit::crate_files(&understood()));
    let source = "#include \"winhttp.h\"\n\
         int test(WINHTTP_STATUS_CALLBACK callback);\n\
         int test(WINHTTP_STATUS_CALLBACK callback) {\n\
             HINTERNET session = WinHttpOpen(L\"a\", WINHTTP_ACCESS_TYPE_NO_PROXY, WINHTTP_NO_PROXY_NAME,\n\
                 WINHTTP_NO_PROXY_BYPASS, WINHTTP_FLAG_ASYNC);\n\
             HINTERNET request = WinHttpOpenRequest(session, NULL, NULL, NULL, WINHTTP_NO_REFERER,\n\
                 WINHTTP_DEFAULT_ACCEPT_TYPES, 0);\n\
             if (WinHttpSetStatusCallback(request, callback, 0, 0) == WINHTTP_INVALID_STATUS_CALLBACK) return 1;\n\
             WinHttpSendRequest(request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0, 0, 0);\n\
             WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0);\n\
             DWORD size = 0;\n\
             return WinHttpQueryHeaders(request, WINHTTP_QUERY_RAW_HEADERS, WINHTTP_HEADER_NAME_BY_INDEX,\n\
                 WINHTTP_NO_OUTPUT_BUFFER, &size, WINHTTP_NO_HEADER_INDEX);\n\
         }\n";
    for compiler in compilers() {
        headers.compile(compiler, &[], source);
    }
}

/// A type as Rust lays it out.
struct Layout {
    name: &'static str,
    size: usize,
    align: usize,
    fields: Vec<(String, usize)>,
}

macro_rules! layouts {
    ($($family:ident { $($name:ident { $($($field:ident).+),* })* })*) => {
        vec![$($({
            use winws_api::$family::sys::$name;
            Layout {
                name: stringify!($name),
                size: size_of::<$name>(),
                align: align_of::<$name>(),
                fields: vec![$(([$(stringify!($field)),+].join("."), offset_of!($name, $($field).+))),*],
            }
        }),*),*]
    };
}

fn layouts() -> Vec<Layout> {
    layouts! {
        webservices {
            WS_ASYNC_CONTEXT { callback, callbackState }
            WS_CHANNEL_PROPERTIES { properties, propertyCount }
            WS_CHANNEL_PROPERTY { id, value, valueSize }
            WS_CUSTOM_CHANNEL_CALLBACKS {
                createChannelCallback, freeChannelCallback, resetChannelCallback, openChannelCallback,
                closeChannelCallback, abortChannelCallback, getChannelPropertyCallback, setChannelPropertyCallback,
                writeMessageStartCallback, writeMessageEndCallback, readMessageStartCallback, readMessageEndCallback,
                abandonMessageCallback, shutdownSessionChannelCallback
            }
            WS_ENDPOINT_ADDRESS { url, headers, extensions, identity }
            WS_ENDPOINT_IDENTITY { identityType }
            WS_ERROR_PROPERTY { id, value, valueSize }
            WS_STRING { length, chars }
        }
        websocket {
            WEB_SOCKET_BUFFER {
                Data, Data.pbBuffer, Data.ulBufferLength, CloseStatus, CloseStatus.pbReason, CloseStatus.ulReasonLength,
                CloseStatus.usStatus
            }
            WEB_SOCKET_HTTP_HEADER { pcName, ulNameLength, pcValue, ulValueLength }
            WEB_SOCKET_PROPERTY { Type, pvValue, ulValueSize }
        }
        winhttp {
            FILETIME { dwLowDateTime, dwHighDateTime }
            GUID { Data1, Data2, Data3, Data4 }
            HTTP_VERSION_INFO { dwMajorVersion, dwMinorVersion }
            SOCKADDR_STORAGE { ss_family, __ss_pad1, __ss_align, __ss_pad2 }
            SYSTEMTIME { wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds }
            URL_COMPONENTS {
                dwStructSize, lpszScheme, dwSchemeLength, nScheme, lpszHostName, dwHostNameLength, nPort, lpszUserName,
                dwUserNameLength, lpszPassword, dwPasswordLength, lpszUrlPath, dwUrlPathLength, lpszExtraInfo,
                dwExtraInfoLength
            }
            WINHTTP_ASYNC_RESULT { dwResult, dwError }
            WINHTTP_AUTOPROXY_OPTIONS {
                dwFlags, dwAutoDetectFlags, lpszAutoConfigUrl, lpvReserved, dwReserved, fAutoLogonIfChallenged
            }
            WINHTTP_CERTIFICATE_INFO {
                ftExpiry, ftStart, lpszSubjectInfo, lpszIssuerInfo, lpszProtocolName, lpszSignatureAlgName,
                lpszEncryptionAlgName, dwKeySize
            }
            WINHTTP_CONNECTION_INFO { cbSize, LocalAddress, RemoteAddress }
            WINHTTP_CREDS { lpszUserName, lpszPassword, lpszRealm, dwAuthScheme, lpszHostName, dwPort }
            WINHTTP_CREDS_EX { lpszUserName, lpszPassword, lpszRealm, dwAuthScheme, lpszHostName, dwPort, lpszUrl }
            WINHTTP_CURRENT_USER_IE_PROXY_CONFIG { fAutoDetect, lpszAutoConfigUrl, lpszProxy, lpszProxyBypass }
            WINHTTP_FAILED_CONNECTION_RETRIES { dwMaxRetries, dwAllowedRetryConditions }
            WINHTTP_MATCH_CONNECTION_GUID { ConnectionGuid, ullFlags }
            WINHTTP_PROXY_INFO { dwAccessType, lpszProxy, lpszProxyBypass }
            WINHTTP_PROXY_RESULT { cEntries, pEntries }
            WINHTTP_PROXY_RESULT_ENTRY { fProxy, fBypass, ProxyScheme, pwszProxy, ProxyPort }
            WINHTTP_WEB_SOCKET_ASYNC_RESULT { AsyncResult, Operation }
            WINHTTP_WEB_SOCKET_STATUS { dwBytesTransferred, eBufferType }
        }
    }
}

/// The paths of all fields that have one.
fn paths(record: &Record, before: &str, found: &mut Vec<String>) {
    for field in &record.fields {
        let path = format!("{before}{}", field.c_name.as_deref().expect("our pages name every field"));
        found.push(path.clone());
        if let FieldKind::Part(part) = &field.kind {
            paths(part, &format!("{path}."), found);
        }
    }
}

fn assertion(source: &mut String, claim: &str) {
    writeln!(source, "static_assert({claim}, \"{}\");", claim.replace('"', "'")).unwrap();
}

#[test]
#[ignore = "needs a C compiler"]
fn structures_have_the_layout_of_rust() {
    let spec = understood();
    let layouts = layouts();
    let structs = || spec.families.iter().flat_map(|family| &family.structs);
    let listed: BTreeSet<&str> = layouts.iter().map(|layout| layout.name).collect();
    let pages: BTreeSet<&str> = structs().map(|struct_| &*struct_.origin.c_name).collect();
    assert_eq!(listed, pages, "the list of this test is not that of the pages");
    let mut source = "#include <assert.h>\n#include <stddef.h>\n".to_owned();
    source += &including(spec.families.iter().map(|family| &family.header));
    source += "#ifdef __cplusplus\n#define ALIGN alignof\n#else\n#define ALIGN _Alignof\n#endif\n";
    for Layout { name, size, align, fields } in &layouts {
        let mut paths = Vec::new();
        let struct_ = structs().find(|struct_| struct_.origin.c_name == *name).expect("the lists are the same");
        self::paths(&struct_.body, "", &mut paths);
        assert_eq!(fields.iter().map(|(path, _)| path).collect::<Vec<_>>(), paths.iter().collect::<Vec<_>>(), "{name}");
        assertion(&mut source, &format!("sizeof({name}) == {size}"));
        assertion(&mut source, &format!("ALIGN({name}) == {align}"));
        for (path, offset) in fields {
            assertion(&mut source, &format!("offsetof({name}, {path}) == {offset}"));
        }
    }
    let headers = Headers::new(&emit::crate_files(&spec));
    for compiler in compilers() {
        for more in WIDTHS {
            headers.compile(compiler, more, &source);
        }
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn names_have_the_numbers_of_the_pages() {
    let spec = understood();
    let mut source = "#include <assert.h>\n".to_owned();
    source += &including(spec.families.iter().map(|family| &family.header));
    let mut count = 0;
    let mut claim = |claim: String| {
        count += 1;
        assertion(&mut source, &claim);
    };
    for family in &spec.families {
        for enum_ in &family.enums {
            claim(format!("sizeof({}) == 4", enum_.origin.c_name));
            for member in enum_.members.iter().chain(enum_.aliases.iter().map(|(member, _)| member)) {
                claim(format!("{} == {}LL", member.c_name, member.value));
            }
        }
        for constant in family.constants.iter().filter(|constant| constant.pointer.is_none()) {
            claim(format!("{} == {}", constant.c_name, constant.number));
        }
    }
    for code in &spec.codes {
        match code.space {
            CodeSpace::Win32 => claim(format!("{} == {}", code.name, code.number.value)),
            CodeSpace::HResult => claim(format!("{} == {}", code.name, code.number.value.cast_signed())),
        }
    }
    println!("{count} numbers");
    assert!(count > 500);
    let headers = Headers::new(&emit::crate_files(&spec));
    for compiler in compilers() {
        headers.compile(compiler, &[], &source);
    }
}

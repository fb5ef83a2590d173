//! Who may name whom in the runtime, read from its sources. Each module knows only those below it.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use winws_tests_generator::{texts, workspace};

/// The modules of the runtime, and those of ours that each may name.
const BELOW: &[(&str, &[&str])] = &[
    ("ffi", &["winhttp", "websocket", "webservices", "raw"]),
    ("server", &["client", "winhttp", "websocket", "net", "protocol"]),
    ("client", &["tls", "winhttp", "net", "protocol"]),
    ("tls", &["net"]),
    ("winhttp", &["net", "protocol", "handles", "raw"]),
    ("websocket", &["session", "protocol", "handles", "raw", "keys"]),
    ("webservices", &["handles", "raw"]),
    ("net", &["session", "protocol", "keys", "scratch", "raw"]),
    ("session", &["protocol"]),
    ("protocol", &[]),
    ("raw", &[]),
    ("handles", &[]),
    ("keys", &["raw"]),
    ("scratch", &[]),
    ("causes", &[]),
];

/// What a module may not name besides: the start of a path, and why.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("session", "winws_api", "the engine knows no family"),
    ("protocol", "winws_api", "the protocol knows no family"),
    ("session", "std::sync", "the engine takes no lock"),
    ("protocol", "std::sync", "the protocol takes no lock"),
    ("session", "std::io", "the engine does no I/O"),
    ("protocol", "std::io", "the protocol does no I/O"),
    ("session", "std::net", "the engine does no I/O"),
    ("protocol", "std::net", "the protocol does no I/O"),
    ("session", "std::thread", "the engine has no thread"),
    ("protocol", "std::thread", "the protocol has no thread"),
    ("session", "std::time", "the engine has no clock"),
    ("protocol", "std::time", "the protocol has no clock"),
    ("client", "winhttp::WinHttp", "the Rust API goes through no handle"),
    ("server", "winhttp::WinHttp", "the Rust API goes through no handle"),
    ("client", "winws_api::winhttp::HInternet", "the Rust API goes through no handle"),
];

/// Exceptions of those: a reader of memory does no I/O, and tungstenite's heads are read from one.
const ALLOWED: &[(&str, &str)] = &[("protocol/frame/head.rs", "std::io::Cursor")];

/// A source below `runtime/src`, and what is wrong with it.
struct Source<'s> {
    path: &'s str,
    /// The module that the file belongs to, and how deep in it the tokens are.
    module: &'s str,
    depth: usize,
    /// What the root of the crate re-exports, and whence.
    reexports: &'s BTreeMap<String, Vec<String>>,
    complaints: Vec<String>,
}

/// What is wrong with a source.
fn check(path: &str, text: &str, reexports: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let places: Vec<&str> = path.strip_suffix(".rs").expect("a source").split('/').collect();
    let depth = places.len() - usize::from(places.last() == Some(&"mod"));
    let mut source = Source { path, module: places[0], depth, reexports, complaints: Vec::new() };
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>().expect("the runtime builds").into_iter().collect();
    source.read(&tokens, depth);
    source.complaints
}

impl Source<'_> {
    fn complain(&mut self, complaint: &str) {
        self.complaints.push(format!("{}: {complaint}", self.path));
    }

    /// Reads the tokens of a block, which is so many modules deep.
    fn read(&mut self, tokens: &[TokenTree], depth: usize) {
        let mut at = 0;
        while at < tokens.len() {
            self.depth = depth;
            match &tokens[at..] {
                [TokenTree::Ident(word), TokenTree::Ident(_), TokenTree::Group(body), ..] if word == "mod" => {
                    let body: Vec<TokenTree> = body.stream().into_iter().collect();
                    self.read(&body, depth + 1);
                    at += 3;
                }
                [TokenTree::Ident(word), rest @ ..] => {
                    self.word(&word.to_string(), rest);
                    let mut paths = Vec::new();
                    at += path(&tokens[at..], &[], &mut paths);
                    paths.iter().for_each(|path| self.path(path));
                }
                [TokenTree::Group(group), ..] => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.read(&inner, depth);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Looks at a word, and at what stands behind it.
    fn word(&mut self, word: &str, behind: &[TokenTree]) {
        // A macro has a mark between its name and its body.
        let next = behind.iter().find(|token| !is_punct(token, '!'));
        let body = |delimiter| match next {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream()),
            _ => None,
        };
        let is_pure = matches!(self.module, "session" | "protocol");
        if word == "unsafe" && (is_pure || (body(Delimiter::Brace).is_some() && !matches!(self.module, "raw" | "ffi")))
        {
            self.complain("unsafe operations stand in raw/ and ffi/ only");
        }
        if is_pure
            && (matches!(word, "Mutex" | "RwLock" | "Condvar" | "OnceLock" | "LazyLock") || word.starts_with("Atomic"))
        {
            self.complain(&format!("{word}: nothing here is shared between threads"));
        }
        if word == "tungstenite" && self.module != "protocol" {
            self.complain("tungstenite is named in protocol/ only");
        }
        let condition = if matches!(word, "cfg" | "cfg_attr") { body(Delimiter::Parenthesis) } else { None };
        if self.module != "net" && condition.is_some_and(names_system) {
            self.complain("code for one system stands in net/ only");
        }
    }

    /// Looks at a path, which may lead to another module.
    fn path(&mut self, path: &[String]) {
        let supers = path.iter().take_while(|part| *part == "super").count();
        let inside = match path[0].as_str() {
            "crate" => &path[1..],
            "super" if supers == self.depth => &path[supers..],
            "std" | "core" | "alloc" => {
                let path = format!("std::{}", path[1..].join("::"));
                return self.name(&path);
            }
            _ => return self.name(&path.join("::")),
        };
        let Some(first) = inside.first() else { return };
        let inside = match self.reexports.get(first) {
            Some(whence) => whence.clone(),
            None => inside.to_vec(),
        };
        let module = inside[0].as_str();
        self.name(&inside.join("::"));
        let of = |name| BELOW.iter().find(|(module, _)| *module == name);
        let (module_is_ours, below) = (of(module).is_some(), of(self.module).map_or(&[][..], |(_, below)| below));
        if module_is_ours && self.module != "lib" && module != self.module && !below.contains(&module) {
            self.complain(&format!("{} may not name {module}", self.module));
        }
    }

    fn name(&mut self, path: &str) {
        let begins = |start: &str| path == start || path.strip_prefix(start).is_some_and(|rest| rest.starts_with("::"));
        if ALLOWED.iter().any(|(file, start)| *file == self.path && begins(start)) {
            return;
        }
        for (module, start, why) in FORBIDDEN {
            if *module == self.module && begins(start) {
                self.complain(&format!("{path}: {why}"));
            }
        }
    }
}

/// Whether a condition depends on the system that is built for.
fn names_system(condition: TokenStream) -> bool {
    condition.into_iter().any(|token| match token {
        TokenTree::Group(group) => names_system(group.stream()),
        TokenTree::Ident(word) => word == "unix" || word == "windows" || word.to_string().starts_with("target_"),
        _ => false,
    })
}

/// Reads a path with the branches that it may have, each behind `before`, and says how many tokens it has.
fn path(tokens: &[TokenTree], before: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let (mut parts, mut at) = (before.to_vec(), 0);
    loop {
        match &tokens[at..] {
            [TokenTree::Ident(word), ..] => parts.push(word.to_string()),
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Brace => {
                let branches: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in branches.split(|token| is_punct(token, ',')).filter(|branch| !branch.is_empty()) {
                    path(branch, &parts, paths);
                }
                return at + 1;
            }
            _ => break,
        }
        at += 1;
        match &tokens[at..] {
            [one, two, ..] if is_punct(one, ':') && is_punct(two, ':') => at += 2,
            _ => break,
        }
    }
    paths.push(parts);
    at
}

fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}

/// What the root re-exports, with the paths that those have.
fn reexports(root: &str) -> BTreeMap<String, Vec<String>> {
    let tokens: Vec<TokenTree> = root.parse::<TokenStream>().expect("the runtime builds").into_iter().collect();
    let mut paths = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if matches!(token, TokenTree::Ident(word) if word == "use") {
            path(&tokens[at + 1..], &[], &mut paths);
        }
    }
    paths.into_iter().map(|path| (path.last().expect("a path has parts").clone(), path)).collect()
}

#[test]
fn no_module_names_one_above_it() {
    let sources = texts(&workspace().join("runtime/src"));
    let reexports = reexports(&sources["lib.rs"]);
    assert_eq!(reexports["WinHttp"], ["winhttp", "WinHttp"]);
    let is_known = |path: &String| {
        BELOW.iter().any(|(module, _)| path.starts_with(&format!("{module}/")) || *path == format!("{module}.rs"))
    };
    let strangers: Vec<&String> = sources.keys().filter(|path| *path != "lib.rs" && !is_known(path)).collect();
    assert!(strangers.is_empty(), "who may these name? {strangers:?}");
    let complaints: Vec<String> = sources.iter().flat_map(|(path, text)| check(path, text, &reexports)).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// Demands that a source is complained of, once and with these words, or not at all.
fn complains(path: &str, text: &str, words: &[&str]) {
    let reexports = BTreeMap::from([("WinHttp".to_owned(), vec!["winhttp".to_owned(), "WinHttp".to_owned()])]);
    let complaints = check(path, text, &reexports);
    assert_eq!(complaints.len(), words.len(), "{text:?}: {complaints:?}");
    for (complaint, words) in complaints.iter().zip(words) {
        assert!(complaint.contains(words), "{text:?}: {complaint:?} does not say {words:?}");
    }
}

#[test]
fn an_arrow_that_goes_up_is_found_in_every_spelling() {
    let up = ["session may not name websocket"];
    complains("session/read.rs", "use crate::websocket::Queue;", &up);
    complains("session/read.rs", "use crate::{protocol::Fault, websocket::{Queue, Config}};", &[up[0]; 2]);
    complains("session/read.rs", "use super::super::websocket::Queue;", &up);
    complains("session/mod.rs", "use super::websocket::Queue;", &up);
    complains("session/read.rs", "fn f() { let queue = crate::websocket::Queue::Send; }", &up);
    complains("session/read.rs", "mod inner { use super::super::super::websocket::Queue; }", &up);
    complains("session/read.rs", "mod inner { use super::super::websocket::Queue; }", &[]);
    complains("net/tcp.rs", "fn f(_: crate::WinHttp) {}", &["net may not name winhttp"]);
    complains("protocol/frame/head.rs", "use crate::session::Due;", &["protocol may not name session"]);
    complains("protocol/frame/head.rs", "use super::super::message::Piece;", &[]);
    complains("raw/lent.rs", "use crate::handles::HandleTable;", &["raw may not name handles"]);
    complains("handles.rs", "use super::net::Stream;", &["handles may not name net"]);
    complains("winhttp/socket.rs", "use crate::websocket::Connection;", &["winhttp may not name websocket"]);
    complains("websocket/mod.rs", "use crate::ffi::guard;", &["websocket may not name ffi"]);
    complains("client.rs", "use crate::handles::HandleTable;", &["client may not name handles"]);
    complains("client.rs", "use crate::server::AcceptError;", &["client may not name server"]);
    complains("server.rs", "use crate::session::Due;", &["server may not name session"]);
    complains("ffi/winhttp.rs", "use crate::WinHttp;", &[]);
}

#[test]
fn what_a_module_may_not_have_is_found() {
    complains("client.rs", "use crate::WinHttp;", &["no handle"]);
    complains("client.rs", "fn f(_: winws_api::winhttp::HInternet) {}", &["no handle"]);
    for module in ["session/read.rs", "protocol/mod.rs"] {
        complains(module, "use winws_api::Win32Error;", &["knows no family"]);
        complains(module, "use std::io::Read;", &["no I/O"]);
        complains(module, "use std::net::TcpStream;", &["no I/O"]);
        complains(module, "use core::sync::atomic::Ordering;", &["no lock"]);
        complains(module, "use std::sync::{Arc, Weak};", &["no lock"; 2]);
        complains(module, "struct S(Mutex<u8>);", &["Mutex"]);
        complains(module, "struct S(RwLock<u8>, Condvar, AtomicBool);", &["RwLock", "Condvar", "AtomicBool"]);
        complains(module, "fn f() { std::thread::yield_now() }", &["no thread"]);
        complains(module, "fn f() { std::time::Instant::now(); }", &["no clock"]);
        complains(module, "unsafe impl Send for S {}", &["unsafe"]);
    }
    complains("protocol/frame/head.rs", "use std::io::Cursor;", &[]);
    complains("protocol/frame/reader.rs", "use std::io::Cursor;", &["no I/O"]);
    complains("winhttp/mod.rs", "fn f() { unsafe { g() } }", &["unsafe"]);
    complains("winhttp/mod.rs", "unsafe impl Trait for S {}", &[]);
    complains("raw/block.rs", "fn f() { unsafe { g() } }", &[]);
    complains("net/tcp.rs", "use tungstenite::Message;", &["tungstenite"]);
    complains("protocol/frame/head.rs", "use tungstenite::Message;", &[]);
    for condition in ["target_os = \"linux\"", "not(target_vendor = \"apple\")", "unix", "all(windows, test)"] {
        complains("winhttp/mod.rs", &format!("#[cfg({condition})] mod m;"), &["one system"]);
        complains("winhttp/mod.rs", &format!("#[cfg_attr({condition}, inline)] fn f() {{}}"), &["one system"]);
        complains("winhttp/mod.rs", &format!("fn f() {{ if cfg!({condition}) {{}} }}"), &["one system"]);
        complains("net/tcp.rs", &format!("#[cfg({condition})] mod m;"), &[]);
    }
    complains("winhttp/mod.rs", "#[cfg(test)] mod tests {}", &[]);
}

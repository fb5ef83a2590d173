//! Section 9: which proxies there are, and what programs are told about them. The rules of the lists and of the environment have
//! tests beside them, in runtime/src/winhttp/proxy.

mod options;

use std::ffi::c_void;
use std::process::Command;
use std::ptr;

use winws::WinHttp;
use winws::ffi::winhttp::{
    HINTERNET, WinHttpCreateProxyResolver, WinHttpDetectAutoProxyConfigUrl, WinHttpFreeProxyResult,
    WinHttpGetDefaultProxyConfiguration, WinHttpGetIEProxyConfigForCurrentUser, WinHttpGetProxyForUrl,
    WinHttpGetProxyForUrlEx, WinHttpGetProxyResult, WinHttpOpen, WinHttpQueryOption,
};
use winws_api::Win32Error;
use winws_api::winhttp::{
    AutoproxyOptions, CurrentUserIeProxyConfig, HInternet, Proxy as _, ProxyInfo, ProxyResult, ProxyResultEntry,
    Session as _, sys,
};
use winws_tests_runtime::peer::code;

use super::chain::{Handle, Server, session};
use super::{INVALID_HANDLE, INVALID_PARAMETER, c};

const PROXY: u32 = sys::WINHTTP_OPTION_PROXY;
const NO_PROXY: u32 = sys::WINHTTP_ACCESS_TYPE_NO_PROXY;
const NAMED: u32 = sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY;
const DEFAULT: u32 = sys::WINHTTP_ACCESS_TYPE_DEFAULT_PROXY;
const AUTOMATIC: u32 = sys::WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY;

/// The size of WINHTTP_PROXY_INFO.
const INFO_SIZE: u32 = 24;

unsafe extern "C" {
    /// What a program's GlobalFree has to be on a system without Windows' own.
    fn free(block: *mut c_void);
}

/// Reads a text that the runtime has handed out, and frees it.
fn take(text: *mut u16) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the text ends with a zero, and belongs to the caller.
    unsafe {
        let mut units = Vec::new();
        while *text.add(units.len()) != 0 {
            units.push(*text.add(units.len()));
        }
        free(text.cast());
        Some(String::from_utf16(&units).unwrap())
    }
}

/// Access type, proxies, and hosts without a proxy.
type Info = (u32, Option<String>, Option<String>);

fn info(access_type: u32, proxy: Option<&str>, bypass: Option<&str>) -> Info {
    (access_type, proxy.map(str::to_owned), bypass.map(str::to_owned))
}

fn open(access_type: u32, proxy: Option<&str>, bypass: Option<&str>) -> Result<Handle, u32> {
    let (proxy, bypass) = (c::Text::new(proxy), c::Text::new(bypass));
    // SAFETY: the texts end with a zero.
    let session = unsafe { WinHttpOpen(ptr::null(), access_type, proxy.pointer(), bypass.pointer(), 0) };
    let last = winws::ffi::last_error();
    if session.is_null() { Err(last) } else { Ok(Handle(HInternet::from_raw(session.addr()))) }
}

fn proxy_of(handle: HINTERNET) -> Result<Info, u32> {
    let (mut found, mut length) = (ProxyInfo::<u16>::default(), INFO_SIZE);
    // SAFETY: there are as many bytes as the length says.
    match c::code_of(unsafe { WinHttpQueryOption(handle, PROXY, (&raw mut found).cast(), &raw mut length) }) {
        0 => Ok((found.access_type, take(found.proxy), take(found.proxy_bypass))),
        code => Err(code),
    }
}

#[test]
fn b9_8_lists_that_a_program_names() {
    let list = "https=http://secure:8080;http=plain [::1]:1 ";
    let named = open(NAMED, Some(list), Some("<local>; *.example.com")).unwrap();
    assert_eq!(proxy_of(c::word(named.0)), Ok(info(NAMED, Some(list), Some("<local>; *.example.com"))));
    assert_eq!(proxy_of(c::word(open(NAMED, Some("p"), None).unwrap().0)), Ok(info(NAMED, Some("p"), None)));
    // The page: an access type needs a proxy, or must not have one.
    for (access_type, proxy, bypass) in [
        (NAMED, None, None),
        (NAMED, None, Some("<local>")),
        (NAMED, Some(""), None),
        (NAMED, Some("http://"), None),
        (NAMED, Some("p:0"), None),
        (NO_PROXY, Some("p"), None),
        (NO_PROXY, None, Some("<local>")),
        (DEFAULT, Some("p"), None),
        (DEFAULT, None, Some("<local>")),
        (AUTOMATIC, Some("p"), None),
        (AUTOMATIC, None, Some("<local>")),
        (2, None, None),
        (5, Some("p"), None),
    ] {
        assert_eq!(open(access_type, proxy, bypass).map(drop), Err(87), "{access_type} {proxy:?} {bypass:?}");
    }
    let long = "p;".repeat(32_768);
    open(NAMED, Some(&long), None).unwrap();
    assert_eq!(open(NAMED, Some(&(long + "p")), None).map(drop), Err(87));
}

/// What [`child`] prints of the environment with these variables: what the user has, and what an automatic session has.
fn environment(variables: &[(&str, &str)]) -> String {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["winhttp::proxies::child", "--exact", "--nocapture"])
        .env_clear()
        .env("WINWS_PROXIES_OF_A_CHILD", "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let output = String::from_utf8(child.stdout).unwrap();
    assert!(child.status.success(), "{output}");
    let lines = output.lines().filter_map(|line| line.split_once("found: ").map(|(_, found)| found));
    lines.collect::<Vec<_>>().join("\n")
}

/// Prints what the environment of its process says. The other tests call it in a process of its own.
#[test]
fn child() {
    if std::env::var_os("WINWS_PROXIES_OF_A_CHILD").is_none() {
        return;
    }
    println!("found: {:?}", user_settings());
    for access_type in [DEFAULT, AUTOMATIC] {
        println!("found: {:?}", proxy_of(c::word(open(access_type, None, None).unwrap().0)));
    }
}

/// Detection, proxies, and hosts without a proxy. There is never the URL of a script.
fn user_settings() -> Result<(i32, Option<String>, Option<String>), u32> {
    let garbage = ptr::dangling_mut::<u16>();
    let mut found = CurrentUserIeProxyConfig::<u16> {
        auto_detect: 7,
        auto_config_url: garbage,
        proxy: garbage,
        proxy_bypass: garbage,
    };
    // SAFETY: it is a reference.
    match c::code_of(unsafe { WinHttpGetIEProxyConfigForCurrentUser((&raw mut found).cast()) }) {
        0 => {
            assert!(found.auto_config_url.is_null());
            Ok((found.auto_detect, take(found.proxy), take(found.proxy_bypass)))
        }
        code => Err(code),
    }
}

/// What a process is told whose environment names these lists.
fn check_environment(variables: &[(&str, &str)], proxy: Option<&str>, bypass: Option<&str>) {
    let user = Ok::<_, u32>((0, proxy, bypass));
    let session = Ok::<_, u32>((if proxy.is_some() { NAMED } else { NO_PROXY }, proxy, bypass));
    assert_eq!(environment(variables), format!("{user:?}\n{session:?}\n{session:?}"), "{variables:?}");
}

#[test]
fn b9_9_the_environment_of_a_session() {
    check_environment(&[], None, None);
    check_environment(
        &[("https_proxy", "http://user:word@p:8080/"), ("HTTP_PROXY", "q"), ("NO_PROXY", "localhost,.example.com")],
        Some("http=http://q:1080;https=http://p:8080"),
        Some("localhost;*.localhost;example.com;*.example.com"),
    );
    check_environment(&[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil")], None, None);
    let lower = [("REQUEST_METHOD", "GET"), ("http_proxy", "[::1]:1")];
    check_environment(&lower, Some("http=http://[::1]:1"), None);
    let all = [("ALL_PROXY", "https://p"), ("no_proxy", "*")];
    check_environment(&all, Some("http=https://p:443;https=https://p:443"), Some("*"));
}

#[test]
fn b9_12_settings_of_the_user() {
    check_environment(&[("all_proxy", "socks5://p")], Some("http=socks://p:1080;https=socks://p:1080"), None);
    // A proxy that nobody can name again is no reason to connect directly.
    for value in ["x://p", "p:x", "u%zz@p"] {
        assert_eq!(environment(&[("https_proxy", value)]), "Err(12004)\nErr(12004)\nErr(12004)", "{value}");
    }
    // SAFETY: null is looked for.
    assert_eq!(c::code_of(unsafe { WinHttpGetIEProxyConfigForCurrentUser(ptr::null_mut()) }), 87);

    let session = session(None).unwrap();
    let word = c::word(session.0);
    let (detect, fetch) = (sys::WINHTTP_AUTOPROXY_AUTO_DETECT, sys::WINHTTP_AUTOPROXY_CONFIG_URL);
    let url = "http://example.com/";
    let script = Some("http://h/proxy.pac");
    assert_eq!(proxy_for_url(word, url, detect, 1, None), 12180);
    assert_eq!(proxy_for_url(word, url, detect | sys::WINHTTP_AUTOPROXY_RUN_INPROCESS, 3, None), 12180);
    assert_eq!(proxy_for_url(word, url, fetch, 0, script), 12167);
    assert_eq!(proxy_for_url(word, url, fetch, 0, Some("HTTPS://h/")), 12167);
    assert_eq!(proxy_for_url(word, url, detect | fetch, 2, script), 12167);
    assert_eq!(proxy_for_url(word, url, sys::WINHTTP_AUTOPROXY_ALLOW_STATIC, 0, None), 12178);
    // The page of WINHTTP_AUTOPROXY_OPTIONS: which members belong to which flags.
    for (flags, detection, script) in [
        (0, 0, None),
        (sys::WINHTTP_AUTOPROXY_RUN_INPROCESS, 0, None),
        (detect, 0, None),
        (detect, 4, None),
        (detect, 1, script),
        (fetch, 0, None),
        (fetch, 1, script),
        (detect | 0x8000_0000, 1, None),
    ] {
        assert_eq!(proxy_for_url(word, url, flags, detection, script), 87, "{flags:#x} {detection} {script:?}");
        assert_eq!(proxy_for_url(ptr::null_mut(), url, flags, detection, script), 87);
    }
    assert_eq!(proxy_for_url(word, "", detect, 1, None), 12005);
    assert_eq!(proxy_for_url(word, "example.com", detect, 1, None), 12005);
    assert_eq!(proxy_for_url(word, url, fetch, 0, Some("http://")), 12005);
    assert_eq!(proxy_for_url(word, url, fetch, 0, Some("file://h/proxy.pac")), 12006);
    assert_eq!(proxy_for_url(ptr::null_mut(), url, detect, 1, None), 6);
    assert_eq!(proxy_for_url(c::word(session.connect("h", 0).unwrap().0), url, detect, 1, None), 12018);
    let mut options = options(detect, 1, ptr::null());
    options.dw_reserved = 1;
    assert_eq!(code(WinHttp::process().get_proxy_for_url(session.0, url, &options).map(drop)), INVALID_PARAMETER);
    options = AutoproxyOptions { flags: fetch, auto_config_url: ptr::dangling(), ..AutoproxyOptions::default() };
    let code = code(WinHttp::process().get_proxy_for_url(session.0, url, &options).map(drop));
    assert_eq!(code, INVALID_PARAMETER, "safe code could make up the URL");
}

fn options(flags: u32, detection: u32, script: *const u16) -> AutoproxyOptions<u16> {
    AutoproxyOptions { flags, auto_detect_flags: detection, auto_config_url: script, ..AutoproxyOptions::default() }
}

/// The code of WinHttpGetProxyForUrl.
fn proxy_for_url(session: HINTERNET, url: &str, flags: u32, detection: u32, script: Option<&str>) -> u32 {
    let (url, script) = (c::Text::new(Some(url)), c::Text::new(script));
    let mut options = options(flags, detection, script.pointer());
    let mut found = ProxyInfo::<u16> { access_type: 77, ..ProxyInfo::default() };
    // SAFETY: the texts end with a zero, and the structures are references.
    let result =
        unsafe { WinHttpGetProxyForUrl(session, url.pointer(), (&raw mut options).cast(), (&raw mut found).cast()) };
    assert_eq!(found.access_type, 77, "a failure writes nothing");
    c::code_of(result)
}

#[test]
fn b9_20_machine_and_network() {
    let garbage = ptr::dangling_mut();
    let mut found = ProxyInfo::<u16> { access_type: 77, proxy: garbage, proxy_bypass: garbage };
    // SAFETY: it is a reference.
    assert_eq!(c::code_of(unsafe { WinHttpGetDefaultProxyConfiguration((&raw mut found).cast()) }), 0);
    assert_eq!((found.access_type, found.proxy.is_null(), found.proxy_bypass.is_null()), (NO_PROXY, true, true));
    // SAFETY: null is looked for.
    assert_eq!(c::code_of(unsafe { WinHttpGetDefaultProxyConfiguration(ptr::null_mut()) }), 87);
    let mut url = garbage;
    for (flags, expected) in [(1, 12180), (2, 12180), (3, 12180), (0, 87), (4, 87), (u32::MAX, 87)] {
        // SAFETY: it is a reference.
        assert_eq!(c::code_of(unsafe { WinHttpDetectAutoProxyConfigUrl(flags, &raw mut url) }), expected);
        assert_eq!(url, garbage, "a failure writes nothing");
    }
    // SAFETY: null is looked for.
    assert_eq!(c::code_of(unsafe { WinHttpDetectAutoProxyConfigUrl(1, ptr::null_mut()) }), 87);
}

#[test]
fn b9_21_resolvers() {
    let server = Server::new();
    let request = server.open("GET", "/");
    let mut resolver = ptr::dangling_mut();
    // SAFETY: it is a reference.
    let create = |session, resolver: &mut _| unsafe { WinHttpCreateProxyResolver(session, resolver) };
    for handle in [&server.session, &server.connection, &request] {
        assert_eq!(create(c::word(handle.0), &mut resolver), 12018);
    }
    let asynchronous = c::open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, sys::WINHTTP_FLAG_ASYNC);
    assert_eq!(create(asynchronous, &mut resolver), 12018);
    assert_eq!(c::close_handle(asynchronous), 0);
    assert_eq!(create(ptr::null_mut(), &mut resolver), 6);
    assert_eq!(resolver, ptr::dangling_mut());
    // SAFETY: null is looked for.
    assert_eq!(unsafe { WinHttpCreateProxyResolver(c::word(server.session.0), ptr::null_mut()) }, 87);

    let mut result = ProxyResult::<u16>::default();
    let mut ask = |handle, url: &str, detection| {
        let (url, mut options) = (c::Text::new(Some(url)), options(1, detection, ptr::null()));
        // SAFETY: the text ends with a zero, and the structures are references.
        unsafe {
            let got = WinHttpGetProxyResult(handle, (&raw mut result).cast());
            let asked = WinHttpGetProxyForUrlEx(handle, url.pointer(), (&raw mut options).cast(), 0);
            (asked, got)
        }
    };
    assert_eq!(ask(c::word(server.session.0), "http://h/", 1), (12018, 12018));
    assert_eq!(ask(ptr::null_mut(), "http://h/", 1), (6, 6));
    assert_eq!(ask(ptr::null_mut(), "http://h/", 0), (87, 6));
    assert_eq!(ask(ptr::null_mut(), "h", 1), (12005, 6));

    // SAFETY: the entry is memory of malloc, as one that was handed out.
    unsafe {
        let entries = malloc(size_of::<ProxyResultEntry<u16>>()).cast::<ProxyResultEntry<u16>>();
        entries.write(ProxyResultEntry { proxy: malloc(4).cast(), ..ProxyResultEntry::default() });
        result = ProxyResult { entry_count: 1, entries };
        WinHttpFreeProxyResult((&raw mut result).cast());
        assert_eq!((result.entry_count, result.entries.is_null()), (0, true));
        WinHttpFreeProxyResult((&raw mut result).cast());
        WinHttpFreeProxyResult(ptr::null_mut());
    }
    let mut made_up = ProxyResult::<u16> { entry_count: 9, entries: ptr::dangling_mut() };
    WinHttp::process().free_proxy_result(&mut made_up);
    assert!(made_up.entry_count == 0 && made_up.entries.is_null(), "safe code frees nothing");
    assert_eq!(code(WinHttp::process().create_proxy_resolver(HInternet::NULL).map(drop)), INVALID_HANDLE);
}

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
}

#[test]
fn a_session_names_its_proxies_in_rust_too() {
    let winhttp = WinHttp::process();
    let session = Handle(winhttp.open(None, NAMED, Some("p:1"), Some("<local>"), 0).unwrap());
    assert_eq!(proxy_of(c::word(session.0)), Ok(info(NAMED, Some("p:1"), Some("<local>"))));
    let opened = winhttp.open(None, NAMED, Some("p q:x"), None, 0);
    assert_eq!(opened.map_err(Win32Error::from).map(drop), Err(INVALID_PARAMETER));
}

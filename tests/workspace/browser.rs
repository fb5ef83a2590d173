//! The site in a real Chromium, from the disk: search by keyboard alone, colours, narrow screens, accessibility.
//!
//! All tests below this module need a Chromium, and that of the site needs axe-core's script, which `WINWS_AXE` names.
//! `.ci/interop` installs both and includes these tests. With `WINWS_SCREENSHOTS` naming a folder, pictures are put there as base64.

mod declarations;
mod echo;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use xtask::sync::{self, Mode, OutputFile};

use winws_tests_generator::workspace;

use crate::chromium::{self, Chromium};

/// What is typed, what the first result is called, and the end of the address that Enter leads to.
const SEARCHES: &[(&str, &str, &str)] = &[
    // Names: as they are, in another case, as Rust has them, their words, their start, with slips.
    ("WinHttpWebSocketSend", "WinHttpWebSocketSend", "winhttp/WinHttpWebSocketSend.html"),
    ("winhttpwebsocketsend", "WinHttpWebSocketSend", "winhttp/WinHttpWebSocketSend.html"),
    ("WebSocketCloseStatus", "WINHTTP_WEB_SOCKET_CLOSE_STATUS", "winhttp/WINHTTP_WEB_SOCKET_CLOSE_STATUS.html"),
    ("web_socket_complete_upgrade", "WinHttpWebSocketCompleteUpgrade", "winhttp/WinHttpWebSocketCompleteUpgrade.html"),
    ("QueryCloseStatus", "WinHttpWebSocketQueryCloseStatus", "winhttp/WinHttpWebSocketQueryCloseStatus.html"),
    ("winhttpwebsocketquery", "WinHttpWebSocketQueryCloseStatus", "winhttp/WinHttpWebSocketQueryCloseStatus.html"),
    ("WinHttpWebSoketRecieve", "WinHttpWebSocketReceive", "winhttp/WinHttpWebSocketReceive.html"),
    ("WsCreateChanel", "WsCreateChannel", "webservices/WsCreateChannel.html"),
    ("WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS", "WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS", ""),
    // Numbers in any base.
    ("12152", "ERROR_WINHTTP_INVALID_SERVER_RESPONSE", ""),
    ("0x2F78", "ERROR_WINHTTP_INVALID_SERVER_RESPONSE", ""),
    ("0x80072f78", "ERROR_WINHTTP_INVALID_SERVER_RESPONSE", ""),
    ("0x803D0004", "WS_E_OPERATION_ABORTED", ""),
    ("803D0004", "WS_E_OPERATION_ABORTED", ""),
    ("-2143485948", "WS_E_OPERATION_ABORTED", ""),
    ("1000", "WEB_SOCKET_SUCCESS_CLOSE_STATUS", ""),
    ("ERROR_INVALID_OPERATION", "ERROR_INVALID_OPERATION", ""),
    // A parameter, and two words that only one thing has.
    ("pusStatus", "pusStatus", ""),
    ("pvBuffer receive", "pvBuffer", ""),
    // A path of Rust, with the crate or without.
    ("WebSocket::web_socket_send", "WinHttpWebSocketSend", ""),
    ("winws_api::winhttp::WebSocket::web_socket_send", "WinHttpWebSocketSend", "winhttp/WinHttpWebSocketSend.html"),
    ("close status", "WEB_SOCKET_CLOSE_STATUS", "websocket/WEB_SOCKET_CLOSE_STATUS.html"),
    // A family.
    ("winhttp.h", "WinHTTP", "winhttp/index.html"),
];

/// What is typed, and what the first result is called.
const FIRST: &[(&str, &str)] = &[
    // Questions: words that pages do not have cost little, and what is to be done comes before values.
    ("how to close a websocket", "WinHttpWebSocketClose"),
    ("close websocket", "WinHttpWebSocketClose"),
    ("websocket close winhttp", "WinHttpWebSocketClose"),
    ("closing a websocket", "WinHttpWebSocketClose"),
    ("how do I add a header?", "WinHttpAddRequestHeaders"),
    ("where can I query the close status", "WinHttpWebSocketQueryCloseStatus"),
    ("upgrade to websocket", "WinHttpWebSocketCompleteUpgrade"),
    ("open channel", "WsOpenChannel"),
    ("set timeout", "WinHttpSetTimeouts"),
    ("send data over websocket", "WebSocketSend"),
    ("the handle is invalid", "ERROR_INVALID_HANDLE"),
    ("out of memory", "E_OUTOFMEMORY"),
    ("no error", "NO_ERROR"),
    ("header not found", "ERROR_WINHTTP_HEADER_NOT_FOUND"),
    ("certificate expired", "CERT_E_EXPIRED"),
    ("winhttp set option", "WinHttpSetOption"),
    ("flag secure", "WINHTTP_FLAG_SECURE"),
    ("WinHttpSendRequest headers", "WinHttpSendRequest"),
    ("what does error 12030 mean", "ERROR_WINHTTP_CONNECTION_ERROR"),
    // Families and files.
    ("winhttp", "WinHTTP"),
    ("web services", "Windows Web Services"),
    ("webservices", "Windows Web Services"),
    ("winhttp.dll", "WinHttpOpen"),
    ("winhttp.h close", "WinHttpCloseHandle"),
    // Types, and the names of parameters as only code has them.
    ("HINTERNET", "WinHttpOpen"),
    ("hInternet", "hInternet"),
    ("callback", "WS_ASYNC_CALLBACK"),
    // Numbers: of eight digits that may be either, failures are taken for hexadecimal.
    ("80070057", "E_INVALIDARG"),
    ("803D0004h", "WS_E_OPERATION_ABORTED"),
    ("2147483648 utf8", "WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE"),
    ("-2147483648 utf8", "WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE"),
    ("0x80000000 utf8", "WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE"),
    // Slips: letters left out, added, changed, exchanged; at the start, at the end, and in a later word.
    ("WinHttpWebScoketRecieve", "WinHttpWebSocketReceive"),
    ("inHttpSendRequest", "WinHttpSendRequest"),
    ("WibHttpSendReqeust", "WinHttpSendRequest"),
    ("WinHttpSenddRequestt", "WinHttpSendRequest"),
    ("setoptoin", "WinHttpSetOption"),
    ("iWnHttpSendRequest", "WinHttpSendRequest"),
    ("close webscoket", "WinHttpWebSocketClose"),
];

/// What nothing is called, counts or is near to.
const NOTHING: &[&str] = &["0x100000000", "4294967296", "-2147483649", "WibHtpSendReqeust", "qqqqxxxxqqqq"];

/// What is typed, and a name that must be among the results.
const WORDS: &[(&str, &str)] = &[
    ("handshake", "WinHttpWebSocketCompleteUpgrade"),
    ("WINHTTP_WEB_SOCKET_BUFFER_TYPE", "WinHttpWebSocketSend"),
    ("winhttp.dll", "WinHttpOpen"),
    ("webservices.h", "WsCreateChannel"),
    ("WS_CHANNEL_TYPE", "WsCreateChannel"),
    // Another form of a word than the page has, although some page has that form too.
    ("masking", "WebSocketCreateServerHandle"),
    ("What is 12152? 0x803D0004? ERROR_INVALID_OPERATION?", "WS_E_OPERATION_ABORTED"),
    ("What is 12152? 0x803D0004? ERROR_INVALID_OPERATION?", "ERROR_WINHTTP_INVALID_SERVER_RESPONSE"),
    ("What is 12152? 0x803D0004? ERROR_INVALID_OPERATION?", "ERROR_INVALID_OPERATION"),
];

#[test]
#[ignore = "needs a browser and axe-core: WINWS_CHROMIUM, WINWS_AXE"]
fn the_site_works_in_a_browser() {
    let program = chromium::find();
    let folder = tempfile::tempdir().expect("there is room for a site");
    let spec = xtask::read(&[workspace().join("specs")], None, None).expect("our specs can be read").spec;
    let files = xtask::emit::site::emit(&spec, &xtask::emit::site::Options::default());
    sync::sync(folder.path(), &["."], &files, Mode::Write).expect("the site can be written");
    let mut browser = Browser { chromium: Chromium::start(program), root: folder.path() };

    browser.chromium.width(1200);
    searches(&mut browser);
    first(&mut browser);
    nothing(&mut browser);
    shown(&mut browser);
    words(&mut browser);
    keys(&mut browser);
    copies(&mut browser);
    declarations::keep_their_language(&mut browser);
    declarations::are_not_covered(&mut browser);
    declarations::have_tables_to_read(&mut browser);
    declarations::can_be_printed(&mut browser);
    colours(&mut browser);
    narrow(&mut browser, &files);
    accessible(&mut browser, &files);
    assert_eq!(browser.chromium.complaints, [""; 0], "the console is not empty");
}

/// A browser and the site that it looks at.
struct Browser<'a> {
    chromium: Chromium,
    root: &'a Path,
}

impl Browser<'_> {
    fn open(&mut self, page: &str) {
        let address = self.address(page);
        self.chromium.open(&address);
    }

    fn address(&self, page: &str) -> String {
        format!("file://{}/{page}", self.root.display())
    }

    fn is(&mut self, expression: &str) -> bool {
        self.chromium.evaluate(expression) == json!(true)
    }

    fn text(&mut self, expression: &str) -> String {
        self.chromium.evaluate(expression).as_str().unwrap_or_default().to_owned()
    }

    /// From whatever has the focus, types a question into the search box and waits for the answer.
    fn search(&mut self, query: &str) {
        self.chromium.press("/");
        assert!(self.is("document.activeElement.matches('.search input')"), "`/` does not lead to the search");
        self.chromium.type_text(query);
        let query = Value::from(query);
        self.chromium.until(&format!("document.querySelector('.search').dataset.shown === {query}"));
    }

    /// Closes the list, empties the box and leaves it.
    fn leave(&mut self) {
        self.chromium.press("Escape");
        self.chromium.press("Escape");
    }

    /// The name of the option that Enter opens.
    fn first(&mut self) -> String {
        self.text("document.querySelector('.search [aria-selected=true] code')?.textContent")
    }

    fn screenshot(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("WINWS_SCREENSHOTS") else { return };
        let picture = self.chromium.screenshot();
        std::fs::write(Path::new(&folder).join(format!("{name}.base64")), picture).expect("a picture can be written");
    }
}

fn searches(browser: &mut Browser<'_>) {
    for (query, name, target) in SEARCHES {
        browser.open("webservices/WsCreateChannel.html");
        browser.search(query);
        assert_eq!(browser.first(), *name, "the first result of `{query}`");
        if !target.is_empty() {
            browser.chromium.press("Enter");
            browser.chromium.wait_for("Page.loadEventFired");
            let address = browser.address(target);
            assert_eq!(browser.text("location.href"), address, "`{query}`");
        }
    }
}

/// Every question is asked before any answer is judged, so that all that is wrong is seen at once.
fn first(browser: &mut Browser<'_>) {
    browser.open("index.html");
    let mut wrong = Vec::new();
    for (query, name) in FIRST {
        browser.search(query);
        let first = browser.first();
        browser.leave();
        if first != *name {
            wrong.push(format!("`{query}` leads to {first} and not to {name}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whoever does not wait for slips to be looked for gets there too.
    browser.chromium.press("/");
    browser.chromium.type_text("WinHttpSendReqeust");
    browser.chromium.press("Enter");
    browser.chromium.wait_for("Page.loadEventFired");
    let address = browser.address("winhttp/WinHttpSendRequest.html");
    assert_eq!(browser.text("location.href"), address);
}

fn nothing(browser: &mut Browser<'_>) {
    browser.open("index.html");
    for query in NOTHING {
        browser.search(query);
        let status = browser.text("document.querySelector('.search [role=status]').textContent");
        assert_eq!(status, "Nothing found", "`{query}`, but {}", browser.first());
        browser.leave();
    }
    // English words are no numbers.
    for query in ["each", "beach"] {
        browser.search(query);
        assert!(browser.is("document.querySelector('.search [role=option]') !== null"), "`{query}` finds nothing");
        browser.leave();
    }
}

/// What an option says and where it leads.
fn shown(browser: &mut Browser<'_>) {
    browser.open("index.html");
    let option = |name: &str, of: &str| {
        let texts = "[...document.querySelectorAll('.search [role=option]')]";
        format!("{texts}.find((it) => it.textContent.startsWith('{name}') && it.textContent.includes('{of}'))")
    };
    browser.search("HINTERNET");
    let function = option("WinHttpCloseHandle", "takes or holds HINTERNET");
    assert!(browser.is(&format!("{function} !== undefined")), "a type is shown as it was typed");
    let parameter = option("hInternet", "parameter of WinHttpCloseHandle · HINTERNET");
    let address = browser.address("winhttp/WinHttpCloseHandle.html#param-hInternet");
    assert_eq!(browser.text(&format!("{parameter}?.href")), address, "a type leads to the parameter");
    browser.leave();
    browser.search("websocket utf8");
    let member = option("WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE", "member");
    assert_eq!(browser.text(&format!("{member}?.querySelector('mark').textContent")), "WEB_SOCKET");
    let number = format!("{member}?.querySelector('.number').textContent");
    assert_eq!(browser.text(&number), "-2147483648\u{a0}·\u{a0}0x80000000", "a number is what its page says");
}

fn words(browser: &mut Browser<'_>) {
    browser.open("index.html");
    for (query, name) in WORDS {
        browser.search(query);
        let names = browser.text(
            "[...document.querySelectorAll('.search [role=option] code')].map((code) => code.textContent).join('\\n')",
        );
        assert!(names.lines().any(|line| line == *name), "`{query}` does not find {name}, but:\n{names}");
        browser.screenshot(&format!("search-{}", query.split(' ').next().expect("a split has a first part")));
        browser.leave();
    }
}

/// Arrows move through the list and around its ends, Escape closes it, then empties the box and leaves it.
fn keys(browser: &mut Browser<'_>) {
    browser.open("codes.html");
    browser.search("close");
    let selected =
        "[...document.querySelectorAll('.search [role=option]')].findIndex((it) => it.ariaSelected === 'true')";
    let count = browser.chromium.evaluate("document.querySelectorAll('.search [role=option]').length");
    let count = count.as_i64().expect("a count is a number");
    assert!(count > 5, "only {count} results");
    for (key, place) in [("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0), ("ArrowUp", count - 1)] {
        browser.chromium.press(key);
        assert_eq!(browser.chromium.evaluate(selected), json!(place), "after {key}");
        assert!(browser.is("document.querySelector('.search [aria-selected=true]').id === \
             document.querySelector('.search input').getAttribute('aria-activedescendant')"));
    }
    browser.chromium.press("Escape");
    assert!(browser.is("document.querySelector('.search [role=listbox]').hidden"));
    assert!(browser.is("document.querySelector('.search input').value === 'close'"));
    browser.chromium.press("Escape");
    assert!(
        browser.is("document.querySelector('.search input').value === '' && document.activeElement === document.body")
    );
    browser.search("qqqqxxxxqqqq");
    assert_eq!(browser.text("document.querySelector('.search [role=status]').textContent"), "Nothing found");
}

/// A button beside each declaration copies the one that is shown, and says so.
fn copies(browser: &mut Browser<'_>) {
    browser.chromium.allow_clipboard();
    browser.open("winhttp/WinHttpWebSocketSend.html");
    let button = "[...document.querySelectorAll('button.copy')].find((button) => button.checkVisibility())";
    assert!(browser.is(&format!("{button} !== undefined")), "no button is shown");
    // It says so for a moment: somebody has to be watching already.
    browser.chromium.evaluate(&format!(
        "window.button = {button}; window.said = new Promise((resolve) => {{ \
         new MutationObserver(() => resolve(button.textContent)).observe(button, {{ childList: true }}); }}); \
         button.focus()"
    ));
    browser.chromium.press("Enter");
    assert_eq!(browser.text("window.said"), "Copied");
    let copied = browser.text("navigator.clipboard.readText()");
    assert_eq!(copied, browser.text("button.nextElementSibling.textContent"));
    assert!(copied.contains("WinHttpWebSocketSend("), "{copied}");
}

/// The system's colours until somebody chooses; what was chosen holds on other pages, and can be taken back.
fn colours(browser: &mut Browser<'_>) {
    let ground = "getComputedStyle(document.body).backgroundColor";
    browser.chromium.prefer("light");
    browser.open("index.html");
    let light = browser.text(ground);
    browser.chromium.prefer("dark");
    let dark = browser.text(ground);
    assert_ne!(light, dark, "the page does not follow the system");
    browser.chromium.prefer("light");
    let press = "document.querySelector('button.theme').focus()";
    browser.chromium.evaluate(press);
    browser.chromium.press("Enter");
    assert_eq!(browser.text(ground), dark, "the switch makes the page dark");
    browser.open("codes.html");
    assert_eq!(browser.text(ground), dark, "another page is dark too");
    browser.screenshot("dark");
    for _ in 0..2 {
        browser.chromium.evaluate(press);
        browser.chromium.press("Enter");
    }
    assert!(browser.is("document.documentElement.dataset.theme === undefined"));
    assert_eq!(browser.text(ground), light, "the page follows the system again");
}

/// Nothing is wider than a narrow screen. What differs between pages is in their `main`: all of these are laid out in a few
/// pages, which takes a second where opening each page takes half a minute. What is around them is looked at on one page.
fn narrow(browser: &mut Browser<'_>, files: &[OutputFile]) {
    const AT_ONCE: usize = 100;
    const SCREEN: u32 = 360;
    const HEAD: &str = "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
                        <link rel=\"stylesheet\" href=\"style.css\">";
    browser.chromium.width(SCREEN);
    let pages: Vec<&OutputFile> = files.iter().filter(|file| is_page(file)).collect();
    for some in pages.chunks(AT_ONCE) {
        let mut text = HEAD.to_owned();
        for page in some {
            let (_, from) = page.text.split_once("<main").expect("every page has a main");
            let (main, _) = from.split_once("</main>").expect("every main ends");
            // In a form of its own each page has its own choice of languages.
            text.extend(["<form id=\"", &page.path, "\"><main", main, "</main></form>"]);
        }
        std::fs::write(browser.root.join("some.html"), text).expect("a page can be written");
        browser.open("some.html");
        let wide =
            format!("[...document.forms].filter((form) => form.scrollWidth > {SCREEN}).map((form) => form.id).join()");
        assert_eq!(browser.text(&wide), "", "pages are wider than a narrow screen");
        let seen = "[...document.forms].filter((form) => form.clientWidth > 300 && form.clientHeight > 100).length";
        assert_eq!(browser.chromium.evaluate(seen), json!(some.len()), "pages are laid out");
    }
    let width = "document.documentElement.scrollWidth";
    browser.open("winhttp/WinHttpWebSocketSend.html");
    assert_eq!(browser.chromium.evaluate(width), json!(SCREEN), "the page is wider than a narrow screen");
    browser.search("close status");
    assert_eq!(browser.chromium.evaluate(width), json!(SCREEN), "results are too wide");
    browser.screenshot("narrow");
    browser.chromium.width(1200);
}

fn is_page(file: &OutputFile) -> bool {
    Path::new(&file.path).extension().is_some_and(|extension| extension == "html")
}

fn accessible(browser: &mut Browser<'_>, files: &[OutputFile]) {
    let axe = std::env::var_os("WINWS_AXE").expect("WINWS_AXE names axe-core's script");
    let axe = std::fs::read_to_string(axe).expect("axe-core can be read");
    // Of each kind of page, which is said above its heading, the longest, which has the most in it. Others are of a kind
    // of their own.
    let mut kinds: BTreeMap<&str, &OutputFile> = BTreeMap::new();
    for file in files.iter().filter(|file| is_page(file)) {
        let kind =
            file.text.split_once("<p class=\"kind\">").and_then(|(_, from)| from.split(" <").next()?.split('<').next());
        let longest = kinds.entry(kind.unwrap_or(&file.path)).or_insert(file);
        if file.text.len() > longest.text.len() {
            *longest = file;
        }
    }
    for scheme in ["light", "dark"] {
        browser.chromium.prefer(scheme);
        for file in kinds.values() {
            browser.open(&file.path);
            browser.chromium.evaluate(&axe);
            check_with_axe(browser, &format!("{}, {scheme}", file.path));
        }
        browser.search("close");
        check_with_axe(browser, &format!("a search, {scheme}"));
    }
}

fn check_with_axe(browser: &mut Browser<'_>, what: &str) {
    let found = browser.text(
        // It would fetch the stylesheet to look into it, which the pages do not allow.
        "axe.run({ preload: false }).then(({ violations }) => violations
           .filter(({ impact }) => impact === 'serious' || impact === 'critical')
           .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`).join('\\n'))",
    );
    assert_eq!(found, "", "{what}");
}

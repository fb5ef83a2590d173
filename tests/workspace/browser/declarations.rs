//! Declarations and tables in a browser: the language that was chosen, what covers code, where names break, and paper.

use serde_json::json;

use super::Browser;

/// The language that was chosen on one page is shown on the next, as far as that has it.
pub(crate) fn keep_their_language(browser: &mut Browser<'_>) {
    let shown = |id: &str| format!("document.getElementById('{id}').checkVisibility()");
    browser.open("winhttp/WinHttpWebSocketSend.html");
    assert!(browser.is(&shown("as-c")), "C comes first");
    browser.chromium.evaluate("document.getElementById('tab-as-rust').click()");
    assert!(browser.is(&shown("as-rust")));
    browser.open("winhttp/WinHttpWebSocketReceive.html");
    assert!(browser.is(&shown("as-rust")), "another page shows Rust too");
    assert!(!browser.is(&shown("as-c")));
    browser.chromium.evaluate("document.getElementById('tab-as-c').click()");
}

/// The button that copies stands above the code.
pub(crate) fn are_not_covered(browser: &mut Browser<'_>) {
    for width in [360, 1200] {
        browser.chromium.width(width);
        browser.open("winhttp/WinHttpWebSocketReceive.html");
        let edges = "document.querySelector('button.copy').getBoundingClientRect().bottom <= \
                     document.querySelector('.tabs pre').getBoundingClientRect().top";
        assert!(browser.is(edges), "the button covers code where {width} pixels are there");
    }
}

/// In tables of pages names break where a break is allowed only, and a table has the width of its row.
pub(crate) fn have_tables_to_read(browser: &mut Browser<'_>) {
    for width in [360, 1200] {
        browser.chromium.width(width);
        browser.open("winhttp/WINHTTP_STATUS_CALLBACK.html");
        let broken = "[...document.querySelectorAll('.scroll strong')].flatMap((name) => [...name.childNodes]).filter((piece) => { \
                        const range = document.createRange(); \
                        range.selectNodeContents(piece); \
                        return piece.nodeType === Node.TEXT_NODE && range.getClientRects().length > 1; \
                      }).map((piece) => piece.data).join()";
        assert_eq!(browser.text(broken), "", "pieces of names are broken where {width} pixels are there");
        let wide = "document.querySelector('#param-dwInternetStatus .scroll').clientWidth > \
                    0.9 * document.querySelector('#param-dwInternetStatus').clientWidth";
        assert!(browser.is(wide), "the table does not have the width of its row");
    }
}

/// Paper is white whatever was chosen, shows each language whole, and says which one it is.
pub(crate) fn can_be_printed(browser: &mut Browser<'_>) {
    browser.open("webservices/WS_CHANNEL_PROPERTY_ID.html");
    browser.chromium.evaluate("document.documentElement.dataset.theme = 'dark'");
    browser.chromium.call("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_eq!(browser.text("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    let labels = "[...document.querySelectorAll('.tabs > label')].filter((label) => label.checkVisibility() && \
                  label.getBoundingClientRect().bottom <= label.nextElementSibling.getBoundingClientRect().top).length";
    assert_eq!(browser.chromium.evaluate(labels), json!(3), "each panel stands below its language");
    let cut =
        "[...document.querySelectorAll('.tabs pre')].filter((pre) => pre.scrollHeight > pre.clientHeight + 1).length";
    assert_eq!(browser.chromium.evaluate(cut), json!(0), "code is cut off");
    browser.chromium.call("Emulation.setEmulatedMedia", &json!({ "media": "" }));
}

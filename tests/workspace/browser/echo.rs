//! The protocol component beside the WebSocket of a browser.

use crate::chromium::{self, Chromium};
use crate::peers::echo_server;

#[test]
#[ignore = "needs a browser: WINWS_CHROMIUM"]
fn a_browser_talks_to_our_server() {
    let mut browser = Chromium::start(chromium::find());
    let page = include_str!("echo.js").replace("PORT", &echo_server().to_string());
    let result = browser.evaluate(&page);
    assert_eq!(result.as_str(), Some("text, bytes, a long text, a million bytes, closed with 4001 enough: clean"));
    assert_eq!(browser.complaints, [""; 0]);
}

//! A Chromium without a window, driven over its DevTools protocol: JSON over one WebSocket on loopback.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// A watchdog, not a measure: what a browser has not answered by then it never will.
const WATCHDOG: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Chromium {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    sent: u64,
    /// What has happened and nobody has asked for yet.
    events: VecDeque<Value>,
    /// Messages of the console and failures that nothing caught.
    pub complaints: Vec<String>,
    /// Its profile, which goes with it.
    _profile: tempfile::TempDir,
}

/// Where a Chromium is: `WINWS_CHROMIUM`, or one of the usual names in the usual folders.
pub(crate) fn find() -> PathBuf {
    if let Some(named) = std::env::var_os("WINWS_CHROMIUM") {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut programs = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    let program = programs.find(|file| file.is_file());
    program.expect("there is a chromium in PATH, or WINWS_CHROMIUM names one")
}

impl Chromium {
    /// Starts it with a profile of its own.
    pub(crate) fn start(program: PathBuf) -> Self {
        let profile = tempfile::tempdir().expect("there is room for a profile");
        let mut process = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let mut lines = BufReader::new(process.stderr.take().expect("standard error is a pipe")).lines();
        let address = lines.find_map(|line| {
            line.expect("the browser says where it listens").strip_prefix("DevTools listening on ").map(str::to_owned)
        });
        let address = address.expect("the browser says where it listens before it ends");
        // It must never wait for somebody to read what else it says.
        std::thread::spawn(move || lines.for_each(drop));
        let host = address.trim_start_matches("ws://").split('/').next().expect("an address has a host");
        let stream = TcpStream::connect(host).expect("the browser listens");
        stream.set_read_timeout(Some(WATCHDOG)).expect("a socket has a timeout");
        let (socket, _) = tungstenite::client(&address, stream).expect("the browser speaks WebSocket");
        let (session, sent, events) = (String::new(), 0, VecDeque::new());
        let complaints = Vec::new();
        let mut browser = Self { process, socket, session, sent, events, complaints, _profile: profile };
        let page = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", &attach);
        browser.session.push_str(session["sessionId"].as_str().expect("a session has an id"));
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Calls a method and returns its result.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(message.to_string())).expect("the browser listens");
        loop {
            let message = self.receive();
            if message["id"] == json!(self.sent) {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push_back(message);
        }
    }

    fn receive(&mut self) -> Value {
        let message = self.socket.read().expect("the browser answers");
        let message: Value = serde_json::from_str(message.to_text().expect("it is text")).expect("it is JSON");
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.complaints.push(params["exceptionDetails"]["exception"].to_string());
            }
            Some("Runtime.consoleAPICalled") => self.complaints.push(params["args"].to_string()),
            Some("Log.entryAdded") => self.complaints.push(params["entry"]["text"].to_string()),
            _ => {}
        }
        message
    }

    /// Waits for an event that happened after the last one that was waited for.
    pub(crate) fn wait_for(&mut self, event: &str) {
        loop {
            let message = match self.events.pop_front() {
                Some(message) => message,
                None => self.receive(),
            };
            if message["method"] == json!(event) {
                return;
            }
        }
    }

    /// Opens an address and waits until all of it is there.
    pub(crate) fn open(&mut self, address: &str) {
        self.events.clear();
        self.call("Page.navigate", &json!({ "url": address }));
        self.wait_for("Page.loadEventFired");
    }

    /// What an expression is on the page, or what its promise becomes.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let result = self.call("Runtime.evaluate", &params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true, asking again whenever the page changes.
    pub(crate) fn until(&mut self, expression: &str) {
        let promise = format!(
            "new Promise((resolve) => {{
               const holds = () => {expression};
               if (holds()) return resolve();
               const observer = new MutationObserver(() => {{ if (holds()) {{ observer.disconnect(); resolve(); }} }});
               observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
             }})"
        );
        self.evaluate(&promise);
    }

    /// Presses and releases a key; a key of one character also types it.
    pub(crate) fn press(&mut self, key: &str) {
        let code = match key {
            "ArrowDown" => 40,
            "ArrowUp" => 38,
            "Enter" => 13,
            "Escape" => 27,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            key if key.chars().count() == 1 => key,
            _ => "",
        };
        let down = json!({ "type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", &down);
        let up = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", &up);
    }

    /// Types a text key by key.
    pub(crate) fn type_text(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(&c.to_string()));
    }

    /// Makes the page so many pixels wide.
    pub(crate) fn width(&mut self, width: u32) {
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// What the system is said to prefer: `light` or `dark`.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Lets pages write to the clipboard and read it, as people allow them to.
    pub(crate) fn allow_clipboard(&mut self) {
        let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.call("Browser.grantPermissions", &permissions);
    }

    /// What the page looks like, as base64.
    pub(crate) fn screenshot(&mut self) -> String {
        let picture = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        picture["data"].as_str().expect("a picture is text").to_owned()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Whether it has ended by itself already makes no difference.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

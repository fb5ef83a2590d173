//! Asks for a document and shows what the server says: `cargo run --example get https://example.com/`.
//!
//! A proxy that the environment names is used (`https_proxy=http://user:word@localhost:3128`).

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use winws::Session;

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("give the URL of a document, such as https://example.com/")?;
    get(&url, &mut io::stdout().lock())
}

/// Writes the status and the headers of a response, an empty line, and its body.
pub(crate) fn get(url: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let session = Session::builder()
        .user_agent("winws-get/0.1")
        .receive_timeout(Duration::from_secs(10))
        .proxy_from_environment()
        .build()?;
    let mut response = session.get(url)?;
    writeln!(out, "{} {}", response.status(), response.status_text())?;
    for (name, value) in response.headers() {
        writeln!(out, "{name}: {value}")?;
    }
    writeln!(out)?;
    io::copy(&mut response, out)?;
    Ok(())
}

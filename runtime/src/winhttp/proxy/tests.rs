//! The rules beside what others have written down: the pages of WinHttpOpen and WINHTTP_PROXY_INFO, the man pages of curl and what its
//! unit test 1614 records, and the cases of Go's httpproxy for ports.

mod environment;
mod named;

use super::{Proxies, Proxy, UnusableProxy};

/// A proxy as a URL. Credentials stand in it as they are.
fn url(proxy: &Proxy) -> String {
    let Proxy { host, host_text, port, credentials } = proxy;
    assert_eq!(host_text.trim_matches(['[', ']']), host.split('%').next().unwrap());
    let credentials = credentials.as_ref().map(|(user, password)| format!("{user}:{password}@")).unwrap_or_default();
    format!("http://{credentials}{host_text}:{port}")
}

fn urls(proxies: Result<Vec<Proxy>, UnusableProxy>) -> Result<Vec<String>, UnusableProxy> {
    proxies.map(|proxies| proxies.iter().map(url).collect())
}

#[test]
fn no_proxy_is_the_default() {
    assert_eq!(Proxies::default().of(true, "h", 443), Ok(Vec::new()));
}

#[test]
fn debug_shows_no_secret() {
    let credentials = Some(("somebody".to_owned(), "secret".to_owned()));
    let proxy = Proxy { host: "h".to_owned(), host_text: "h".to_owned(), port: 1, credentials };
    assert_eq!(format!("{proxy:?}"), "Proxy(..@h:1)");
}

//! Serving: the site on loopback while its pages are being written. Nothing of it touches the disk but the watching.
//!
//! Knows nothing of pages: what is served is built by whoever calls, anew whenever something changes.

mod http;
mod watch;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;

use crate::sync::OutputFile;
use watch::Watch;

/// The files that are served, and how many times they have changed.
#[derive(Default)]
struct Version {
    number: u64,
    /// By their paths below the site, with `/`.
    files: BTreeMap<String, Arc<str>>,
}

/// The newest version, for all connections.
#[derive(Default)]
struct Served {
    version: Mutex<Version>,
    changed: Condvar,
}

impl Served {
    fn version(&self) -> MutexGuard<'_, Version> {
        self.version.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves these files from now on. Only a difference makes a new version.
    fn publish(&self, files: Vec<OutputFile>) {
        let files = files.into_iter().map(|file| (file.path, file.text.into())).collect();
        let mut version = self.version();
        if version.files != files {
            *version = Version { number: version.number + 1, files };
            self.changed.notify_all();
        }
    }

    /// The number of the newest version: at once if it is not `known`, otherwise when it changes or time is up.
    fn number_after(&self, known: u64, patience: Duration) -> u64 {
        let version = self.version();
        let waited = self.changed.wait_timeout_while(version, patience, |version| version.number == known);
        waited.unwrap_or_else(PoisonError::into_inner).0.number
    }
}

/// Serves what `build` returns, and builds it anew whenever something changes that is watched.
///
/// The address is printed once the first version is there. It never returns but for a failure.
pub fn serve(port: u16, watched: &[PathBuf], mut build: impl FnMut() -> Vec<OutputFile>) -> anyhow::Result<Infallible> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("cannot use port {port}"))?;
    let address = listener.local_addr().context("the socket has no address")?;
    // What changes while the first version is built is not missed.
    let watch = Watch::new(watched)?;
    let served = Arc::new(Served::default());
    served.publish(build());
    {
        let served = Arc::clone(&served);
        std::thread::spawn(move || http::accept(&listener, &served));
    }
    let mut out = std::io::stdout();
    writeln!(out, "http://{address}/").and_then(|()| out.flush()).context("cannot say where the site is")?;
    loop {
        watch.wait()?;
        served.publish(build());
    }
}

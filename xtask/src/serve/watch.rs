//! Waiting until a file changes. The only user of notify.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::Context as _;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Editors change a file in several steps: when nothing has happened for so long, they are through.
const QUIET: Duration = Duration::from_millis(50);

/// Folders and files that are watched.
pub(super) struct Watch {
    events: Receiver<notify::Result<Event>>,
    /// It watches as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches folders with all below them, and of files the folder, since editors put a new file in the place of one.
    pub(super) fn new(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let (sender, events) = channel();
        let mut watcher = notify::recommended_watcher(sender).context("files cannot be watched")?;
        for path in paths {
            let (folder, mode) = match path.parent() {
                _ if path.is_dir() => (path.as_path(), RecursiveMode::Recursive),
                Some(parent) if parent != Path::new("") => (parent, RecursiveMode::NonRecursive),
                _ => (Path::new("."), RecursiveMode::NonRecursive),
            };
            watcher.watch(folder, mode).with_context(|| format!("cannot watch {}", folder.display()))?;
        }
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits until something has changed and nothing changes any more.
    pub(super) fn wait(&self) -> anyhow::Result<()> {
        let gone = "nothing watches any more";
        while !is_change(&self.events.recv().context(gone)?) {}
        loop {
            match self.events.recv_timeout(QUIET) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(error @ RecvTimeoutError::Disconnected) => return Err(error).context(gone),
            }
        }
    }
}

/// Reading is none, and we read ourselves. What the system has lost track of may be one.
fn is_change(event: &notify::Result<Event>) -> bool {
    !matches!(event, Ok(Event { kind: EventKind::Access(_), .. }))
}

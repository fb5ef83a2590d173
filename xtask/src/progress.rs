//! How far a long run is, on standard error, where a person looks.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is quicker than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that appears when a run takes long, and is gone when it ends. It is never part of the output.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    /// Whether nobody looks, or the bar is there already.
    settled: AtomicBool,
}

impl Progress {
    /// Nobody looks.
    pub fn unseen() -> Self {
        Self { bar: ProgressBar::hidden(), start: Instant::now(), settled: AtomicBool::new(true) }
    }

    /// On standard error if it is a terminal.
    pub fn on_terminal() -> Self {
        let nobody = !std::io::stderr().is_terminal();
        Self { settled: AtomicBool::new(nobody), ..Self::unseen() }
    }

    /// Starts counting pages anew; without `pages`, nobody knows yet how many there are.
    pub fn stage(&self, what: &'static str, pages: Option<usize>) {
        let template = match pages {
            Some(_) => "{msg} {wide_bar} {human_pos} of {human_len} pages",
            None => "{msg} {human_pos} pages",
        };
        self.bar.set_style(ProgressStyle::with_template(template).expect("the template is one of the two above"));
        self.bar.set_message(what);
        self.bar.reset();
        match pages {
            Some(pages) => self.bar.set_length(u64::try_from(pages).expect("a count fits into 64 bits")),
            None => self.bar.unset_length(),
        }
    }

    /// One page more.
    pub fn step(&self) {
        self.bar.inc(1);
        if self.start.elapsed() >= PATIENCE && !self.settled.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Nothing of it is left on the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

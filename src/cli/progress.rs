//! A progress bar on a terminal, never in a pipe.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::facts::Progress;

/// A bar on standard error that goes away when it is done.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar, or none that is seen.
    pub fn new(shown: bool) -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(0),
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        if let Ok(style) = ProgressStyle::with_template("  reading {bar:32} {pos}/{len} files") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, total: usize) {
        self.0.set_length(total as u64);
    }

    fn step(&self) {
        self.0.inc(1);
    }
}

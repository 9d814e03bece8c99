//! One line on standard error while a live run is at work: which step it is,
//! what runs, for how long, and what a program that runs for hours says. On a
//! terminal the line changes in place and goes when the step is done; a log
//! gets one a minute, so that it shows signs of life. It decides nothing.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::exec::ProgressCallback;
use crate::report;
use crate::step::{Command, Step};

use super::output::{self, OutputOptions};

/// How often a log is told of a program that runs on.
const SELDOM: Duration = Duration::from_mins(1);

/// What is known of a live run at work.
#[derive(Clone)]
pub(super) struct Progress {
    shown: Rc<RefCell<Shown>>,
}

struct Shown {
    to: To,
    total: usize,
    number: usize,
    binding: String,
    since: Instant,
    told: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Nobody,
    Terminal,
    Log,
}

impl Progress {
    /// Of a run of so many steps.
    pub(super) fn new(look: &OutputOptions, total: usize) -> Self {
        let to = match () {
            () if look.is_quiet() => To::Nobody,
            () if output::can_redraw() => To::Terminal,
            () => To::Log,
        };
        let now = Instant::now();
        let shown = Shown {
            to,
            total,
            number: 0,
            binding: String::new(),
            since: now,
            told: now,
        };
        Self {
            shown: Rc::new(RefCell::new(shown)),
        }
    }

    /// A step starts.
    pub(super) fn starts(&self, number: usize, step: &Step) {
        let mut shown = self.shown.borrow_mut();
        let now = Instant::now();
        shown.number = number;
        shown.binding = step.binding.to_string();
        (shown.since, shown.told) = (now, now);
        if shown.to == To::Terminal {
            let program = step.commands.first().map(|command| &*command.program);
            output::redraw(&shown.line(program.unwrap_or_default(), "", now));
        }
    }

    /// Looks on while programs run.
    pub(super) fn watch(&self) -> Box<ProgressCallback> {
        let progress = self.clone();
        Box::new(move |command, said| progress.runs(command, said, Instant::now()))
    }

    fn runs(&self, command: &Command, said: &str, now: Instant) {
        let mut shown = self.shown.borrow_mut();
        match shown.to {
            To::Terminal => output::redraw(&shown.line(&command.program, said, now)),
            To::Log if command.is_lengthy() && now - shown.told >= SELDOM => {
                shown.told = now;
                output::say(&shown.line(&command.program, said, now));
            }
            To::Log | To::Nobody => {}
        }
    }
}

impl Shown {
    /// `step 3 of 9 · sync.run · async · 2 min 5 s · the last line it said`.
    fn line(&self, program: &str, said: &str, now: Instant) -> String {
        let mut line = format!("step {} of {} · {}", self.number, self.total, self.binding);
        let elapsed = now.saturating_duration_since(self.since).as_secs();
        let elapsed = (elapsed > 0).then(|| duration(elapsed));
        let parts = [program, elapsed.as_deref().unwrap_or_default(), said];
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            line.push_str(" · ");
            line.push_str(&report::line(part));
        }
        line
    }
}

fn duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_there_is_to_tell() {
        let now = Instant::now();
        let shown = Shown {
            to: To::Log,
            total: 9,
            number: 3,
            binding: "sync.run".to_owned(),
            since: now,
            told: now,
        };
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(shown.line("", "", now), "step 3 of 9 · sync.run");
        assert_eq!(
            shown.line("async", "\u{1b}[31mx", later(125)),
            "step 3 of 9 · sync.run · async · 2 min 5 s · \\u{1b}[31mx"
        );
        assert_eq!(duration(7), "7 s");
        assert_eq!(duration(3 * 3600 + 59), "3 h 0 min");
    }
}

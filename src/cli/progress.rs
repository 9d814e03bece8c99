//! The progress of a live run on standard error: the step, the program, the
//! time it has run and its last line of output. On a terminal, one line is
//! updated in place and removed when the step is done. A log gets a line a
//! minute while a lengthy program runs. Each completed step is a line of the
//! report.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::exec::ProgressCallback;
use crate::report::{self, Style};
use crate::step::{Command, Step};

use super::output::{self, OutputOptions};

/// The time between two lines in a log.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// The time between two lines in a log about a service that stops or starts.
const WAIT_INTERVAL: Duration = Duration::from_secs(10);

/// Shows the progress of a live run.
#[derive(Clone)]
pub(super) struct Progress {
    step: Rc<RefCell<RunningStep>>,
}

struct RunningStep {
    target: ProgressTarget,
    /// Where the completed steps are listed, if anywhere.
    list: Option<StepList>,
    total: usize,
    number: usize,
    binding: String,
    started: Instant,
    logged: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ProgressTarget {
    Nothing,
    Terminal,
    Log,
}

/// Where the completed steps are listed.
#[derive(Clone, Copy)]
pub(super) enum StepList {
    /// In the document on standard output.
    Document(Style),
    /// On standard error, since the document has another format.
    Messages(Style),
}

impl Progress {
    /// The progress of a run with that many steps.
    pub(super) fn new(options: &OutputOptions, total: usize, list: Option<StepList>) -> Self {
        let target = match () {
            () if options.is_quiet() => ProgressTarget::Nothing,
            () if output::can_redraw() => ProgressTarget::Terminal,
            () => ProgressTarget::Log,
        };
        let now = Instant::now();
        let step = RunningStep {
            target,
            list,
            total,
            number: 0,
            binding: String::new(),
            started: now,
            logged: now,
        };
        Self {
            step: Rc::new(RefCell::new(step)),
        }
    }

    /// Shows that a step starts.
    pub(super) fn starts(&self, number: usize, step: &Step) {
        let mut running = self.step.borrow_mut();
        let now = Instant::now();
        running.number = number;
        running.binding = step.binding.to_string();
        (running.started, running.logged) = (now, now);
        if running.target == ProgressTarget::Terminal {
            let program = step.commands.first().map(|command| &*command.program);
            output::redraw(&running.line(program.unwrap_or_default(), "", now));
        }
    }

    /// Lists a step that was completed.
    pub(super) fn completed(&self, number: usize, step: &Step) {
        let running = self.step.borrow();
        let line = |style| report::step_line(number, running.total, step, style);
        match running.list {
            // The end of the run reports that standard output cannot be written.
            Some(StepList::Document(style)) => {
                drop(output::document(&style.charset.marks(line(style))));
            }
            Some(StepList::Messages(style)) => output::say_report(line(style).trim_end()),
            None => {}
        }
    }

    /// Shows what a step waits for, in a log every ten seconds.
    pub(super) fn waits(&self, what: &str) {
        let mut running = self.step.borrow_mut();
        let now = Instant::now();
        match running.target {
            ProgressTarget::Terminal => output::redraw(&running.line("", what, now)),
            ProgressTarget::Log if now - running.logged >= WAIT_INTERVAL => {
                running.logged = now;
                output::say(&running.line("", what, now));
            }
            ProgressTarget::Log | ProgressTarget::Nothing => {}
        }
    }

    /// A callback for the spawner, called while a program runs.
    pub(super) fn watch(&self) -> Box<ProgressCallback> {
        let progress = self.clone();
        Box::new(move |command, last_line| progress.update(command, last_line, Instant::now()))
    }

    fn update(&self, command: &Command, last_line: &str, now: Instant) {
        let mut running = self.step.borrow_mut();
        match running.target {
            ProgressTarget::Terminal => {
                output::redraw(&running.line(&command.program, last_line, now));
            }
            ProgressTarget::Log if command.is_lengthy() && now - running.logged >= LOG_INTERVAL => {
                running.logged = now;
                output::say(&running.line(&command.program, last_line, now));
            }
            ProgressTarget::Log | ProgressTarget::Nothing => {}
        }
    }
}

impl RunningStep {
    /// `step 3 of 9 · sync.run · async · 2 min 5 s · its last line`.
    fn line(&self, program: &str, last_line: &str, now: Instant) -> String {
        let mut line = format!("step {} of {} · {}", self.number, self.total, self.binding);
        let elapsed = now.saturating_duration_since(self.started).as_secs();
        let elapsed = (elapsed > 0).then(|| duration(elapsed));
        let parts = [program, elapsed.as_deref().unwrap_or_default(), last_line];
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
    fn a_line_leaves_out_what_is_not_known() {
        let now = Instant::now();
        let step = RunningStep {
            target: ProgressTarget::Log,
            list: None,
            total: 9,
            number: 3,
            binding: "sync.run".to_owned(),
            started: now,
            logged: now,
        };
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(step.line("", "", now), "step 3 of 9 · sync.run");
        assert_eq!(
            step.line("async", "\u{1b}[31mx", later(125)),
            "step 3 of 9 · sync.run · async · 2 min 5 s · \\u{1b}[31mx"
        );
        assert_eq!(duration(7), "7 s");
        assert_eq!(duration(3 * 3600 + 59), "3 h 0 min");
    }
}

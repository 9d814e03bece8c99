//! The stop flag: signals set it, and everything that waits checks it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::fault::{Fault, FaultKind, Result};

/// Whether a stop is requested. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct StopFlag {
    flag: Arc<AtomicBool>,
    /// Whether SIGTERM and SIGHUP end the process at once.
    is_idle: Arc<AtomicBool>,
    /// Whether SIGINT does so too.
    is_waiting: Arc<AtomicBool>,
    /// Whether a live run is in progress.
    is_live: Arc<AtomicBool>,
    /// Whether SIGINT stops a line of a session, which goes on.
    is_session: Arc<AtomicBool>,
}

/// Sets flags until it is dropped; then they are as before.
#[derive(Debug)]
pub struct FlagGuard(Vec<(Arc<AtomicBool>, bool)>);

impl FlagGuard {
    fn set<'a>(flags: impl IntoIterator<Item = &'a Arc<AtomicBool>>) -> Self {
        let set = |flag: &Arc<AtomicBool>| (Arc::clone(flag), flag.swap(true, Ordering::Relaxed));
        Self(flags.into_iter().map(set).collect())
    }
}

impl Drop for FlagGuard {
    fn drop(&mut self) {
        for (flag, before) in &self.0 {
            flag.store(*before, Ordering::Relaxed);
        }
    }
}

impl StopFlag {
    /// A flag that only [`StopFlag::request`] sets.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag that SIGINT, SIGTERM and SIGHUP set from now on. A second signal
    /// does no more than the first, so that a run that is stopping can finish.
    pub fn install() -> Result<Self> {
        let stop = Self::new();
        let ignored = ignored_signals();
        let handled = [SIGINT, SIGTERM, SIGHUP].into_iter();
        let cannot = |cause| {
            Fault::new(FaultKind::Internal, "signal handlers cannot be installed").caused_by(cause)
        };
        for signal in handled.filter(|signal| ignored & 1 << (signal - 1) == 0) {
            let ends_at_once = Arc::clone(match signal {
                SIGINT => &stop.is_waiting,
                _ => &stop.is_idle,
            });
            signal_hook::flag::register_conditional_default(signal, ends_at_once)
                .map_err(cannot)?;
            signal_hook::flag::register(signal, Arc::clone(&stop.flag)).map_err(cannot)?;
        }
        Ok(stop)
    }

    /// Until the guard is dropped, SIGTERM and SIGHUP end the process at once: no
    /// run is in progress that would have to be stopped first.
    #[must_use]
    pub fn idle(&self) -> FlagGuard {
        FlagGuard::set([&self.is_idle])
    }

    /// Until the guard is dropped, a live run is in progress: no signal ends the process.
    #[must_use]
    pub fn live(&self) -> FlagGuard {
        FlagGuard::set([&self.is_live])
    }

    /// Makes SIGINT stop a line of a session from now on, but not the session.
    pub fn keep_session(&self) {
        self.is_session.store(true, Ordering::Relaxed);
    }

    /// Runs what may wait for a file or a pipe before a run starts. Meanwhile every
    /// signal ends the process at once. Fails if a stop is requested already.
    pub fn while_waiting<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        let _waiting = FlagGuard::set([&self.is_idle, &self.is_waiting]);
        self.check()?;
        read()
    }

    /// Runs what reads and parses a file of the node, which may be large. Meanwhile a signal ends
    /// the process at once, unless a live run is in progress or a session is to go on.
    pub fn while_reading<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.is_live.load(Ordering::Relaxed) {
            return read();
        }
        if self.is_session.load(Ordering::Relaxed) {
            let _idle = self.idle();
            return read();
        }
        self.while_waiting(read)
    }

    /// Requests a stop.
    pub fn request(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }

    /// Clears the request.
    pub fn clear(&self) {
        self.flag.store(false, Ordering::Relaxed);
    }

    /// Whether a stop is requested.
    pub fn is_requested(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// Fails if a stop is requested.
    pub fn check(&self) -> Result<()> {
        if self.is_requested() {
            return Err(Fault::new(FaultKind::Stopped, "stopped on request"));
        }
        Ok(())
    }
}

/// The signals that this process ignores, one bit for each (Linux only).
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_ends_the_process_only_where_no_live_run_is_in_progress() {
        let stop = StopFlag::new();
        let flags = || [&stop.is_idle, &stop.is_waiting].map(|flag| flag.load(Ordering::Relaxed));
        let reading = || stop.while_reading(|| Ok(flags())).unwrap();
        let nested = stop.while_waiting(|| Ok((reading(), flags()))).unwrap();
        assert_eq!((nested, flags()), (([true; 2], [true; 2]), [false; 2]));
        let live = stop.live();
        assert_eq!(reading(), [false; 2]);
        drop(live);
        stop.keep_session();
        assert_eq!(reading(), [true, false]);
    }

    #[test]
    fn clones_share_the_flag() {
        let stop = StopFlag::new();
        let other = stop.clone();
        assert!(other.check().is_ok());
        stop.request();
        assert_eq!(other.check().unwrap_err().kind(), FaultKind::Stopped);
        other.clear();
        assert!(!stop.is_requested());
    }

    #[test]
    fn a_signal_sets_the_flag_unless_it_is_ignored() {
        // Some are ignored under `nohup` and in the background.
        let ignored = ignored_signals();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let stop = StopFlag::install().unwrap();
            signal_hook::low_level::raise(signal).unwrap();
            assert_eq!(stop.is_requested(), ignored & 1 << (signal - 1) == 0);
        }
    }
}

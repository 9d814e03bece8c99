//! The wish to stop: a flag that signals raise and that everything which
//! waits looks at. It ends nothing by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::fault::{Fault, FaultKind, Result};

/// Whether somebody asked for a stop. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    rests: Arc<AtomicBool>,
}

/// A time in which nothing is at work.
#[derive(Debug)]
pub struct Rest(Arc<AtomicBool>);

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Stop {
    /// A flag that nothing but [`Stop::request`] raises.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag that an interrupt, a termination or a hang-up raises from now
    /// on. A second signal does no more than the first: a run that is being
    /// wound up must not be cut short in the middle of it.
    pub fn install() -> Result<Self> {
        let stop = Self::new();
        let ignored = ignored();
        let heard = [SIGINT, SIGTERM, SIGHUP].into_iter();
        let cannot =
            |cause| Fault::new(FaultKind::Internal, "signals cannot be caught").caused_by(cause);
        for signal in heard.filter(|signal| ignored & 1 << (signal - 1) == 0) {
            if signal != SIGINT {
                let rests = Arc::clone(&stop.rests);
                signal_hook::flag::register_conditional_default(signal, rests).map_err(cannot)?;
            }
            signal_hook::flag::register(signal, Arc::clone(&stop.flag)).map_err(cannot)?;
        }
        Ok(stop)
    }

    /// While what is given back lives, nothing is at work that would have to be
    /// wound up: a termination ends the process at once.
    #[must_use]
    pub fn rest(&self) -> Rest {
        self.rests.store(true, Ordering::Relaxed);
        Rest(Arc::clone(&self.rests))
    }

    /// Asks for a stop.
    pub fn request(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }

    /// Takes the wish back: it has been met.
    pub fn clear(&self) {
        self.flag.store(false, Ordering::Relaxed);
    }

    /// Whether a stop is asked for.
    pub fn is_requested(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// A fault if a stop is asked for.
    pub fn check(&self) -> Result<()> {
        if self.is_requested() {
            return Err(Fault::new(FaultKind::Interrupted, "stopped on request"));
        }
        Ok(())
    }
}

/// The signals that are ignored, a bit for each, where the system says so.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_wish() {
        let stop = Stop::new();
        let other = stop.clone();
        assert!(other.check().is_ok());
        stop.request();
        assert_eq!(other.check().unwrap_err().kind(), FaultKind::Interrupted);
        other.clear();
        assert!(!stop.is_requested());
    }

    #[test]
    fn a_signal_raises_it_unless_it_is_ignored() {
        // Under `nohup` or in the background some are.
        let ignored = ignored();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let stop = Stop::install().unwrap();
            signal_hook::low_level::raise(signal).unwrap();
            assert_eq!(stop.is_requested(), ignored & 1 << (signal - 1) == 0);
        }
    }
}

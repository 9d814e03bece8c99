//! Faults that a test asks for: the rules, and which of them meets a call. It
//! only decides; the call carries it out.

use std::fs;
use std::io;
use std::time::Duration;

use super::lab_folder::{FAULTS, LabFolder, bad};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InjectedFault {
    /// Nothing happens, exit 1.
    Fail,
    /// All is done, and the program says that it failed.
    FailAfter,
    /// Nothing is done, and the program says that it was.
    Lie,
    /// Waits before anything else.
    Slow(Duration),
    /// Never ends.
    Hang,
}

/// When it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FaultRule {
    program: String,
    nth: Option<usize>,
    part: Option<String>,
    reading: bool,
    fault: InjectedFault,
}

/// A call, as far as rules look at it.
pub(super) struct FaultTarget<'a> {
    pub(super) program: &'a str,
    /// Arguments and standard input.
    pub(super) text: &'a str,
    /// A reading of a program that also acts.
    pub(super) reading: bool,
}

/// The first fault that meets the call; `number` counts the calls of this
/// program and kind, this one included, and is asked only when a rule needs it.
pub(super) fn meeting(
    folder: &LabFolder,
    target: &FaultTarget<'_>,
    number: impl Fn() -> io::Result<usize>,
) -> io::Result<Option<InjectedFault>> {
    let text = fs::read_to_string(folder.path(FAULTS)).unwrap_or_default();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let rule = FaultRule::parse(line)?;
        if rule.fits(target) && rule.nth.is_none_or(|nth| number().is_ok_and(|n| n == nth)) {
            return Ok(Some(rule.fault));
        }
    }
    Ok(None)
}

/// Refuses rules that cannot be read.
pub(super) fn check<S: AsRef<str>>(rules: &[S]) -> io::Result<()> {
    rules
        .iter()
        .try_for_each(|rule| FaultRule::parse(rule.as_ref()).map(drop))
}

impl FaultRule {
    fn fits(&self, target: &FaultTarget<'_>) -> bool {
        let part = self.part.as_ref();
        self.program == target.program
            && self.reading == target.reading
            && part.is_none_or(|part| target.text.contains(part.as_str()))
    }

    /// `PROGRAM[@N][~TEXT]=FAULT`; the text may hold an equals sign itself.
    fn parse(line: &str) -> io::Result<Self> {
        let wrong = || bad(format!("fault {line:?} is not PROGRAM[@N][~TEXT]=FAULT"));
        let (place, fault) = line.rsplit_once('=').ok_or_else(wrong)?;
        let (place, part) = match place.split_once('~') {
            Some((place, part)) => (place, Some(part.to_owned())),
            None => (place, None),
        };
        let (program, nth) = match place.split_once('@') {
            Some((program, nth)) => (program, Some(nth.parse().map_err(|_| wrong())?)),
            None => (place, None),
        };
        let (reading, fault) = match fault.strip_prefix("read-") {
            Some(fault) => (true, fault),
            None => (false, fault),
        };
        if !super::programs::exists(program) {
            return Err(bad(format!("fault {line:?}: no program {program}")));
        }
        Ok(Self {
            program: program.to_owned(),
            nth,
            part,
            reading,
            fault: kind(fault).ok_or_else(|| {
                bad(format!(
                    "fault {line:?}: a tool can be told to fail, fail-after, lie, slow:500ms or hang"
                ))
            })?,
        })
    }
}

fn kind(word: &str) -> Option<InjectedFault> {
    match word {
        "fail" => Some(InjectedFault::Fail),
        "fail-after" => Some(InjectedFault::FailAfter),
        "lie" => Some(InjectedFault::Lie),
        "hang" => Some(InjectedFault::Hang),
        _ => Some(InjectedFault::Slow(duration(word.strip_prefix("slow:")?)?)),
    }
}

fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(number) => number.parse().ok().map(Duration::from_millis),
        None => text
            .strip_suffix('s')?
            .parse()
            .ok()
            .map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_a_program_a_count_a_part_and_a_fault() {
        let rule = FaultRule::parse("asconfigurator@2~a=b=slow:500ms").unwrap();
        assert_eq!(rule.program, "asconfigurator");
        assert_eq!(rule.nth, Some(2));
        assert_eq!(rule.part.as_deref(), Some("a=b"));
        assert_eq!(rule.fault, InjectedFault::Slow(Duration::from_millis(500)));
    }

    #[test]
    fn readings_are_asked_for() {
        assert!(FaultRule::parse("asnodeadmin=read-fail").unwrap().reading);
        assert!(!FaultRule::parse("asnodeadmin=fail").unwrap().reading);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for line in [
            "asnodeadmin",
            "asnodeadmin@x=fail",
            "asnodeadmin=odd",
            "nobody=fail",
        ] {
            assert!(FaultRule::parse(line).is_err(), "{line}");
        }
    }
}

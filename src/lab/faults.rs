//! Faults that a test asks for: the rules, and which of them meets a call. It
//! only decides; the call carries it out.

use std::fs;
use std::io;
use std::time::Duration;

use super::folder::{FAULTS, Folder, bad};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
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
struct Rule {
    program: String,
    nth: Option<usize>,
    part: Option<String>,
    reading: bool,
    fault: Fault,
}

/// A call, as far as rules look at it.
pub(super) struct Target<'a> {
    pub(super) program: &'a str,
    /// Arguments and standard input.
    pub(super) text: &'a str,
    /// A reading of a program that also acts.
    pub(super) reading: bool,
}

/// The first fault that meets the call; `number` counts the calls of this
/// program and kind, this one included, and is asked only when a rule needs it.
pub(super) fn meeting(
    folder: &Folder,
    target: &Target<'_>,
    number: impl Fn() -> io::Result<usize>,
) -> io::Result<Option<Fault>> {
    let text = fs::read_to_string(folder.path(FAULTS)).unwrap_or_default();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let rule = Rule::parse(line)?;
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
        .try_for_each(|rule| Rule::parse(rule.as_ref()).map(drop))
}

impl Rule {
    fn fits(&self, target: &Target<'_>) -> bool {
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

fn kind(word: &str) -> Option<Fault> {
    match word {
        "fail" => Some(Fault::Fail),
        "fail-after" => Some(Fault::FailAfter),
        "lie" => Some(Fault::Lie),
        "hang" => Some(Fault::Hang),
        _ => Some(Fault::Slow(duration(word.strip_prefix("slow:")?)?)),
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
        let rule = Rule::parse("asconfigurator@2~a=b=slow:500ms").unwrap();
        assert_eq!(rule.program, "asconfigurator");
        assert_eq!(rule.nth, Some(2));
        assert_eq!(rule.part.as_deref(), Some("a=b"));
        assert_eq!(rule.fault, Fault::Slow(Duration::from_millis(500)));
    }

    #[test]
    fn readings_are_asked_for() {
        assert!(Rule::parse("asnodeadmin=read-fail").unwrap().reading);
        assert!(!Rule::parse("asnodeadmin=fail").unwrap().reading);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for line in [
            "asnodeadmin",
            "asnodeadmin@x=fail",
            "asnodeadmin=odd",
            "nobody=fail",
        ] {
            assert!(Rule::parse(line).is_err(), "{line}");
        }
    }
}

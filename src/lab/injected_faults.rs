//! The rules for injected faults: parses them and selects the one that applies to
//! a call. `dispatch` performs it.

use std::fs;
use std::io;
use std::time::Duration;

use super::api_faults::{self, ApiFault};
use super::conf_damage::ConfDamage;
use super::duration::parse_duration;
use super::foreign_edit::ForeignEdit;
use super::lab_folder::{FAULTS, LabFolder, invalid_input};
use super::programs;

/// What a call does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InjectedFault {
    /// Does nothing, exits with 1.
    Fail,
    /// Does everything, exits with 1.
    FailAfter,
    /// Does nothing, reports success.
    Lie,
    /// Waits first.
    Slow(Duration),
    /// Never exits.
    Hang,
    /// Does everything, and loses something from `aspera.conf`.
    Drop(ConfDamage),
    /// Does everything, and meets another program that edits `aspera.conf`.
    Edit(ForeignEdit),
}

/// A fault and the calls that it applies to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FaultRule {
    program: String,
    nth: Option<usize>,
    text: Option<String>,
    reading: bool,
    fault: RuleFault,
}

/// What a rule injects, into a program or into the Node API.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RuleFault {
    Program(InjectedFault),
    Api(ApiFault),
}

/// The properties of a call that rules refer to.
pub(super) struct FaultTarget<'a> {
    pub(super) program: &'a str,
    /// Arguments and standard input.
    pub(super) text: &'a str,
    /// Whether a program that also acts only reads in this call.
    pub(super) reading: bool,
}

/// The fault of the first rule that applies to the call. `number` counts the calls
/// of this program and kind, including this one; only rules with `@N` call it.
pub(super) fn fault_for(
    folder: &LabFolder,
    target: &FaultTarget<'_>,
    number: impl Fn() -> io::Result<usize>,
) -> io::Result<Option<InjectedFault>> {
    Ok(match rule_for(folder, target, number)? {
        Some(RuleFault::Program(fault)) => Some(fault),
        Some(RuleFault::Api(_)) | None => None,
    })
}

/// The fault of the first rule that applies to a request to the Node API.
pub(super) fn api_fault_for(
    folder: &LabFolder,
    request: &str,
    number: impl Fn() -> io::Result<usize>,
) -> io::Result<Option<ApiFault>> {
    let target = FaultTarget {
        program: api_faults::NAME,
        text: request,
        reading: false,
    };
    Ok(match rule_for(folder, &target, number)? {
        Some(RuleFault::Api(fault)) => Some(fault),
        Some(RuleFault::Program(_)) | None => None,
    })
}

fn rule_for(
    folder: &LabFolder,
    target: &FaultTarget<'_>,
    number: impl Fn() -> io::Result<usize>,
) -> io::Result<Option<RuleFault>> {
    let text = fs::read_to_string(folder.path(FAULTS)).unwrap_or_default();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let rule = FaultRule::parse(line)?;
        if rule.applies_to(target) && rule.nth.is_none_or(|nth| number().is_ok_and(|n| n == nth)) {
            return Ok(Some(rule.fault));
        }
    }
    Ok(None)
}

/// Refuses invalid rules.
pub(super) fn check<S: AsRef<str>>(rules: &[S]) -> io::Result<()> {
    rules
        .iter()
        .try_for_each(|rule| FaultRule::parse(rule.as_ref()).map(drop))
}

impl FaultRule {
    fn applies_to(&self, target: &FaultTarget<'_>) -> bool {
        let text = self.text.as_ref();
        self.program == target.program
            && self.reading == target.reading
            && text.is_none_or(|text| target.text.contains(text.as_str()))
    }

    /// `PROGRAM[@N][~TEXT]=FAULT`; the text may contain an equals sign itself, the fault none.
    fn parse(line: &str) -> io::Result<Self> {
        let wrong = || {
            invalid_input(format!(
                "`{line}` is not a fault rule; write PROGRAM[@N][~TEXT]=FAULT"
            ))
        };
        let (target, fault) = line.rsplit_once('=').ok_or_else(wrong)?;
        let (target, text) = match target.split_once('~') {
            Some((target, text)) => (target, Some(text.to_owned())),
            None => (target, None),
        };
        let (program, nth) = match target.split_once('@') {
            Some((program, nth)) => (program, Some(nth.parse().map_err(|_| wrong())?)),
            None => (target, None),
        };
        let (reading, fault) = match fault.strip_prefix("read-") {
            Some(fault) => (true, fault),
            None => (false, fault),
        };
        let is_api = program == api_faults::NAME;
        if !is_api && programs::find(program).is_none() {
            return Err(invalid_input(format!(
                "fault rule `{line}`: a lab has no program `{program}`"
            )));
        }
        let (parsed, faults) = if is_api {
            (
                ApiFault::parse(fault).map(RuleFault::Api),
                api_faults::FAULTS,
            )
        } else {
            (parse_fault(fault).map(RuleFault::Program), PROGRAM_FAULTS)
        };
        Ok(Self {
            program: program.to_owned(),
            nth,
            text,
            reading,
            fault: parsed
                .ok_or_else(|| invalid_input(format!("fault rule `{line}`: use {faults}")))?,
        })
    }
}

const PROGRAM_FAULTS: &str = "fail, fail-after, lie, slow:500ms, hang, drop-rights, drop-comments, drop-indent, \
     edit-before:COMMAND, edit-during:COMMAND or edit-after:COMMAND";

fn parse_fault(word: &str) -> Option<InjectedFault> {
    match word {
        "fail" => Some(InjectedFault::Fail),
        "fail-after" => Some(InjectedFault::FailAfter),
        "lie" => Some(InjectedFault::Lie),
        "hang" => Some(InjectedFault::Hang),
        _ => {
            if let Some(damage) = word.strip_prefix("drop-") {
                ConfDamage::named(damage).map(InjectedFault::Drop)
            } else if let Some(edit) = word.strip_prefix("edit-") {
                ForeignEdit::parse(edit).map(InjectedFault::Edit)
            } else {
                parse_duration(word.strip_prefix("slow:")?).map(InjectedFault::Slow)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_a_program_a_number_a_text_and_a_fault() {
        let rule = FaultRule::parse("asconfigurator@2~a=b=slow:500ms").unwrap();
        assert_eq!(rule.program, "asconfigurator");
        assert_eq!(rule.nth, Some(2));
        assert_eq!(rule.text.as_deref(), Some("a=b"));
        let slow = InjectedFault::Slow(Duration::from_millis(500));
        assert_eq!(rule.fault, RuleFault::Program(slow));
    }

    #[test]
    fn a_prefix_selects_readings() {
        assert!(FaultRule::parse("asnodeadmin=read-fail").unwrap().reading);
        assert!(!FaultRule::parse("asnodeadmin=fail").unwrap().reading);
    }

    #[test]
    fn invalid_rules_are_refused() {
        for line in [
            "asnodeadmin",
            "asnodeadmin@x=fail",
            "asnodeadmin=odd",
            "asconfigurator=edit-before",
            "asconfigurator=edit-soon:delete_user;user_name,ana",
            "nobody=fail",
            "asnodeadmin=wrong-user",
            "node-api=fail-after",
        ] {
            assert!(FaultRule::parse(line).is_err(), "{line}");
        }
    }
}

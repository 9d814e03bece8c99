//! `ascp -A`: product, version and license.

use jiff::civil::DateTime;

use super::output::{quoted, unknown_format};
use super::{Output, RunReading, validate};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{License, ValueType};
use crate::step::Command;

pub(super) const PROGRAM: &str = "ascp";

pub(super) fn read(run: RunReading<'_>) -> Result<License> {
    parse(&run(&Command::new(PROGRAM).arg("-A"))?)
}

/// Returns the command that checks a license which was installed, as that user.
pub(super) fn check(user: Option<&str>) -> Result<Command> {
    let command = Command::new(PROGRAM).arg("-A");
    let Some(user) = user else {
        return Ok(command);
    };
    validate::argument(ValueType::AccountName, "the transfer user", user)?;
    Ok(command.user(user))
}

/// Whether that command found a license.
pub(super) fn accept(command: &Command, output: &Output) -> Result<()> {
    let problem = match parse(output) {
        Ok(license) => license.problem,
        Err(fault) => Some(fault.message().to_owned()),
    };
    let Some(problem) = problem else {
        return Ok(());
    };
    let message = format!("the license that is installed is not usable: {problem}");
    let fault = Fault::new(FaultKind::Node, message);
    Err(match &command.user {
        Some(user) => fault.hint(format!(
            "it was checked as `{user}`, who must be able to read it"
        )),
        None => fault,
    })
}

/// Parses the time of expiry that `ascp -A` prints: `Thu Dec 31 15:59:59 2020`,
/// without a time zone.
pub fn expiry(text: &str) -> Option<DateTime> {
    // The weekday is skipped, since jiff would refuse a wrong one.
    let (_, date) = text.trim().split_once(' ')?;
    DateTime::strptime("%b %e %H:%M:%S %Y", date).ok()
}

fn parse(output: &Output) -> Result<License> {
    let mut license = License::default();
    for (nth, line) in output.stdout.lines().map(str::trim).enumerate() {
        if let Some(version) = line.strip_prefix("ascp version ") {
            // 4.x appends the revision: `4.4.2.572 7fd3699`.
            license.version = first_word(version);
        } else if let Some(names) = line.strip_prefix("Enabled settings:") {
            license.settings = parse_list(names);
        } else if line.contains("License max rate=") {
            parse_rating(&mut license, line);
        } else if nth == 0 {
            license.product = product(line);
        }
    }
    if license.version.is_empty() {
        return Err(match output.first_line() {
            Some(line) if output.is_success() => unknown_format("ascp", "license", line),
            _ => output.unreadable("ascp", "license"),
        });
    }
    license.problem = problem(&license, output);
    Ok(license)
}

/// `IBM TransferD version 1.1.9`. Without product information, 3.9.0 was observed
/// to print `Product version information not found.`
fn product(line: &str) -> String {
    match line.rsplit_once(" version ") {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            name.to_owned()
        }
        Some(_) | None => String::new(),
    }
}

/// `Connect Server License max rate=10000 Mbps, account no.=1, license
/// no.=2. Expiration date: …`. The first two words and the last sentence are
/// optional.
fn parse_rating(license: &mut License, line: &str) {
    // Faspex requires this phrase ("Setting Up an OS X Node"). Some free client
    // licenses have it too, so it does not prove a server license.
    license.connect_server = line.contains("Connect Server License max rate");
    let (_, rate) = line.split_once("max rate=").unwrap_or_default();
    let (rate, _) = rate.split_once(',').unwrap_or((rate, ""));
    rate.trim().clone_into(&mut license.max_rate);
    license.expires = line
        .split_once("Expiration date:")
        .map(|(_, date)| date.trim().to_owned());
}

/// `connect, node and sync2`: the last name follows the word `and`.
fn parse_list(names: &str) -> Vec<String> {
    let names = match names.rsplit_once(" and ") {
        Some((before, last)) => before.split(',').chain([last]),
        None => names.split(',').chain([""]),
    };
    names
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// With a missing or broken license file, 3.9.0 was observed to omit the rating,
/// print the reason to standard error and return exit code 1.
fn problem(license: &License, output: &Output) -> Option<String> {
    let has_rate = !license.max_rate.is_empty();
    if has_rate && output.is_success() {
        return None;
    }
    let reason = output.stderr.lines().map(str::trim).find(|l| !l.is_empty());
    Some(match (reason, output.code) {
        (Some(reason), _) => quoted(reason),
        (None, Some(code)) if has_rate => format!("`ascp -A` ended with exit code {code}"),
        (None, None) => "a signal ended `ascp -A`".to_owned(),
        (None, Some(_)) => "`ascp -A` shows no license".to_owned(),
    })
}

fn first_word(text: &str) -> String {
    text.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_parses_the_format_of_ctime() {
        let at = |text| expiry(text).map(|at| at.to_string());
        assert_eq!(
            at("Thu Dec 31 15:59:59 2020").as_deref(),
            Some("2020-12-31T15:59:59")
        );
        assert_eq!(
            at("Sun Feb  2 00:00:00 2031").as_deref(),
            Some("2031-02-02T00:00:00")
        );
        for no_date in [
            "never",
            "Thu Dec 32 15:59:59 2020",
            "Thu Dec 31 15:59 2020",
            "31.12.2020",
        ] {
            assert_eq!(at(no_date), None, "{no_date}");
        }
    }

    #[test]
    fn the_last_item_of_a_list_follows_and() {
        assert_eq!(
            parse_list(" connect, drive and sync2"),
            ["connect", "drive", "sync2"]
        );
        assert_eq!(parse_list(" desktop_gui"), ["desktop_gui"]);
        assert!(parse_list("").is_empty());
    }
}

//! `ascp -A`: product, version and licence. It does not judge whether the
//! licence is good enough for anything.

use jiff::civil::DateTime;

use super::output::{quoted, unintelligible};
use super::{Output, Run};
use crate::fault::Result;
use crate::state::License;
use crate::step::Command;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

pub(super) fn read(run: Run<'_>) -> Result<License> {
    understood(&run(&Command::new("ascp").arg("-A"))?)
}

/// Day and time of expiry as `ascp -A` prints it: `Thu Dec 31 15:59:59 2020`.
/// The tool names no time zone.
pub fn expiry(text: &str) -> Option<DateTime> {
    let words: Vec<_> = text.split_whitespace().collect();
    let [_, month, day, time, year] = words[..] else {
        return None;
    };
    let month = 1 + MONTHS.iter().position(|name| *name == month)?;
    let mut clock = time.splitn(3, ':').map(str::parse::<i8>);
    let mut part = || clock.next()?.ok();
    let (hour, minute, second) = (part()?, part()?, part()?);
    let month = i8::try_from(month).ok()?;
    DateTime::new(
        year.parse().ok()?,
        month,
        day.parse().ok()?,
        hour,
        minute,
        second,
        0,
    )
    .ok()
}

fn understood(output: &Output) -> Result<License> {
    let mut license = License::default();
    for (nth, line) in output.stdout.lines().map(str::trim).enumerate() {
        if let Some(version) = line.strip_prefix("ascp version ") {
            // 4.x appends the revision: `4.4.2.572 7fd3699`.
            license.version = first_word(version);
        } else if let Some(names) = line.strip_prefix("Enabled settings:") {
            license.settings = listed(names);
        } else if line.contains("License max rate=") {
            rated(&mut license, line);
        } else if nth == 0 {
            license.product = product(line);
        }
    }
    if license.version.is_empty() {
        return Err(match output.first_words() {
            Some(line) if output.is_success() => unintelligible("ascp", "license", line),
            _ => output.unreadable("ascp", "license"),
        });
    }
    license.problem = problem(&license, output);
    Ok(license)
}

/// `IBM TransferD version 1.1.9`. Without product information 3.9.0 prints
/// `Product version information not found.` (observed), which names none.
fn product(line: &str) -> String {
    match line.rsplit_once(" version ") {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            name.to_owned()
        }
        Some(_) | None => String::new(),
    }
}

/// `Connect Server License max rate=10000 Mbps, account no.=1, license
/// no.=2. Expiration date: …`, of which the first two words and the last
/// sentence may be missing.
fn rated(license: &mut License, line: &str) {
    // Faspex asks for this phrase ("Setting Up an OS X Node"); some free
    // client licences have it too, so it does not prove a server.
    license.connect_server = line.contains("Connect Server License max rate");
    let (_, rate) = line.split_once("max rate=").unwrap_or_default();
    let (rate, _) = rate.split_once(',').unwrap_or((rate, ""));
    rate.trim().clone_into(&mut license.max_rate);
    license.expires = line
        .split_once("Expiration date:")
        .map(|(_, date)| date.trim().to_owned());
}

/// `connect, node and sync2`: the last is joined by a word.
fn listed(names: &str) -> Vec<String> {
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

/// A missing or broken licence file leaves the rating out, says why on
/// standard error and ends with exit code 1 (observed on 3.9.0).
fn problem(license: &License, output: &Output) -> Option<String> {
    let has_rate = !license.max_rate.is_empty();
    if has_rate && output.is_success() {
        return None;
    }
    let said = output.stderr.lines().map(str::trim).find(|l| !l.is_empty());
    Some(match (said, output.code) {
        (Some(words), _) => quoted(words),
        (None, Some(code)) if has_rate => format!("`ascp -A` ended with exit code {code}"),
        (None, None) => "a signal ended `ascp -A`".to_owned(),
        (None, Some(_)) => "`ascp -A` shows no licence".to_owned(),
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
    fn expiry_reads_what_ctime_writes() {
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
    fn lists_end_with_and() {
        assert_eq!(
            listed(" connect, drive and sync2"),
            ["connect", "drive", "sync2"]
        );
        assert_eq!(listed(" desktop_gui"), ["desktop_gui"]);
        assert!(listed("").is_empty());
    }
}

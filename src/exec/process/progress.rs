//! Lets somebody look on while a program runs: which one it is, and the line
//! it printed last, without secrets. What they make of it is their affair;
//! nothing waits for them.

use std::cell::RefCell;
use std::time::Duration;

use crate::exec::Vault;
use crate::step::Command;

/// Is told now and then of a command that runs, and what it printed last.
pub type Watch = dyn FnMut(&Command, &str);

/// How often.
pub(super) const OFTEN: Duration = Duration::from_millis(250);

/// How far back a line is looked for.
pub(super) const REACH: usize = 16 << 10;

/// Tells `watch` of a command that has printed `heard` by now. What it says
/// is of interest where it says it for hours.
pub(super) fn tell(
    watch: &mut dyn FnMut(&Command, &str),
    command: &Command,
    heard: &[u8],
    vault: &RefCell<Vault>,
) {
    // A secret is one line, so that in whole lines it is whole.
    let lines = || vault.borrow().scrub(whole_lines(heard));
    let scrubbed = command.is_lengthy().then(lines);
    watch(command, scrubbed.as_deref().map_or("", last_line));
}

/// The end of what was heard, as far as it is in lines.
fn whole_lines(heard: &[u8]) -> String {
    let end = memchr::memrchr2(b'\n', b'\r', heard).map_or(0, |at| at + 1);
    let start = end.saturating_sub(REACH);
    let lines = &heard[start..end];
    // The first may have begun before.
    let first = memchr::memchr2(b'\n', b'\r', lines).filter(|_| start > 0);
    String::from_utf8_lossy(&lines[first.unwrap_or(0)..]).into_owned()
}

fn last_line(text: &str) -> &str {
    let mut lines = text.split(['\n', '\r']).map(str::trim);
    lines.rfind(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Secret;

    fn told(command: &Command, heard: &[u8], vault: Vault) -> String {
        let mut lines = Vec::new();
        let mut watch = |_: &Command, line: &str| lines.push(line.to_owned());
        tell(&mut watch, command, heard, &RefCell::new(vault));
        lines.concat()
    }

    fn knowing(value: &str) -> Vault {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, value.as_bytes()).unwrap();
        let mut vault = Vault::unattended();
        let name = format!("file:{}", file.path().display());
        vault.resolve(&Secret::parse(&name).unwrap()).unwrap();
        vault
    }

    #[test]
    fn the_last_whole_line_is_told() {
        let of = |heard: &[u8]| told(&Command::new("async"), heard, Vault::unattended());
        assert_eq!(of(b"one\ntwo\nthr"), "two");
        assert_eq!(of(b"10 %\r20 %\r\n\n"), "20 %");
        assert_eq!((of(b""), of(b"one")), (String::new(), String::new()));
        let long = [&b"x".repeat(REACH)[..], b"y\nlast\n"].concat();
        assert_eq!(of(&long), "last");
        assert_eq!(of(&[&b"x".repeat(REACH)[..], b"\n"].concat()), "");
    }

    #[test]
    fn what_is_no_lengthy_program_says_is_not() {
        assert_eq!(
            told(&Command::new("ascp"), b"one\n", Vault::unattended()),
            ""
        );
    }

    #[test]
    fn no_secret_is_told() {
        let command = Command::new("async");
        let line = told(&command, b"key Tr0ub4dor is set\n", knowing("Tr0ub4dor"));
        assert!(
            line.starts_with("key ‹file:") && line.ends_with("› is set"),
            "{line}"
        );
    }
}

//! Reports the progress of a running program: which one it is, and its last
//! line of output without secrets.

use std::cell::RefCell;
use std::time::Duration;

use crate::exec::Vault;
use crate::step::Command;

/// Progress callback: takes the running command and its last line of output.
pub type ProgressCallback = dyn FnMut(&Command, &str);

/// How often progress is reported.
pub(super) const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);

/// The longest line that is reported.
pub(super) const MAX_LINE: usize = 16 << 10;

/// Reports that a command has printed `output` so far. The last line is passed
/// on only for commands that run for hours.
pub(super) fn report(
    callback: &mut dyn FnMut(&Command, &str),
    command: &Command,
    output: &[u8],
    vault: &RefCell<Vault>,
) {
    // Secrets contain no line end, so whole lines contain them whole.
    let lines = || vault.borrow_mut().scrub_shown(whole_lines(output));
    let scrubbed = command.is_lengthy().then(lines);
    callback(command, scrubbed.as_deref().map_or("", last_line));
}

/// The last complete lines of the output.
fn whole_lines(output: &[u8]) -> String {
    let end = memchr::memrchr2(b'\n', b'\r', output).map_or(0, |at| at + 1);
    let start = end.saturating_sub(MAX_LINE);
    let lines = &output[start..end];
    // The first line may have begun earlier.
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

    fn reported(command: &Command, output: &[u8], vault: Vault) -> String {
        let mut lines = Vec::new();
        let mut callback = |_: &Command, line: &str| lines.push(line.to_owned());
        report(&mut callback, command, output, &RefCell::new(vault));
        lines.concat()
    }

    fn vault_with(value: &str) -> Vault {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, value.as_bytes()).unwrap();
        let mut vault = Vault::unattended();
        let name = format!("file:{}", file.path().display());
        vault.resolve(&Secret::parse(&name).unwrap()).unwrap();
        vault
    }

    #[test]
    fn the_last_whole_line_is_reported() {
        let last = |output: &[u8]| reported(&Command::new("async"), output, Vault::unattended());
        assert_eq!(last(b"one\ntwo\nthr"), "two");
        assert_eq!(last(b"10 %\r20 %\r\n\n"), "20 %");
        assert_eq!((last(b""), last(b"one")), (String::new(), String::new()));
        let long = [&b"x".repeat(MAX_LINE)[..], b"y\nlast\n"].concat();
        assert_eq!(last(&long), "last");
        assert_eq!(last(&[&b"x".repeat(MAX_LINE)[..], b"\n"].concat()), "");
    }

    #[test]
    fn output_of_short_commands_is_not_reported() {
        assert_eq!(
            reported(&Command::new("ascp"), b"one\n", Vault::unattended()),
            ""
        );
    }

    #[test]
    fn no_secret_is_reported() {
        let command = Command::new("async");
        let line = reported(&command, b"key Tr0ub4dor is set\n", vault_with("Tr0ub4dor"));
        assert!(
            line.starts_with("key ‹file:") && line.ends_with("› is set"),
            "{line}"
        );
    }
}

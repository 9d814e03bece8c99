//! The output of vendor programs: whatever a program prints, the reading is a state or a fault.
//! The first line names the subject, as in `linux account/u`.

use ascript::state::{Platform, Subject};
use ascript::step::Command;
use ascript::tools::{self, Output};

pub(super) fn holds(text: &str) {
    let Some((head, printed)) = text.split_once('\n') else {
        return;
    };
    let (platform, path) = match head.split_once(' ') {
        Some(("macos", path)) => (Platform::Macos, path),
        Some((_, path)) => (Platform::Linux, path),
        None => return,
    };
    // A reading may start several programs: each prints the next part.
    let mut parts = printed.split('\u{c}');
    let mut run = |_: &Command| {
        let stdout = parts.next().unwrap_or_default();
        let code = Some(i32::from(stdout.ends_with('!')));
        Ok(Output {
            code,
            stdout: stdout.to_owned(),
            stderr: stdout.lines().next_back().unwrap_or_default().to_owned(),
        })
    };
    match Subject::parse(path) {
        Some(Subject::Service(name)) => drop(tools::service(platform, &name, &mut run)),
        Some(Subject::ApiUsers) => drop(tools::api_users(&mut run)),
        Some(subject) if !subject.is_conf() => drop(tools::read(platform, &subject, &mut run)),
        Some(_) | None => {}
    }
}

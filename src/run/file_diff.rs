//! The contents of files that steps write, before and after, as unified diffs.

use similar::TextDiff;

use crate::state::State;

/// Unchanged lines before and after a change.
const CONTEXT: usize = 3;

/// The diff of a file at that path; empty if its content stays as it is. What may not be shown is
/// named by a remark.
pub fn unified_file_diff(path: &str, before: &State, after: &State) -> String {
    if is_same(before, after) {
        return String::new();
    }
    let name = |side: &str, state: &State| match state.file() {
        None => "/dev/null".to_owned(),
        Some(_) => format!("{side}{path}"),
    };
    let mut diff = format!("--- {}\n+++ {}\n", name("a", before), name("b", after));
    match (text(before), text(after)) {
        (Some(before), Some(after)) => {
            let changed = TextDiff::from_lines(before, after);
            let mut hunks = changed.unified_diff();
            diff.push_str(&hunks.context_radius(CONTEXT).to_string());
        }
        (None, Some(after)) => {
            let changed = TextDiff::from_lines("", after);
            let hunks = changed.unified_diff().to_string();
            let (head, lines) = hunks.split_once('\n').unwrap_or(("@@ -0,0 +0,0 @@", ""));
            diff.extend([head, "\n\\ the content before is not shown\n", lines]);
        }
        (Some(_), None) => diff.push_str("@@ -0,0 +0,0 @@\n\\ the content after is not shown\n"),
        (None, None) => diff.push_str("@@ -0,0 +0,0 @@\n\\ the content is not shown\n"),
    }
    diff
}

fn is_same(before: &State, after: &State) -> bool {
    match (before.file(), after.file()) {
        (Some(before), Some(after)) => before.digest.is_some() && before.digest == after.digest,
        (before, after) => before.is_none() && after.is_none(),
    }
}

/// The content as far as it may be shown; that of a missing file is empty.
fn text(state: &State) -> Option<&str> {
    state.file().map_or(Some(""), |file| file.text.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::FileState;

    fn file(mode: &str, text: &str) -> State {
        let mode = mode.to_owned();
        let file = FileState {
            mode,
            ..FileState::fresh()
        };
        State::File(file.with_bytes(text.as_bytes()).into())
    }

    #[test]
    fn the_lines_that_change_are_shown() {
        let diff = unified_file_diff("/etc/x", &file("644", "a\nb\n"), &file("644", "a\nc"));
        assert_eq!(
            diff,
            "--- a/etc/x\n+++ b/etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"
        );
        let diff = unified_file_diff("/etc/x", &State::Absent, &file("644", "a\n"));
        assert_eq!(diff, "--- /dev/null\n+++ b/etc/x\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(
            unified_file_diff("/etc/x", &file("644", "a\n"), &file("755", "a\n")),
            ""
        );
    }

    #[test]
    fn the_content_of_a_private_file_is_not_shown() {
        let diff = unified_file_diff("/etc/x", &file("600", "hunter2\n"), &file("644", "a\n"));
        assert!(!diff.contains("hunter2"), "{diff}");
        assert!(
            diff.contains("\\ the content before is not shown\n+a\n"),
            "{diff}"
        );
        let diff = unified_file_diff("/etc/x", &file("600", "hunter2\n"), &State::Absent);
        assert!(!diff.contains("hunter2"), "{diff}");
    }
}

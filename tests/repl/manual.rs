//! The session in the README, typed at a terminal.

use super::terminal::Terminal;

#[test]
fn the_session_in_the_readme_goes_as_shown() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = readme.split("```text\n$ ascript repl").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    let (args, lines) = block.split_once('\n').unwrap();
    let args: Vec<_> = args.split_whitespace().collect();
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::open(home.path(), &args);
    let mut count = 0;
    for line in lines.lines() {
        if let Some((prompt, typed)) = line.split_once("> ").filter(|_| line.starts_with("blank:"))
        {
            terminal.sees(&format!("{prompt}> "));
            terminal.send(&format!("{typed}\r"));
            count += 1;
        } else if is_continuation(line) {
            terminal.send(&format!("{}\r", line.trim()));
        } else if !line.trim().is_empty() {
            terminal.sees(line.trim());
        }
    }
    assert!(count > 5, "only {count} lines");
}

/// Whether a line continues a typed block, rather than being output.
fn is_continuation(line: &str) -> bool {
    line == "}" || (line.starts_with("    ") && line.ends_with(';'))
}

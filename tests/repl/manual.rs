//! The session that the manual shows, typed at a terminal.

use super::terminal::Terminal;

#[test]
fn the_session_in_the_manual_goes_as_shown() {
    let manual =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = manual.split("```text\n$ ascript repl").nth(1).unwrap();
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
        } else if line.starts_with("    ") && line.trim_start() == line.trim() && is_typed(line) {
            terminal.send(&format!("{}\r", line.trim()));
        } else if !line.trim().is_empty() && line != "}" {
            terminal.sees(line.trim());
        } else if line == "}" {
            terminal.send("}\r");
        }
    }
    assert!(count > 5, "only {count} lines");
}

/// Lines of a block that go on are the only ones with a semicolon at the end.
fn is_typed(line: &str) -> bool {
    line.ends_with(';')
}

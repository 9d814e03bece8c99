//! What `echo`, `printf` and here-documents write.

use super::context::ToolCall;

/// The text that a program writes; none where that is not certain.
pub(super) fn written_text(call: &ToolCall) -> Option<String> {
    match call.program.as_str() {
        "echo" => echoed(&call.args),
        "printf" => printed(&call.args),
        "cat" if call.args.iter().all(|arg| arg == "-") => read_text(call),
        _ => None,
    }
}

/// The text that a program reads from a here-document, a here-string or the program before it.
pub(super) fn read_text(call: &ToolCall) -> Option<String> {
    match &call.input {
        Some(input) => Some(input.clone()),
        None => written_text(call.feeder.as_ref()?),
    }
}

/// The same without the ends of lines behind it.
pub(super) fn fed_text(call: &ToolCall) -> Option<String> {
    read_text(call).map(|text| text.trim_end_matches('\n').to_owned())
}

fn echoed(args: &[String]) -> Option<String> {
    let is_flag = |arg: &&String| {
        let letters = arg.strip_prefix('-').unwrap_or_default();
        !letters.is_empty() && letters.chars().all(|c| "neE".contains(c))
    };
    let flags = args.iter().take_while(is_flag).count();
    let (flags, words) = args.split_at(flags);
    let has = |letter: char| flags.iter().any(|flag| flag.contains(letter));
    let end = if has('n') { "" } else { "\n" };
    let text = words.join(" ");
    // Whether `echo` itself reads escapes differs between shells.
    let text = if has('e') {
        unescaped(&text)?
    } else if text.contains('\\') {
        return None;
    } else {
        text
    };
    Some(text + end)
}

fn printed(args: &[String]) -> Option<String> {
    let (format, args) = args.split_first()?;
    match format.as_str() {
        "%s" => Some(args.concat()),
        "%s\\n" => Some(args.iter().flat_map(|arg| [arg, "\n"]).collect()),
        _ if args.is_empty() && !format.contains('%') => unescaped(format),
        _ => None,
    }
}

/// The text with `\n`, `\t` and `\\` read; none if it has other escapes.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                '\\' => '\\',
                _ => return None,
            },
            _ => c,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(program: &str, args: &[&str]) -> Option<String> {
        written_text(&ToolCall {
            program: program.to_owned(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            ..ToolCall::default()
        })
    }

    #[test]
    fn echo_and_printf_write_what_they_write_in_a_shell() {
        for (program, args, wanted) in [
            ("echo", &["a", "b"][..], Some("a b\n")),
            ("echo", &["-n", "a"], Some("a")),
            ("echo", &["-en", "a\\tb\\n"], Some("a\tb\n")),
            ("echo", &["-x", "-n"], Some("-x -n\n")),
            ("echo", &["a\\n"], None),
            ("echo", &["-e", "\\x41"], None),
            ("printf", &["a\\n"], Some("a\n")),
            ("printf", &["%s\\n", "a", "b"], Some("a\nb\n")),
            ("printf", &["%s", "a"], Some("a")),
            ("printf", &["%d\\n", "1"], None),
            ("printf", &[], None),
        ] {
            assert_eq!(text(program, args).as_deref(), wanted, "{program} {args:?}");
        }
    }
}

//! Parses an argument list into options and operands, as getopt does.

/// The options that a program accepts.
pub(super) struct OptionSyntax {
    /// Letters without a value.
    pub(super) flags: &'static str,
    /// Letters with a value.
    pub(super) values: &'static str,
    /// Long options without a value, each with its key in [`ParsedArgs`].
    pub(super) long_flags: &'static [(&'static str, &'static str)],
    /// Long options with a value, each with its key in [`ParsedArgs`].
    pub(super) long_values: &'static [(&'static str, &'static str)],
}

/// One argument, or an option with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParsedArg {
    Flag(String),
    Value(String, String),
    Operand(String),
}

/// The parsed arguments in order.
#[derive(Debug)]
pub(super) struct ParsedArgs(pub(super) Vec<ParsedArg>);

impl ParsedArgs {
    pub(super) fn has(&self, key: &str) -> bool {
        self.0
            .iter()
            .any(|arg| matches!(arg, ParsedArg::Flag(flag) if flag == key))
    }

    /// The last value given for an option.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.values(key).last()
    }

    /// Every value given for an option.
    pub(super) fn values<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |arg| match arg {
            ParsedArg::Value(name, value) if name == key => Some(value.as_str()),
            ParsedArg::Value(..) | ParsedArg::Flag(_) | ParsedArg::Operand(_) => None,
        })
    }

    pub(super) fn operands(&self) -> Vec<&str> {
        let operands = self.0.iter().filter_map(|arg| match arg {
            ParsedArg::Operand(text) => Some(text.as_str()),
            ParsedArg::Value(..) | ParsedArg::Flag(_) => None,
        });
        operands.collect()
    }
}

/// Parses `args`; the error names the argument that is wrong.
pub(super) fn parse(args: &[String], syntax: &OptionSyntax) -> Result<ParsedArgs, String> {
    let mut parsed = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            parsed.extend(rest.by_ref().cloned().map(ParsedArg::Operand));
        } else if let Some(long) = arg.strip_prefix("--") {
            parsed.push(long_option(long, &mut rest, syntax)?);
        } else if arg.len() > 1 && arg.starts_with('-') {
            short_options(&arg[1..], &mut rest, syntax, &mut parsed)?;
        } else {
            parsed.push(ParsedArg::Operand(arg.clone()));
        }
    }
    Ok(ParsedArgs(parsed))
}

fn long_option<'a>(
    text: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    syntax: &OptionSyntax,
) -> Result<ParsedArg, String> {
    let (name, attached) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let key = |table: &[(&str, &'static str)]| {
        let row = table.iter().find(|row| row.0 == name);
        row.map(|row| row.1.to_owned())
    };
    if let Some(key) = key(syntax.long_flags) {
        return Ok(ParsedArg::Flag(key));
    }
    let key = key(syntax.long_values).ok_or_else(|| format!("unrecognized option '--{name}'"))?;
    let value = attached.or_else(|| rest.next().cloned());
    let value = value.ok_or_else(|| format!("option '--{name}' requires an argument"))?;
    Ok(ParsedArg::Value(key, value))
}

/// Parses the letters after one dash; the value of a letter is the rest of the
/// argument or the next one.
fn short_options<'a>(
    text: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    syntax: &OptionSyntax,
    parsed: &mut Vec<ParsedArg>,
) -> Result<(), String> {
    for (at, letter) in text.char_indices() {
        if syntax.flags.contains(letter) {
            parsed.push(ParsedArg::Flag(letter.to_string()));
            continue;
        }
        if !syntax.values.contains(letter) {
            return Err(format!("invalid option -- '{letter}'"));
        }
        let rest_of_text = &text[at + letter.len_utf8()..];
        let value = if rest_of_text.is_empty() {
            rest.next().cloned()
        } else {
            Some(rest_of_text.to_owned())
        };
        let value = value.ok_or_else(|| format!("option requires an argument -- '{letter}'"))?;
        parsed.push(ParsedArg::Value(letter.to_string(), value));
        return Ok(());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNTAX: OptionSyntax = OptionSyntax {
        flags: "am",
        values: "u",
        long_flags: &[("add", "a")],
        long_values: &[("acl-add", "acl-add")],
    };

    fn parsed(args: &[&str]) -> Result<ParsedArgs, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        parse(&args, &SYNTAX)
    }

    #[test]
    fn letters_combine_and_the_last_takes_the_value() {
        let parsed = parsed(&["-mu", "api", "--acl-add", "x", "--acl-add=y", "--add"]).unwrap();
        assert!(parsed.has("m") && parsed.has("a"));
        assert_eq!(parsed.value("u"), Some("api"));
        assert_eq!(parsed.value("acl-add"), Some("y"));
    }

    #[test]
    fn unknown_options_and_missing_values_are_errors() {
        assert!(parsed(&["-z"]).is_err());
        assert!(parsed(&["--zoo"]).is_err());
        assert!(parsed(&["-u"]).is_err());
    }
}

//! Splits an argument list into options and plain words, in the way of getopt.
//! What the options mean is the business of each program.

/// Which options a program takes.
pub(super) struct OptionSyntax {
    /// Letters without a value.
    pub(super) flags: &'static str,
    /// Letters with a value.
    pub(super) values: &'static str,
    /// Long options without a value, and the key they are reported under.
    pub(super) long_flags: &'static [(&'static str, &'static str)],
    /// Long options with a value, and the key they are reported under.
    pub(super) long_values: &'static [(&'static str, &'static str)],
}

/// One thing on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParsedArg {
    Flag(String),
    Value(String, String),
    Operand(String),
}

/// The words of a command line in order.
#[derive(Debug)]
pub(super) struct ParsedArgs(pub(super) Vec<ParsedArg>);

impl ParsedArgs {
    pub(super) fn has(&self, key: &str) -> bool {
        self.0
            .iter()
            .any(|word| matches!(word, ParsedArg::Flag(flag) if flag == key))
    }

    /// The last value given for an option.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.values(key).last()
    }

    /// Every value given for an option.
    pub(super) fn values<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |word| match word {
            ParsedArg::Value(name, value) if name == key => Some(value.as_str()),
            ParsedArg::Value(..) | ParsedArg::Flag(_) | ParsedArg::Operand(_) => None,
        })
    }

    pub(super) fn operands(&self) -> Vec<&str> {
        let plain = self.0.iter().filter_map(|word| match word {
            ParsedArg::Operand(text) => Some(text.as_str()),
            ParsedArg::Value(..) | ParsedArg::Flag(_) => None,
        });
        plain.collect()
    }
}

/// Splits `args`, or says which of them is wrong.
pub(super) fn parse(args: &[String], syntax: &OptionSyntax) -> Result<ParsedArgs, String> {
    let mut words = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            words.extend(rest.by_ref().cloned().map(ParsedArg::Operand));
        } else if let Some(long) = arg.strip_prefix("--") {
            words.push(long_option(long, &mut rest, syntax)?);
        } else if arg.len() > 1 && arg.starts_with('-') {
            cluster(&arg[1..], &mut rest, syntax, &mut words)?;
        } else {
            words.push(ParsedArg::Operand(arg.clone()));
        }
    }
    Ok(ParsedArgs(words))
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

/// Letters behind one dash; a letter with a value takes what is left of them.
fn cluster<'a>(
    text: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    syntax: &OptionSyntax,
    words: &mut Vec<ParsedArg>,
) -> Result<(), String> {
    for (at, letter) in text.char_indices() {
        if syntax.flags.contains(letter) {
            words.push(ParsedArg::Flag(letter.to_string()));
            continue;
        }
        if !syntax.values.contains(letter) {
            return Err(format!("invalid option -- '{letter}'"));
        }
        let left = &text[at + letter.len_utf8()..];
        let value = if left.is_empty() {
            rest.next().cloned()
        } else {
            Some(left.to_owned())
        };
        let value = value.ok_or_else(|| format!("option requires an argument -- '{letter}'"))?;
        words.push(ParsedArg::Value(letter.to_string(), value));
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

    fn words(args: &[&str]) -> Result<ParsedArgs, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        parse(&args, &SYNTAX)
    }

    #[test]
    fn letters_combine_and_the_last_takes_the_value() {
        let words = words(&["-mu", "api", "--acl-add", "x", "--acl-add=y", "--add"]).unwrap();
        assert!(words.has("m") && words.has("a"));
        assert_eq!(words.value("u"), Some("api"));
        assert_eq!(words.value("acl-add"), Some("y"));
    }

    #[test]
    fn unknown_options_and_missing_values_are_errors() {
        assert!(words(&["-z"]).is_err());
        assert!(words(&["--zoo"]).is_err());
        assert!(words(&["-u"]).is_err());
    }
}

//! Splits an argument list into options and plain words, in the way of getopt.
//! What the options mean is the business of each program.

/// Which options a program takes.
pub(super) struct Syntax {
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
pub(super) enum Word {
    Flag(String),
    Value(String, String),
    Plain(String),
}

/// The words of a command line in order.
#[derive(Debug)]
pub(super) struct Words(pub(super) Vec<Word>);

impl Words {
    pub(super) fn has(&self, key: &str) -> bool {
        self.0
            .iter()
            .any(|word| matches!(word, Word::Flag(flag) if flag == key))
    }

    /// The last value given for an option.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.values(key).last()
    }

    /// Every value given for an option.
    pub(super) fn values<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |word| match word {
            Word::Value(name, value) if name == key => Some(value.as_str()),
            Word::Value(..) | Word::Flag(_) | Word::Plain(_) => None,
        })
    }

    pub(super) fn plain(&self) -> Vec<&str> {
        let plain = self.0.iter().filter_map(|word| match word {
            Word::Plain(text) => Some(text.as_str()),
            Word::Value(..) | Word::Flag(_) => None,
        });
        plain.collect()
    }
}

/// Splits `args`, or says which of them is wrong.
pub(super) fn parse(args: &[String], syntax: &Syntax) -> Result<Words, String> {
    let mut words = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            words.extend(rest.by_ref().cloned().map(Word::Plain));
        } else if let Some(long) = arg.strip_prefix("--") {
            words.push(long_option(long, &mut rest, syntax)?);
        } else if arg.len() > 1 && arg.starts_with('-') {
            cluster(&arg[1..], &mut rest, syntax, &mut words)?;
        } else {
            words.push(Word::Plain(arg.clone()));
        }
    }
    Ok(Words(words))
}

fn long_option<'a>(
    text: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    syntax: &Syntax,
) -> Result<Word, String> {
    let (name, attached) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let key = |table: &[(&str, &'static str)]| {
        let row = table.iter().find(|row| row.0 == name);
        row.map(|row| row.1.to_owned())
    };
    if let Some(key) = key(syntax.long_flags) {
        return Ok(Word::Flag(key));
    }
    let key = key(syntax.long_values).ok_or_else(|| format!("unrecognized option '--{name}'"))?;
    let value = attached.or_else(|| rest.next().cloned());
    let value = value.ok_or_else(|| format!("option '--{name}' requires an argument"))?;
    Ok(Word::Value(key, value))
}

/// Letters behind one dash; a letter with a value takes what is left of them.
fn cluster<'a>(
    text: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    syntax: &Syntax,
    words: &mut Vec<Word>,
) -> Result<(), String> {
    for (at, letter) in text.char_indices() {
        if syntax.flags.contains(letter) {
            words.push(Word::Flag(letter.to_string()));
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
        words.push(Word::Value(letter.to_string(), value));
        return Ok(());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNTAX: Syntax = Syntax {
        flags: "am",
        values: "u",
        long_flags: &[("add", "a")],
        long_values: &[("acl-add", "acl-add")],
    };

    fn words(args: &[&str]) -> Result<Words, String> {
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

//! Arguments of a program by a table of its flags.

use super::context::Untranslated;

/// A flag, its other names, and whether a value follows.
#[derive(Clone, Copy)]
pub(super) struct Flag {
    names: &'static [&'static str],
    has_value: bool,
}

impl Flag {
    /// The name by which [`ParsedFlags`] know it.
    pub(super) fn name(&self) -> &'static str {
        self.names[0]
    }
}

/// A flag without a value.
pub(super) const fn switch(names: &'static [&'static str]) -> Flag {
    Flag {
        names,
        has_value: false,
    }
}

/// A flag with a value.
pub(super) const fn valued(names: &'static [&'static str]) -> Flag {
    Flag {
        names,
        has_value: true,
    }
}

/// The flags and the other arguments of a command.
#[derive(Debug, Default)]
pub(super) struct ParsedFlags {
    /// The first name of each flag, and its value.
    flags: Vec<(&'static str, String)>,
    pub(super) operands: Vec<String>,
}

impl ParsedFlags {
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The last value of a flag.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut flags = self.flags.iter().rev();
        flags
            .find(|(flag, _)| *flag == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of a flag in their order.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let flags = self.flags.iter().filter(move |(flag, _)| *flag == name);
        flags.map(|(_, value)| value.as_str())
    }

    /// The operand of a command that must name one thing.
    pub(super) fn only_operand(&self, what: &str) -> Result<&str, Untranslated> {
        match self.operands.as_slice() {
            [operand] => Ok(operand),
            _ => Err(Untranslated::comment(format!(
                "it does not name one {what}"
            ))),
        }
    }
}

/// Parses arguments: `-u NAME`, `--user NAME`, `--user=NAME`, and short flags together as in `-au`.
pub(super) fn parse(args: &[String], flags: &[Flag]) -> Result<ParsedFlags, Untranslated> {
    let mut parsed = ParsedFlags::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if !arg.starts_with('-') || arg.len() < 2 {
            parsed.operands.push(arg.clone());
            continue;
        }
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) if arg.starts_with("--") => (name, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let mut next = || args.next().cloned();
        if let Some(flag) = flags.iter().find(|flag| flag.names.contains(&name)) {
            let value = match value {
                None if flag.has_value => next().ok_or_else(|| lacks_value(name))?,
                value => value.unwrap_or_default(),
            };
            parsed.flags.push((flag.name(), value));
        } else {
            short_flags(arg, flags, &mut next, &mut parsed)?;
        }
    }
    Ok(parsed)
}

/// Short flags in one argument; the last may have a value, in it or in the next one.
fn short_flags(
    arg: &str,
    flags: &[Flag],
    next: &mut dyn FnMut() -> Option<String>,
    parsed: &mut ParsedFlags,
) -> Result<(), Untranslated> {
    let unknown = || Untranslated::comment(format!("its option {} is not known", shown(arg)));
    if arg.starts_with("--") {
        return Err(unknown());
    }
    for (at, letter) in arg.char_indices().skip(1) {
        let name = format!("-{letter}");
        let flag = flags.iter().find(|flag| flag.names.contains(&&*name));
        let flag = flag.ok_or_else(unknown)?;
        if flag.has_value {
            let rest = &arg[at + letter.len_utf8()..];
            let value = if rest.is_empty() {
                next()
            } else {
                Some(rest.to_owned())
            };
            let value = value.ok_or_else(|| lacks_value(&name))?;
            parsed.flags.push((flag.name(), value));
            return Ok(());
        }
        parsed.flags.push((flag.name(), String::new()));
    }
    Ok(())
}

/// The name of an option, without what may be its value.
fn shown(arg: &str) -> String {
    let end = arg.find('=').unwrap_or(arg.len());
    let name: String = arg[..end].chars().take(30).collect();
    if name.starts_with("--") {
        name
    } else {
        name.chars().take(2).collect()
    }
}

pub(super) fn lacks_value(name: &str) -> Untranslated {
    Untranslated::comment(format!("its option {name} has no value"))
}

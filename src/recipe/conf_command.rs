//! The commands of asconfigurator, with the slips that people make in them.

use super::context::{Context, Untranslated};
use crate::conf;
use crate::state::SectionKind;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Set,
    Get,
    Delete,
}

/// A setting and its value.
#[derive(Debug)]
pub(super) struct ConfPair<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// A command of asconfigurator.
#[derive(Debug)]
pub(super) struct ConfCommand<'a> {
    pub(super) verb: Verb,
    pub(super) section: SectionKind,
    /// The name of the section, where a file has several of the kind.
    pub(super) name: Option<&'a str>,
    pub(super) pairs: Vec<ConfPair<'a>>,
}

const COMMA: &str = "a comma stood where a semicolon belongs";

impl<'a> ConfCommand<'a> {
    /// Parses a command.
    pub(super) fn parse(text: &'a str, context: &mut Context) -> Result<Self, Untranslated> {
        let text = text.trim();
        let (word, rest) = split_word(text, context);
        let (verb, section) = command_word(word, context)
            .ok_or_else(|| Untranslated::comment("asconfigurator has no such command"))?;
        let mut pairs = Vec::new();
        for piece in rest.split(';') {
            if piece.trim() != piece {
                context.changed("blanks beside a semicolon were removed");
            }
            split_pairs(section, piece.trim(), &mut pairs, context)?;
        }
        let name = take_name(section, &mut pairs)?;
        Ok(Self {
            verb,
            section,
            name,
            pairs,
        })
    }
}

/// The word of the command and what follows it.
fn split_word<'a>(text: &'a str, context: &mut Context) -> (&'a str, &'a str) {
    let at = text.find([';', ',']).unwrap_or(text.len());
    let rest = text.get(at + 1..).unwrap_or_default();
    if text[at..].starts_with(',') {
        context.changed(COMMA);
    }
    (text[..at].trim(), rest)
}

/// The verb and the section of a command: `set_user_data`, its short form `user`, or `set_user`,
/// which does not exist.
fn command_word(word: &str, context: &mut Context) -> Option<(Verb, SectionKind)> {
    let lower = word.to_ascii_lowercase();
    if lower == "set_log_setting_data" {
        return Some((Verb::Set, SectionKind::Logging));
    }
    for kind in SectionKind::all() {
        let info = kind.info();
        if info.delete_command == Some(&*lower) {
            return Some((Verb::Delete, kind));
        }
        let Some(bare) = info.set_command.strip_prefix("set_") else {
            continue;
        };
        let short = bare.strip_suffix("_data").unwrap_or(bare);
        if lower.strip_prefix("get_") == Some(bare) {
            return Some((Verb::Get, kind));
        }
        if lower == info.set_command || lower == short {
            return Some((Verb::Set, kind));
        }
        if lower.strip_prefix("set_") == Some(short) {
            context.changed(format!("{lower} means {}", info.set_command));
            return Some((Verb::Set, kind));
        }
    }
    None
}

/// Adds the pairs of one piece: several where commas stand in the place of semicolons.
fn split_pairs<'a>(
    section: SectionKind,
    piece: &'a str,
    pairs: &mut Vec<ConfPair<'a>>,
    context: &mut Context,
) -> Result<(), Untranslated> {
    if piece.is_empty() {
        return Ok(());
    }
    let Some((name, mut value)) = piece.split_once(',') else {
        return lonely_piece(piece, pairs, context);
    };
    let name = name.trim();
    let is_listed = conf::find(section, name).is_some_and(|setting| setting.is_comma_listed);
    let mut rest = None;
    if !is_listed {
        let mut commas = value.match_indices(',');
        let next = commas.find(|(at, _)| is_name(section, &value[at + 1..]));
        if let Some((at, _)) = next {
            rest = Some(&value[at + 1..]);
            value = &value[..at];
            context.changed(COMMA);
        }
    }
    if value.trim() != value {
        context.changed("blanks beside a value were removed");
    }
    pairs.push(ConfPair {
        name,
        value: value.trim(),
    });
    rest.map_or(Ok(()), |rest| split_pairs(section, rest, pairs, context))
}

/// A piece without a comma: the value of the piece before it, which has none.
fn lonely_piece<'a>(
    piece: &'a str,
    pairs: &mut Vec<ConfPair<'a>>,
    context: &mut Context,
) -> Result<(), Untranslated> {
    let is_name = |text: &str| conf::all_settings().any(|setting| setting.name == text);
    match pairs.last_mut() {
        Some(last) if last.value.is_empty() => {
            last.value = piece;
            context.changed("a semicolon stood where a comma belongs");
        }
        _ if is_name(piece) => pairs.push(ConfPair {
            name: piece,
            value: "",
        }),
        _ => {
            return Err(Untranslated::comment(
                "a part of its command is no `name,value`",
            ));
        }
    }
    Ok(())
}

/// Whether a text starts with the name of a setting or of the selector, and a comma.
fn is_name(section: SectionKind, text: &str) -> bool {
    let Some((name, _)) = text.split_once(',') else {
        return false;
    };
    let name = name.trim();
    let selector = section.info().name.as_ref();
    conf::find(section, name).is_some() || selector.is_some_and(|field| field.argument == name)
}

/// Takes the name of the section, which comes first.
fn take_name<'a>(
    section: SectionKind,
    pairs: &mut Vec<ConfPair<'a>>,
) -> Result<Option<&'a str>, Untranslated> {
    let Some(field) = &section.info().name else {
        return Ok(None);
    };
    let at = pairs.iter().position(|pair| pair.name == field.argument);
    let name = at
        .map(|at| pairs.remove(at).value)
        .filter(|name| !name.is_empty());
    let missing = || Untranslated::comment(format!("its command has no {}", field.argument));
    name.map(Some).ok_or_else(missing)
}

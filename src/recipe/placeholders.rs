//! Patterns of commands on a page, such as `user_name,username`, and the examples after them that
//! fill them in. The example is translated, with a parameter for each value.

use std::collections::BTreeMap;

use super::chunks::{Chunk, ChunkContent};
use super::context::Context;
use super::declared::from_variable;
use super::parameters::is_hole;
use super::shell::{Invocation, ShellItem, WordPart};

/// How many commands after a pattern its example is looked for.
const REACH: usize = 6;

/// What separates the values of a command.
const SEPARATORS: &[char] = &[';', ',', ':', '@', '=', ' '];

/// Words that stand for a value, and the name of the parameter.
const WORDS: &[(&str, &str)] = &[
    ("username", "user"),
    ("system_username", "user"),
    ("transfer_user", "user"),
    ("docroot_path", "docroot"),
    ("ip_or_hostname", "server_name"),
    ("ip_address", "server_name"),
    ("encryption_key", "token_key"),
    ("node_api_username", "api_user"),
    ("node_api_passwd", "api_password"),
    ("node_api_password", "api_password"),
    ("access_key_id", "access_key"),
];

/// Words that stand for the value of the setting before them.
const ANY_VALUE: &[&str] = &["filepath", "value", "path", "folder", "directory"];

/// Settings, and the names of their parameters.
const SETTINGS: &[(&str, &str)] = &[("absolute", "docroot")];

/// Words in capitals that are no placeholders.
const NO_PLACEHOLDERS: &[&str] = &["AS_NULL"];

/// Replaces placeholders by parameters. Patterns that an example fills in become examples.
pub(super) fn replace(chunks: &mut [Chunk], context: &mut Context) {
    let commands: Vec<_> = (0..chunks.len())
        .filter(|index| invocation(&mut chunks[*index]).is_some())
        .collect();
    let mut parameters = BTreeMap::new();
    for (position, index) in commands.iter().enumerate() {
        let is_cut = chunks[*index].slips.contains(&super::chunks::NOT_CLOSED);
        let Some(pattern) = invocation(&mut chunks[*index]).map(values) else {
            continue;
        };
        let names = placeholders(&pattern, is_cut);
        if names.is_empty() {
            continue;
        }
        let later = commands[position + 1..].iter().take(REACH);
        let example = later.copied().find(|later| {
            invocation(&mut chunks[*later])
                .is_some_and(|found| fills(&pattern, &names, &values(found)))
        });
        // What is left of a value that was cut off counts where no example has it whole.
        let names = if example.is_none() && is_cut {
            placeholders(&pattern, false)
        } else {
            names
        };
        let target = example.unwrap_or(*index);
        let given = example.and_then(|example| invocation(&mut chunks[example]).map(values));
        let filled = filled(&pattern, &names, given.as_ref(), &mut parameters, context);
        if let Some(invocation) = invocation(&mut chunks[target]) {
            set_values(invocation, &filled);
        }
        if example.is_some() {
            let line = chunks[target].line;
            chunks[*index].content = ChunkContent::Pattern { line };
        }
    }
}

/// The command of a chunk that has only one, without variables.
fn invocation(chunk: &mut Chunk) -> Option<&mut Invocation> {
    let ChunkContent::Items(items) = &mut chunk.content else {
        return None;
    };
    let [placed] = items.as_mut_slice() else {
        return None;
    };
    let ShellItem::Run(invocation) = &mut placed.item else {
        return None;
    };
    Some(invocation)
}

/// The words of a command and of what feeds it, split into values and separators.
type WordValues = Vec<Vec<String>>;

fn values(invocation: &mut Invocation) -> WordValues {
    let mut all = Vec::new();
    each_word(invocation, &mut |word| all.push(split(word)));
    all
}

/// Calls a function with each word that has no variables; the others stay.
fn each_word(invocation: &mut Invocation, visit: &mut dyn FnMut(&mut String)) {
    if let Some(feeder) = &mut invocation.feeder {
        each_word(feeder, visit);
    }
    for word in &mut invocation.words {
        if let [WordPart::Text(text)] = word.0.as_mut_slice() {
            visit(text);
        }
    }
}

fn set_values(invocation: &mut Invocation, values: &WordValues) {
    let mut values = values.iter();
    each_word(invocation, &mut |word| {
        if let Some(value) = values.next() {
            *word = value.concat();
        }
    });
}

/// Values and separators in turn; a value may be empty.
fn split(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in word.chars() {
        if SEPARATORS.contains(&c) {
            parts.push(c.to_string());
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// The names of the parameters for the placeholders, by word and part.
fn placeholders(pattern: &WordValues, is_cut: bool) -> BTreeMap<(usize, usize), String> {
    let mut names = BTreeMap::new();
    for (word, parts) in pattern.iter().enumerate() {
        for (part, text) in parts.iter().enumerate() {
            let is_value = part > 0 || word > 0;
            let setting = parts.get(part.wrapping_sub(2));
            let name = match setting {
                Some(setting) if ANY_VALUE.contains(&text.as_str()) => Some(of_setting(setting)),
                _ => parameter_name(text),
            };
            if let Some(name) = name.filter(|_| is_value) {
                names.insert((word, part), name);
            }
        }
    }
    if let Some((word, parts)) = pattern.iter().enumerate().next_back()
        && let [.., setting, _, _] = parts.as_slice()
        && is_cut
    {
        names.insert((word, parts.len() - 1), of_setting(setting));
    }
    names
}

/// The name of the parameter for a setting.
fn of_setting(setting: &str) -> String {
    let row = SETTINGS.iter().find(|(name, _)| *name == setting);
    row.map_or(setting, |(_, name)| name).to_owned()
}

/// The name of the parameter for a placeholder.
fn parameter_name(text: &str) -> Option<String> {
    if let Some((_, name)) = WORDS.iter().find(|(word, _)| *word == text) {
        return Some((*name).to_owned());
    }
    let is_capital = |c: char| c.is_ascii_uppercase() || c == '_';
    let is_placeholder = text.len() > 3 && text.contains('_') && text.chars().all(is_capital);
    (is_placeholder && !NO_PLACEHOLDERS.contains(&text)).then(|| {
        let name = text.to_lowercase();
        let name = name.strip_prefix("your_").unwrap_or(&name);
        let row = WORDS.iter().find(|(word, _)| *word == name);
        row.map_or(name, |(_, name)| name).to_owned()
    })
}

/// Whether a command is a pattern with its placeholders filled in.
fn fills(
    pattern: &WordValues,
    names: &BTreeMap<(usize, usize), String>,
    other: &WordValues,
) -> bool {
    let is_same = pattern.len() == other.len()
        && pattern
            .iter()
            .zip(other)
            .all(|(one, other)| one.len() <= other.len());
    let differs = pattern != other;
    is_same
        && differs
        && pattern.iter().enumerate().all(|(word, parts)| {
            let others = &other[word];
            let is_last_open =
                parts.len() < others.len() && names.contains_key(&(word, parts.len() - 1));
            let parts_agree = parts
                .iter()
                .enumerate()
                .all(|(part, text)| names.contains_key(&(word, part)) || *text == others[part]);
            parts_agree && (parts.len() == others.len() || is_last_open)
        })
}

/// The command with a parameter for each placeholder. An example gives the defaults.
fn filled(
    pattern: &WordValues,
    names: &BTreeMap<(usize, usize), String>,
    example: Option<&WordValues>,
    parameters: &mut BTreeMap<String, (String, String)>,
    context: &mut Context,
) -> WordValues {
    let mut filled = example.unwrap_or(pattern).clone();
    for ((word, part), name) in names {
        let is_last = *part + 1 == pattern[*word].len();
        let end = if is_last {
            filled[*word].len()
        } else {
            part + 1
        };
        let value = example.map_or(String::new(), |_| filled[*word][*part..end].concat());
        if value.contains(is_hole) {
            continue;
        }
        let known = parameters.entry(name.clone());
        let (hole, default) = known.or_insert_with(|| {
            let default = Some(value.as_str()).filter(|value| !value.is_empty());
            let parameter = from_variable(name, default, name.replace('_', " "));
            if parameter.kind == "secret" {
                context.hide(&value);
            }
            (context.parameters.add(parameter), value.clone())
        });
        // Another example of the same placeholder keeps its own value.
        if example.is_none() || *default == value {
            filled[*word].splice(*part..end, [hole.clone()]);
        }
    }
    filled
}

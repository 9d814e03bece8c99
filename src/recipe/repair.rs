//! Undoes what a page or a word processor did to a command: typographic quotes and dashes,
//! entities, blanks that are none.

use super::parameters::is_hole;

/// A command as it was meant, and what was wrong with it.
pub(super) struct Repaired {
    pub(super) text: String,
    pub(super) slips: Vec<&'static str>,
}

/// What a page shows, what was meant, and how an answer names it.
const CHARACTERS: &[(&[char], &str, &str)] = &[
    (
        &['“', '”', '„', '‟', '″', '«', '»'],
        "\"",
        "typographic quotes became plain ones",
    ),
    (
        &['‘', '’', '‚', '‛', '′'],
        "'",
        "typographic quotes became plain ones",
    ),
    (
        &['–', '‐', '‑', '−'],
        "-",
        "a typographic dash became a hyphen",
    ),
    (&['—', '―'], "--", "a typographic dash became two hyphens"),
    (
        &['\u{a0}', '\u{2007}', '\u{202f}', '\u{2009}', '\u{3000}'],
        " ",
        "a nonbreaking blank became a blank",
    ),
    (
        &[
            '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}',
        ],
        "",
        "an invisible character was removed",
    ),
];

/// Entities of HTML that stand for characters of a shell.
const ENTITIES: &[(&str, &str)] = &[
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&ldquo;", "\""),
    ("&rdquo;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&lsquo;", "'"),
    ("&rsquo;", "'"),
    ("&nbsp;", " "),
    ("&#160;", " "),
    ("&ndash;", "-"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
];

/// Repairs a command.
pub(super) fn repair(line: &str, is_on_page: bool) -> Repaired {
    let mut slips = Vec::new();
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        let row = CHARACTERS.iter().find(|(all, ..)| all.contains(&c));
        if let Some((_, meant, slip)) = row {
            text.push_str(meant);
            note(&mut slips, slip);
        } else if !is_hole(c) {
            text.push(c);
        }
    }
    for (entity, meant) in ENTITIES {
        if text.contains(entity) {
            text = text.replace(entity, meant);
            note(&mut slips, "entities of HTML became characters");
        }
    }
    if is_on_page {
        name_placeholders(&mut text);
    }
    quote_command(&mut text, &mut slips);
    Repaired { text, slips }
}

fn note(slips: &mut Vec<&'static str>, slip: &'static str) {
    if !slips.contains(&slip) {
        slips.push(slip);
    }
}

/// `<user name>` as `USER_NAME`: a shell would read from a file.
fn name_placeholders(text: &mut String) {
    let mut from = 0;
    while let Some(start) = text[from..].find('<').map(|at| from + at) {
        let name = text[start + 1..].split('>').next().unwrap_or_default();
        let is_word = |c: char| c.is_ascii_alphanumeric() || " _-".contains(c);
        let end = start + name.len() + 2;
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() < 40;
        if is_name && name.chars().all(is_word) && end <= text.len() {
            let mut named = name.to_uppercase().replace([' ', '-'], "_");
            if !named.contains('_') {
                named.insert_str(0, "YOUR_");
            }
            text.replace_range(start..end, &named);
        }
        from = start + 1;
    }
}

/// Quotes the command of asconfigurator where it has lost its quotes: a shell would end the
/// command at the first `;`.
fn quote_command(text: &mut String, slips: &mut Vec<&'static str>) {
    let Some(start) = unquoted_command(text) else {
        return;
    };
    let end = text.trim_end().len();
    let command = text[start..end].to_owned();
    if command.contains(['"', '\'', '|', '&', '`', '\\']) {
        return;
    }
    text.replace_range(start..end, &format!("\"{command}\""));
    note(slips, "the command of asconfigurator got its quotes back");
}

/// Where an unquoted command with a `;` begins.
fn unquoted_command(text: &str) -> Option<usize> {
    let at = text.find("asconfigurator")?;
    let flag = at
        + text[at..]
            .find(" -x ")
            .or_else(|| text[at..].find(" -F "))?;
    let start = flag + 4;
    let rest = text[start..].trim_start();
    let has_pair = rest.contains(';') && !rest.starts_with(['"', '\'', '$']);
    has_pair.then(|| text.len() - rest.len())
}

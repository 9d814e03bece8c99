//! A rule of a Sync session's filters: `+ PATTERN`, `- PATTERN`, `.+ FILE` or `.- FILE`, as in
//! async's own files of rules.

/// A rule, and what it consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterRule<'a> {
    /// All of it.
    pub text: &'a str,
    /// Whether it takes what matches; else it leaves that out.
    pub includes: bool,
    /// Whether its rules are in a file.
    pub is_file: bool,
    /// Its pattern, or the path of the file.
    pub pattern: &'a str,
}

impl<'a> FilterRule<'a> {
    /// Parses a rule.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (sign, pattern) = text.split_once(' ')?;
        let (includes, is_file) = match sign {
            "+" => (true, false),
            "-" => (false, false),
            ".+" => (true, true),
            ".-" => (false, true),
            _ => return None,
        };
        let is_known = !pattern.is_empty()
            && !pattern.contains(char::is_control)
            && (!is_file || pattern.starts_with('/'));
        is_known.then_some(Self {
            text,
            includes,
            is_file,
            pattern,
        })
    }
}

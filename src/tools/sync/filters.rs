//! The filters of a Sync session: rules in their order, of which the first that matches a path
//! decides (HST Admin Manual 3.9, p. 249 to 252).

use crate::fault::{Fault, Result};
use crate::state::{Scalar, ValueType};

/// How a rule starts, and the flag that it becomes. The manual's files of rules have the same
/// signs.
const SIGNS: [(&str, &str); 4] = [
    ("+ ", "--include"),
    ("- ", "--exclude"),
    (".+ ", "--include-from"),
    (".- ", "--exclude-from"),
];

/// A rule, and what it consists of.
struct FilterRule<'a> {
    text: &'a str,
    flag: &'static str,
    pattern: &'a str,
}

/// Returns the arguments for rules, in their order. Refuses a rule that can never match.
pub(super) fn arguments(rules: &[String]) -> Result<Vec<String>> {
    let mut parsed: Vec<FilterRule<'_>> = Vec::with_capacity(rules.len());
    for (index, text) in rules.iter().enumerate() {
        let rule = FilterRule::parse(text)
            .and_then(|rule| rule.refuse_useless(&parsed).map(|()| rule))
            .map_err(|fault| fault.in_argument(index.to_string()).in_argument("filters"))?;
        parsed.push(rule);
    }
    let argument = |rule: &FilterRule<'_>| format!("{}={}", rule.flag, rule.pattern);
    Ok(parsed.iter().map(argument).collect())
}

impl<'a> FilterRule<'a> {
    fn parse(text: &'a str) -> Result<Self> {
        let split = |(sign, flag): (&str, &'static str)| {
            let pattern = text.strip_prefix(sign)?;
            Some(Self {
                text,
                flag,
                pattern,
            })
        };
        let rule = SIGNS.into_iter().find_map(split);
        let rule = rule.filter(|rule| !rule.pattern.is_empty()).ok_or_else(|| {
            let shown = Scalar::Text(text);
            Fault::script(format!(
                "a rule of `filters` must be \"+ PATTERN\" or \"- PATTERN\", not {shown}"
            ))
            .hint("`+` takes what matches, `-` leaves it out; `.+ FILE` and `.- FILE` read rules from a file")
        })?;
        if rule.is_file() {
            ValueType::Path.check("the file of a rule", Scalar::Text(rule.pattern))?;
        }
        Ok(rule)
    }

    fn is_file(&self) -> bool {
        self.text.starts_with('.')
    }

    fn refuse_useless(&self, earlier: &[Self]) -> Result<()> {
        let Some(first) = earlier.iter().find(|rule| rule.decides(self)) else {
            return Ok(());
        };
        let (rule, first) = (self.text, first.text);
        Err(Fault::refused(format!(
            "the rule `{rule}` can never match: `{first}` before it matches the same paths"
        ))
        .hint(format!(
            "the first rule that matches a path decides: move `{rule}` before `{first}`, or remove it"
        )))
    }

    /// Whether every path that `later` matches is matched by this rule, or is in a folder that
    /// this rule excludes.
    fn decides(&self, later: &Self) -> bool {
        if matches!(self.pattern, "**" | "/**") && !self.is_file() {
            return true;
        }
        if self.is_file() || later.is_file() {
            return self.text == later.text;
        }
        match self.pattern {
            "*" => self.reaches(later).is_some_and(|name| !may_be_hidden(name)),
            ".*" => self.reaches(later).is_some_and(is_hidden),
            pattern => pattern == later.pattern || self.contains(later.pattern),
        }
    }

    /// The part of a later pattern that a rule for all names is compared with: an excluded
    /// folder is not visited, an included one is.
    fn reaches<'b>(&self, later: &'b Self) -> Option<&'b str> {
        let mut names = later.pattern.trim_matches('/').split('/');
        let first = names.next();
        first.filter(|_| self.flag == "--exclude" || names.next().is_none())
    }

    /// Whether a pattern is below the folder that this rule decides: one without wildcards that
    /// is excluded, or taken or excluded with all it contains.
    fn contains(&self, later: &str) -> bool {
        let folder = match self.pattern.strip_suffix("/**") {
            None if self.flag == "--exclude" => self.pattern.strip_suffix('/'),
            whole => whole,
        };
        let later = if self.pattern.starts_with('/') {
            later
        } else {
            later.trim_start_matches('/')
        };
        folder.is_some_and(|folder| {
            let rest = later.strip_prefix(folder).unwrap_or_default();
            !folder.contains(['*', '?', '[', '\\']) && rest.starts_with('/') && rest.len() > 1
        })
    }
}

/// `*` and `?` do not match a dot at the start of a name; `**` does.
fn may_be_hidden(name: &str) -> bool {
    is_hidden(name) || name.starts_with("**")
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("\\.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(rules: &[&str]) -> Result<Vec<String>> {
        let rules: Vec<_> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        arguments(&rules)
    }

    #[test]
    fn the_examples_of_the_manual_are_accepted() {
        for rules in [
            &["+ /Raw/**", "+ /Jpg/**", "- *", "- .*"][..],
            &["+ .*/", "+ /Raw/**", "+ /Jpg/**", "- *", "- .*"],
            &[
                "- .*~",
                "- *~",
                "- *.thm",
                "+ .*/",
                "+ /Raw/**",
                "- *",
                "- .*",
            ],
            &["+ rule1", "- rule2"],
            &["- *", "+ .git/**", "- .*"],
            &["+ *", "- .cache/**"],
            &["- /images/", "+ /images2/icons/"],
            &["+ /images/", "- /images/tmp/**"],
            &[".- /etc/sync.rules", "+ /Raw/**", "- **"],
        ] {
            assert_eq!(
                outcome(rules).map_err(|f| f.to_string()).unwrap().len(),
                rules.len()
            );
        }
    }

    #[test]
    fn a_rule_that_can_never_match_is_refused() {
        for rules in [
            &["- *", "+ /Raw/**"][..],
            &["- *", "+ *.jpg"],
            &["+ *", "- *.tmp"],
            &["- **", "+ .git/**"],
            &["- /**", ".+ /etc/sync.rules"],
            &["- .*", "+ .git/**"],
            &["- /images/", "+ /images/icons/"],
            &["- images/", "+ /images/icons/"],
            &["+ /Raw/**", "- /Raw/tmp/**"],
            &["+ *.jpg", "- *.jpg"],
        ] {
            assert!(outcome(rules).is_err(), "{rules:?}");
        }
    }
}

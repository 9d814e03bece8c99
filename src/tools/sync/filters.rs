//! The filters of a Sync session: rules in their order, of which the first that matches a path
//! decides (HST Admin Manual 3.9, p. 249 to 252).

use crate::fault::{Fault, Result};
use crate::state::{FilterRule, Scalar, ValueType};

/// Returns the arguments for rules, in their order. Refuses a rule that can never match.
pub(super) fn arguments(rules: &[String]) -> Result<Vec<String>> {
    let mut parsed: Vec<FilterRule<'_>> = Vec::with_capacity(rules.len());
    for (index, text) in rules.iter().enumerate() {
        let wrong = || ValueType::FilterRule.refusal("an item of `filters`", Scalar::Text(text));
        let rule = FilterRule::parse(text)
            .ok_or_else(wrong)
            .and_then(|rule| refuse_useless(&rule, &parsed).map(|()| rule))
            .map_err(|fault| fault.in_argument(index.to_string()).in_argument("filters"))?;
        parsed.push(rule);
    }
    Ok(parsed.iter().map(argument).collect())
}

fn argument(rule: &FilterRule<'_>) -> String {
    let flag = match (rule.includes, rule.is_file) {
        (true, false) => "--include",
        (false, false) => "--exclude",
        (true, true) => "--include-from",
        (false, true) => "--exclude-from",
    };
    format!("{flag}={}", rule.pattern)
}

fn refuse_useless(rule: &FilterRule<'_>, earlier: &[FilterRule<'_>]) -> Result<()> {
    let Some(first) = earlier.iter().find(|first| decides(first, rule)) else {
        return Ok(());
    };
    let (rule, first) = (rule.text, first.text);
    Err(Fault::script(format!(
        "the rule `{rule}` can never match: `{first}` before it matches the same paths"
    ))
    .hint(format!(
        "the first rule that matches a path decides: move `{rule}` before `{first}`, or remove it"
    )))
}

/// Whether every path that `later` matches is matched by `first`, or is in a folder that `first`
/// excludes. The same rule again does no harm.
fn decides(first: &FilterRule<'_>, later: &FilterRule<'_>) -> bool {
    if first.is_file || first.text == later.text {
        return false;
    }
    match first.pattern {
        "**" | "/**" => true,
        _ if later.is_file => false,
        "*" => reached(first, later).is_some_and(|name| !may_be_hidden(name)),
        ".*" => reached(first, later).is_some_and(is_hidden),
        pattern => pattern == later.pattern || contains(first, later.pattern),
    }
}

/// The part of a later pattern that a rule for all names is compared with: an excluded folder is
/// not visited, an included one is.
fn reached<'a>(first: &FilterRule<'_>, later: &FilterRule<'a>) -> Option<&'a str> {
    let mut names = later.pattern.trim_matches('/').split('/');
    let name = names.next();
    name.filter(|_| !first.includes || names.next().is_none())
}

/// Whether a pattern is below the folder that a rule decides: one without wildcards that is
/// excluded, or taken or excluded with all it contains.
fn contains(rule: &FilterRule<'_>, later: &str) -> bool {
    let folder = match rule.pattern.strip_suffix("/**") {
        None if !rule.includes => rule.pattern.strip_suffix('/'),
        whole => whole,
    };
    let later = if rule.pattern.starts_with('/') {
        later
    } else {
        later.trim_start_matches('/')
    };
    folder.is_some_and(|folder| {
        let rest = later.strip_prefix(folder).unwrap_or_default();
        !folder.contains(['*', '?', '[', '\\']) && rest.starts_with('/') && rest.len() > 1
    })
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
            &["- *.tmp", "- *.tmp"],
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

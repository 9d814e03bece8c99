//! Masks secrets that a script spells out, so that no snippet of it shows them. Text that is not
//! a valid script is masked as well.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::bindings;
use crate::conf;
use crate::secret_name::resembles_secret;
use crate::source::{self, OpenBracket, SecretRules, StringLiteral};
use crate::state::Secret;

/// The text with every string masked that is written where a secret is expected.
pub(super) fn redact(text: &str) -> Cow<'_, str> {
    let rules = SecretRules {
        expects: &|open, is_outer| is_outer || expects_secret(open),
        is_secret: &is_secret,
    };
    source::redact(text, rules)
}

fn is_secret(literal: &StringLiteral<'_, '_>) -> bool {
    literal.is_expected && Secret::parse(literal.content).is_err()
}

fn expects_secret(open: &OpenBracket<'_>) -> bool {
    is_secret_name(open.key) || is_secret_argument(open.callee, open.index)
}

/// Whether an option or a setting of that name is a secret, or of a name that is misspelt.
fn is_secret_name(name: &str) -> bool {
    !name.is_empty() && resembles_secret(name) && !is_other_name(name)
}

/// Whether the name is that of an option or a setting that is no secret.
fn is_other_name(name: &str) -> bool {
    let is_name = |known: &str| known.eq_ignore_ascii_case(name);
    keys().any(|key| is_name(key.name) && !key.ty.is_secret())
        || conf::all_settings().any(|setting| is_name(setting.name) && !setting.is_secret)
}

/// The keys of all options.
fn keys() -> impl Iterator<Item = &'static bindings::Param> {
    bindings::all()
        .flat_map(|row| row.params)
        .flat_map(|param| param.ty.keys())
}

/// Whether a binding of that name takes a secret there, in whichever namespace.
fn is_secret_argument(callee: &str, index: usize) -> bool {
    let name = callee.rsplit(['.', ':']).next().unwrap_or(callee);
    name == "secret" || SECRET_ARGUMENTS.contains(&(name, index))
}

/// The name of each binding that takes a secret, without its namespace, and the argument's index.
static SECRET_ARGUMENTS: LazyLock<BTreeSet<(&str, usize)>> = LazyLock::new(|| {
    let arguments = bindings::all().flat_map(|row| {
        let params = row.params.iter().enumerate();
        let secrets = params.filter(|(_, param)| param.ty.is_secret());
        secrets.map(|(index, _)| (row.path().1, index))
    });
    arguments.collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_that_are_spelled_out_are_masked() {
        for (text, redacted) in [
            (r#"secret("hunter2")"#, r#"secret("*******")"#),
            (r#"secret ("hunter2")"#, r#"secret ("*******")"#),
            (
                r#"#{ password: "pä", home: "/a" }"#,
                r#"#{ password: "*·", home: "/a" }"#,
            ),
            (
                r#"#{ home: "/a" password: "pw" }"#,
                r#"#{ home: "/a" password: "**" }"#,
            ),
            (
                r#"#{ "password": if x { "a" } else { `b` } }"#,
                r#"#{ "password": if x { "*" } else { `*` } }"#,
            ),
            (
                r#"token_encryption_key: "a\"b""#,
                r#"token_encryption_key: "****""#,
            ),
            (
                r#"node.set_api_password("anna", "pw")"#,
                r#"node.set_api_password("anna", "**")"#,
            ),
            (r#"token.basic("id", "pw")"#, r#"token.basic("id", "**")"#),
            (
                r#"let password = "pw"; let x = "y";"#,
                r#"let password = "**"; let x = "y";"#,
            ),
            (
                r#"k: #{ default: "pw", type: "secret", help: "h" }"#,
                r#"k: #{ default: "**", type: "secret", help: "h" }"#,
            ),
            (
                r#"#{ absolute: "s3://K:pw@host/b" }"#,
                r#"#{ absolute: "s3://****@host/b" }"#,
            ),
            (r#"password: "pw"#, r#"password: "**"#),
            (
                r#"#{ pasword: "pw", absolute: "/a" }"#,
                r#"#{ pasword: "**", absolute: "/a" }"#,
            ),
            (
                r#"token_encription_key: "pw", Password: "pw""#,
                r#"token_encription_key: "**", Password: "**""#,
            ),
            (r#"m["password"] = "pw""#, r#"m["password"] = "**""#),
            (
                r#"let k = "pw"; f(#{ password: k })"#,
                r#"let k = "**"; f(#{ password: k })"#,
            ),
            (
                r#"let k = "pw"; node.set_api_password("anna", k);"#,
                r#"let k = "**"; node.set_api_password("anna", k);"#,
            ),
        ] {
            assert_eq!(redact(text), redacted);
        }
    }

    #[test]
    fn every_option_and_setting_that_is_a_secret_is_known_by_its_name() {
        let options = keys().filter(|key| key.ty.is_secret()).map(|key| key.name);
        let settings = conf::all_settings().filter(|setting| setting.is_secret);
        for name in options.chain(settings.map(|setting| setting.name)) {
            assert!(resembles_secret(name), "{name}");
        }
    }

    #[test]
    fn everything_else_is_shown() {
        for text in [
            r#"secret("env:KEY")"#,
            r#"#{ password: secret("file:/run/key"), home: "/a" }"#,
            r#"#{ type: "path", default: "/srv" }"#,
            r#"#{ type: "secret", default: "env:KEY" }"#,
            r#"if password == "x" { advise("y") } // password: "z""#,
            r#"conf.set_user("anna", #{ absolute: "/srv" })"#,
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}

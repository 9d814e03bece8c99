//! Which lines may be remembered: none that holds a secret, or might. A line
//! too many is forgotten rather than one too few.

use crate::reference::{EntryKind, Reference};
use crate::state::PUBLISHED;

use super::cursor::{Open, Walk};
use super::scan::{self, Span, TokenKind};
use super::slot::{self, Slot};

/// Parts of names whose values are secrets.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "key",
    "credential",
    "pin",
];

/// Marks of a secret inside a text: logins of URLs, and tokens as they are sent.
const MARKS: &[&str] = &["Basic ", "Bearer ", "-----BEGIN"];

/// Whether a line holds no secret, as far as can be told.
pub fn may_be_kept(reference: &Reference, line: &str) -> bool {
    if let Some(command) = line.trim().strip_prefix(':') {
        return is_harmless_command(command);
    }
    let mut walk = Walk::new(line);
    let mut before: Vec<Span<'_>> = Vec::new();
    for span in scan::spans(line) {
        let is_text = matches!(span.kind, TokenKind::Text | TokenKind::OpenText);
        if is_text && is_secret(reference, &walk.open, &before, unquoted(span.text)) {
            return false;
        }
        walk.take(&span);
        before.push(span);
    }
    true
}

/// `:params key=…`: only references are named for secrets.
fn is_harmless_command(command: &str) -> bool {
    let Some((name, value)) = command.split_once('=') else {
        return true;
    };
    is_harmless_text(value) && (!is_secret_name(name) || is_reference(value.trim()))
}

fn is_secret(reference: &Reference, open: &[Open<'_>], before: &[Span<'_>], text: &str) -> bool {
    let call = open.last().map_or("", |open| open.callee);
    if call == "secret" {
        return !is_reference(text);
    }
    if !is_harmless_text(text) {
        return true;
    }
    let is_key = open
        .last()
        .is_some_and(|open| open.bracket == "#{" && open.key.is_empty());
    if is_key || text.is_empty() {
        return false;
    }
    // Within a call of its own, a text is what that call takes.
    let own = open.iter().rposition(|open| !open.callee.is_empty());
    let keys = open[own.unwrap_or(0)..].iter();
    let has_secret_key = keys.into_iter().any(|open| is_secret_name(open.key));
    has_secret_key || is_secret_slot(reference, open) || is_assigned(before)
}

/// Whether the place takes a secret, by the reference.
fn is_secret_slot(reference: &Reference, open: &[Open<'_>]) -> bool {
    let any = |name: &str| {
        let modules = reference.of_kind(EntryKind::Module);
        let named = modules.map(|module| module.name.to_string());
        named
            .into_iter()
            .find(|module| module.ends_with(&format!("/{name}")))
    };
    let place = slot::place(reference, open, &any);
    match place.and_then(|place| place.slot) {
        Some(Slot::Value(field)) => field.is_secret,
        Some(Slot::Key(_)) | None => false,
    }
}

/// `let password = "…"`, `password += "…"`, `password == "…"`.
fn is_assigned(before: &[Span<'_>]) -> bool {
    let signs = before.iter().rev();
    let mut rest =
        signs.skip_while(|span| span.kind == TokenKind::Sign && "=+!<>".contains(span.text));
    let is_sign = before
        .last()
        .is_some_and(|span| span.kind == TokenKind::Sign);
    let name = rest.next().filter(|span| span.kind == TokenKind::Word);
    is_sign && name.is_some_and(|name| is_secret_name(name.text))
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let parts = name
        .split(['_', ' ', '-', '.'])
        .any(|part| WORDS.contains(&part));
    parts
        || ["password", "passphrase", "secret"]
            .iter()
            .any(|word| name.contains(word))
}

/// A label is what a person is asked by; some would answer right there.
fn is_reference(text: &str) -> bool {
    text.starts_with("env:") || text.starts_with("file:")
}

fn is_harmless_text(text: &str) -> bool {
    let has_login = text.split_once("://").is_some_and(|(_, rest)| {
        let host = rest.split('/').next().unwrap_or_default();
        host.split_once('@')
            .is_some_and(|(login, _)| login.contains(':'))
    });
    !has_login
        && !PUBLISHED.contains(&text)
        && !text.starts_with("prompt:")
        && !MARKS.iter().any(|mark| text.contains(mark))
}

fn unquoted(text: &str) -> &str {
    text.trim_start_matches('#')
        .trim_end_matches('#')
        .trim_matches(['"', '`', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_secret_is_not_kept() {
        let reference = Reference::new([]);
        for line in [
            r#"secret("hunter2")"#,
            r#"secret("prompt:hunter2")"#,
            "let p = secret(`hunter2`)",
            r#"node.set_api_password("a", "hunter2")"#,
            r#"node.set_api_password("a", "hunter2"#,
            r#"node.add_api_user("a", #{ password: "hunter2" })"#,
            r#"conf.set_user("a", #{ token_encryption_key: "hunter2" })"#,
            r#"conf.set_user("a", #{ absolute: "/x", token_encryption_key: "a" + "b" })"#,
            r#"token.basic("id", "hunter2")"#,
            r#"let password = "hunter2";"#,
            r#"let m = #{ api_password: ["hunter2"] };"#,
            r#"m.password = "hunter2""#,
            r#"if key == "hunter2" { 1 }"#,
            r#"print("gj5o930t78m34ejme9dx")"#,
            r#"print("XF324cd28")"#,
            r#"advise("https://admin:hunter2@node")"#,
            r#"print("Basic aHVudGVyMg==")"#,
            ":params key=hunter2",
            ":params faspex_password=hunter2",
            ":params x=prompt:hunter2",
            "x // \nlet secret = #\"hunter2\"#;",
        ] {
            assert!(!may_be_kept(&reference, line), "{line}");
        }
    }

    #[test]
    fn other_lines_are_kept() {
        let reference = Reference::new([]);
        for line in [
            "conf.users()",
            r#"conf.set_user("a", #{ token_encryption_key: secret("env:KEY") })"#,
            r#"node.add_api_user("a", #{ transfer_user: "x", password: secret("file:/run/key") })"#,
            r#"node.set_api_password("a", token.random_key(20))"#,
            r#"conf.set_user("a", #{ absolute: "/srv/a", "token_life_seconds": 5 })"#,
            r#"let key = secret("env:KEY");"#,
            r#"import "std/tokens" as tokens;"#,
            ":params key=env:KEY",
            ":params region=eu",
            ":help secret",
            ":save a=b.rhai",
        ] {
            assert!(may_be_kept(&reference, line), "{line}");
        }
    }
}

//! The values of settings: checked, and converted to what asconfigurator gets.

use std::rc::Rc;

use crate::conf::{self as table, Setting};
use crate::facts::Facts;
use crate::fault::{Fault, Result, Rule};
use crate::login;
use crate::state::{Scalar, SecretText, State, ValueType, WantedState};

use super::Value;
use super::args::refuse_login;

/// What a setting is to be set to. If it is `unchecked`, values pass that the table does not have.
pub(super) fn wanted_state(
    setting: &'static Setting,
    value: &Value,
    is_unchecked: bool,
) -> Result<WantedState> {
    let name = setting.name;
    match value {
        Value::Unit => Ok(State::Absent.into()),
        Value::Secret(secret) if setting.is_secret || setting.may_hold_login => {
            Ok(WantedState::secret(secret.clone()))
        }
        Value::SecretText(text) if setting.may_hold_login => {
            check_login(name, text)?;
            Ok(WantedState::secret(text.clone()))
        }
        Value::SecretText(_) if setting.is_secret => Err(Fault::script(format!(
            "`{name}` must be a secret alone, without text around it"
        ))
        .hint("pass what `secret(…)` returns")
        .with_rule(Rule::WrongType)),
        Value::Secret(_) | Value::SecretText(_) => Err(Fault::script(format!(
            "`{name}` is not a secret setting: anyone who reads aspera.conf sees its value"
        ))),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Outcome(_)
        | Value::Other(_) => plain_state(setting, value, is_unchecked),
    }
}

/// The same for a setting that the table does not have.
pub(super) fn unchecked_state(name: &str, value: &Value) -> Result<WantedState> {
    refuse_login(format_args!("`{name}`"), value, BY_REFERENCE)?;
    if let Value::Secret(secret) = value {
        return Ok(WantedState::secret(secret.clone()));
    }
    if let Value::SecretText(text) = value {
        check_login(name, text)?;
        return Ok(WantedState::secret(text.clone()));
    }
    if *value == Value::Unit {
        return Ok(State::Absent.into());
    }
    Ok(State::Text(text(value)?).into())
}

/// The wanted state of a value that has no secret in it.
fn plain_state(
    setting: &'static Setting,
    value: &Value,
    is_unchecked: bool,
) -> Result<WantedState> {
    let label = format_args!("`{}`", setting.name);
    if setting.is_secret {
        return Err(ValueType::Secret.refusal(label, Scalar::Text("")));
    }
    let hint = if setting.may_hold_login {
        BY_REFERENCE
    } else {
        "remove the login: this setting cannot hold a secret"
    };
    refuse_login(label, value, hint)?;
    let text = text(value)?;
    if is_unchecked {
        setting.check_writable(&text)?;
    } else {
        setting.check(&text)?;
    }
    Ok(State::Text(text).into())
}

/// How a setting gets a login.
const BY_REFERENCE: &str =
    "put it into an environment variable, and write `${secret(\"env:NAME\")}` in its place";

/// Of a URL only the login is hidden: every secret must be in it, and nothing else but the colon
/// between two secrets.
fn check_login(name: &str, text: &SecretText) -> Result<()> {
    if text.alone().is_some() {
        return Ok(());
    }
    let whole = text.marked();
    let logins = login::find(&whole);
    let is_hidden = |at: usize| logins.iter().any(|login| login.contains(&at));
    let mut start = 0;
    for piece in text.pieces() {
        let shown = piece.marked();
        let is_written = |(at, c): (usize, char)| c != ':' && is_hidden(start + at);
        if piece.secret().is_none() && shown.char_indices().any(is_written) {
            return Err(Fault::script(format!(
                "`{name}` has a part of a login written out, which is a secret"
            ))
            .hint("write the login as one `${secret(…)}`, or as two with a colon between them")
            .with_rule(Rule::PlainSecret));
        }
        if piece.secret().is_some() && !is_hidden(start) {
            return Err(Fault::script(format!(
                "a secret in `{name}` must be the login of a URL: nothing else is hidden"
            ))
            .hint("put it between `://` and `@`, or pass the whole URL as a secret"));
        }
        start += shown.len();
    }
    Ok(())
}

/// asconfigurator has no known way to quote a character in a value.
pub(super) fn refuse_unsafe_secret(
    setting: &Setting,
    wanted: &WantedState,
    facts: &mut Facts<'_>,
) -> Result<()> {
    let mut secrets = wanted
        .setting_secret()
        .into_iter()
        .flat_map(SecretText::secrets);
    secrets.try_for_each(|secret| match facts.secret_properties(secret) {
        Some(traits) if setting.may_hold_login && !traits.url.is_representable => {
            Err(Fault::refused(format!(
                "{secret} contains a character that cannot be in a login as it is"
            ))
            .hint("percent-encode it: `;` is `%3B`, `,` is `%2C`, `@` is `%40`"))
        }
        Some(traits) if !setting.may_hold_login && !traits.is_plain => Err(Fault::refused(
            format!("{secret} contains a character that asconfigurator may not accept"),
        )
        .hint("use letters, digits and _ . ~ + = / - only")),
        Some(_) | None => Ok(()),
    })
}

/// A value as asconfigurator gets it: a list as one text.
fn text(value: &Value) -> Result<Rc<str>> {
    match value {
        Value::Text(text) => Ok(Rc::clone(text)),
        Value::Bool(flag) => Ok(flag.to_string().into()),
        Value::Int(int) => Ok(int.to_string().into()),
        Value::Float(float) => Ok(float.to_string().into()),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(text).collect::<Result<_>>()?;
            let list = table::join_list(&items).ok_or_else(|| {
                Fault::script("the items of the list contain every separator that is possible")
                    .hint("remove one of | : # ~ ^ ! + = @ & from all items")
            })?;
            Ok(list.into())
        }
        Value::Unit
        | Value::Map(_)
        | Value::Secret(_)
        | Value::SecretText(_)
        | Value::Outcome(_)
        | Value::Other(_) => Err(Fault::script(format!(
            "a setting must be a string, a number, true, false, a list or `()`, not {}",
            value.noun()
        ))
        .with_rule(Rule::WrongType)),
    }
}

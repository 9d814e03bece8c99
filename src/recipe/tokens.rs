//! Tokens that are made of an access key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::parameters::is_only_hole;
use super::written::fed_text;
use crate::script_text::Expression;

/// A token; a basic one is made of the id and the secret of its access key.
pub(super) fn token_value(token: &str, context: &mut Context) -> Result<Expression, Untranslated> {
    let encoded = token.strip_prefix("Basic ").unwrap_or(token);
    if let Some((id, secret)) = context.token_parts(encoded) {
        return basic(&id, &secret, context);
    }
    let bare = if encoded != token && is_only_hole(encoded) {
        context.changed("the token has `Basic ` before it");
        encoded
    } else {
        token
    };
    let Some((id, secret)) = decoded(encoded) else {
        return context.secret(bare, "token");
    };
    context.hide(token);
    context.changed("the basic token is made of its access key");
    basic(&id, &secret, context)
}

/// The id and the secret in a basic token.
fn decoded(encoded: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let is_printed = !text.contains(char::is_control) && !id.is_empty() && !secret.is_empty();
    is_printed.then(|| (id.to_owned(), secret.to_owned()))
}

fn basic(id: &str, secret: &str, context: &mut Context) -> Result<Expression, Untranslated> {
    let secret = context.secret(secret, "access_key_secret")?;
    Ok(Expression::Call(
        "token.basic".to_owned(),
        vec![context.value(id), secret],
    ))
}

/// `echo -n ID:SECRET | base64`.
pub(super) fn token(call: &ToolCall, context: &mut Context) -> Translated {
    let text = fed_text(call)
        .ok_or_else(|| Untranslated::comment("no function does what its program does"))?;
    let Some((id, secret)) = text.split_once(':') else {
        context.hide(&text);
        return Err(Untranslated::comment(
            "its text is no `ID:SECRET` of an access key",
        ));
    };
    context.hide(secret);
    context.hide(&STANDARD.encode(&text));
    let id = context.parameters.readable(id);
    Err(Untranslated::needless(format!(
        "token.basic makes the token of {id} where it is used"
    )))
}

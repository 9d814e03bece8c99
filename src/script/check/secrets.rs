//! Secrets that everybody knows: those that stand in vendor documents.

use rhai::Position;

use crate::fault::{Fault, Rule};
use crate::state::PUBLISHED;

use super::found::Found;

/// A text that is such a secret. One that is also a plain word is none here:
/// it names many other things.
pub(super) fn published(literal: &str, position: Position, found: &mut Found<'_>) {
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_lowercase());
    if is_word(literal) || !PUBLISHED.contains(&literal) {
        return;
    }
    let span = found.text.word(found.text.offset(position));
    let fault = Fault::script("this secret stands in a vendor's document as an example")
        .hint("make one of your own, and name it: `secret(\"env:NAME\")`");
    found.value(&fault, Rule::PublishedSecret, span, None);
}

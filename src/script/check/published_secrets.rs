//! Secrets that vendor documents publish as examples.

use rhai::Position;

use crate::fault::{Fault, Rule};
use crate::state::PUBLISHED;

use super::finding_collector::FindingCollector;

/// Warns about a string that is such a secret. One that is also an everyday word is not reported:
/// it names many other things.
pub(super) fn check(text: &str, position: Position, findings: &mut FindingCollector<'_>) {
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_lowercase());
    if is_word(text) || !PUBLISHED.contains(&text) {
        return;
    }
    let fault = Fault::script("this secret is an example from a vendor's document")
        .hint("create your own and refer to it: `secret(\"env:NAME\")`");
    findings.add_fault(&fault, Rule::PublishedSecret, findings.token_at(position));
}

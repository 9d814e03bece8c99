//! From what a test gives to a node in memory.

use crate::bindings::Value;
use crate::exec::{BlankNode, FakeSecrets, InMemoryNode, StateSource};
use crate::fault::{Fault, Result};
use crate::state::{Platform, Secret, Section, Subject};

use super::facts;

/// The secrets of a test, by their references.
pub type Secrets = FakeSecrets;

/// What a map can have besides subjects.
const WORDS: &[&str] = &["aspera.conf", "name", "platform", "secrets"];

/// The node that these entries describe, over a blank one or over `beneath`,
/// and the secrets it knows. `usual` is the platform where none is given.
pub fn node(
    entries: &[(String, Value)],
    usual: Platform,
    beneath: Option<Box<dyn StateSource>>,
) -> Result<(InMemoryNode, Secrets)> {
    let get = |key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, v)| v);
    let platform = match get("platform") {
        Some(value) => platform(value).map_err(|fault| fault.in_argument("platform"))?,
        None => beneath
            .as_ref()
            .map_or(usual, |beneath| beneath.node().platform),
    };
    let beneath = beneath.unwrap_or_else(|| Box::new(BlankNode::new(platform)));
    let mut given = InMemoryNode::over(beneath);
    if let Some(value) = get("name") {
        given.set_name(text("name", value)?);
    }
    if let Some(value) = get("aspera.conf") {
        let conf = text("aspera.conf", value)?;
        given
            .set_conf(conf)
            .map_err(|fault| fault.in_argument("aspera.conf"))?;
    }
    for (path, value) in entries {
        if !WORDS.contains(&path.as_str()) {
            fact(path, value, platform, &mut given).map_err(|fault| fault.in_argument(path))?;
        }
    }
    let secrets = match get("secrets") {
        Some(value) => secrets(value).map_err(|fault| fault.in_argument("secrets"))?,
        None => Secrets::new(),
    };
    Ok((given, secrets))
}

fn fact(path: &str, value: &Value, platform: Platform, given: &mut InMemoryNode) -> Result<()> {
    let is_plain = !path.contains('/') && Subject::parse(path).is_none();
    if is_plain && let Some(near) = crate::fault::nearest(path, WORDS.iter().copied()) {
        let fault = Fault::script(format!("`{path}` is no subject of a node"));
        return Err(fault.hint(format!("did you mean `{near}`?")));
    }
    let subject = facts::subject(path, platform)?;
    match (&subject, value) {
        (Subject::Entry(section), Value::Map(settings)) => {
            given.set_state(subject.clone(), &crate::state::State::Present.into())?;
            let mut settings = settings.iter();
            settings.try_for_each(|(name, value)| setting(section, name, value, platform, given))
        }
        _ => given.set_state(subject.clone(), &facts::fact(&subject, value, platform)?),
    }
}

fn setting(
    section: &Section,
    name: &str,
    value: &Value,
    platform: Platform,
    given: &mut InMemoryNode,
) -> Result<()> {
    let subject = facts::subject(&format!("conf/{section}/{name}"), platform);
    let subject = subject.map_err(|fault| fault.in_argument(name))?;
    let fact = facts::fact(&subject, value, platform).map_err(|fault| fault.in_argument(name))?;
    given.set_state(subject, &fact)
}

fn platform(value: &Value) -> Result<Platform> {
    let named = value.text().and_then(Platform::parse);
    named.ok_or_else(|| Fault::script("`platform` is \"macos\" or \"linux\""))
}

fn text<'a>(key: &str, value: &'a Value) -> Result<&'a str> {
    let wrong =
        || Fault::script(format!("`{key}` is a text, not {}", value.noun())).in_argument(key);
    value.text().ok_or_else(wrong)
}

fn secrets(value: &Value) -> Result<Secrets> {
    let wrong = || {
        Fault::script("`secrets` is a map from references to texts").hint(
            "write `secrets: #{ \"env:NAME\": \"text\" }`; `()` stands for one that cannot be had",
        )
    };
    let Value::Map(entries) = value else {
        return Err(wrong());
    };
    let secret = |(reference, value): &(String, Value)| {
        let secret = Secret::parse(reference).map_err(|fault| fault.in_argument(reference))?;
        match value.text() {
            None if *value != Value::Unit => Err(wrong().in_argument(reference)),
            text => Ok((secret, text.map(str::to_owned))),
        }
    };
    entries.iter().map(secret).collect()
}

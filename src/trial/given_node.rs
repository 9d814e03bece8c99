//! Makes a node in memory from what a test gives.

use crate::bindings::Value;
use crate::exec::{BlankNode, FakeSecrets, GivenFiles, InMemoryNode, StateSource};
use crate::fault::{Fault, Result};
use crate::state::{Platform, Secret, Section, State, Subject, is_source_path};

use super::state_literal;

/// The secrets of a test, by their references.
pub type Secrets = FakeSecrets;

/// The keys of the map that are not subjects.
const OTHER_KEYS: &[&str] = &["aspera.conf", "files", "name", "platform", "secrets"];

/// What a test gives: a node, secrets, and files beside the script.
pub struct Given {
    /// The node.
    pub node: InMemoryNode,
    /// Its secrets.
    pub secrets: Secrets,
    /// The files.
    pub files: GivenFiles,
}

impl Given {
    /// A node without secrets and files.
    pub fn node(node: InMemoryNode) -> Self {
        Self {
            node,
            secrets: Secrets::new(),
            files: GivenFiles::new(),
        }
    }
}

/// What these entries give, over a blank node or over `base`.
/// `default` is the platform if none is given.
pub fn node(
    entries: &[(String, Value)],
    default: Platform,
    base: Option<Box<dyn StateSource>>,
) -> Result<Given> {
    let get = |key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, v)| v);
    let platform = match get("platform") {
        Some(value) => platform(value).map_err(|fault| fault.in_argument("platform"))?,
        None => base.as_ref().map_or(default, |base| base.node().platform),
    };
    let base = base.unwrap_or_else(|| Box::new(BlankNode::new(platform)));
    let mut given = InMemoryNode::over(base);
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
        if !OTHER_KEYS.contains(&path.as_str()) {
            give_state(path, value, platform, &mut given)
                .map_err(|fault| fault.in_argument(path))?;
        }
    }
    let secrets = match get("secrets") {
        Some(value) => secrets(value).map_err(|fault| fault.in_argument("secrets"))?,
        None => Secrets::new(),
    };
    let files = match get("files") {
        Some(value) => files(value).map_err(|fault| fault.in_argument("files"))?,
        None => GivenFiles::new(),
    };
    Ok(Given {
        node: given,
        secrets,
        files,
    })
}

fn give_state(
    path: &str,
    value: &Value,
    platform: Platform,
    given: &mut InMemoryNode,
) -> Result<()> {
    let is_plain = !path.contains('/') && Subject::parse(path).is_none();
    if is_plain && let Some(near) = crate::fault::nearest(path, OTHER_KEYS.iter().copied()) {
        let fault = Fault::script(format!("`{path}` is not a subject of a node"));
        return Err(fault.hint(format!("did you mean `{near}`?")));
    }
    let subject = state_literal::subject(path, platform)?;
    match (&subject, value) {
        (Subject::Entry(section), Value::Map(settings)) => {
            given.set_state(subject.clone(), &State::Present.into())?;
            let mut settings = settings.iter();
            settings
                .try_for_each(|(name, value)| give_setting(section, name, value, platform, given))
        }
        _ => given.set_state(
            subject.clone(),
            &state_literal::state(&subject, value, platform)?,
        ),
    }
}

fn give_setting(
    section: &Section,
    name: &str,
    value: &Value,
    platform: Platform,
    given: &mut InMemoryNode,
) -> Result<()> {
    let subject = state_literal::subject(&format!("conf/{section}/{name}"), platform);
    let subject = subject.map_err(|fault| fault.in_argument(name))?;
    let state =
        state_literal::state(&subject, value, platform).map_err(|fault| fault.in_argument(name))?;
    given.set_state(subject, &state)
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

fn files(value: &Value) -> Result<GivenFiles> {
    let Value::Map(entries) = value else {
        return Err(Fault::script("`files` is a map from paths to texts")
            .hint("write `files: #{ \"site.lic\": \"text\" }`"));
    };
    let file = |(path, value): &(String, Value)| {
        if !is_source_path(path) {
            let message = "a file beside the script has a path without `..`, below its folder";
            return Err(Fault::script(message).in_argument(path));
        }
        Ok((path.clone(), text(path, value)?.to_owned()))
    };
    entries.iter().map(file).collect()
}

fn secrets(value: &Value) -> Result<Secrets> {
    let wrong = || {
        Fault::script("`secrets` is a map from references to texts").hint(
            "write `secrets: #{ \"env:NAME\": \"text\" }`; `()` stands for a secret that is missing",
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

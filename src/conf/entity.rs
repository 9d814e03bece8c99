//! References in text: predefined entities, characters by number, and entities
//! that a DOCTYPE declares with their text. External entities are never read.

use quick_xml::escape::resolve_xml_entity;

/// Limits of an expansion, against files that declare entities to exhaust memory.
const MAX_LENGTH: usize = 64 * 1024;
const MAX_DEPTH: usize = 8;

/// The entities that a file declares.
#[derive(Clone, Debug, Default)]
pub(super) struct Entities(Vec<(String, String)>);

impl Entities {
    /// Reads the content of a DOCTYPE. The first of equal names counts.
    pub(super) fn declared(doctype: &str) -> Self {
        let declarations = doctype.split("<!ENTITY").skip(1);
        Self(declarations.filter_map(declaration).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a reference with that name can be resolved.
    pub(super) fn is_known(&self, name: &str) -> bool {
        match name.strip_prefix('#') {
            Some(code) => character(code).is_some(),
            None => resolve_xml_entity(name).is_some() || self.find(name).is_some(),
        }
    }

    /// Names and values of the entities that a text refers to, also through
    /// other entities.
    pub(super) fn used_in(&self, text: &str) -> Vec<(&str, &str)> {
        let mut used: Vec<(&str, &str)> = Vec::new();
        let mut unread = vec![text];
        while let Some(text) = unread.pop() {
            for (name, value) in &self.0 {
                let is_new = used.iter().all(|(known, _)| known != name);
                if is_new && text.contains(&format!("&{name};")) {
                    used.push((name, value));
                    unread.push(value);
                }
            }
        }
        used
    }

    /// Appends the text that a reference stands for.
    pub(super) fn resolve(&self, name: &str, text: &mut String) {
        self.expand(name, text, MAX_DEPTH);
    }

    fn find(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    fn expand(&self, name: &str, text: &mut String, depth: usize) {
        if let Some(code) = name.strip_prefix('#') {
            text.extend(character(code));
        } else if let Some(plain) = resolve_xml_entity(name) {
            text.push_str(plain);
        } else if let Some(value) = self.find(name)
            && depth > 0
            && text.len() + value.len() < MAX_LENGTH
        {
            let mut parts = value.split('&');
            text.push_str(parts.next().unwrap_or(""));
            for part in parts {
                let (name, rest) = part.split_once(';').unwrap_or(("", part));
                self.expand(name, text, depth - 1);
                text.push_str(rest);
            }
        }
    }
}

/// Reads ` name "value">…`; skips parameter entities (`% name`) and external
/// ones (`name SYSTEM "…"`).
fn declaration(rest: &str) -> Option<(String, String)> {
    let (name, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest[1..].split(quote).next()?;
    Some((name.to_owned(), value.to_owned()))
}

pub(super) fn character(code: &str) -> Option<char> {
    let code = match code.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => code.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c >= ' ' || matches!(c, '\t' | '\n' | '\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(entities: &Entities, name: &str) -> String {
        let mut text = String::new();
        entities.resolve(name, &mut text);
        text
    }

    #[test]
    fn entities_are_resolved() {
        let entities = Entities::declared("CONF [<!ENTITY a 'x&b;'><!ENTITY b \"y\">]");
        assert_eq!(resolved(&entities, "a"), "xy");
        assert_eq!(resolved(&entities, "amp"), "&");
        assert_eq!(resolved(&entities, "#x41"), "A");
        assert!(!entities.is_known("c") && !entities.is_known("#0"));
    }

    #[test]
    fn an_entity_that_refers_to_itself_is_empty() {
        let entities = Entities::declared("CONF [<!ENTITY a '&a;&a;'>]");
        assert_eq!(resolved(&entities, "a"), "");
    }
}

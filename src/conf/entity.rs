//! References in text: predefined entities, characters by number, and entities
//! that a DOCTYPE declares with their text. External entities are never read.

use quick_xml::escape::resolve_xml_entity;

use crate::state::FastIndexMap;

/// How many levels of entities may refer to one another.
const MAX_DEPTH: usize = 8;

/// The entities that a file declares.
#[derive(Clone, Debug, Default)]
pub(super) struct Entities(FastIndexMap<String, Entity>);

#[derive(Clone, Debug)]
struct Entity {
    value: String,
    /// What [`Entities::cost`] returns for it.
    cost: Option<usize>,
}

impl Entities {
    /// Reads the content of a DOCTYPE. The first of equal names counts.
    pub(super) fn declared(doctype: &str) -> Self {
        let mut entities = Self::default();
        let declarations = doctype.split("<!ENTITY").skip(1);
        for (name, value) in declarations.filter_map(declaration) {
            let entity = Entity { value, cost: None };
            entities.0.entry(name).or_insert(entity);
        }
        // Each round adds the entities that refer only to those of earlier rounds.
        for _ in 0..MAX_DEPTH {
            let costs: Vec<_> = entities.0.values().map(|e| entities.cost_of(e)).collect();
            for (entity, cost) in entities.0.values_mut().zip(costs) {
                entity.cost = cost;
            }
        }
        entities
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a reference with that name can be resolved.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.cost(name).is_some()
    }

    /// The bytes and references that are read to resolve a reference to a declared
    /// entity; 0 for any other. None if it cannot be resolved: it is not declared, or
    /// refers to itself or to too many others.
    pub(super) fn cost(&self, name: &str) -> Option<usize> {
        match name.strip_prefix('#') {
            Some(code) => character(code).map(|_| 0),
            None if resolve_xml_entity(name).is_some() => Some(0),
            None => self.0.get(name)?.cost,
        }
    }

    fn cost_of(&self, entity: &Entity) -> Option<usize> {
        let own = entity.value.len() + 1;
        references(&entity.value)
            .try_fold(own, |sum, name| Some(sum.saturating_add(self.cost(name)?)))
    }

    /// Names and values of the entities that a text in several parts refers to, also
    /// through other entities.
    pub(super) fn used_in<'a>(
        &'a self,
        texts: impl Iterator<Item = &'a str>,
    ) -> FastIndexMap<&'a str, &'a str> {
        let mut used = FastIndexMap::default();
        let mut unread: Vec<&str> = texts.collect();
        while let Some(text) = unread.pop() {
            for name in references(text) {
                if let Some((name, entity)) = self.0.get_key_value(name)
                    && used.insert(name.as_str(), entity.value.as_str()).is_none()
                {
                    unread.push(&entity.value);
                }
            }
        }
        used
    }

    /// Appends the text that a reference stands for. Its length is bounded because a
    /// file whose references cost too much is not read.
    pub(super) fn resolve(&self, name: &str, text: &mut String) {
        if let Some(code) = name.strip_prefix('#') {
            text.extend(character(code));
        } else if let Some(plain) = resolve_xml_entity(name) {
            text.push_str(plain);
        } else if let Some(entity) = self.0.get(name).filter(|entity| entity.cost.is_some()) {
            let mut parts = entity.value.split('&');
            text.push_str(parts.next().unwrap_or(""));
            for part in parts {
                let (name, rest) = part.split_once(';').unwrap_or(("", part));
                self.resolve(name, text);
                text.push_str(rest);
            }
        }
    }
}

/// The names of the references in a text.
fn references(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split('&').skip(1);
    parts.map(|part| part.split_once(';').map_or("", |(name, _)| name))
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
    use std::fmt::Write as _;

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
    fn an_entity_that_refers_to_itself_cannot_be_resolved() {
        let entities = Entities::declared("CONF [<!ENTITY a '&b;'><!ENTITY b '&a;&a;'>]");
        assert!(!entities.is_known("a") && !entities.is_known("b"));
        assert_eq!(resolved(&entities, "a"), "");
    }

    #[test]
    fn the_cost_of_nested_entities_is_known_before_they_are_resolved() {
        let mut doctype = "CONF [<!ENTITY e0 ''>".to_owned();
        for level in 1..8 {
            let inside = format!("&e{};", level - 1).repeat(1000);
            let _ = write!(doctype, "<!ENTITY e{level} '{inside}'>");
        }
        let entities = Entities::declared(&doctype);
        assert_eq!(entities.cost("e0"), Some(1));
        assert!(entities.cost("e7").is_some_and(|cost| cost > 1_000_000_000));
    }
}

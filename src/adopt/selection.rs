//! Which parts of a node a script is made of.

use crate::conf::Document;
use crate::fault::{Fault, Result};
use crate::state::{Section, SectionKind};

/// The word for the users of the Node API.
const API_USER: &str = "api_user";
/// The word for the services.
const SERVICE: &str = "service";

/// Users and sections by name; everything where none is named.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    users: Vec<String>,
    sections: Vec<String>,
}

impl Selection {
    /// A selection of transfer users, and of sections: `server`, `group`, `group/partners`,
    /// `api_user`, `service`.
    pub fn new(users: &[String], sections: &[String]) -> Result<Self> {
        let words = || {
            let kinds = SectionKind::all().map(|kind| kind.info().keyword);
            kinds.chain([API_USER, SERVICE])
        };
        for section in sections {
            if !words().any(|word| word == section) && Section::parse(section).is_none() {
                let fault = Fault::usage(format!("there is no section `{section}`"));
                let known: Vec<_> = words().collect();
                return Err(fault
                    .suggest(section, known.iter().copied())
                    .hint(format!("sections are {}", known.join(", "))));
            }
        }
        Ok(Self {
            users: users.to_vec(),
            sections: sections.to_vec(),
        })
    }

    /// Refuses names that the file does not have.
    pub(super) fn check(&self, document: &Document) -> Result<()> {
        let named = self.sections.iter().filter_map(|name| Section::parse(name));
        let users = self.users.iter();
        let users = users.map(|name| Section::User(name.as_str().into()));
        for section in users.chain(named.filter(Section::is_named)) {
            if !document.has(&section) {
                let name = section.name().unwrap_or_default().into_owned();
                let known = document.names(section.kind());
                let keyword = section.info().keyword;
                let fault = Fault::refused(format!("aspera.conf has no {keyword} `{name}`"));
                return Err(fault.suggest(&name, known.iter().map(|known| &**known)));
            }
        }
        Ok(())
    }

    /// Whether nothing is named, so that everything is selected.
    pub(super) fn is_everything(&self) -> bool {
        self.users.is_empty() && self.sections.is_empty()
    }

    /// Whether a section is selected.
    pub(super) fn has(&self, section: &Section) -> bool {
        let is_user = matches!(section, Section::User(name) if self.has_user(name));
        let path = || section.to_string();
        self.is_everything() || is_user || self.names(section.info().keyword, path)
    }

    /// Whether a user of the Node API is selected.
    pub(super) fn has_api_user(&self, transfer_user: &str) -> bool {
        self.is_everything() || self.has_user(transfer_user) || self.names(API_USER, String::new)
    }

    /// Whether the states of services are selected.
    pub(super) fn has_services(&self) -> bool {
        self.is_everything() || self.names(SERVICE, String::new)
    }

    fn has_user(&self, name: &str) -> bool {
        self.users.iter().any(|user| user == name)
    }

    fn names(&self, word: &str, path: impl Fn() -> String) -> bool {
        let mut sections = self.sections.iter();
        sections.any(|named| named == word || *named == path())
    }
}

//! Names for secrets that a script needs and nobody can read.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::script_text::{free_name, is_name};
use crate::state::{FastMap, Secret, Section, sha256};

/// A secret that a script needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedSecret {
    /// The parameter that it is, or would be.
    pub param: String,
    /// Its reference, such as `env:ANNA_TOKEN_ENCRYPTION_KEY`.
    pub reference: Secret,
    /// What it is for: `token_encryption_key of anna`, `token_encryption_key of conf/node`.
    pub purpose: String,
    /// For how many other things it is the same.
    pub others: usize,
}

impl AdoptedSecret {
    /// What it is for, in a clause.
    pub fn uses(&self) -> String {
        match self.others {
            0 => self.purpose.clone(),
            1 => format!("{} and of 1 other", self.purpose),
            others => format!("{} and of {others} others", self.purpose),
        }
    }
}

/// The secrets found so far. Equal ones have one name.
#[derive(Default)]
pub(super) struct SecretNames {
    known: Vec<AdoptedSecret>,
    by_digest: FastMap<String, usize>,
    by_reference: FastMap<Secret, usize>,
    taken: BTreeSet<String>,
}

impl SecretNames {
    /// The reference of the secret that a setting has, by what the file holds.
    pub(super) fn of_setting(&mut self, section: &Section, setting: &str, text: &str) -> Secret {
        let digest = sha256(text.as_bytes());
        if let Some(known) = self.by_digest.get(&digest) {
            self.known[*known].others += 1;
            return self.known[*known].reference.clone();
        }
        self.by_digest.insert(digest, self.known.len());
        let owner = section.name().unwrap_or(section.info().keyword.into());
        let purpose = if let Section::User(name) = section {
            format!("{setting} of {name}")
        } else {
            format!("{setting} of conf/{section}")
        };
        self.add(&format!("{owner}_{setting}"), purpose)
    }

    /// The reference of the password of a Node API user, which no file shows.
    pub(super) fn of_api_user(&mut self, name: &str) -> Secret {
        self.add(
            &format!("{name}_api_password"),
            format!("api_password of {name}"),
        )
    }

    fn add(&mut self, name: &str, purpose: String) -> Secret {
        let param = self.param_name(name);
        let reference = Secret::Env(Rc::from(param.to_ascii_uppercase()));
        self.by_reference
            .insert(reference.clone(), self.known.len());
        self.known.push(AdoptedSecret {
            param,
            reference: reference.clone(),
            purpose,
            others: 0,
        });
        reference
    }

    /// The secret with that reference.
    pub(super) fn find(&self, reference: &Secret) -> Option<&AdoptedSecret> {
        self.by_reference
            .get(reference)
            .map(|known| &self.known[*known])
    }

    /// All of them, in the order in which they were found.
    pub(super) fn into_known(self) -> Vec<AdoptedSecret> {
        self.known
    }

    /// A name like the wanted one that a parameter can have and no other secret has.
    fn param_name(&mut self, wanted: &str) -> String {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        let word = wanted.to_ascii_lowercase().replace(|c| !is_word(c), "_");
        let word = if is_name(&word) {
            word
        } else {
            format!("secret_{word}")
        };
        let free = free_name(&word, |name| self.taken.contains(name));
        self.taken.insert(free.clone());
        free
    }
}

//! Where the facts of a node come from. A source reads; it cannot change
//! anything.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::Document;
use crate::facts::Node;
use crate::fault::Result;
use crate::state::{ApiUser, State, Subject};

use super::loaded_conf::Record;
use crate::exec::Exposed;

/// Where the facts of a node come from. Every call reads anew.
pub trait StateSource {
    /// Which node it is.
    fn node(&self) -> &Node;
    /// aspera.conf as it is.
    fn conf(&mut self) -> Result<Document>;
    /// A fact that is not in aspera.conf; of a service only whether it runs.
    fn read(&mut self, subject: &Subject) -> Result<State>;
    /// All users of the Node API.
    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>>;
    /// The main process of a service as it was last read; nothing where none
    /// was told.
    fn process(&self, _service: &str) -> Option<u32> {
        None
    }
    /// What is on record of the configuration that a service has loaded.
    fn record(&mut self, service: &str) -> Result<Option<Record>>;
    /// What aspera.conf, as it is read here, has where that secret is set.
    fn written(&self, secret: Rc<Exposed>) -> Rc<Exposed> {
        secret
    }
}

//! The interface of everything that a node's states can be read from.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::{Document, Setting};
use crate::exec::SecretValue;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::Node;
use crate::state::{ApiUser, Secret, State, Subject};
use crate::step::NodeApiLogin;
use crate::tools::ServiceStatus;

use super::loaded_conf::LoadedConf;

/// Reads the states of a node and changes nothing. It caches nothing: every
/// call reads again.
pub trait StateSource {
    /// Which node it is.
    fn node(&self) -> &Node;
    /// aspera.conf as it is.
    fn conf(&mut self) -> Result<Document>;
    /// aspera.conf as it is, if it has not the text of `known`.
    fn conf_unlike(&mut self, known: &Document) -> Result<Option<Document>> {
        let document = self.conf()?;
        Ok((!document.has_text_of(known)).then_some(document))
    }
    /// A state that is not in aspera.conf; of a service only whether it runs.
    fn read(&mut self, subject: &Subject) -> Result<State>;
    /// The address of the Node API that the user named, which may be another node's.
    fn named_node_api(&self) -> Option<String> {
        None
    }
    /// Sets as which Node API user an access key is read from now on.
    fn log_in(&mut self, _id: &Rc<str>, _login: &NodeApiLogin) {}
    /// Whether an access key has that secret; `None` if that cannot be found out.
    fn has_secret(&mut self, _id: &Rc<str>, _secret: &Secret) -> Result<Option<bool>> {
        Ok(None)
    }
    /// The content of a file; `None` if it does not exist.
    fn content(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        let message = format!("the content of {path} cannot be read here");
        Err(Fault::new(FaultKind::Internal, message))
    }
    /// All users of the Node API.
    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>>;
    /// The status of a service when it was last read, if it existed.
    fn service_status(&self, _service: &str) -> Option<ServiceStatus> {
        None
    }
    /// The login name of the person who works on the node; `None` for root, and for
    /// a node that somebody else will change.
    fn invoking_user(&self) -> Option<String> {
        None
    }
    /// The configuration that a service has loaded, where that is recorded.
    fn loaded_conf(&mut self, service: &str) -> Result<Option<LoadedConf>>;
    /// What this source's aspera.conf contains where a setting has that value, which is a secret
    /// or has one in it.
    fn stored_form(&self, _setting: &Setting, secret: Rc<SecretValue>) -> Rc<SecretValue> {
        secret
    }
}

//! Takes a snapshot: asks a node for all that the file is to tell, and for
//! nothing else. It writes no file.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Snapshot;
use super::file::{Conf, File, Named};
use super::key::Key;
use crate::conf::{self, Document, Value};
use crate::exec::World;
use crate::facts::NodeReader as _;
use crate::fault::{Fault, FaultKind, Result};
use crate::run::Observation;
use crate::state::{Section, Subject};
use crate::tools;

/// A snapshot that was taken.
pub struct Taken {
    /// The text of its file.
    pub text: String,
    /// What the node did not tell, and why.
    pub untold: Vec<(Subject, Fault)>,
}

/// Takes a snapshot of the node that `world` reads: aspera.conf, the users of
/// the Node API, and of what else can be asked the licence, all services, the
/// accounts and docroots that those speak of, and what is `asked` for.
/// Fingerprints stay what they were in the snapshot taken before.
pub fn take(
    world: &mut World,
    asked: impl IntoIterator<Item = Subject>,
    before: Option<&Snapshot>,
) -> Result<Taken> {
    let key = match before {
        Some(before) => before.key.clone(),
        None => Key::random()?,
    };
    let mut untold = Vec::new();
    let api_users = told(world.api_users(), Subject::ApiUsers, &mut untold)?.cloned();
    let mut subjects: BTreeSet<Subject> = asked.into_iter().filter(is_kept).collect();
    subjects.extend([Subject::License, Subject::RootUser]);
    let services = tools::service_names(world.node().platform).iter();
    subjects.extend(services.map(|name| Subject::Service((*name).into())));
    let api_accounts = api_users.iter().flatten();
    subjects
        .extend(api_accounts.map(|(_, user)| Subject::Account(user.transfer_user.as_str().into())));
    let document = world.document()?;
    spoken_of(document, &mut subjects);
    let masked = document.masked(&mut |secret| key.fingerprint(secret));
    let mut facts = Vec::new();
    for subject in subjects {
        if let Some(value) = told(world.read(&subject), subject.clone(), &mut untold)? {
            facts.push(Observation { subject, value });
        }
    }
    let node = Named {
        name: world.node().name.clone(),
        platform: world.node().platform,
    };
    let text = File::new(node, key, Conf::of(&masked), api_users, facts).text();
    // What cannot be read again is better noticed here than in a pipeline.
    Snapshot::load(&text)?;
    Ok(Taken { text, untold })
}

/// What the node told. What it would not tell is no reason to tell nothing.
fn told<T>(
    answer: Result<T>,
    subject: Subject,
    untold: &mut Vec<(Subject, Fault)>,
) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if matches!(fault.kind(), FaultKind::Interrupted | FaultKind::Internal) => {
            Err(fault)
        }
        Err(fault) => {
            untold.push((subject, fault));
            Ok(None)
        }
    }
}

/// Whether it stands among the facts; the others have a place of their own.
fn is_kept(subject: &Subject) -> bool {
    match subject {
        Subject::License
        | Subject::Account(_)
        | Subject::RootUser
        | Subject::Service(_)
        | Subject::Dir(_) => true,
        Subject::Setting(..)
        | Subject::Entry(_)
        | Subject::Settings(_)
        | Subject::Users
        | Subject::ApiUser(_)
        | Subject::ApiUsers => false,
    }
}

/// The accounts of the transfer users, and all docroots.
fn spoken_of(document: &Document, subjects: &mut BTreeSet<Subject>) {
    let mut sections = vec![Section::Node];
    for name in document.groups() {
        sections.push(Section::Group(name.into()));
    }
    for name in document.users() {
        let name: Rc<str> = name.into();
        subjects.insert(Subject::Account(Rc::clone(&name)));
        sections.push(Section::User(name));
    }
    for section in sections {
        let docroot = conf::find(&section, "absolute");
        let docroot = docroot.and_then(|setting| document.get(&section, setting));
        // Others are URLs, or relative to what only a transfer knows.
        if let Some(Value::Text(path)) = docroot
            && path.starts_with('/')
        {
            subjects.insert(Subject::Dir(path.into()));
        }
    }
}

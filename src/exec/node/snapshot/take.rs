//! Takes a snapshot: reads everything that the file is to contain from a node.
//! Writing the file is left to the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Snapshot;
use super::fingerprint::FingerprintKey;
use super::format::{ConfLines, SnapshotFile, SnapshotNode};
use crate::conf::Document;
use crate::exec::World;
use crate::facts::NodeReader as _;
use crate::fault::{Fault, Result};
use crate::run::Observation;
use crate::state::{
    AccountProperty, Platform, PublicKey, Scalar, Section, State, Subject, ValueType,
};
use crate::tools;

/// A snapshot that was taken.
pub struct TakenSnapshot {
    /// The text of its file.
    pub text: String,
    /// The subjects that could not be read, and why.
    pub skipped: Vec<(Subject, Fault)>,
}

/// Takes a snapshot of the node that `world` reads: aspera.conf, the users of
/// the Node API, the license, all services, the accounts and docroots that
/// aspera.conf and those users name with their groups, and the `asked` subjects. With the snapshot
/// taken `before`, equal secrets keep their fingerprints.
pub fn take(
    world: &mut World,
    asked: impl IntoIterator<Item = Subject>,
    before: Option<&Snapshot>,
) -> Result<TakenSnapshot> {
    let key = match before {
        Some(before) => before.key.clone(),
        None => FingerprintKey::random()?,
    };
    let mut skipped = Vec::new();
    let users = readable(world.api_users(), Subject::ApiUsers, &mut skipped)?.cloned();
    let mut subjects: BTreeSet<Subject> = asked.into_iter().filter(is_listed).collect();
    subjects.extend([
        Subject::License,
        Subject::RootUser,
        Subject::TokenKey,
        Subject::HostKey,
    ]);
    if world.node().platform == Platform::Linux {
        subjects.insert(Subject::AdminGroup);
    }
    let services = tools::service_names(world.node().platform).iter();
    subjects.extend(services.map(|name| Subject::Service((*name).into())));
    let accounts = users.iter().flatten();
    subjects.extend(accounts.map(|(_, user)| Subject::Account(user.transfer_user.as_str().into())));
    let token_key = readable(
        world.read(&Subject::TokenKey),
        Subject::TokenKey,
        &mut Vec::new(),
    )?;
    let document = world.document()?;
    add_named_in_conf(document, &mut subjects);
    add_token_key(token_key.as_ref(), &mut subjects);
    let masked = document.mask(&mut |secret| key.fingerprint(secret));
    let mut states = BTreeMap::new();
    read_all(subjects, world, &mut states, &mut skipped)?;
    for named in [account_groups, named_groups] {
        let more = named(&states);
        read_all(more, world, &mut states, &mut skipped)?;
    }
    let states = states.into_iter();
    let states = states.map(|(subject, value)| Observation { subject, value });
    let node = SnapshotNode {
        name: world.node().name.clone(),
        platform: world.node().platform,
        services: world.node().services,
    };
    let text = SnapshotFile::new(node, key, ConfLines::new(masked), users, states.collect()).text();
    // A file that cannot be loaded is better noticed now than when it is used.
    Snapshot::load(&text)?;
    Ok(TakenSnapshot { text, skipped })
}

fn read_all(
    subjects: BTreeSet<Subject>,
    world: &mut World,
    states: &mut BTreeMap<Subject, State>,
    skipped: &mut Vec<(Subject, Fault)>,
) -> Result<()> {
    for subject in subjects {
        if !states.contains_key(&subject)
            && let Some(value) = readable(world.read(&subject), subject.clone(), skipped)?
        {
            states.insert(subject, value);
        }
    }
    Ok(())
}

/// The lists of groups of the accounts that exist.
fn account_groups(states: &BTreeMap<Subject, State>) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::new();
    for (subject, state) in states {
        if let (Subject::Account(name), State::Account(_)) = (subject, state) {
            let primary = AccountProperty::PrimaryGroup;
            subjects.insert(Subject::AccountProperty(Rc::clone(name), primary));
            subjects.insert(Subject::AccountGroups(Rc::clone(name)));
        }
    }
    subjects
}

/// The groups of accounts and of docroots, and whether they list the accounts.
fn named_groups(states: &BTreeMap<Subject, State>) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::new();
    for (subject, state) in states {
        match (subject, state) {
            (Subject::AccountGroups(account), State::Names(names)) => {
                let names = names.iter().filter(|name| is_group_name(name));
                for name in names {
                    let name: Rc<str> = Rc::from(&**name);
                    let member = AccountProperty::Member(Rc::clone(&name));
                    subjects.insert(Subject::AccountProperty(Rc::clone(account), member));
                    subjects.insert(Subject::Group(name));
                }
            }
            (Subject::Dir(_), State::Dir(dir)) => {
                let group = dir.group.iter().filter(|group| is_group_name(group));
                subjects.extend(group.map(|group| Subject::Group(Rc::from(&**group))));
            }
            _ => {}
        }
    }
    subjects
}

fn is_group_name(name: &str) -> bool {
    ValueType::AccountName.accepts(Scalar::Text(name))
}

/// The value of a reading; `None` if it failed, which is added to `skipped`.
fn readable<T>(
    reading: Result<T>,
    subject: Subject,
    skipped: &mut Vec<(Subject, Fault)>,
) -> Result<Option<T>> {
    match reading {
        Ok(value) => Ok(Some(value)),
        Err(fault) => {
            skipped.push((subject, fault.unless_fatal()?));
            Ok(None)
        }
    }
}

/// Whether a subject is listed among the states; aspera.conf and the users of
/// the Node API have keys of their own in the file.
fn is_listed(subject: &Subject) -> bool {
    !subject.is_conf() && !matches!(subject, Subject::ApiUser(_) | Subject::ApiUsers)
}

/// Adds whether the key for transfers with a token may log in to each account.
fn add_token_key(key: Option<&State>, subjects: &mut BTreeSet<Subject>) {
    let key = key.and_then(State::text).and_then(PublicKey::parse);
    let Some(id) = key.map(|key| Rc::from(key.id())) else {
        return;
    };
    let mut keys = Vec::new();
    for subject in subjects.iter() {
        if let Subject::Account(name) = subject {
            keys.push(Subject::AuthorizedKey(Rc::clone(name), Rc::clone(&id)));
        }
    }
    subjects.extend(keys);
}

/// Adds the accounts of the transfer users, and all docroots.
fn add_named_in_conf(document: &Document, subjects: &mut BTreeSet<Subject>) {
    let mut sections = vec![Section::Node];
    for name in document.groups() {
        sections.push(Section::Group(name.into()));
    }
    let has_groups = sections.len() > 1;
    for name in document.users() {
        let name: Rc<str> = name.into();
        if has_groups {
            subjects.insert(Subject::AccountGroups(Rc::clone(&name)));
        }
        subjects.insert(Subject::Account(Rc::clone(&name)));
        sections.push(Section::User(name));
    }
    for section in sections {
        let docroot = document.docroot_path(&section);
        subjects.extend(docroot.map(|path| Subject::Dir(path.into())));
    }
}

//! Advisories on what a run leaves on the node: whether the docroots of transfer users are folders
//! of their own, their users system accounts, and the ports of the Node API in force.

use std::rc::Rc;

use crate::conf;
use crate::facts::{Facts, NodeReader, NodeSource};
use crate::run::{Recorder, RunRecord};
use crate::state::{Dir, Platform, Section, SectionKind, State, Subject};
use crate::step::{Advisory, Level};

use super::advice::{self, FASPEX_NODE, STIG};
use super::docroot::{self, DOCROOT, RESTRICTION};
use super::effective::EffectiveUser;
use super::touched::{MAX_TOUCHED, Touched};

const NO_ACCOUNT: &str = "transfer-user-no-account";
const DOCROOT_MISSING: &str = "docroot-missing";

/// Advisories on a node, and what was read for them.
#[derive(Default)]
pub struct NodeAdvice {
    /// The advisories.
    pub notes: Vec<Advisory>,
    /// What was read, which is no premise of the run. What could not be read gives no advisory.
    pub read: Vec<Subject>,
}

/// Returns advisories on the node as it is after all steps of a run.
pub fn on_node(run: &RunRecord, reader: &mut dyn NodeReader) -> NodeAdvice {
    let touched = Touched::by(&run.steps);
    if touched.is_empty() {
        return NodeAdvice::default();
    }
    let mut recorder = Recorder::new(reader.node().clone());
    // A blank node has neither accounts nor folders.
    let has_system = reader.node().source != NodeSource::Blank;
    let mut look = NodeLook {
        facts: Facts::new(reader, &mut recorder),
        has_system,
        without_account: Vec::new(),
        missing_folders: Vec::new(),
        notes: Vec::new(),
    };
    for section in &touched.sections {
        look.at_section(section);
    }
    if touched.is_for_all_users() {
        look.at_other_users(&touched.sections);
    }
    for name in touched.api_users.iter().filter(|_| has_system) {
        look.at_api_user(name);
    }
    if touched.has_node_api_ports {
        look.at_node_api_ports();
    }
    if touched.is_cut && has_system {
        for list in look.notes.iter_mut().filter(|note| is_list(note)) {
            let text = &list.text;
            list.text = format!("{text}; only {MAX_TOUCHED} of the users were looked at").into();
        }
        look.notes.push(not_all());
    }
    let notes = look.notes;
    let read = recorder.finish().observations.into_iter();
    NodeAdvice {
        notes,
        read: read.map(|observation| observation.subject).collect(),
    }
}

struct NodeLook<'a> {
    facts: Facts<'a>,
    has_system: bool,
    /// Transfer users without a system account.
    without_account: Vec<String>,
    /// Docroots that do not exist.
    missing_folders: Vec<String>,
    notes: Vec<Advisory>,
}

impl NodeLook<'_> {
    fn read(&mut self, subject: &Subject) -> Option<State> {
        self.facts.read(subject).ok()
    }

    fn at_section(&mut self, section: &Section) {
        if let Section::User(user) = section {
            self.at_user(user, section);
            return;
        }
        let Some(State::Settings(settings)) = self.read(&Subject::Settings(section.clone())) else {
            return;
        };
        let docroot = settings.get(DOCROOT).filter(|state| is_limit(state));
        let restriction = settings.get(RESTRICTION).filter(|state| is_set(state));
        if docroot.is_some() && restriction.is_some() {
            let subject = Subject::setting(section.clone(), RESTRICTION);
            self.notes
                .push(advice::restriction_and_docroot("").about(subject));
        }
        if let Some(path) = docroot.and_then(|state| docroot::folder(state.text()?, &[])) {
            self.at_folder(&path, None, section);
        }
    }

    fn at_user(&mut self, user: &Rc<str>, section: &Section) {
        let entry = Subject::Entry(section.clone());
        let Some(State::Present) = self.read(&entry) else {
            return;
        };
        let Ok(effective) = EffectiveUser::read(Rc::clone(user), &mut self.facts) else {
            return;
        };
        let docroot = in_force(&effective, DOCROOT);
        let is_limited = in_force(&effective, RESTRICTION).is_some_and(|(state, _)| is_set(state));
        self.notes.extend(both(&effective, section));
        // Of a value in the user's own section, the call has said it.
        let is_own = docroot.is_some_and(|(_, of)| of == section);
        if !is_limited && !is_own && !docroot.is_some_and(|(state, _)| is_limit(state)) {
            self.notes.push(unlimited(user).about(entry.clone()));
        }
        if !self.has_system {
            return;
        }
        let account = self.at_account(user, entry);
        let home = match &account {
            Some(State::Account(account)) => account.home.as_str(),
            _ => "$(home)",
        };
        let names = [("$(name)", &**user), ("$(home)", home)];
        let path = docroot.and_then(|(state, _)| docroot::folder(state.text()?, &names));
        let has_account = account != Some(State::Absent);
        let owner = has_account.then_some((&**user, may_write(&effective)));
        if let Some(path) = path {
            self.at_folder(&path, owner, section);
        }
    }

    /// Judges the docroots of other users, which may have changed with those of groups or the node.
    fn at_other_users(&mut self, judged: &[&Section]) {
        let Some(State::Names(users)) = self.read(&Subject::Sections(SectionKind::User)) else {
            return;
        };
        let sections = users.into_iter().map(|user| Section::User(user.into()));
        let others = sections.filter(|section| !judged.contains(&section));
        for section in others.take(MAX_TOUCHED) {
            if let Section::User(user) = &section
                && let Ok(effective) = EffectiveUser::read(Rc::clone(user), &mut self.facts)
            {
                self.notes.extend(both(&effective, &section));
            }
        }
    }

    fn at_api_user(&mut self, name: &Rc<str>) {
        let subject = Subject::ApiUser(Rc::clone(name));
        if let Some(State::ApiUser(user)) = self.read(&subject) {
            self.at_account(&user.transfer_user, subject);
        }
    }

    /// Reads the system account of a transfer user.
    fn at_account(&mut self, name: &str, subject: Subject) -> Option<State> {
        let account = self.read(&Subject::Account(name.into()));
        if account == Some(State::Absent) {
            add(&mut self.without_account, name);
            let note = no_account(&self.without_account, self.facts.platform());
            self.add_or_extend(note.about(subject));
        }
        account
    }

    /// Judges the folder of a docroot; `user` is its user, and whether the user may write.
    fn at_folder(&mut self, path: &str, user: Option<(&str, bool)>, section: &Section) {
        if !self.has_system {
            return;
        }
        let note = match (self.read(&Subject::Dir(path.into())), user) {
            (Some(State::Absent), _) => {
                add(&mut self.missing_folders, path);
                Some(missing(&self.missing_folders))
            }
            (Some(State::Dir(dir)), Some((user, may_write))) => {
                foreign(path, &dir, user, may_write)
            }
            _ => None,
        };
        if let Some(note) = note {
            self.add_or_extend(note.about(Subject::setting(section.clone(), DOCROOT)));
        }
    }

    /// Adds a note, or replaces the text of the one that lists fewer of the same.
    fn add_or_extend(&mut self, note: Advisory) {
        let known = self.notes.iter_mut().find(|known| known.id == note.id);
        match known.filter(|known| is_list(known)) {
            Some(known) => known.text = note.text,
            None => self.notes.push(note),
        }
    }

    fn at_node_api_ports(&mut self) {
        let Some(State::Settings(settings)) = self.read(&Subject::Settings(Section::Server)) else {
            return;
        };
        if !settings.get("listen").is_some_and(is_set) {
            return;
        }
        let ports = ["http_port", "https_port"].into_iter();
        let ports = ports.filter(|port| settings.contains_key(*port));
        self.notes.extend(ports.map(overridden));
    }
}

/// Whether an advisory lists all users or folders that it is about.
fn is_list(note: &Advisory) -> bool {
    [NO_ACCOUNT, DOCROOT_MISSING].contains(&&*note.id)
}

fn is_set(state: &State) -> bool {
    state.text().is_none_or(|text| !text.is_empty())
}

/// Whether a docroot limits transfers. A hidden one is a URL.
fn is_limit(state: &State) -> bool {
    !state.text().is_some_and(docroot::is_whole_file_system)
}

fn in_force<'e>(
    effective: &'e EffectiveUser,
    name: &'static str,
) -> Option<(&'e State, &'e Section)> {
    let setting = conf::find(SectionKind::User, name)?;
    effective.get(setting).ok().flatten()
}

fn may_write(effective: &EffectiveUser) -> bool {
    let setting = conf::find(SectionKind::User, "write_allowed");
    let state = in_force(effective, "write_allowed").and_then(|(state, _)| state.text());
    let denies = |text| setting.is_some_and(|setting| setting.agree(text, "false"));
    !state.is_some_and(denies)
}

/// An advisory about a docroot beside a restriction, both in force for a user.
fn both(effective: &EffectiveUser, user: &Section) -> Option<Advisory> {
    let docroot = in_force(effective, DOCROOT).filter(|(state, _)| is_limit(state))?;
    let restriction = in_force(effective, RESTRICTION).filter(|(state, _)| is_set(state))?;
    let origins = [("docroot", docroot.1), ("restriction", restriction.1)];
    let inherited = origins.iter().filter(|(_, section)| *section != user);
    let origin = inherited.map(|(what, section)| format!("; the {what} is that of conf/{section}"));
    let note = advice::restriction_and_docroot(&origin.collect::<String>());
    Some(note.about(Subject::setting(user.clone(), RESTRICTION)))
}

fn unlimited(user: &str) -> Advisory {
    let text = format!(
        "`{user}` has neither a docroot nor a restriction, so transfers can access the whole file system"
    );
    Advisory::new(Level::Caution, docroot::WHOLE_FILE_SYSTEM, text)
        .source(format!("{STIG}, ASP4-TS-020250"))
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// The names in backquotes, joined by commas.
fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn no_account(names: &[String], platform: Platform) -> Advisory {
    let place = match platform {
        Platform::Linux => "this node",
        Platform::Macos => "the local directory of this Mac",
    };
    let users = quoted(names);
    let text = if let [_] = names {
        format!(
            "{place} has no system account {users}, so nobody can transfer as that user; create it with `account.ensure`"
        )
    } else {
        format!(
            "{place} has no system accounts {users}, so nobody can transfer as those users; create them with `account.ensure`"
        )
    };
    Advisory::new(Level::Caution, NO_ACCOUNT, text).source(STIG)
}

fn missing(paths: &[String]) -> Advisory {
    let folders = quoted(paths);
    let text = if let [_] = paths {
        format!("the docroot {folders} does not exist; create it with `dir.ensure`")
    } else {
        format!("the docroots {folders} do not exist; create them with `dir.ensure`")
    };
    Advisory::new(Level::Caution, DOCROOT_MISSING, text)
        .source("IBM Support, Error 41/77: file location outside docroot hierarchy")
}

/// An advisory about a folder of another account, unless its mode lets everybody use it.
fn foreign(path: &str, dir: &Dir, user: &str, may_write: bool) -> Option<Advisory> {
    let needed = if may_write { 0o7 } else { 0o5 };
    let mode = u32::from_str_radix(&dir.mode, 8).ok()?;
    if dir.owner == user || mode & needed == needed {
        return None;
    }
    let (owner, mode) = (&dir.owner, &dir.mode);
    let text = format!(
        "the docroot `{path}` belongs to {owner} (mode {mode}), so transfers of `{user}` may be refused; change its owner with `dir.ensure`"
    );
    let note = Advisory::new(Level::Caution, "docroot-owner", text);
    Some(note.source(format!(
        "{FASPEX_NODE}; IBM Aspera Faspex 4.3, Linux node guide"
    )))
}

fn overridden(port: &'static str) -> Advisory {
    let text = format!(
        "`listen` overrides `{port}`, which has no effect; write the port into `listen`, or reset `listen`"
    );
    Advisory::new(Level::Caution, "listen-overrides-port", text)
        .source("IBM Aspera HSTS 4.4, Configuring the NodeD service")
        .about(Subject::setting(Section::Server, port))
}

fn not_all() -> Advisory {
    let text = format!(
        "only {MAX_TOUCHED} of the transfer users were compared with the accounts and folders of the node"
    );
    Advisory::new(Level::Note, "not-all-users-compared", text)
}

//! The law of adopting: the script changes nothing on its node, makes a blank node like it, and is
//! the same when it is adopted again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ascript::adopt::{self, AdoptedSecret, Adoption, Selection};
use ascript::conf::{self, Document};
use ascript::exec::{DryRun, InMemoryNode, Vault, World};
use ascript::facts::NodeReader as _;
use ascript::fault::{Result, Severity};
use ascript::run::RunRecord;
use ascript::script::{self, Host, Script, Surroundings};
use ascript::session::Session;
use ascript::source::{self, escaped, is_hostile};
use ascript::state::{AccountProperty, Platform, Secret, Section, SectionKind, State, Subject};
use ascript::tools;

use crate::memory::unmeasured;

const STACK: usize = 32 << 20;

/// The values of secrets; without one, a secret is not supplied.
pub(super) type Secrets = BTreeMap<Secret, Option<String>>;

/// The node in memory, with these secrets supplied.
pub(super) fn world(set_up: impl FnOnce(&mut InMemoryNode), secrets: Secrets) -> World {
    world_of(Platform::Linux, set_up, secrets)
}

fn world_of(platform: Platform, set_up: impl FnOnce(&mut InMemoryNode), secrets: Secrets) -> World {
    let mut node = InMemoryNode::blank(platform);
    node.set_name("node1");
    set_up(&mut node);
    World::new(Box::new(node), vault(secrets))
}

/// A vault that knows these secrets.
pub(super) fn vault(secrets: Secrets) -> Rc<RefCell<Vault>> {
    Rc::new(RefCell::new(Vault::with_fakes(secrets)))
}

pub(super) fn with_conf(text: &str, secrets: Secrets) -> World {
    world(|node| node.set_conf(text).unwrap(), secrets)
}

pub(super) fn adopted(world: &mut World) -> Adoption {
    adopted_parts(world, &Selection::default()).unwrap()
}

pub(super) fn adopted_parts(world: &mut World, parts: &Selection) -> Result<Adoption> {
    let blank = world_of(world.node().platform, |_| (), Secrets::new());
    adopt::adopt(world, &mut DryRun::new(blank), parts, None)
}

fn script(text: &str) -> Script {
    Script {
        name: "adopted.rhai".to_owned(),
        text: text.into(),
        folder: None,
    }
}

/// Runs a script, and returns the node as the run leaves it.
pub(super) fn run(text: &str, world: World) -> (RunRecord, World) {
    let surroundings = Surroundings {
        print: Box::new(|_| ()),
        is_stopped: Box::new(|| false),
        ceilings: unmeasured(),
    };
    let mut host = Host::new(script(text), surroundings).unwrap();
    let params = host.declared().values(&BTreeMap::new()).unwrap();
    let session = Session::new(Box::new(DryRun::new(world)));
    let (session, outcome) = host.run(session, &params);
    outcome.unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    let (run, world) = session.finish();
    (run, world.merged().unwrap())
}

/// The script without the comments about what it leaves out.
fn statements(text: &str) -> &str {
    text.split("\n// Not in this script").next().unwrap()
}

/// The statements without the states of services: a blank node has them all.
fn without_services(text: &str) -> String {
    let blocks = statements(text).split("\n\n");
    let blocks = blocks.filter(|block| !block.starts_with("// Services."));
    blocks.collect::<Vec<_>>().join("\n\n")
}

pub(super) fn check(text: &str) {
    for checked in script::check(vec![script(text)]) {
        let errors = checked.findings.iter();
        let errors = errors.filter(|finding| finding.rule.severity() == Severity::Error);
        let messages: Vec<_> = errors.map(|finding| &finding.message).collect();
        assert!(messages.is_empty(), "{messages:?}\n{text}");
    }
}

/// The law, for a node. Returns the text.
pub(super) fn holds(node_with: impl Fn(Secrets) -> World) -> String {
    let mut node = node_with(Secrets::new());
    let adoption = adopted(&mut node);
    let text = adoption.script.to_string();
    assert!(text.lines().all(|line| !line.contains('\r')), "{text}");
    assert_eq!(source::format(&text), text);
    check(&text);
    let secrets = secrets(&adoption, &node.conf().unwrap());
    let unknown = secrets.keys().map(|secret| (secret.clone(), None));
    let (run_there, _) = run(&text, node_with(unknown.collect()));
    changes_nothing(&run_there, false, &text);
    let (run_there, mut after) = run(&text, node_with(secrets.clone()));
    changes_nothing(&run_there, true, &text);
    let again = adopted(&mut after).script.to_string();
    assert_eq!(statements(&again), statements(&text));
    let blank = world_of(node.node().platform, |_| (), secrets);
    let (_, mut made) = run(&text, blank);
    is_made(&mut node, &mut made, &text);
    let there = adopted(&mut made).script.to_string();
    assert_eq!(without_services(&there), without_services(&text));
    text
}

/// The secrets that a node has in aspera.conf.
pub(super) fn secrets(adoption: &Adoption, document: &Document) -> Secrets {
    let value = |secret: &AdoptedSecret| {
        let (name, owner) = secret.purpose.split_once(" of ")?;
        let section = match owner.strip_prefix("conf/") {
            Some(section) => Section::parse(section)?,
            None => Section::User(owner.into()),
        };
        let text = document.secret_text(&section, conf::find(&section, name)?)?;
        Some((secret.reference.clone(), Some(text.into_owned())))
    };
    adoption.secrets.iter().filter_map(value).collect()
}

/// A secret that is not supplied may be another one, and then services restart.
fn changes_nothing(run: &RunRecord, is_supplied: bool, text: &str) {
    let changes = run.steps.iter().flat_map(|step| &step.changes);
    let is_service = |subject: &Subject| matches!(subject, Subject::Service(_));
    let (restarts, changes): (Vec<_>, Vec<_>) =
        changes.partition(|change| is_service(&change.subject));
    assert!(
        restarts.is_empty() || !changes.is_empty(),
        "{restarts:?}\n{text}"
    );
    for change in changes {
        let is_secret = change.after.setting_secret().is_some() && !is_supplied;
        assert!(is_secret, "{:?}\n{text}", change.subject);
    }
}

/// What the node has is on the node that was made, or the script has a comment about it.
fn is_made(node: &mut World, made: &mut World, text: &str) {
    let comments = comments(text);
    for subject in subjects(node) {
        let wanted = node.read(&subject).unwrap();
        let found = made.read(&subject).unwrap();
        let is_left_out =
            |path: &str| comments.contains(&format!(" {}: ", escaped(path, is_hostile)));
        let is_made = means_the_same(&subject, &wanted, &found)
            || is_left_out(&subject.to_string())
            || subject
                .section()
                .is_some_and(|it| is_left_out(&format!("conf/{it}")));
        assert!(is_made, "{subject}: {wanted:?}, made {found:?}\n{text}");
    }
}

/// The text of all comments, each on one line.
pub(super) fn comments(text: &str) -> String {
    text.replace("\n// ", " ")
}

/// What a script is to make.
fn subjects(node: &mut World) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for section in sections(node) {
        let State::Settings(settings) = node.read(&Subject::Settings(section.clone())).unwrap()
        else {
            continue;
        };
        if section.is_named() {
            subjects.push(Subject::Entry(section.clone()));
        }
        if let Section::User(name) = &section {
            subjects.push(Subject::Account(Rc::clone(name)));
            subjects.extend(memberships(name, node));
        }
        let names = settings.keys().cloned();
        subjects.extend(names.map(|name| Subject::setting(section.clone(), name)));
    }
    let State::Names(users) = node.read(&Subject::ApiUsers).unwrap() else {
        panic!("the names of all users are a list");
    };
    for name in &*users {
        let user = Subject::ApiUser(name.as_str().into());
        if let State::ApiUser(user) = node.read(&user).unwrap() {
            let account = Rc::from(&*user.transfer_user);
            subjects.extend(memberships(&account, node));
            subjects.push(Subject::Account(account));
        }
        subjects.push(user);
    }
    let services = tools::service_names(node.node().platform).iter();
    let services = services.map(|name| Subject::Service((*name).into()));
    subjects.extend(services.filter(|it| node.read(it).unwrap() != State::Absent));
    subjects
}

/// The groups that list an account, and its primary group unless that is its own.
fn memberships(account: &Rc<str>, node: &mut World) -> Vec<Subject> {
    let groups = Subject::AccountGroups(Rc::clone(account));
    let State::Names(names) = node.read(&groups).unwrap() else {
        return Vec::new();
    };
    let property = |property| Subject::AccountProperty(Rc::clone(account), property);
    let members = names
        .iter()
        .map(|name| AccountProperty::Member(Rc::from(&**name)));
    let mut subjects: Vec<_> = members.map(property).collect();
    let primary = property(AccountProperty::PrimaryGroup);
    if let State::PrimaryGroup(group) = node.read(&primary).unwrap()
        && *group.primary_group != **account
    {
        subjects.push(primary);
    }
    subjects
}

fn sections(node: &mut World) -> Vec<Section> {
    let mut sections = Vec::new();
    for kind in SectionKind::all() {
        if !kind.is_named() {
            sections.extend(kind.section(""));
        } else if let State::Names(names) = node.read(&Subject::Sections(kind)).unwrap() {
            sections.extend(names.iter().filter_map(|name| kind.section(&**name)));
        }
    }
    sections
}

/// Whether a setting means the same, or is not set and has that value anyway.
fn means_the_same(subject: &Subject, wanted: &State, found: &State) -> bool {
    if let (State::Service(wanted), State::Service(found)) = (wanted, found) {
        return wanted.running == found.running;
    }
    let Subject::Setting(section, name) = subject else {
        return wanted == found;
    };
    let (Some(setting), Some(wanted)) = (conf::find(section, name), wanted.text()) else {
        return wanted == found;
    };
    let anyway = Some(setting.default).filter(|it| !section.is_named() && !it.is_empty());
    let found = found.text().or(anyway);
    found.is_some_and(|found| setting.agree(wanted, found))
}

/// Runs what needs the stack of an engine in debug builds.
pub(super) fn on_a_thread<T: Send + 'static>(law: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(law);
    thread.unwrap().join().unwrap()
}

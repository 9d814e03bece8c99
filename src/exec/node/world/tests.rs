//! Tests of the view of a node.

use super::*;
use crate::exec::BlankNode;
use crate::state::{Platform, Section};

fn world() -> World {
    let vault = Vault::new(Box::new(|_| unreachable!("no prompt is expected")));
    let source = Box::new(BlankNode::new(Platform::Macos));
    World::new(source, Rc::new(RefCell::new(vault)))
}

fn change(subject: Subject, after: State) -> Change {
    Change {
        subject,
        before: State::Absent,
        after: after.into(),
    }
}

fn docroot() -> Subject {
    Subject::setting(Section::User("u".into()), "absolute")
}

#[test]
fn a_failed_step_keeps_the_edits_of_earlier_steps() {
    let mut world = world();
    let edit = change(docroot(), State::Text("/srv".into()));
    world.apply(&[edit]).unwrap();
    let failing = [
        change(docroot(), State::Text("/other".into())),
        change(Subject::Account("u".into()), State::Absent),
    ];
    let prior = world.apply(&failing).unwrap();
    world.revert(&failing, prior);
    assert_eq!(world.read(&docroot()).unwrap(), State::Text("/srv".into()));
}

#[test]
fn dropping_the_overlay_leaves_the_base_and_merging_moves_it_there() {
    let user = Subject::ApiUser("n".into());
    let steps = [
        change(docroot(), State::Text("/srv".into())),
        change(user.clone(), State::ApiUser(ApiUser::default().into())),
    ];
    let names = |names: &[&str]| State::Names(names.iter().map(ToString::to_string).collect());
    let mut changed = world();
    changed.apply(&steps).unwrap();
    assert_eq!(changed.read(&Subject::ApiUsers).unwrap(), names(&["n"]));
    assert_eq!(changed.initial(&Subject::ApiUsers).unwrap(), names(&[]));
    let mut read = changed.as_read();
    assert_eq!(read.read(&docroot()).unwrap(), State::Absent);
    assert_eq!(read.read(&user).unwrap(), State::Absent);
    read.apply(&steps).unwrap();
    let mut merged = read.merged().unwrap();
    let docroot = merged.initial(&docroot()).unwrap();
    assert_eq!(docroot, State::Text("/srv".into()));
    assert_eq!(merged.initial(&Subject::ApiUsers).unwrap(), names(&["n"]));
    assert_eq!(merged.conf_diff(), "");
}

#[test]
fn a_service_is_outdated_while_its_settings_are_not_as_they_were_read() {
    let port = |state: State| {
        let subject = Subject::setting(Section::HttpServer, "http_port");
        [change(subject, state)]
    };
    let is_current = |world: &mut World| {
        let service = Subject::Service("asperahttpd".into());
        matches!(world.read(&service).unwrap(), State::Service(service) if service.current)
    };
    let mut edited = world();
    assert!(is_current(&mut edited));
    edited.apply(&port(State::Text("8080".into()))).unwrap();
    assert!(!is_current(&mut edited));
    edited.apply(&port(State::Absent)).unwrap();
    assert!(is_current(&mut edited));
    edited.apply(&port(State::Text("8080".into()))).unwrap();
    let mut merged = edited.merged().unwrap();
    assert!(!is_current(&mut merged));
    let loaded = merged.loaded("asperahttpd").unwrap().cloned();
    assert_eq!(loaded, Some(world().loadable("asperahttpd").unwrap()));
}

#[test]
fn a_reload_is_enough_until_another_setting_changes_since_the_restart() {
    let reloadable = |world: &mut World| {
        let subject = Subject::Service("asperanoded".into());
        let State::Service(service) = world.read(&subject).unwrap() else {
            panic!("no service");
        };
        (service.current, service.reloadable)
    };
    let server = |name: &'static str, value: &str| {
        let subject = Subject::setting(Section::Server, name);
        [change(subject, State::Text(value.into()))]
    };
    let mut edited = world();
    edited.apply(&server("preview_dir", "p")).unwrap();
    assert_eq!(reloadable(&mut edited), (false, true));
    let mut merged = edited.merged().unwrap();
    assert_eq!(reloadable(&mut merged), (false, true));
    merged.apply(&server("https_port", "9443")).unwrap();
    assert_eq!(reloadable(&mut merged), (false, false));
}

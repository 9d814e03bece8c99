//! What a plan shows of a step and of aspera.conf, beside what that is on the node. Whoever edits a
//! plan can seal it anew, and a reader sees these parts only.

use std::rc::Rc;

use crate::bindings;
use crate::fault::{Fault, FaultKind, Result};
use crate::run::RunRecord;
use crate::session::Session;
use crate::state::{State, Subject};
use crate::step::{Act, Change, Step, StepKind};
use crate::tools;

use super::file_diffs::{NAMES, shows_the_same};

/// Refuses a step that shows other states than those before it, subjects that neither it nor
/// the plan is about, or a binding that makes no such step.
pub(super) fn check_step(number: usize, step: &Step, session: &mut Session) -> Result<()> {
    for change in &step.changes {
        if session.look(&change.subject)? != change.before {
            let subject = change.subject.to_string();
            let what = format!(
                "another state of `{}` than is there",
                subject.escape_debug()
            );
            return Err(falsely_shown(number, &what));
        }
    }
    for change in &step.changes {
        if !has_its_new_file(change, session)? {
            return Err(falsely_shown(number, "a new file where there is none"));
        }
    }
    if !has_its_subjects(step, session) {
        return Err(falsely_shown(number, "subjects that it is not about"));
    }
    if !is_made_by_its_binding(step) {
        let binding = step.binding.escape_debug();
        let what = format!("the binding `{binding}`, which makes no such step");
        return Err(falsely_shown(number, &what));
    }
    Ok(())
}

/// Whether a line is said to be the first one of a new file where that is so: an undo removes such
/// a file.
fn has_its_new_file(change: &Change, session: &mut Session) -> Result<bool> {
    let Subject::FileLine(path, _) = &change.subject else {
        return Ok(true);
    };
    if change.after.content().is_none() {
        return Ok(true);
    }
    let file = Subject::File(Rc::clone(path));
    let is_new = change.before == State::Absent && session.look(&file)? == State::Absent;
    Ok(change.after.is_in_new_file() == is_new)
}

/// Whether the subjects of a step are those that it changes, and others that were read or
/// changed.
fn has_its_subjects(step: &Step, session: &Session) -> bool {
    let Some(subjects) = step.subjects() else {
        return false;
    };
    let changed = step.changes.iter().map(|change| &change.subject);
    let others = subjects.iter().skip(step.changes.len());
    let starts_with = |(shown, changed): (&Subject, &Subject)| shown == changed;
    subjects.len() >= step.changes.len()
        && subjects.iter().zip(changed).all(starts_with)
        && others
            .into_iter()
            .all(|subject| session.knows(subject) || is_checked(step, subject))
}

/// Whether a step asks the node about that subject, of which nothing is read before.
fn is_checked(step: &Step, subject: &Subject) -> bool {
    match (step.act.as_deref(), subject) {
        (Some(Act::PingNodeApi), Subject::Service(name)) => **name == *tools::NODE_API_SERVICE,
        (Some(Act::CheckNodeApi(asked)), Subject::ApiUser(name)) => **name == *asked.user,
        _ => false,
    }
}

/// Whether a binding of that name makes such changes and acts.
fn is_made_by_its_binding(step: &Step) -> bool {
    let is_by_hand = step.kind == StepKind::Manual;
    let is_made = match (&step.changes[..], step.act.as_deref()) {
        ([], None) if is_by_hand => makes(step, &["manual.step"]),
        ([], None) => true,
        (changes, act) => {
            let by_subject = |change: &Change| makes(step, makers(&change.subject));
            let by_act = |act: &Act| makes(step, &[maker(act)]);
            changes.iter().all(by_subject) && act.is_none_or(by_act)
        }
    };
    is_made && bindings::find(&step.binding).is_some_and(|binding| !binding.is_for_tests())
}

fn makes(step: &Step, prefixes: &[&str]) -> bool {
    prefixes
        .iter()
        .any(|prefix| step.binding.starts_with(prefix))
}

/// How the names of the bindings start that change a subject.
fn makers(subject: &Subject) -> &'static [&'static str] {
    match subject {
        Subject::Setting(..) | Subject::Entry(_) | Subject::Settings(_) | Subject::Sections(_) => {
            &["conf.set_", "conf.delete_"]
        }
        Subject::ApiUser(_) | Subject::ApiUsers => &["node."],
        Subject::AccessKey(_) | Subject::AccessKeySecret(_) => &["access_key."],
        Subject::Account(_) => &["account."],
        Subject::AccountProperty(..) | Subject::AccountGroups(_) => &["account.", "group.ensure"],
        Subject::RootUser => &["account.enable_root"],
        Subject::Group(_) => &["group."],
        Subject::AuthorizedKey(..) => &["ssh.authorize"],
        Subject::Service(_) | Subject::EnabledService(_) => &["service.", "sync.service"],
        Subject::UserService(..) => &["service.ensure"],
        Subject::Dir(_) => &["dir.ensure"],
        Subject::File(_) => &["file.", "license.install", "sync.service"],
        Subject::FileLine(..) => &["file.line"],
        Subject::License
        | Subject::TokenKey
        | Subject::HostKey
        | Subject::AdminGroup
        | Subject::SyncSession(..) => &[],
    }
}

/// How the name of the binding starts that makes an act.
fn maker(act: &Act) -> &'static str {
    match act {
        Act::Restart { .. } => "service.restart",
        Act::Reload { .. } => "service.reload",
        Act::SetApiPassword { .. } => "node.set_api_password",
        Act::SetUnchecked { .. } => "conf.set_",
        Act::CheckLicense { .. } => "license.install",
        Act::PingNodeApi => "api.ping",
        Act::CheckNodeApi(_) => "api.info",
        Act::LogIn(_) => "access_key.",
        Act::Sync(_) => "sync.run",
    }
}

fn falsely_shown(number: usize, what: &str) -> Fault {
    let message = format!("step {number} of the plan shows {what}");
    Fault::new(FaultKind::Stale, message).hint(EDITED)
}

/// What to do about a plan that shows something else than is so.
const EDITED: &str = "the plan was edited, or the node changed since: plan again, and review that";

/// Refuses a plan whose diff of aspera.conf shows other values than its steps set and remove.
/// Where they are in the file may differ: another program may have edited it elsewhere since.
pub fn check_conf_diff(plan: &RunRecord, preview: &RunRecord) -> Result<()> {
    let (shown, made) = (&plan.conf_diff, &preview.conf_diff);
    if shown == made || shows_the_same(&values(shown), &values(made)) {
        return Ok(());
    }
    let message = "the plan shows another diff of aspera.conf than its steps make";
    Err(Fault::new(FaultKind::Stale, message).hint(EDITED))
}

/// The names of the files of a diff, and its changed lines that are more than a tag.
fn values(diff: &str) -> String {
    let lines = diff.lines().enumerate().filter_map(|(number, line)| {
        if number < NAMES {
            return Some(line.to_owned());
        }
        let (sign, text) = line.split_at_checked(1)?;
        let text = text.trim();
        let is_shown = matches!(sign, "+" | "-") && !is_tag(text);
        is_shown.then(|| format!("{sign}{text}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a line is one tag without attributes, such as `</user>`.
fn is_tag(line: &str) -> bool {
    let name = line
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    let name = name.map(|name| name.strip_prefix('/').unwrap_or(name));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    name.is_some_and(|name| name.trim_end_matches('/').chars().all(is_name))
}

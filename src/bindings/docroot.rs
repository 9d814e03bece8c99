//! Advisories about a docroot: what it limits, and whether it names a folder.

use crate::state::{Platform, Scalar, Section, Subject, ValueType, WantedState};
use crate::step::{Advisory, Level};

use super::advice::{FASPEX_NODE, root_transfer_user};

/// The setting that has the docroot.
pub(super) const DOCROOT: &str = "absolute";
/// The setting that limits transfers in place of a docroot.
pub(super) const RESTRICTION: &str = "file_restriction";
/// The advisory about a docroot that is not an absolute path.
pub const RELATIVE: &str = "docroot-relative";

/// The advisory that transfers can access the whole file system.
pub(super) const WHOLE_FILE_SYSTEM: &str = "docroot-whole-file-system";

/// Advisories about the docroot among the wanted settings of a section, by its text.
pub(super) fn notes(
    section: &Section,
    wanted: &[(Subject, WantedState)],
    platform: Platform,
) -> Vec<Advisory> {
    let Some(path) = text(wanted, DOCROOT) else {
        return Vec::new();
    };
    let is_restricted = text(wanted, RESTRICTION).is_some_and(|patterns| !patterns.is_empty());
    let mut notes = Vec::new();
    if path.contains(' ') {
        notes.push(spaces());
    }
    notes.extend(home_on_macos(path, platform));
    if let Section::User(user) = section {
        notes.extend(root_transfer_user(user));
    }
    if is_whole_file_system(path) {
        notes.extend((!is_restricted).then(|| whole_file_system(path)));
    } else if !is_absolute(path) {
        notes.push(relative(path));
    } else if matches!(section, Section::User(_)) {
        notes.push(limits());
    }
    let subject = || Subject::setting(section.clone(), DOCROOT);
    notes
        .into_iter()
        .map(|note| note.about(subject()))
        .collect()
}

fn text<'a>(wanted: &'a [(Subject, WantedState)], setting: &str) -> Option<&'a str> {
    wanted.iter().find_map(|(subject, wanted)| {
        let is_that = matches!(subject, Subject::Setting(_, name) if name == setting);
        wanted.state.text().filter(|_| is_that)
    })
}

fn spaces() -> Advisory {
    Advisory::new(
        Level::Caution,
        "docroot-spaces",
        "the docroot contains a space; some e-mail notifications of transfers may be lost",
    )
    .source(format!("{FASPEX_NODE}, step 1 of the configuration"))
}

fn limits() -> Advisory {
    Advisory::new(
        Level::Note,
        "docroot-limits",
        "users of this account cannot access files outside the docroot",
    )
    .source(FASPEX_NODE)
}

/// The advisory that transfers can access the whole file system.
fn whole_file_system(path: &str) -> Advisory {
    let docroot = match path {
        "" => "an empty docroot".to_owned(),
        path => format!("the docroot `{path}`"),
    };
    Advisory::new(
        Level::Caution,
        WHOLE_FILE_SYSTEM,
        format!("{docroot} limits nothing: without a restriction, transfers can access the whole file system"),
    )
    .source("IBM Aspera Enterprise Server 3.7, docroots; DISA STIG ASP4-TS-020250")
}

/// Whether a docroot is the whole file system: no path, or the root folder.
pub(super) fn is_whole_file_system(docroot: &str) -> bool {
    let path = docroot.strip_prefix("file://").unwrap_or(docroot);
    path.bytes().all(|byte| byte == b'/')
}

/// The local folder that a docroot is, with its placeholders replaced.
pub(super) fn folder(docroot: &str, names: &[(&str, &str)]) -> Option<String> {
    let mut path = docroot.to_owned();
    for (placeholder, name) in names {
        path = path.replace(placeholder, name);
    }
    if let Some(url_path) = path.strip_prefix("file:///") {
        path = format!("/{}", url_path.trim_start_matches('/'));
    }
    let path = path.trim_end_matches('/');
    let is_known = path.starts_with('/') && !path.contains("$(");
    is_known.then(|| path.to_owned())
}

/// Whether a docroot says where it is: a path, a URL, or the home folder of the user.
fn is_absolute(docroot: &str) -> bool {
    ValueType::Docroot.accepts(Scalar::Text(docroot)) && !docroot.starts_with("$(name)")
}

fn relative(docroot: &str) -> Advisory {
    let text = format!(
        "the docroot `{}` is not an absolute path; write one that starts with `/`, or a URL",
        docroot.escape_debug()
    );
    Advisory::new(Level::Caution, RELATIVE, text)
        .source("observation of ascp 3.9.0, which accepts any text")
}

/// An advisory that macOS makes no folder in /home.
pub(super) fn home_on_macos(path: &str, platform: Platform) -> Option<Advisory> {
    let rest = path
        .strip_prefix("/home")
        .filter(|rest| rest.starts_with('/'))?;
    let text = format!(
        "/home is an automount point on macOS, where folders normally cannot be created; use /Users{rest}"
    );
    let note = Advisory::new(Level::Caution, "docroot-home-on-macos", text)
        .source("the published example is a Linux path; macOS keeps home folders in /Users");
    Some(note).filter(|_| platform == Platform::Macos)
}

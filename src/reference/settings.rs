//! Entries of what the table of settings has: the sections of aspera.conf, and
//! each setting once, however many sections have it.

use crate::bindings::{self, Type};
use crate::conf::{self, Certainty, Setting, ValueType};
use crate::state::Section;

use super::entry::{Entry, EntryKind, Field, InFile, Text};

struct Page {
    section: fn() -> Section,
    doc: &'static str,
    /// Bindings that have to do with it, besides the one that sets all of it.
    see: &'static [&'static str],
}

const PAGES: &[Page] = &[
    page(
        || Section::Node,
        "What holds for every user without a value of its own.",
        &["conf.node"],
    ),
    page(
        || Section::User("".into()),
        "What holds for one transfer user; what is not set comes from its group, then from the node.",
        &["conf.user", "conf.users", "conf.delete_user"],
    ),
    page(
        || Section::Group("".into()),
        "What holds for a group of transfer users; what is not set comes from the node.",
        &["conf.group", "conf.delete_group"],
    ),
    page(
        || Section::Trunk(1),
        "A virtual link: a bandwidth that many transfers share.",
        &["conf.trunk", "conf.delete_trunk"],
    ),
    page(
        || Section::Server,
        "The Node API service: name, ports, certificate, activity logging.",
        &["conf.server"],
    ),
    page(
        || Section::HttpServer,
        "HTTP and HTTPS fallback.",
        &["conf.set_fallback", "conf.fallback"],
    ),
    page(
        || Section::CentralServer,
        "asperacentral, the transfer manager.",
        &[],
    ),
    page(
        || Section::Client,
        "What holds for transfers that start on this machine.",
        &[],
    ),
    page(
        || Section::Database,
        "The database of Console before 3.0.",
        &[],
    ),
    page(
        || Section::Logging("".into()),
        "What some classes of messages do to the log.",
        &[],
    ),
];

const fn page(section: fn() -> Section, doc: &'static str, see: &'static [&'static str]) -> Page {
    Page { section, doc, see }
}

/// What `conf.set_fallback` sets.
const FALLBACK: &[&str] = &["enable_http", "http_port", "enable_https", "https_port"];

/// Each section, then each setting.
pub(super) fn entries() -> Vec<Entry> {
    let sections = PAGES.iter().map(of_section);
    sections.chain(conf::all().map(of_setting)).collect()
}

fn of_section(page: &'static Page) -> Entry {
    let word = (page.section)().word();
    let settings = conf::of(&(page.section)()).map(|setting| setting.name.into());
    let see = setter(&(page.section)()).into_iter();
    Entry {
        sections: vec![word],
        members: settings.collect(),
        see: see
            .chain(page.see.iter().copied())
            .map(Text::Borrowed)
            .collect(),
        ..Entry::new(EntryKind::Section, format!("conf/{word}"), page.doc)
    }
}

fn of_setting(setting: &'static Setting) -> Entry {
    let pages = || PAGES.iter().filter(|page| setting.is_in(&(page.section)()));
    let mut see: Vec<_> = pages()
        .filter_map(|page| setter(&(page.section)()))
        .collect();
    let is_fallback = FALLBACK.contains(&setting.name);
    if is_fallback && pages().any(|page| (page.section)() == Section::HttpServer) {
        see.push("conf.set_fallback");
    }
    Entry {
        sections: pages().map(|page| (page.section)().word()).collect(),
        fields: vec![field(setting)],
        see: see.into_iter().map(Text::Borrowed).collect(),
        sources: setting.sources().map(Text::Borrowed).collect(),
        ..Entry::new(EntryKind::Setting, setting.name, setting.doc)
    }
}

/// The binding that takes the settings of that kind of section.
fn setter(section: &Section) -> Option<&'static str> {
    let word = section.word();
    let takes = |ty: &Type| matches!(ty, Type::Settings(of) if of().word() == word);
    bindings::all()
        .find(|binding| binding.params.iter().any(|param| takes(&param.ty)))
        .map(|binding| binding.name)
}

fn field(setting: &'static Setting) -> Field {
    let fits = if setting.is_secret {
        Type::Secret.noun().into()
    } else {
        // The unit is told by itself.
        let unit = format!(" ({})", setting.unit);
        setting.fits().replacen(&unit, "", 1).into()
    };
    let is_switch = setting.kind == ValueType::Switch;
    let words = if is_switch {
        "true|false"
    } else {
        setting.allowed
    };
    let preset = Some(setting.preset).filter(|preset| !preset.is_empty());
    let allowed = words
        .split('|')
        .filter(|word| !word.is_empty())
        .chain(preset);
    Field {
        name: setting.name.into(),
        ty: if setting.is_secret {
            "secret"
        } else {
            setting.kind.word()
        }
        .into(),
        fits,
        allowed: allowed.map(Text::Borrowed).collect(),
        unit: setting.unit.into(),
        default: setting.default.into(),
        is_secret: setting.is_secret,
        since: setting.since.into(),
        doc: setting.doc.into(),
        in_file: Some(InFile {
            path: setting.path.into(),
            noticed: noticed(setting.services),
            certainty: certainty(setting.certainty).into(),
            remark: setting.note.into(),
        }),
        ..Field::default()
    }
}

fn noticed(services: &'static str) -> Text {
    match services {
        "" => "read anew by each session".into(),
        "unknown" => "not known".into(),
        some => some.replace(',', ", ").into(),
    }
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Documented => {
            "documented: published by the vendor, or used in a published command"
        }
        Certainty::Attested => "attested: seen in output, not in the schema",
        Certainty::Label => "label: the server's own label for it; `asuserdata -+` settles it",
        Certainty::Derived => "derived: from its place in the file; `asuserdata -+` settles it",
        Certainty::Guessed => "guessed: `asuserdata -+` settles it",
    }
}

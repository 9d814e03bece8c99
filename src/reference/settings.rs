//! Entries of what the table of settings has: the sections of aspera.conf, and
//! each setting once, however many sections have it.

use crate::bindings::{self, Type};
use crate::conf::{self, Certainty, Setting, ValueType};
use crate::state::{SectionInfo, SectionKind};

use super::entry::{Entry, EntryKind, Field, InFile, Text};

/// What `conf.set_fallback` sets.
const FALLBACK: &[&str] = &["enable_http", "http_port", "enable_https", "https_port"];

/// Each section, then each setting.
pub(super) fn entries() -> Vec<Entry> {
    let sections = SectionKind::all().map(of_section);
    sections.chain(conf::all().map(of_setting)).collect()
}

fn of_section(kind: SectionKind) -> Entry {
    let SectionInfo { keyword, doc, .. } = kind.info();
    let settings = conf::of(kind).map(|setting| setting.name.into());
    let see = setter(kind).into_iter().chain(named_after(kind));
    Entry {
        sections: vec![keyword],
        members: settings.collect(),
        see: see.map(Text::Borrowed).collect(),
        ..Entry::new(EntryKind::Section, format!("conf/{keyword}"), *doc)
    }
}

fn of_setting(setting: &'static Setting) -> Entry {
    let kinds = || SectionKind::all().filter(|kind| setting.is_in(*kind));
    let mut see: Vec<_> = kinds().filter_map(setter).collect();
    if FALLBACK.contains(&setting.name) && setting.is_in(SectionKind::HttpServer) {
        see.push("conf.set_fallback");
    }
    Entry {
        sections: kinds().map(|kind| kind.info().keyword).collect(),
        fields: vec![field(setting)],
        see: see.into_iter().map(Text::Borrowed).collect(),
        sources: setting.sources().map(Text::Borrowed).collect(),
        ..Entry::new(EntryKind::Setting, setting.name, setting.doc)
    }
}

/// The binding that takes the settings of that kind of section.
fn setter(kind: SectionKind) -> Option<&'static str> {
    bindings::all()
        .find(|binding| {
            let mut params = binding.params.iter();
            params.any(|param| matches!(param.ty, Type::Settings(taken) if taken == kind))
        })
        .map(|binding| binding.name)
}

/// The bindings that read, list or delete that kind of section.
fn named_after(kind: SectionKind) -> impl Iterator<Item = &'static str> {
    let names = if kind == SectionKind::HttpServer {
        ["set_fallback", "fallback"].map(str::to_owned).to_vec()
    } else {
        let word = kind.info().keyword;
        vec![
            word.to_owned(),
            format!("{word}s"),
            format!("delete_{word}"),
        ]
    };
    let bindings = names.into_iter();
    bindings
        .filter_map(|name| bindings::find_in("conf", &name))
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

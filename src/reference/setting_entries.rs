//! Reference entries of the sections of aspera.conf and of their settings. A
//! setting that several sections have is one entry.

use crate::bindings::{self, ArgType};
use crate::conf::{self, Certainty, Distinction, Setting};
use crate::state::{SectionInfo, SectionKind, ValueType};

use super::entry::{DocText, EntryKind, FieldDoc, ReferenceEntry, SettingDoc};

/// Each section, then each setting.
pub(super) fn entries() -> Vec<ReferenceEntry> {
    let sections = SectionKind::all().map(section_entry);
    sections
        .chain(conf::all_settings().map(setting_entry))
        .collect()
}

fn section_entry(kind: SectionKind) -> ReferenceEntry {
    let SectionInfo { keyword, doc, .. } = kind.info();
    let settings = conf::settings_of(kind).map(|setting| setting.name.into());
    let see = setter(kind).into_iter().chain(named_after(kind));
    ReferenceEntry {
        sections: vec![keyword],
        members: settings.collect(),
        see: see.map(DocText::Borrowed).collect(),
        ..ReferenceEntry::new(EntryKind::Section, format!("conf/{keyword}"), *doc)
    }
}

fn setting_entry(setting: &'static Setting) -> ReferenceEntry {
    let kinds = || SectionKind::all().filter(|kind| setting.is_in(*kind));
    let mut see: Vec<_> = kinds().filter_map(setter).collect();
    let mut fallback = bindings::fallback_options();
    let is_fallback = fallback.any(|(_, switch, port)| [switch, port].contains(&setting.name));
    if is_fallback && setting.is_in(SectionKind::HttpServer) {
        see.push("conf.set_fallback");
    }
    ReferenceEntry {
        sections: kinds().map(|kind| kind.info().keyword).collect(),
        fields: vec![field_doc(setting)],
        see: see.into_iter().map(DocText::Borrowed).collect(),
        sources: setting.sources().map(DocText::Borrowed).collect(),
        ..ReferenceEntry::new(EntryKind::Setting, setting.name, setting.doc)
    }
}

/// The binding that takes the settings of that kind of section.
fn setter(kind: SectionKind) -> Option<&'static str> {
    bindings::all()
        .find(|binding| {
            let mut params = binding.params.iter();
            params.any(|param| matches!(param.ty, ArgType::Settings(taken) if taken == kind))
        })
        .map(|binding| binding.name)
}

/// The bindings that read, list or delete that kind of section.
fn named_after(kind: SectionKind) -> impl Iterator<Item = &'static str> {
    let names = if kind == SectionKind::HttpServer {
        ["set_fallback", "fallback"].map(str::to_owned).to_vec()
    } else {
        let word = setter(kind).and_then(|name| name.strip_prefix("conf.set_"));
        let word = word.unwrap_or(kind.info().keyword);
        vec![
            word.to_owned(),
            format!("{word}s"),
            format!("delete_{word}"),
            format!("effective_{word}"),
        ]
    };
    let bindings = names.into_iter();
    bindings
        .filter_map(|name| bindings::find_in("conf", &name))
        .map(|binding| binding.name)
}

fn field_doc(setting: &'static Setting) -> FieldDoc {
    let fits = if setting.is_secret {
        ValueType::Secret.fits()
    } else {
        // The unit has a field of its own.
        let unit = format!(" ({})", setting.unit);
        setting.fits().replacen(&unit, "", 1).into()
    };
    FieldDoc {
        name: setting.name.into(),
        ty: if setting.is_secret {
            "secret"
        } else {
            setting.kind.word()
        }
        .into(),
        fits,
        allowed: setting.allowed().map(DocText::Borrowed).collect(),
        unit: setting.unit.into(),
        default: setting.default.into(),
        is_secret: setting.is_secret,
        may_hold_login: setting.may_hold_login,
        since: setting.since.into(),
        doc: setting.doc.into(),
        in_file: Some(SettingDoc {
            path: setting.path.into(),
            noticed: services_to_reload(setting.services),
            certainty: certainty_doc(setting.certainty).into(),
            reads: reads_as(setting).into(),
            remark: remark(setting).into(),
        }),
        ..FieldDoc::default()
    }
}

fn reads_as(setting: &Setting) -> String {
    let word = if setting.is_secret {
        "true where it is set"
    } else if setting.kind == ValueType::Bool {
        "true or false"
    } else if let ValueType::Int { .. } | ValueType::Decimal = setting.kind {
        "a number"
    } else {
        "a string"
    };
    match setting.preset {
        "" => word.to_owned(),
        preset => format!("{word}, or the string \"{preset}\""),
    }
}

/// Where sources disagree, which versions have it, and what several elements of it mean.
fn remark(setting: &Setting) -> String {
    let name = setting.name;
    let several = match setting.distinct_by {
        Distinction::Nothing => String::new(),
        Distinction::Condition => format!(
            "A value for clients of one address, with the attribute `peer_ip`, is kept and read as `{name}[peer_ip=192.0.2.10]`"
        ),
        Distinction::Rule => format!(
            "With several rules, `{name}` is read from the first, `{name}[2]` from the second, and none is set"
        ),
    };
    let versions = match setting.versions {
        "" => String::new(),
        versions => format!("Other versions: {versions}"),
    };
    let parts = [setting.note.to_owned(), versions, several];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(". ")
}

fn services_to_reload(services: &'static str) -> DocText {
    match services {
        "" => "nothing: each session reads it".into(),
        "unknown" => "unknown".into(),
        some => some
            .replace(":reload", " (a reload is enough)")
            .replace(',', ", ")
            .into(),
    }
}

fn certainty_doc(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Documented => {
            "documented: published by the vendor, or used in a published command"
        }
        Certainty::Attested => "attested: seen in output, not in the schema",
        Certainty::Label => "label: the server's own label for it; check it with `asuserdata -+`",
        Certainty::Derived => "derived: from its place in the file; check it with `asuserdata -+`",
        Certainty::Guessed => "guessed: check it with `asuserdata -+`",
    }
}

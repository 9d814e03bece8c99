//! aspera.conf: whatever the bytes are, they are refused or kept, an accepted edit is read back,
//! and a masked file can be read.

use ascript::conf::{Document, SettingValue, find};
use ascript::state::Section;

pub(super) fn holds(bytes: &[u8]) {
    let Ok(mut document) = Document::parse(bytes.to_vec()) else {
        return;
    };
    assert_eq!(document.to_bytes(), bytes, "no edit, no change");
    document.findings();
    let masked = document.mask(&mut |_| "masked".to_owned());
    let masked = Document::from_masked(masked).expect("a masked file can be read");
    assert_eq!(masked.findings().len(), document.findings().len());
    let read = document.clone();
    for (section, name) in [
        (Section::Server, "server_name"),
        (Section::Node, "absolute"),
        (Section::User("u".into()), "absolute"),
    ] {
        document.variants(&section);
        edit(&mut document, &section, name);
    }
    if let Ok(edited) = document.apply_edits(&mut |_, _| String::new()) {
        read.differences(&edited);
        read.diff_to(&edited, &document, &mut |_, _| String::new());
    }
}

fn edit(document: &mut Document, section: &Section, name: &str) {
    let saved = document.save_edits(section);
    let setting = find(section, name).expect("a setting of the table");
    let value = SettingValue::Text("/edited".into());
    document.set(section, setting, Some(value.clone()));
    if document.check(section).is_err() {
        document.restore_edits(section, saved);
        return;
    }
    let edited = Document::parse(document.to_bytes()).expect("an accepted edit can be read");
    assert_eq!(edited.get(section, setting), Some(value));
    document.diff();
}

//! A masked document has the same values, findings and diffs as the original,
//! however its secrets are written.

use std::fmt::Write as _;

use ascript::conf::{Document, SettingValue, find};
use ascript::state::{Secret, Section};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::inputs::{self, Edit, Tape};

/// Parts of the content of a secret's element.
const PARTS: &[&str] = &[
    "hunter2",
    "h\u{fc}nter2",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\u{a0}",
    "&amp;hunter2",
    "<!-- hunter2 -->",
    "<!-- <password>\nhunter2</password>\n\n hunter2 -->",
    "<![CDATA[hunter2]]>",
    "<![CDATA[ <!-- ]]>",
    "<?x hunter2?>",
    "<x/>",
    "<password a='>hunter2'\n>hunter2</password>",
    "AS_NULL",
    "s3://k:hunter2@h/b",
];

/// A file with a secret at its end, and the same one masked.
fn both(file: &str, parts: &[&str]) -> (Document, Document) {
    let secret = parts.concat();
    let end = format!(
        "<!-- password: hunter2\n hunter -->\n\
         <Encryption_Key>hunter2</Encryption_Key><x:encryption_key value='hunter2'/>\n\
         <db db_password=\"hunter2'>\" user='u' PassPhrase = 'hunter2'>\n</db>\n\
         <option name='api_key' value='hunter2'/><x name='API_KEY'>hunter2</x><!-- <apiKey value='hunter2'/> -->\n\
         <!-- was s3://k:hunter2@h/b -->\n<mount url='s3://k:hunter2@h/b'>s3://k:h&#117;nter2@h</mount>\n\
         <default><transfer><validation_uri>https://k:hunter2@h/b</validation_uri></transfer>\n\
         </default><database><password>{secret}</password>\n\
         <user>u</user></database></CONF>"
    );
    let file = file.replace("</CONF>", &end);
    let plain = Document::parse(file.into_bytes()).unwrap();
    let masked = plain.mask(&mut |value| format!("word:{}", value.len()));
    assert!(!masked.text.contains("nter2"), "{}", masked.text);
    let masked = Document::from_masked(masked).unwrap();
    (plain, masked)
}

fn describe(document: &Document) -> String {
    let mut text = format!("{:?}\n{:?}\n", document.findings(), document.users());
    let settings = inputs::sections().into_iter().chain([Section::Database]);
    for section in settings {
        let _ = writeln!(text, "{:?}", document.settings(&section));
    }
    format!("{text}{}", document.diff())
}

fn change(document: &mut Document, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Set(section, name, value) => {
                let value = value.map(|value| SettingValue::Text(value.into()));
                document.set(section, find(section, name).unwrap(), value);
            }
            Edit::Ensure(section) => document.ensure(section),
            Edit::Remove(section) => document.remove(section),
        }
    }
}

fn set(document: &mut Document, name: &str, value: Option<SettingValue<'_>>) {
    let setting = find(&Section::Database, name).unwrap();
    document.set(&Section::Database, setting, value);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_secrets_read_differently(
        tape in vec(any::<u8>(), 0..200),
        changes in vec(any::<u8>(), 0..20),
        parts in vec(select(PARTS), 0..6),
    ) {
        let (mut plain, mut masked) = both(&inputs::file(&mut Tape(&tape)), &parts);
        prop_assert_eq!(describe(&plain), describe(&masked));
        let edits = inputs::edits(&mut Tape(&changes));
        for document in [&mut plain, &mut masked] {
            change(document, &edits);
            set(document, "user", Some(SettingValue::Text("v".into())));
        }
        prop_assert_eq!(describe(&plain), describe(&masked));
        for value in [Some(Secret::parse("env:KEY").unwrap()), None] {
            for document in [&mut plain, &mut masked] {
                set(document, "password", value.clone().map(|secret| SettingValue::Secret(secret.into())));
            }
            prop_assert_eq!(describe(&plain), describe(&masked));
        }
    }

    #[test]
    fn a_masked_secret_is_one_word(
        tape in vec(any::<u8>(), 0..200),
        parts in vec(select(PARTS), 0..6),
    ) {
        let (plain, masked) = both(&inputs::file(&mut Tape(&tape)), &parts);
        let setting = find(&Section::Database, "password").unwrap();
        let raw = plain.secret_text(&Section::Database, setting);
        let word = masked.secret_text(&Section::Database, setting);
        // Blanks stay.
        let expected = raw.map(|raw| match raw.trim().len() {
            0 => String::new(),
            _ => format!("word:{}", raw.len()),
        });
        prop_assert_eq!(word.as_deref(), expected.as_deref());
    }
}

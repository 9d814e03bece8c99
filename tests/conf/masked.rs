//! A document without its secrets reads, finds and differs like the one that
//! it was made of, whatever the secrets are written like.

use std::fmt::Write as _;

use ascript::conf::{Document, Value, find};
use ascript::state::{Secret, Section};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::inputs::{self, Edit, Tape};

/// What a secret's element may have in it.
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
];

/// A file with a secret at its end, and the same one masked.
fn both(file: &str, parts: &[&str]) -> (Document, Document) {
    let secret = parts.concat();
    let end = format!(
        "<!-- password: hunter2\n hunter -->\n<database><password>{secret}</password>\n\
         <user>u</user></database></CONF>"
    );
    let file = file.replace("</CONF>", &end);
    let plain = Document::parse(file.into_bytes()).unwrap();
    let masked = plain.masked(&mut |value| format!("word:{}", value.len()));
    assert!(!masked.text.contains("nter2"), "{}", masked.text);
    let masked = Document::of_masked(masked).unwrap();
    (plain, masked)
}

fn told(document: &Document) -> String {
    let mut told = format!("{:?}\n{:?}\n", document.findings(), document.users());
    let settings = inputs::sections().into_iter().chain([Section::Database]);
    for section in settings {
        let _ = writeln!(told, "{:?}", document.settings(&section));
    }
    format!("{told}{}", document.diff())
}

fn change(document: &mut Document, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Set(section, name, value) => {
                let value = value.map(|value| Value::Text(value.into()));
                document.set(section, find(section, name).unwrap(), value);
            }
            Edit::Ensure(section) => document.ensure(section),
            Edit::Remove(section) => document.remove(section),
        }
    }
}

fn set(document: &mut Document, name: &str, value: Option<Value<'_>>) {
    let setting = find(&Section::Database, name).unwrap();
    document.set(&Section::Database, setting, value);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_but_secrets_reads_otherwise(
        tape in vec(any::<u8>(), 0..200),
        changes in vec(any::<u8>(), 0..20),
        parts in vec(select(PARTS), 0..6),
    ) {
        let (mut plain, mut masked) = both(&inputs::file(&mut Tape(&tape)), &parts);
        prop_assert_eq!(told(&plain), told(&masked));
        let edits = inputs::edits(&mut Tape(&changes));
        for document in [&mut plain, &mut masked] {
            change(document, &edits);
            set(document, "user", Some(Value::Text("v".into())));
        }
        prop_assert_eq!(told(&plain), told(&masked));
        for value in [Some(Secret::parse("env:KEY").unwrap()), None] {
            for document in [&mut plain, &mut masked] {
                set(document, "password", value.clone().map(Value::Secret));
            }
            prop_assert_eq!(told(&plain), told(&masked));
        }
    }

    #[test]
    fn a_secret_is_one_word(
        tape in vec(any::<u8>(), 0..200),
        parts in vec(select(PARTS), 0..6),
    ) {
        let (plain, masked) = both(&inputs::file(&mut Tape(&tape)), &parts);
        let setting = find(&Section::Database, "password").unwrap();
        let raw = plain.secret_text(&Section::Database, setting);
        let word = masked.secret_text(&Section::Database, setting);
        // Blanks of any kind stay what they are.
        let expected = raw.map(|raw| match raw.trim().len() {
            0 => String::new(),
            _ => format!("word:{}", raw.len()),
        });
        prop_assert_eq!(word.as_deref(), expected.as_deref());
    }
}

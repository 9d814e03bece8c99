//! The values of all secrets in a file, to hide them in other texts.

use std::borrow::Cow;
use std::ops::Range;

use super::document::Document;
use super::encoding;
use super::{content, logins, secret_elements};

/// The values of all secrets in a file, also in one that is no XML: a tool that refuses a file
/// may quote it.
pub fn secret_values(bytes: Vec<u8>) -> Vec<String> {
    let Ok((text, encoding)) = encoding::decode(bytes) else {
        return Vec::new();
    };
    match Document::from_text(text.clone(), encoding) {
        Ok(Document { index, .. }) => values(&text, index.secrets.clone(), &|span| {
            let value = content::read(&text, span.clone(), &index.entities).value;
            value.map(Cow::into_owned)
        }),
        Err(_) => values(&text, secret_elements::in_comment(&text), &|span| {
            let written = text[span.clone()].split('<').next();
            written.map(|value| value.trim().to_owned())
        }),
    }
}

/// Returns the value that is written there.
type ReadValue<'r> = &'r dyn Fn(&Range<usize>) -> Option<String>;

fn values(text: &str, secrets: Vec<Range<usize>>, read: ReadValue<'_>) -> Vec<String> {
    let is_doctype = |span: &Range<usize>| text[span.clone()].starts_with("<!DOCTYPE");
    let mut values: Vec<_> = secrets
        .into_iter()
        .filter(|span| !is_doctype(span))
        .filter_map(|span| match text[..span.start].chars().next_back() {
            Some('>' | '"' | '\'') => read(&span),
            _ => written_after(&text[span]),
        })
        .collect();
    for login in logins::find(text).iter().filter_map(read) {
        if let Some((_, password)) = login.split_once(':') {
            values.push(password.to_owned());
        }
        values.push(login);
    }
    values.retain(|value| !value.is_empty() && value != "AS_NULL");
    values
}

/// The value that follows a name in a comment: `="…"`, `: …`. A word alone may be of a sentence.
fn written_after(text: &str) -> Option<String> {
    let is_end = |c: char| c.is_whitespace() || "\"'<>=".contains(c);
    let value = text.trim_start_matches(|c| is_end(c) || c == ':');
    let value = &value[..value.find(is_end).unwrap_or(value.len())];
    let is_word = value.chars().all(char::is_alphabetic);
    (!is_word).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_of_a_file_are_known_by_their_values() {
        let text = "<!DOCTYPE CONF [<!ENTITY e 'stands'>]><CONF><database>\n\
                    <password> a&amp;&e; </password></database><x db_password='b&#65;'/>\
                    <!-- <password>c</password> --><y>s3://K:d%20e@h</y>\
                    <!-- passphrase: hunter2, role_id was chosen -->\
                    <encryption_key>AS_NULL</encryption_key></CONF>";
        let values = secret_values(text.into());
        assert_eq!(
            values,
            ["a&stands", "bA", "c", "hunter2,", "d%20e", "K:d%20e"]
        );
    }

    #[test]
    fn a_file_that_is_no_xml_has_secrets() {
        let text = "<CONF><password>abc</password>\n<encryption_key>d&e</wrong>";
        assert_eq!(secret_values(text.into()), ["abc", "d&e"]);
    }
}

//! A document's text with its secrets and the logins of its URLs replaced, to be stored in
//! snapshots.
//! Irreversible. All else reads the same: every line stays, blank or not, and so
//! does the markup inside a value that findings are about.

use std::fmt::Write as _;
use std::ops::Range;

use super::content;
use super::document::Document;
use super::encoding::Encoding;
use super::logins;
use super::unreadable::Unreadable;
use crate::login;

/// Replaces text that is not a value: comments, and text that the server ignores.
const FILLER: &str = "masked";

/// A filler for longer text has its length, since a very long comment is a
/// finding by itself. The length of a secret is never visible.
const LONG: usize = 1024;

/// A file's text without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The encoding of the file.
    pub encoding: String,
    /// The text.
    pub text: String,
}

impl Document {
    /// The text as it was read, with each secret value replaced by what `word`
    /// returns for it.
    pub fn mask(&self, word: &mut dyn FnMut(&str) -> String) -> Masked {
        let mut text = String::with_capacity(self.text.len());
        let (mut from, mut is_comment) = (0, false);
        let secrets = self.secret_spans();
        for span in &secrets {
            let between = &self.text[from..span.start];
            text.push_str(between);
            is_comment = match (between.rfind("<!--"), between.rfind("-->")) {
                (None, None) => is_comment,
                (open, close) => open > close,
            };
            let inner = &self.text[span.clone()];
            if is_comment {
                replace_lines(inner, &mut |core| filler(core), &mut text);
            } else if inner.starts_with("<!DOCTYPE") {
                self.mask_doctype(inner, &secrets, &mut text);
            } else {
                mask_content(inner, self.masked_value(span, word), &mut text);
            }
            from = span.end;
        }
        text.push_str(&self.text[from..]);
        Masked {
            encoding: self.encoding.name().to_owned(),
            text,
        }
    }

    /// Where secrets are written: the content of secret elements, and logins in URLs.
    fn secret_spans(&self) -> Vec<Range<usize>> {
        let mut spans = self.index.secrets.clone();
        spans.extend(logins::find(&self.text));
        logins::merge(spans)
    }

    /// Reads a masked text as a document.
    pub fn from_masked(masked: Masked) -> Result<Self, Unreadable> {
        let Masked { encoding, text } = masked;
        let encoding = Encoding::from_name(&encoding)
            .ok_or_else(|| Unreadable::at(&[], 0, "its encoding is not supported"))?;
        Ok(Self {
            is_masked: true,
            ..Self::from_text(text, encoding)?
        })
    }

    /// Replaces the value in that element's content, if it has one.
    fn masked_value(
        &self,
        span: &Range<usize>,
        word: &mut dyn FnMut(&str) -> String,
    ) -> Option<String> {
        let content = content::read(&self.text, span.clone(), &self.index.entities);
        let value = content.value.filter(|value| !value.is_empty())?;
        // The null marker is not a secret, and has a meaning.
        Some(match value.as_ref() {
            "AS_NULL" => "AS_NULL".to_owned(),
            value => word(value),
        })
    }

    /// Declares the entities that plain settings refer to. Those that secrets
    /// refer to get a filler for their value.
    fn mask_doctype(&self, doctype: &str, spans: &[Range<usize>], out: &mut String) {
        let ends = spans.iter().map(|span| span.end);
        let starts = spans.iter().map(|span| span.start);
        let plain = std::iter::once(0)
            .chain(ends)
            .zip(starts.chain([self.text.len()]))
            .map(|(from, to)| &self.text[from..to]);
        let secret = spans.iter().map(|span| &self.text[span.clone()]);
        let secret = secret.filter(|text| *text != doctype);
        let entities = &self.index.entities;
        let secrets = entities.used_in(secret);
        // Diffs hide a DOCTYPE only if it declares an entity.
        let mut declared = "<!DOCTYPE CONF [<!ENTITY masked ''>".to_owned();
        for (name, value) in entities.used_in(plain) {
            let value = if secrets.contains_key(name) {
                FILLER
            } else {
                value
            };
            let value = login::replace(value, &mut |_| FILLER.to_owned());
            let value = value.replace('\n', "&#10;").replace('\r', "&#13;");
            let quote = if value.contains('"') { '\'' } else { '"' };
            let _ = write!(declared, "<!ENTITY {name} {quote}{value}{quote}>");
        }
        let mut declared = Some(declared);
        let mut replace = |_: &str| declared.take().unwrap_or_else(|| "<!-- -->".to_owned());
        replace_lines(doctype, &mut replace, out);
        out.push_str("]>");
    }
}

/// Masks an element's content. The first text that is not blank is the value.
fn mask_content(inner: &str, value: Option<String>, out: &mut String) {
    let mut value = value;
    let mut rest = inner;
    while !rest.is_empty() {
        let (open, text, close) = split_token(rest);
        rest = &rest[open.len() + text.len() + close.len()..];
        if open == "<" {
            mask_tag(text, out);
            continue;
        }
        out.push_str(open);
        let mut replace = |core: &str| match value.take_if(|_| open.is_empty()) {
            Some(value) => value,
            None => filler(core),
        };
        replace_lines(text, &mut replace, out);
        out.push_str(close);
    }
}

/// Splits the next token of an element's content into its opening delimiter,
/// its inside and its closing delimiter. Plain text has no delimiters.
fn split_token(rest: &str) -> (&str, &str, &str) {
    const MARKUP: [(&str, &str); 4] = [
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("<?", "?>"),
        ("<", ">"),
    ];
    for (open, close) in MARKUP {
        if let Some(after) = rest.strip_prefix(open) {
            let end = if open == "<" {
                end_of_tag(after)
            } else {
                after.find(close)
            };
            let end = end.unwrap_or(after.len());
            let ends = after.len().min(end + close.len());
            return (&rest[..open.len()], &after[..end], &after[end..ends]);
        }
    }
    let end = rest.find('<').unwrap_or(rest.len());
    (&rest[..0], &rest[..end], &rest[end..end])
}

fn end_of_tag(after: &str) -> Option<usize> {
    let mut quote = None;
    after.find(|c| match (quote, c) {
        (None, '>') => true,
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (Some(open), c) if open == c => {
            quote = None;
            false
        }
        _ => false,
    })
}

/// Masks a tag. Its name stays, since findings show it, and so do its line ends.
fn mask_tag(inside: &str, out: &mut String) {
    let is_end = |c: char| c.is_whitespace() || c == '/';
    let after_slash = usize::from(inside.starts_with('/'));
    let name = inside[after_slash..]
        .find(is_end)
        .map(|end| end + after_slash);
    out.push('<');
    out.push_str(&inside[..name.unwrap_or(inside.len())]);
    out.extend(inside.chars().filter(|c| *c == '\n'));
    if inside.ends_with('/') && after_slash == 0 {
        out.push('/');
    }
    out.push('>');
}

/// Replaces the text of each line that is not blank; blanks and line ends stay.
fn replace_lines(text: &str, replace: &mut dyn FnMut(&str) -> String, out: &mut String) {
    for line in text.split_inclusive('\n') {
        let core = line.trim();
        let start = line.len() - line.trim_start().len();
        if core.is_empty() {
            out.push_str(line);
        } else {
            out.push_str(&line[..start]);
            out.push_str(&replace(core));
            out.push_str(&line[start + core.len()..]);
        }
    }
}

fn filler(core: &str) -> String {
    if core.len() <= LONG {
        return FILLER.to_owned();
    }
    format!("{FILLER}{}", "x".repeat(core.len() - FILLER.len()))
}

#[cfg(test)]
mod tests {
    use super::super::{SettingValue, find};
    use super::*;
    use crate::state::{Secret, Section};

    fn masked(text: &str) -> (Document, Document) {
        let document = Document::parse(text.as_bytes().to_vec()).unwrap();
        let masked = document.mask(&mut |value| format!("fingerprint:{}", value.len()));
        let again = Document::from_masked(masked).unwrap();
        (document, again)
    }

    fn in_key(inner: &str) -> String {
        format!(
            "<CONF>\n<aaa><realms><realm><users><user><name>u</name>\n<authorization><token>\n\
             <encryption_key>{inner}</encryption_key>\n</token></authorization></user>\
             </users></realm></realms></aaa>\n</CONF>"
        )
    }

    #[test]
    fn only_the_secret_reads_differently() {
        for inner in [
            "hunter2",
            " \n hunter2 \r\n\n hunter3\t\n",
            "hunter&amp;2",
            "<!-- hunter2 -->hunter3",
            "hunter2<!-- hunter\n3 -->hunter4",
            "<![CDATA[hunter2]]>",
            "hunter2<![CDATA[hunter3]]>",
            "hunter2<x a='hunter3>'\n>hunter4</x><y b=\"hunter5\"/>",
            "<?hunter2 hunter3?>hunter4",
            "AS_NULL",
            "",
        ] {
            let (plain, masked) = masked(&in_key(inner));
            assert!(!masked.text.contains("hunter"), "{}", masked.text);
            assert_eq!(plain.text.lines().count(), masked.text.lines().count());
            let list = |document: &Document| {
                let findings = document.findings();
                findings
                    .iter()
                    .map(|f| format!("{f:?}"))
                    .collect::<Vec<_>>()
            };
            assert_eq!(list(&plain), list(&masked), "{inner}");
            let section = Section::User("u".into());
            let key = find(&section, "token_encryption_key").unwrap();
            assert_eq!(
                plain.get(&section, key),
                masked.get(&section, key),
                "{inner}"
            );
            let raw = plain.secret_text(&section, key);
            let shown = raw.filter(|raw| !raw.is_empty());
            let shown = shown.map(|raw| format!("fingerprint:{}", raw.len()));
            let word = masked.secret_text(&section, key);
            assert_eq!(
                shown.unwrap_or_default(),
                word.unwrap_or_default(),
                "{inner}"
            );
        }
    }

    #[test]
    fn a_diff_is_the_same() {
        let text = in_key(" hunter2\n\n  hunter3").replace(
            "<authorization>",
            "<!-- <password>hunter4</password> -->\n<authorization>",
        );
        let (mut plain, mut masked) = masked(&text);
        let section = Section::User("u".into());
        for name in ["token_encryption_key", "absolute"] {
            let setting = find(&section, name).unwrap();
            let value = if setting.is_secret {
                SettingValue::Secret(Secret::parse("env:KEY").unwrap().into())
            } else {
                SettingValue::Text("/data".into())
            };
            plain.set(&section, setting, Some(value.clone()));
            masked.set(&section, setting, Some(value));
        }
        assert!(plain.diff().contains("‹secret›"));
        assert_eq!(plain.diff(), masked.diff());
    }

    #[test]
    fn entities_of_secrets_are_masked() {
        let head = "<!DOCTYPE CONF [\n <!ENTITY k 'hun&t;'>\n\n<!ENTITY t \"ter2\">\
                    <!ENTITY d '/da\"ta'><!ENTITY unused 'hunter3'>\n]>\n";
        let docroot = "<file_system><access><paths><path><absolute>&d;</absolute></path></paths>\
                       </access></file_system><authorization>";
        let rest = in_key("&k;").replace("<authorization>", docroot);
        let text = format!("{head}{rest}");
        let (plain, masked) = masked(&text);
        assert!(!masked.text.contains("ter"), "{}", masked.text);
        assert_eq!(plain.text.lines().count(), masked.text.lines().count());
        let section = Section::User("u".into());
        let get = |document: &Document, name| {
            let value = document.get(&section, find(&section, name).unwrap());
            format!("{value:?}")
        };
        for name in ["absolute", "token_encryption_key"] {
            assert_eq!(get(&plain, name), get(&masked, name));
        }
    }

    #[test]
    fn a_file_keeps_its_encoding() {
        let bytes: Vec<u8> = std::iter::once(0xfeff)
            .chain(in_key("hunter2").encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let document = Document::parse(bytes).unwrap();
        let masked = document.mask(&mut |_| "x".to_owned());
        assert_eq!(masked.encoding, "utf-16le");
        let again = Document::from_masked(masked).unwrap();
        assert!(again.to_bytes().starts_with(b"\xff\xfe<\0"));
    }
}

//! Removes secrets from the output of programs, in every encoding and escaping
//! that programs are known to use.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::cut_secrets::CutSecrets;
use super::escapes;
use crate::login;
use crate::state::Secret;

/// Shorter values occur in any text: replacing them would garble it, and what is
/// missing would reveal the value.
const MIN_LENGTH: usize = 4;

/// Parts of a login shorter than this occur in other texts.
const MIN_PART_LENGTH: usize = 8;

/// Pieces of base64 shorter than this match words by chance.
const MIN_BASE64_LENGTH: usize = 8;

/// Replaces the secrets that were added to it.
#[derive(Default)]
pub(super) struct Scrubber {
    // The longest first, so that a part is never replaced before the whole.
    encodings: Vec<EncodedSecret>,
    first_bytes: FirstBytes,
    cut: CutSecrets,
}

struct EncodedSecret {
    text: String,
    replacement: Rc<str>,
}

impl Drop for EncodedSecret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.fill(0);
        std::hint::black_box(&bytes);
    }
}

/// The bytes that an encoded secret can begin with, so that most of a text is
/// skipped at one lookup a byte.
struct FirstBytes([bool; 256]);

impl Default for FirstBytes {
    fn default() -> Self {
        let mut first_bytes = [false; 256];
        for escape in b"%&\\+" {
            first_bytes[usize::from(*escape)] = true;
        }
        Self(first_bytes)
    }
}

impl Scrubber {
    /// Replaces `value` by the reference of `secret` from now on.
    pub(super) fn add(&mut self, secret: &Secret, value: &str) {
        if value.len() < MIN_LENGTH {
            return;
        }
        // Any line may be printed alone. The first and the last one of a key are the same in all keys.
        if value.contains('\n') {
            let lines = value.lines().map(str::trim);
            let lines = lines.filter(|line| !line.starts_with("-----"));
            for line in lines.filter(|line| line.len() >= MIN_PART_LENGTH) {
                self.add(secret, line);
            }
        }
        let replacement = Rc::from(format!("‹{secret}›"));
        let mut texts = encodings(value);
        for part in login_parts(value) {
            if part.len() >= MIN_PART_LENGTH {
                texts.extend(encodings(&part));
            }
        }
        texts.sort_unstable();
        texts.dedup();
        if let Secret::Basic { .. } = secret {
            texts.extend(value.strip_prefix("Basic ").map(str::to_owned));
        }
        if !value.contains('\n') {
            self.cut.add(texts.iter().map(String::as_str), &replacement);
            self.cut.add_parts(value, &replacement);
        }
        for text in texts {
            self.first_bytes.0[usize::from(text.as_bytes()[0])] = true;
            self.encodings.push(EncodedSecret {
                text,
                replacement: Rc::clone(&replacement),
            });
        }
        self.encodings
            .sort_by_key(|encoding| std::cmp::Reverse(encoding.text.len()));
    }

    /// Replaces all added secrets in a text.
    pub(super) fn scrub(&self, text: String) -> String {
        let mut cleaned = String::new();
        let mut from = 0;
        while let Some(found) = self.find(&text, from) {
            cleaned.push_str(&text[from..found.start]);
            cleaned.push_str(found.replacement);
            from = found.end;
        }
        if from == 0 {
            return text;
        }
        cleaned.push_str(&text[from..]);
        cleaned
    }

    /// The same also where a secret is cut off, wrapped or spaced, for a text that is shown.
    pub(super) fn scrub_shown(&self, text: String) -> String {
        self.cut.replace(self.scrub(text))
    }

    fn find(&self, text: &str, from: usize) -> Option<SecretMatch<'_>> {
        if self.encodings.is_empty() {
            return None;
        }
        let is_start = |at: &usize| self.first_bytes.0[usize::from(text.as_bytes()[*at])];
        (from..text.len())
            .filter(is_start)
            .filter(|at| text.is_char_boundary(*at))
            .find_map(|start| {
                self.encodings.iter().find_map(|encoding| {
                    let length = match_length(&text[start..], &encoding.text)?;
                    Some(SecretMatch {
                        start,
                        end: start + length,
                        replacement: &encoding.replacement,
                    })
                })
            })
    }
}

struct SecretMatch<'a> {
    start: usize,
    end: usize,
    replacement: &'a str,
}

/// What a tool may print of a login: without the rest of its URL, the password alone, and either
/// with its percent-encoding decoded.
fn login_parts(value: &str) -> Vec<String> {
    let mut parts = vec![value];
    parts.extend(login::find(value).into_iter().map(|login| &value[login]));
    let passwords = parts.iter().filter_map(|part| part.split_once(':'));
    let passwords: Vec<_> = passwords.map(|(_, password)| password).collect();
    parts.extend(passwords);
    let decoded = parts.iter().map(|part| percent_decoded(part));
    let decoded: Vec<_> = decoded.collect();
    parts
        .into_iter()
        .map(str::to_owned)
        .chain(decoded)
        .collect()
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        let rest = if byte.is_some() { &part[2..] } else { part };
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value and its encodings. Escapes are not among them: [`match_length`]
/// recognizes any mixture of those.
pub(super) fn encodings(value: &str) -> Vec<String> {
    let hex = hex::encode(value);
    let base32 = base32(value);
    let mut texts = vec![value.to_owned(), hex.to_uppercase(), hex];
    texts.extend([base32.to_lowercase(), base32]);
    if value.len() >= MIN_PART_LENGTH {
        texts.extend([value.to_uppercase(), value.to_lowercase()]);
    }
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        texts.push(engine.encode(value));
        texts.extend((0..3).filter_map(|shift| base64_core(value, shift, &engine)));
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The value in base32 of RFC 4648, without the padding.
fn base32(value: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let groups = value.as_bytes().chunks(5);
    groups
        .flat_map(|group| {
            let mut bytes = [0; 8];
            bytes[3..3 + group.len()].copy_from_slice(group);
            let bits = u64::from_be_bytes(bytes);
            let letters = (group.len() * 8).div_ceil(5);
            (0..letters)
                .map(move |at| LETTERS[usize::from((bits >> (35 - 5 * at)).to_be_bytes()[7] & 31)])
        })
        .map(char::from)
        .collect()
}

/// The part of base64 that `value` determines alone when it stands `shift`
/// bytes after a multiple of three: in the base64 of `name:value`, say.
fn base64_core(value: &str, shift: usize, engine: &impl base64::Engine) -> Option<String> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(value.as_bytes());
    let encoded = engine.encode(&bytes);
    let core = encoded.get((shift * 8).div_ceil(6)..bytes.len() * 8 / 6)?;
    (core.len() >= MIN_BASE64_LENGTH).then(|| core.to_owned())
}

/// The length of `encoding` at the start of `text`, where each character is plain
/// or escaped for a URL, XML or JSON.
fn match_length(text: &str, encoding: &str) -> Option<usize> {
    spellings(text, encoding.chars().next()?)
        .into_iter()
        .flatten()
        .next()?;
    // `%25` may be an escaped percent sign or three plain characters: both are
    // tried in parallel.
    let mut ends = vec![0];
    for c in encoding.chars() {
        let mut longer = Vec::with_capacity(2);
        for at in ends {
            longer.extend(
                spellings(&text[at..], c)
                    .into_iter()
                    .flatten()
                    .map(|more| at + more),
            );
        }
        longer.sort_unstable();
        longer.dedup();
        if longer.is_empty() {
            return None;
        }
        ends = longer;
    }
    ends.pop()
}

/// The lengths of `c` at the start of `text`: as itself and as an escape.
fn spellings(text: &str, c: char) -> [Option<usize>; 2] {
    let plain = text.starts_with(c).then(|| c.len_utf8());
    let escaped = match escapes::decode(text) {
        Some((meant, length)) => (meant == c).then_some(length),
        None => (c == ' ' && text.starts_with('+')).then_some(1),
    };
    [plain, escaped]
}

#[cfg(test)]
mod tests {

    use super::*;

    fn cleaned(value: &str, text: &str) -> String {
        let mut scrubber = Scrubber::default();
        scrubber.add(&Secret::Env("K".into()), value);
        scrubber.scrub(text.to_owned())
    }

    #[test]
    fn each_line_of_a_key_is_replaced_and_other_keys_are_shown() {
        let mut scrubber = Scrubber::default();
        let begin = "-----BEGIN PRIVATE KEY-----";
        let key =
            format!("{begin}\nMIIcanary7bTn2LwR9sK\nd4Hcanary8mXq7==\n-----END PRIVATE KEY-----");
        scrubber.add(&Secret::Env("K".into()), &key);
        let scrub = |text: &str| scrubber.scrub_shown(text.to_owned());
        assert_eq!(scrub("at d4Hcanary8mXq7=="), "at ‹env:K›");
        assert_eq!(scrub("in MIIcanary7bTn2"), "in ‹env:K›");
        assert!(!scrub(&STANDARD.encode(&key)).contains(&STANDARD.encode("canary")));
        assert!(!scrub(&key).contains("canary"));
        let other = format!("{begin}\nABCother\n");
        assert_eq!(scrub(&other), other);
    }

    #[test]
    fn plain_values_are_replaced_everywhere() {
        assert_eq!(
            cleaned("s3cret", "s3cret, s3crets3cret s3cre"),
            "‹env:K›, ‹env:K›‹env:K› s3cre"
        );
        assert_eq!(cleaned("s3cret", "nothing"), "nothing");
        assert_eq!(cleaned("‹é›x", "a‹é›xb"), "a‹env:K›b");
    }

    #[test]
    fn any_mixture_of_escapes_is_recognized() {
        let value = r#"p&s <"é%25'\/ 𝄞+"#;
        for text in [
            r#"p&s <"é%25'\/ 𝄞+"#,
            "p%26s%20%3C%22%C3%A9%2525%27%5C%2F%20%F0%9D%84%9E%2B",
            "p%26s+%3c%22%c3%a9%2525'%5c/+%F0%9D%84%9E%2b",
            r"p&amp;s &lt;&quot;é%25&apos;\/ &#x1D11E;+",
            r"&#112;&#38;s &lt;&#34;&#xe9;%25&#39;\/ 𝄞+",
            r#"p&s <\"é%25'\\/ 𝄞+"#,
            r#"p\u0026s \u003c\"\u00E9%25'\\\/ \ud834\udd1e+"#,
        ] {
            assert_eq!(cleaned(value, &format!("[{text}]")), "[‹env:K›]", "{text}");
        }
    }

    #[test]
    fn encodings_are_found() {
        let value = "cänary-ÿÿ?>secret";
        let hex = hex::encode(value);
        for text in [
            STANDARD.encode(value),
            URL_SAFE.encode(value),
            hex.to_uppercase(),
            hex,
        ] {
            assert_eq!(cleaned(value, &format!("<{text}>")), "<‹env:K›>");
        }
        let inside_url = STANDARD
            .encode(value)
            .replace('+', "%2B")
            .replace('=', "%3D");
        assert_eq!(cleaned(value, &inside_url), "‹env:K›");
    }

    #[test]
    fn base32_and_other_cases_are_found() {
        // The test vectors of RFC 4648.
        for (text, encoded) in [("f", "MY"), ("foobar", "MZXW6YTBOI"), ("fooba", "MZXW6YTB")] {
            assert_eq!(base32(text), encoded);
        }
        let value = "Canary-Secret";
        let encoded = base32(value);
        for text in [
            "CANARY-SECRET",
            "canary-secret",
            &encoded,
            &encoded.to_lowercase(),
        ] {
            assert_eq!(cleaned(value, &format!("<{text}>")), "<‹env:K›>", "{text}");
        }
        assert_eq!(cleaned("Short", "SHORT short"), "SHORT short");
    }

    #[test]
    fn base64_of_a_text_that_contains_the_value_is_found() {
        let value = "canary-canary";
        for around in ["", "a", "ab", "abc", "user:", "node_user:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = STANDARD.encode(format!("{around}{value}{after}"));
                let left = cleaned(value, &text);
                assert!(left.contains("‹env:K›"), "{text} {left}");
            }
        }
    }

    #[test]
    fn a_token_is_found_without_its_scheme() {
        let key = Secret::Env("K".into());
        let token = Secret::Basic {
            id: "id".into(),
            secret: Rc::new(key),
        };
        let mut scrubber = Scrubber::default();
        scrubber.add(&token, "Basic aWQ6c2VjcmV0");
        let text = "Authorization: Basic aWQ6c2VjcmV0, token=aWQ6c2VjcmV0".to_owned();
        assert_eq!(
            scrubber.scrub(text),
            "Authorization: ‹basic:id:env:K›, token=‹basic:id:env:K›"
        );
    }

    #[test]
    fn parts_of_a_login_are_replaced_decoded_or_not() {
        let url = "s3://KEYID:sec%2Fret%3Dtext@host/b";
        for text in [
            url,
            "s3://KEYID:sec/ret=text@host/b",
            "KEYID:sec%2fret%3Dtext",
            "KEYID:sec/ret=text",
            "sec%2Fret%3Dtext",
            "sec/ret=text",
        ] {
            assert_eq!(cleaned(url, &format!("<{text}>")), "<‹env:K›>", "{text}");
        }
    }

    #[test]
    fn very_short_values_are_not_replaced() {
        assert_eq!(cleaned("abc", "abc abcabc"), "abc abcabc");
    }

    #[test]
    fn ambiguous_escapes_take_no_exponential_time() {
        for c in [r"\", "%25"] {
            assert_eq!(
                cleaned(&c.repeat(60), &c.repeat(119)).matches('‹').count(),
                1
            );
        }
    }

    #[test]
    fn a_large_text_is_scanned_quickly() {
        let text = "%%&\\canar ".repeat(200_000);
        assert_eq!(cleaned("canary", &text), text);
    }
}

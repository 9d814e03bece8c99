//! Takes secrets out of what programs print, in the forms that programs give
//! them. It knows values only to look for them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::state::Secret;

/// Shorter values are found in any text: to replace them would garble it,
/// and the holes would tell the value.
const SHORTEST: usize = 4;

/// Pieces of base64 shorter than this match words by chance.
const SHORTEST_CORE: usize = 8;

/// What to look for.
#[derive(Default)]
pub(super) struct Scrub {
    // The longest first, so that a part never hides the whole.
    forms: Vec<Form>,
    starts: Starts,
}

struct Form {
    text: String,
    shown: std::rc::Rc<str>,
}

impl Drop for Form {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.fill(0);
        std::hint::black_box(&bytes);
    }
}

/// Which bytes a form can begin with.
struct Starts([bool; 256]);

impl Default for Starts {
    fn default() -> Self {
        let mut starts = [false; 256];
        for escape in b"%&\\+" {
            starts[usize::from(*escape)] = true;
        }
        Self(starts)
    }
}

impl Scrub {
    /// Looks for the value of `secret` from now on.
    pub(super) fn learn(&mut self, secret: &Secret, value: &str) {
        if value.len() < SHORTEST {
            return;
        }
        let shown = std::rc::Rc::from(format!("‹{secret}›"));
        let mut forms = forms(value);
        if let Secret::Basic { .. } = secret {
            forms.extend(value.strip_prefix("Basic ").map(str::to_owned));
        }
        for text in forms {
            self.starts.0[usize::from(text.as_bytes()[0])] = true;
            self.forms.push(Form {
                text,
                shown: std::rc::Rc::clone(&shown),
            });
        }
        self.forms
            .sort_by_key(|form| std::cmp::Reverse(form.text.len()));
    }

    /// The text without what was learnt.
    pub(super) fn clean(&self, text: String) -> String {
        let mut cleaned = String::new();
        let (mut kept, mut at) = (0, 0);
        while let Some(found) = self.next(&text, at) {
            cleaned.push_str(&text[kept..found.start]);
            cleaned.push_str(found.shown);
            (kept, at) = (found.end, found.end);
        }
        if kept == 0 {
            return text;
        }
        cleaned.push_str(&text[kept..]);
        cleaned
    }

    fn next(&self, text: &str, from: usize) -> Option<Found<'_>> {
        if self.forms.is_empty() {
            return None;
        }
        let is_start = |at: &usize| self.starts.0[usize::from(text.as_bytes()[*at])];
        (from..text.len())
            .filter(is_start)
            .filter(|at| text.is_char_boundary(*at))
            .find_map(|start| {
                self.forms.iter().find_map(|form| {
                    let length = matched(&text[start..], &form.text)?;
                    Some(Found {
                        start,
                        end: start + length,
                        shown: &form.shown,
                    })
                })
            })
    }
}

struct Found<'a> {
    start: usize,
    end: usize,
    shown: &'a str,
}

/// The value and its encodings. Escapes are not among them: any mixture of
/// those is recognised in matching.
fn forms(value: &str) -> Vec<String> {
    let hex = hex(value);
    let mut forms = vec![value.to_owned(), hex.to_uppercase(), hex];
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        forms.push(engine.encode(value));
        forms.extend((0..3).filter_map(|shift| core(value, shift, &engine)));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn hex(value: &str) -> String {
    let mut hex = String::with_capacity(value.len() * 2);
    for byte in value.bytes() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The part of base64 that `value` determines alone when it stands `shift`
/// bytes after a multiple of three: in the base64 of `name:value`, say.
fn core(value: &str, shift: usize, engine: &impl base64::Engine) -> Option<String> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(value.as_bytes());
    let encoded = engine.encode(&bytes);
    let core = encoded.get((shift * 8).div_ceil(6)..bytes.len() * 8 / 6)?;
    (core.len() >= SHORTEST_CORE).then(|| core.to_owned())
}

/// How much of the start of `text` is `form`, each character of it plain or
/// escaped for a URL, for XML or for JSON.
fn matched(text: &str, form: &str) -> Option<usize> {
    spellings(text, form.chars().next()?)
        .into_iter()
        .flatten()
        .next()?;
    // `%25` may be a percent sign or the first of three characters: both
    // readings are followed, side by side.
    let mut ends = vec![0];
    for c in form.chars() {
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
    let escaped = match text.as_bytes().first() {
        Some(b'+') if c == ' ' => Some(1),
        Some(b'%') => percent(text, c),
        Some(b'&') => entity(text, c),
        Some(b'\\') => backslash(text, c),
        _ => None,
    };
    [plain, escaped]
}

fn percent(text: &str, c: char) -> Option<usize> {
    let mut utf8 = [0; 4];
    let mut rest = text;
    for byte in c.encode_utf8(&mut utf8).bytes() {
        let hex = rest.strip_prefix('%')?.get(..2)?;
        (u8::from_str_radix(hex, 16) == Ok(byte)).then_some(())?;
        rest = &rest[3..];
    }
    Some(text.len() - rest.len())
}

fn entity(text: &str, c: char) -> Option<usize> {
    // The longest that stands for a character is `&#x0010ffff;` or so.
    let end = text.bytes().take(16).position(|byte| byte == b';')?;
    let meant = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    (meant == c).then_some(end + 1)
}

fn backslash(text: &str, c: char) -> Option<usize> {
    let after = &text[1..];
    if !c.is_alphanumeric() && after.starts_with(c) {
        return Some(1 + c.len_utf8());
    }
    let mut units = [0; 2];
    let mut rest = text;
    for unit in c.encode_utf16(&mut units) {
        let hex = rest.strip_prefix("\\u")?.get(..4)?;
        (u16::from_str_radix(hex, 16) == Ok(*unit)).then_some(())?;
        rest = &rest[6..];
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn cleaned(value: &str, text: &str) -> String {
        let mut scrub = Scrub::default();
        scrub.learn(&Secret::Env("K".into()), value);
        scrub.clean(text.to_owned())
    }

    #[test]
    fn plain_values_go_wherever_they_stand() {
        assert_eq!(
            cleaned("s3cret", "s3cret, s3crets3cret s3cre"),
            "‹env:K›, ‹env:K›‹env:K› s3cre"
        );
        assert_eq!(cleaned("s3cret", "nothing"), "nothing");
        assert_eq!(cleaned("‹é›x", "a‹é›xb"), "a‹env:K›b");
    }

    #[test]
    fn escapes_are_seen_through_in_any_mixture() {
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
        let hex = hex(value);
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
    fn base64_of_something_around_it_is_found() {
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
        let mut scrub = Scrub::default();
        scrub.learn(&token, "Basic aWQ6c2VjcmV0");
        let text = "Authorization: Basic aWQ6c2VjcmV0, token=aWQ6c2VjcmV0".to_owned();
        assert_eq!(
            scrub.clean(text),
            "Authorization: ‹basic:id:env:K›, token=‹basic:id:env:K›"
        );
    }

    #[test]
    fn values_of_a_few_letters_garble_nothing() {
        assert_eq!(cleaned("abc", "abc abcabc"), "abc abcabc");
    }

    #[test]
    fn ambiguous_escapes_are_no_burden() {
        for c in [r"\", "%25"] {
            assert_eq!(
                cleaned(&c.repeat(60), &c.repeat(119)).matches('‹').count(),
                1
            );
        }
    }

    #[test]
    fn a_large_text_is_no_burden() {
        let text = "%%&\\canar ".repeat(200_000);
        assert_eq!(cleaned("canary", &text), text);
    }
}

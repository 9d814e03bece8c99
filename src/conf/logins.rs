//! Logins of URLs in a file's text: in elements, attributes, comments and CDATA, however they
//! are escaped.

use std::ops::Range;

use quick_xml::escape::resolve_xml_entity;

use super::entity;
use crate::login;

/// The ranges of all logins in a part of a file, in order and not overlapping.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut logins = Vec::new();
    let mut start = 0;
    while let Some(at) = next_candidate(&text[start..]) {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start + at..]);
        let end = end.map_or(text.len(), |end| start + at + end);
        let line = memchr::memrchr(b'\n', &text.as_bytes()[..start + at]).map_or(0, |at| at + 1);
        logins.extend(find_in_line(&text[line..end], line));
        start = end;
    }
    logins
}

/// Where the next line with a URL may be: `://` may have references for characters in it.
fn next_candidate(text: &str) -> Option<usize> {
    let is_candidate = |at: &usize| {
        let rest = &text.as_bytes()[*at..];
        rest.starts_with(b"://") || rest.starts_with(b"&#")
    };
    memchr::memchr2_iter(b':', b'&', text.as_bytes()).find(is_candidate)
}

fn find_in_line(line: &str, offset: usize) -> Vec<Range<usize>> {
    let mut logins = DecodedLine::new(line, false).logins();
    if line.contains("<!--") {
        logins.extend(DecodedLine::new(line, true).logins());
    }
    let pieces = logins.iter().flat_map(|login| {
        let pieces = without_markup(&line[login.start..], login.len()).into_iter();
        let start = offset + login.start;
        pieces.map(move |piece| start + piece.start..start + piece.end)
    });
    merge(pieces.collect())
}

/// The login at the start of `rest`, without the ends of tags, instructions and comments in it. Where
/// no `@` ends it, it reaches to the next blank: then the first of them ends it. Otherwise it has a
/// piece on each side, since an element's text may have the same signs in it.
fn without_markup(rest: &str, length: usize) -> Vec<Range<usize>> {
    let (login, after) = rest.split_at(length);
    let is_whole = after.starts_with('@');
    let reach = length + usize::from(!is_whole && after.starts_with('>'));
    let mut pieces = Vec::new();
    let (mut start, mut read) = (0, 0);
    for close in memchr::memchr_iter(b'>', &rest.as_bytes()[..reach]) {
        let is_last = !is_whole && close + 1 >= length;
        // A comment or CDATA that starts inside of the login ends there.
        let is_inner = is_whole && rest[read..close].contains('<');
        read = close + 1;
        let text = before_markup(&rest[start..close], is_last).filter(|_| !is_inner);
        let Some(text) = text else {
            continue;
        };
        pieces.push(start..start + text.len());
        start = close + 1;
        if !is_whole {
            return pieces;
        }
    }
    let last = if is_whole {
        &login[start..]
    } else {
        login.strip_suffix(['\'', '"']).unwrap_or(login)
    };
    pieces.push(start..start + last.len());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What is in front of the end of a tag, instruction or comment whose `>` follows. `None` if a bare
/// `>` follows, which may be text.
fn before_markup(text: &str, is_last: bool) -> Option<&str> {
    let mut signs = ["--", "?", "/"].into_iter();
    let inside = signs.find_map(|sign| text.strip_suffix(sign));
    let quoted = inside.unwrap_or(text).strip_suffix(['\'', '"']);
    quoted.or(inside).or(is_last.then_some(text))
}

/// Sorts ranges, and joins those that overlap.
pub(super) fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, range| {
        let is_inside = next.start < range.end;
        if is_inside {
            range.end = range.end.max(next.end);
        }
        is_inside
    });
    ranges
}

/// A line without markup and references, and where each part of it is written.
#[derive(Default)]
struct DecodedLine {
    text: String,
    parts: Vec<DecodedPart>,
}

/// Text that stands for itself, or for one reference.
struct DecodedPart {
    /// Where it starts in the decoded text.
    start: usize,
    written: Range<usize>,
    is_reference: bool,
}

impl DecodedLine {
    /// Tags become blanks, and the marks of CDATA nothing. Comments are text, since they may hold
    /// a URL, or nothing, since a URL may have one in it.
    fn new(line: &str, drops_comments: bool) -> Self {
        let mut decoded = Self::default();
        let mut is_in_tag = false;
        let mut at = 0;
        while let Some(next) = line[at..].chars().next() {
            let rest = &line[at..];
            let (length, meant) = if rest.starts_with("<![CDATA[") {
                ("<![CDATA[".len(), None)
            } else if rest.starts_with("]]>") {
                ("]]>".len(), None)
            } else if drops_comments && rest.starts_with("<!--") {
                let end = rest.find("-->").map(|end| end + "-->".len());
                (end.unwrap_or(rest.len()), None)
            } else if next == '<' || (next == '>' && is_in_tag) {
                is_in_tag = next == '<';
                (1, Some(' '))
            } else {
                reference(rest).unwrap_or((next.len_utf8(), Some(next)))
            };
            if let Some(meant) = meant {
                decoded.push(meant, at..at + length);
            }
            at += length;
        }
        decoded
    }

    fn push(&mut self, meant: char, written: Range<usize>) {
        let is_reference = written.len() != meant.len_utf8();
        match self.parts.last_mut() {
            Some(last)
                if !is_reference && !last.is_reference && last.written.end == written.start =>
            {
                last.written.end = written.end;
            }
            Some(_) | None => self.parts.push(DecodedPart {
                start: self.text.len(),
                written,
                is_reference,
            }),
        }
        self.text.push(meant);
    }

    /// Where the byte at that place of the decoded text is written.
    fn written(&self, at: usize) -> Range<usize> {
        let after = self.parts.partition_point(|part| part.start <= at);
        let part = &self.parts[after - 1];
        if part.is_reference {
            return part.written.clone();
        }
        let start = part.written.start + (at - part.start);
        start..start + 1
    }

    /// Where the line's logins are written.
    fn logins(&self) -> Vec<Range<usize>> {
        let logins = login::find(&self.text).into_iter();
        logins
            .map(|login| self.written(login.start).start..self.written(login.end - 1).end)
            .collect()
    }
}

/// The length and the meaning of a reference such as `&#64;` at the start of a text. A declared
/// entity stands for some text: `$` here.
fn reference(rest: &str) -> Option<(usize, Option<char>)> {
    let name = rest.strip_prefix('&')?;
    let name = &name[..name.find([';', '<', ' ', '&'])?];
    let is_closed = rest[1 + name.len()..].starts_with(';');
    let meant = match name.strip_prefix('#') {
        Some(code) => entity::character(code)?,
        None => resolve_xml_entity(name).map_or(Some('$'), |text| text.chars().next())?,
    };
    is_closed.then_some((name.len() + "&;".len(), Some(meant)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_found_in_every_place_and_spelling() {
        for (text, login) in [
            ("<a>s3://K:S@h/b</a>", "K:S"),
            ("\n<a\n  u='s3://K:S@h' v='x'/>", "K:S"),
            ("<!-- was s3://K:S@h/b -->\n", "K:S"),
            ("<!--s3://K:S@h-->", "K:S"),
            ("<a><![CDATA[s3://K:S@h/b]]></a>", "K:S"),
            ("<a>s3&#58;//K&#x3a;S&#64;h</a>", "K&#x3a;S"),
            ("<a>s3://K:S&amp;&lt;@h</a>", "K:S&amp;&lt;"),
            ("<a>s3://&user;:&key;@h</a>", "&user;:&key;"),
            ("<a>s3://K:<![CDATA[S]]>@h</a>", "K:<![CDATA[S"),
            ("<a>s3://K:S<!-- c -->T@h</a>", "K:S<!-- c -->T"),
            ("<?x s3://K:S@h ?>", "K:S"),
            ("<a>s3://K:a/b==@h/c</a>", "K:a/b=="),
            ("<a>s3://K:a>b@h/c</a>", "K:a>b"),
            ("<?x s3://K:a/b?>", "K:a/b"),
            ("<?x\ns3://K:a/b?><y/>", "K:a/b"),
            ("<!-- s3://K:a/b-->", "K:a/b"),
            ("<a u='s3://K:a/b'/>", "K:a/b"),
            ("<a u='s3://K:a/b' v='x'/>", "K:a/b"),
            ("<a\nu=\"s3://K:a/b\"/>", "K:a/b"),
            ("<a u='s3://K:a/'/>", "K:a/"),
        ] {
            let found = find(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].clone()], login, "{text}");
        }
    }

    #[test]
    fn a_login_with_markup_in_it_has_a_piece_on_each_side() {
        for (text, pieces) in [
            ("<?x\na://:b?>@c", &[":b"][..]),
            ("<?x\na://:b?>d@c", &[":b", "d"]),
            ("<a>s3://K:a?>b@h</a>", &["K:a", "b"]),
            ("<a\nu='s3://K:a'>b@h</a>", &["K:a", "b"]),
            ("<a\nu='s3://K:a'/>b@h", &["K:a", "b"]),
            ("<!--\ns3://K:a-->b@h", &["K:a", "b"]),
            ("<a>s3://K:a>b@h</a>", &["K:a>b"]),
        ] {
            let found = find(text).into_iter();
            let found: Vec<_> = found.map(|piece| &text[piece]).collect();
            assert_eq!(found, pieces, "{text}");
        }
    }

    #[test]
    fn each_line_has_its_own_logins() {
        let text = "<a>s3://K:S@h</a>\n<b>x@y</b> &amp; <b/>\n<c>s3://L:T@h s3://M:U@i</c>\n";
        let logins: Vec<_> = find(text).into_iter().map(|login| &text[login]).collect();
        assert_eq!(logins, ["K:S", "L:T", "M:U"]);
        assert!(find("<a>https://h:80/a@b</a> <b>&#64;</b>").is_empty());
    }
}

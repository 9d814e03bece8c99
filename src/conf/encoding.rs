//! Converts a file's bytes to text and back without loss, in the encodings that
//! the vendor's parser was seen to accept.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::unreadable::Unreadable;

/// The encoding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8; a byte order mark stays part of the text.
    Utf8,
    /// ASCII as declared.
    Ascii,
    /// Latin-1 as declared.
    Latin1,
    /// UTF-16 with a byte order mark, low byte first.
    Utf16Le,
    /// UTF-16 with a byte order mark, high byte first.
    Utf16Be,
}

impl Encoding {
    /// Escapes text for an element: markup, and each character that the
    /// encoding does not have.
    pub(super) fn escape(self, text: &str) -> Cow<'_, str> {
        let last = match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => char::MAX,
            Self::Ascii => '\u{7f}',
            Self::Latin1 => '\u{ff}',
        };
        let bytes = text.as_bytes();
        let is_marked = memchr::memchr3(b'&', b'<', b'>', bytes).is_some()
            || memchr::memchr(b'\r', bytes).is_some();
        if !is_marked && (text.is_ascii() || text.chars().all(|c| c <= last)) {
            return Cow::Borrowed(text);
        }
        let is_plain = |c: char| !matches!(c, '&' | '<' | '>' | '\r') && c <= last;
        let mut escaped = String::with_capacity(text.len() + 8);
        for c in text.chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                c if is_plain(c) => escaped.push(c),
                c => {
                    let _ = write!(escaped, "&#{};", u32::from(c));
                }
            }
        }
        Cow::Owned(escaped)
    }

    /// Appends the bytes of that text.
    pub(super) fn encode(self, text: &str, bytes: &mut Vec<u8>) {
        match self {
            Self::Utf8 | Self::Ascii => bytes.extend_from_slice(text.as_bytes()),
            // Every character came from one byte, or was escaped.
            Self::Latin1 => bytes.extend(text.chars().map(|c| u8::try_from(c).unwrap_or(b'?'))),
            Self::Utf16Le => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Utf16Be => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        }
    }

    /// Its name in snapshots.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Ascii => "ascii",
            Self::Latin1 => "latin-1",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// The encoding with that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Utf8,
            Self::Ascii,
            Self::Latin1,
            Self::Utf16Le,
            Self::Utf16Be,
        ];
        all.into_iter().find(|encoding| encoding.name() == name)
    }

    /// The byte order mark of a file whose text does not include it.
    pub(super) fn byte_order_mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 | Self::Ascii | Self::Latin1 => &[],
            Self::Utf16Le => &[0xff, 0xfe],
            Self::Utf16Be => &[0xfe, 0xff],
        }
    }
}

/// Decodes a file.
pub(super) fn decode(bytes: Vec<u8>) -> Result<(String, Encoding), Unreadable> {
    if let [0xff, 0xfe, rest @ ..] = &bytes[..] {
        return utf16(rest, u16::from_le_bytes, Encoding::Utf16Le);
    }
    if let [0xfe, 0xff, rest @ ..] = &bytes[..] {
        return utf16(rest, u16::from_be_bytes, Encoding::Utf16Be);
    }
    let encoding = if bytes.starts_with(b"\xef\xbb\xbf") {
        Encoding::Utf8
    } else {
        declared_encoding(&bytes)?
    };
    if encoding == Encoding::Latin1 {
        return Ok((bytes.into_iter().map(char::from).collect(), encoding));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, encoding)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            Err(Unreadable::at(&bytes, offset, "this byte is not UTF-8"))
        }
    }
}

fn utf16(
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    encoding: Encoding,
) -> Result<(String, Encoding), Unreadable> {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| unit([pair[0], pair[1]]))
        .collect();
    let text = String::from_utf16(&units).ok();
    match text.filter(|_| bytes.len().is_multiple_of(2)) {
        Some(text) => Ok((text, encoding)),
        None => Err(Unreadable::at(&[], 0, "the file is not valid UTF-16")),
    }
}

// An unknown encoding does no harm as long as the file is ASCII.
fn declared_encoding(bytes: &[u8]) -> Result<Encoding, Unreadable> {
    let Some(name) = declared_name(bytes)? else {
        return Ok(Encoding::Utf8);
    };
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Ok(Encoding::Utf8),
        "iso-8859-1" | "iso_8859-1" | "iso8859-1" | "latin1" | "latin-1" | "l1" => {
            Ok(Encoding::Latin1)
        }
        _ if bytes.is_ascii() => Ok(Encoding::Ascii),
        _ => {
            let offset = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
            let what = "this byte is not ASCII, and the declared encoding is not supported";
            Err(Unreadable::at(bytes, offset, what))
        }
    }
}

fn declared_name(bytes: &[u8]) -> Result<Option<&str>, Unreadable> {
    let declaration = bytes.strip_prefix(b"<?xml");
    let declaration = declaration
        .and_then(|rest| memchr::memmem::find(rest, b"?>").map(|end| &rest[..end]))
        .and_then(|declaration| std::str::from_utf8(declaration).ok());
    let Some((_, rest)) = declaration.and_then(|text| text.split_once("encoding")) else {
        return Ok(None);
    };
    let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
    let name = value.and_then(|value| {
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        Some(value[quote.len_utf8()..].split_once(quote)?.0)
    });
    let what = "the encoding of the XML declaration is not in quotes";
    match name {
        Some(name) => Ok(Some(name)),
        None => Err(Unreadable::at(bytes, 0, what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(bytes: &[u8]) -> (String, Encoding) {
        let (text, encoding) = decode(bytes.to_vec()).unwrap();
        let mut again = encoding.byte_order_mark().to_vec();
        encoding.encode(&text, &mut again);
        assert_eq!(again, bytes);
        (text, encoding)
    }

    #[test]
    fn decoding_and_encoding_give_the_same_bytes() {
        assert_eq!(round_trip("\u{feff}<CONF/>".as_bytes()).1, Encoding::Utf8);
        assert_eq!(round_trip(b"\xff\xfe<\0a\0/\0>\0").0, "<a/>");
        assert_eq!(round_trip(b"\xfe\xff\0<\0a\0/\0>").0, "<a/>");
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        let (text, encoding) = round_trip(latin);
        assert!(text.ends_with("é</a>"));
        assert_eq!(encoding.escape("é<€"), "é&lt;&#8364;");
    }

    #[test]
    fn invalid_bytes_are_unreadable() {
        let error = decode(b"<a>\n<b>\xff</b>".to_vec()).unwrap_err();
        assert_eq!((error.line, error.column), (2, 4));
        assert!(decode(b"\xff\xfe<\0a".to_vec()).is_err());
        assert!(decode(b"\xff\xfe\0\xd8".to_vec()).is_err());
        assert!(decode(b"<?xml version='1.0' encoding='koi8-r'?>\xff".to_vec()).is_err());
        let unquoted = "<?xml version='1.0' encoding=é'UTF-8'?>";
        assert!(decode(unquoted.as_bytes().to_vec()).is_err());
    }
}

//! Characters that are escaped for a URL, XML or JSON.

/// The character that an escape at the start of `text` stands for, and the length of the escape.
pub(super) fn decode(text: &str) -> Option<(char, usize)> {
    match text.as_bytes().first()? {
        b'%' => percent(text),
        b'&' => entity(text),
        b'\\' => backslash(text),
        _ => None,
    }
}

fn percent(text: &str) -> Option<(char, usize)> {
    let mut utf8 = [0; 4];
    let mut rest = text;
    for length in 1..=utf8.len() {
        let hex = rest.strip_prefix('%')?.get(..2)?;
        utf8[length - 1] = u8::try_from(number(hex, 16)?).ok()?;
        rest = &rest[3..];
        if let Ok(decoded) = std::str::from_utf8(&utf8[..length]) {
            let c = decoded.chars().next()?;
            return Some((c, text.len() - rest.len()));
        }
    }
    None
}

fn entity(text: &str) -> Option<(char, usize)> {
    // The longest that stands for a character is `&#x0010ffff;` or so.
    let end = text.bytes().take(16).position(|byte| byte == b';')?;
    let c = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16),
                None => number(digits, 10),
            };
            char::from_u32(code?)?
        }
    };
    Some((c, end + 1))
}

fn backslash(text: &str) -> Option<(char, usize)> {
    let escaped = text[1..].chars().next()?;
    if !escaped.is_alphanumeric() {
        return Some((escaped, 1 + escaped.len_utf8()));
    }
    let first = utf16_unit(text)?;
    let second = utf16_unit(&text[6..]);
    let units = std::iter::once(first).chain(second);
    let c = char::decode_utf16(units).next()?.ok()?;
    Some((c, 6 * c.len_utf16()))
}

fn utf16_unit(text: &str) -> Option<u16> {
    let hex = text.strip_prefix("\\u")?.get(..4)?;
    u16::try_from(number(hex, 16)?).ok()
}

fn number(digits: &str, radix: u32) -> Option<u32> {
    let are_digits = digits.chars().all(|c| c.is_digit(radix));
    are_digits
        .then(|| u32::from_str_radix(digits, radix).ok())
        .flatten()
}

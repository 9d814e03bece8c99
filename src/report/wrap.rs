//! Breaks a text into lines. It knows columns, not what the text says.

/// `text` in lines of at most `first`, then `rest` columns, broken at blanks.
pub(super) fn wrapped(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = first;
    for word in text.split(' ') {
        let length = word.chars().count();
        let line = lines.last_mut().expect("there is a first line");
        let is_empty = line.is_empty();
        if !is_empty && length + 1 > room {
            lines.push(word.to_owned());
            room = rest.saturating_sub(length);
        } else {
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            room = room.saturating_sub(length + usize::from(!is_empty));
        }
    }
    lines
}

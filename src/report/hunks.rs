//! A unified diff taken apart again: its hunks, and the lines of each.

/// What one line of a hunk says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// On both sides.
    Same(&'a str),
    /// Only before.
    Gone(&'a str),
    /// Only after.
    Come(&'a str),
    /// A remark about the line above.
    Remark(&'a str),
}

/// Lines that changed, with some around them.
pub(super) struct Hunk<'a> {
    /// All of it, the line with `@@` included.
    pub(super) text: &'a str,
    /// Number of the first line, before and after.
    pub(super) starts: (usize, usize),
}

/// The hunks of a diff.
pub(super) fn of(diff: &str) -> Vec<Hunk<'_>> {
    let heads = diff.match_indices("\n@@ -").map(|(index, _)| index + 1);
    let mut starts: Vec<_> = heads.collect();
    if diff.starts_with("@@ -") {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([diff.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| hunk(&diff[start..end]))
        .collect()
}

fn hunk(text: &str) -> Hunk<'_> {
    let head = text.lines().next().unwrap_or_default();
    let number = |sign: char| {
        let from = head.find(sign).map_or("", |index| &head[index + 1..]);
        let digits = from.find(|c: char| !c.is_ascii_digit());
        from[..digits.unwrap_or(from.len())].parse().unwrap_or(1)
    };
    Hunk {
        text,
        starts: (number('-'), number('+')),
    }
}

impl<'a> Hunk<'a> {
    /// Its lines without their signs and line ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let lines = self.text.split_terminator('\n').skip(1);
        lines.map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            match line.as_bytes().first() {
                Some(b'-') => Line::Gone(&line[1..]),
                Some(b'+') => Line::Come(&line[1..]),
                Some(b' ') => Line::Same(&line[1..]),
                Some(b'\\') => Line::Remark(&line[1..]),
                _ => Line::Same(line),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Line::{Come, Gone, Same};
    use super::*;

    #[test]
    fn hunks_know_where_they_start() {
        let diff =
            "--- a\n+++ b\n@@ -1,2 +1,3 @@\n a\n-b\r\n+c\n+d\n@@ -9 +10,0 @@\n-x\n\\ No end\n";
        let hunks = of(diff);
        assert_eq!(hunks.len(), 2);
        assert_eq!(hunks[1].starts, (9, 10));
        assert!(hunks[1].text.starts_with("@@ -9 +10,0 @@\n-x\n"));
        let lines: Vec<_> = hunks[0].lines().collect();
        assert_eq!(lines, [Same("a"), Gone("b"), Come("c"), Come("d")]);
        assert_eq!(hunks[1].lines().last(), Some(Line::Remark(" No end")));
        assert!(of("").is_empty());
    }
}

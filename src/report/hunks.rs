//! Parses a unified diff into hunks and lines.

/// One line of a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DiffLine<'a> {
    /// On both sides.
    Same(&'a str),
    /// Only before.
    Removed(&'a str),
    /// Only after.
    Added(&'a str),
    /// A remark about the line above.
    Remark(&'a str),
}

/// Changed lines, and some lines around them.
pub(super) struct Hunk<'a> {
    /// All of it, including the line with `@@`.
    pub(super) text: &'a str,
    /// The number of the first line, before and after.
    pub(super) starts: (usize, usize),
}

/// The hunks of a diff.
pub(super) fn parse_hunks(diff: &str) -> Vec<Hunk<'_>> {
    let heads = diff.match_indices("\n@@ -").map(|(index, _)| index + 1);
    let mut starts: Vec<_> = heads.collect();
    if diff.starts_with("@@ -") {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([diff.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| parse_hunk(&diff[start..end]))
        .collect()
}

fn parse_hunk(text: &str) -> Hunk<'_> {
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
    /// Its lines, without signs and line ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = DiffLine<'a>> + use<'a> {
        let lines = self.text.split_terminator('\n').skip(1);
        lines.map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            match line.as_bytes().first() {
                Some(b'-') => DiffLine::Removed(&line[1..]),
                Some(b'+') => DiffLine::Added(&line[1..]),
                Some(b' ') => DiffLine::Same(&line[1..]),
                Some(b'\\') => DiffLine::Remark(&line[1..]),
                _ => DiffLine::Same(line),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::DiffLine::{Added, Removed, Same};
    use super::*;

    #[test]
    fn hunks_know_where_they_start() {
        let diff =
            "--- a\n+++ b\n@@ -1,2 +1,3 @@\n a\n-b\r\n+c\n+d\n@@ -9 +10,0 @@\n-x\n\\ No end\n";
        let hunks = parse_hunks(diff);
        assert_eq!(hunks.len(), 2);
        assert_eq!(hunks[1].starts, (9, 10));
        assert!(hunks[1].text.starts_with("@@ -9 +10,0 @@\n-x\n"));
        let lines: Vec<_> = hunks[0].lines().collect();
        assert_eq!(lines, [Same("a"), Removed("b"), Added("c"), Added("d")]);
        assert_eq!(hunks[1].lines().last(), Some(DiffLine::Remark(" No end")));
        assert!(parse_hunks("").is_empty());
    }
}

//! Applies a unified diff, as `patch` does.

/// The new text, or why the patch does not fit.
pub(crate) fn apply(old: &str, diff: &str) -> Result<String, String> {
    if diff.is_empty() {
        return Ok(old.to_owned());
    }
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let mut lines = diff.split_inclusive('\n').peekable();
    if lines.next() != Some("--- a/aspera.conf\n") || lines.next() != Some("+++ b/aspera.conf\n") {
        return Err("no header".into());
    }
    let (mut new, mut new_lines, mut at) = (String::new(), 0, 0);
    while let Some(head) = lines.next() {
        let [from, count, to, new_count] = numbers(head)?;
        let start = if count == 0 { from } else { from - 1 };
        for line in old.get(at..start).ok_or("hunks in disorder")? {
            new.push_str(line);
            new_lines += 1;
        }
        at = start;
        let new_start = if new_count == 0 { to } else { to - 1 };
        if new_lines != new_start {
            return Err(format!("{head} but line {new_lines}"));
        }
        while let Some(line) = lines.next_if(|line| !line.starts_with("@@")) {
            let (sign, body) = line.split_at(1);
            let is_last = lines.next_if(|line| line.starts_with('\\')).is_some();
            let body = if is_last {
                body.trim_end_matches('\n')
            } else {
                body
            };
            if sign != "+" {
                if old.get(at) != Some(&body) {
                    return Err(format!("line {at} is not {body:?}"));
                }
                at += 1;
            }
            if sign != "-" {
                new.push_str(body);
                new_lines += 1;
            }
        }
        if at != start + count || new_lines != new_start + new_count {
            return Err(format!("{head} counts wrong"));
        }
    }
    new.extend(old[at..].iter().copied());
    Ok(new)
}

fn numbers(head: &str) -> Result<[usize; 4], String> {
    let numbers: Vec<usize> = head
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    numbers
        .try_into()
        .map_err(|_| format!("a head like {head:?}"))
}

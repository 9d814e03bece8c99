//! Rates as people write them, in kbps.

/// How a rate is written, with the number meant where it can be read.
pub fn rate_hint(written: &str) -> String {
    match kbps(written) {
        Some(rate) => format!("rates are in kbps: write {rate}"),
        None => "rates are in kbps: 100 Mbps is 100000".to_owned(),
    }
}

/// `100Mbps`, `100 Mbit/s`, `1G`, `50000`.
fn kbps(written: &str) -> Option<u64> {
    let unit = written.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = written[..written.len() - unit.len()].parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let (scale, rest) = [("k", 1), ("m", 1000), ("g", 1_000_000)]
        .into_iter()
        .find_map(|(letter, scale)| Some((scale, unit.strip_prefix(letter)?)))
        .unwrap_or((1, &unit));
    let is_bits = ["", "b", "bps", "bit", "bits", "bit/s", "bits/s", "b/s"].contains(&rest);
    is_bits.then(|| number.checked_mul(scale))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_with_a_unit_is_converted_to_kbps() {
        for (written, rate) in [
            ("100Mbps", Some(100_000)),
            ("1G", Some(1_000_000)),
            ("50 Mbit/s", Some(50_000)),
            ("800kbps", Some(800)),
            ("64000", Some(64_000)),
            ("fast", None),
            ("10 MiB", None),
        ] {
            assert_eq!(kbps(written), rate, "{written}");
        }
    }
}

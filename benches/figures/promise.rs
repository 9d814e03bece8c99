//! The promises of CONTRIBUTING.md, and the printed table.

/// One row of the table in CONTRIBUTING.md: `| name | ≤ 1.65 × | … |`.
struct Promise {
    name: &'static str,
    is_upper_bound: bool,
    value: f64,
    unit: &'static str,
    is_measured: bool,
}

impl Promise {
    fn parse(line: &'static str) -> Option<Self> {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let (name, bound) = (cells.next()?, cells.next()?);
        let (sign, amount) = bound.split_once(' ')?;
        let (value, unit) = amount.split_once(' ')?;
        Some(Self {
            name,
            is_upper_bound: sign == "≤",
            value: value.parse().ok()?,
            unit,
            is_measured: false,
        })
    }

    fn is_met(&self, measured: f64) -> bool {
        if self.is_upper_bound {
            measured <= self.value
        } else {
            measured >= self.value
        }
    }
}

/// Prints a row for each figure as it is measured.
pub(crate) struct Table {
    promises: Vec<Promise>,
    missed: usize,
}

impl Table {
    pub(crate) fn new() -> Self {
        let text = include_str!("../../CONTRIBUTING.md");
        let promises: Vec<_> = text.lines().filter_map(Promise::parse).collect();
        println!("{:44} {:>10} {:>12}", "", "measured", "promised");
        Self {
            promises,
            missed: 0,
        }
    }

    /// Prints a figure beside its promise.
    pub(crate) fn row(&mut self, name: &str, measured: f64) {
        let promise = self.promises.iter_mut().find(|row| row.name == name);
        let promise = promise.unwrap_or_else(|| panic!("CONTRIBUTING.md promises no `{name}`"));
        promise.is_measured = true;
        let sign = if promise.is_upper_bound { '≤' } else { '≥' };
        let verdict = if promise.is_met(measured) {
            "met"
        } else {
            self.missed += 1;
            "MISSED"
        };
        println!(
            "{name:44} {measured:>10.2} {sign:>5} {:>6.2} {:8} {verdict}",
            promise.value, promise.unit
        );
    }

    /// Prints how many promises are missed; `all` were to be measured.
    pub(crate) fn finish(self, all: bool) {
        for promise in self.promises.iter().filter(|row| all && !row.is_measured) {
            println!("{:44} not measured on this system", promise.name);
        }
        println!("\n{} missed", self.missed);
    }
}

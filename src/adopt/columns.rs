//! What differs between the rows of a loop.

use crate::bindings::Value;
use crate::script_text::{Expression, free_name, is_name, quoted};
use crate::state::FastIndexMap;

/// Columns by name, with a value for each row.
pub(super) struct Columns<'g> {
    /// The variable of the loop.
    pub(super) variable: String,
    by_name: FastIndexMap<String, Vec<&'g Value>>,
    /// Whether a row is the value of the only column, without a map.
    is_unwrapped: bool,
}

impl<'g> Columns<'g> {
    pub(super) fn new(variable: &str) -> Self {
        Self {
            variable: variable.to_owned(),
            by_name: FastIndexMap::default(),
            is_unwrapped: false,
        }
    }

    /// The expression for these values: a column, or a text around one. The column is made if
    /// there is none.
    pub(super) fn add(&mut self, name: &str, values: &[&'g Value]) -> Expression {
        let mut known = self.by_name.iter();
        if let Some((name, _)) = known.find(|(_, column)| column[..] == *values) {
            return self.field(name);
        }
        if let Some((name, [before, after])) = self.derivation(values) {
            let pieces = [before.into(), self.field(name), after.into()];
            let is_empty =
                |piece: &Expression| matches!(piece, Expression::Text(text) if text.is_empty());
            return Expression::Template(pieces.into_iter().filter(|it| !is_empty(it)).collect());
        }
        let free = free_name(name, |name| self.by_name.contains_key(name));
        self.by_name.insert(free.clone(), values.to_vec());
        self.field(&free)
    }

    /// The first column, if each value is its text between the same two texts: `/srv/anna`.
    fn derivation<'v>(&self, values: &[&'v Value]) -> Option<(&str, [&'v str; 2])> {
        let (name, column) = self.by_name.first()?;
        let (inner, whole) = (column.first()?.text()?, values.first()?.text()?);
        let mut places = whole.match_indices(inner).filter(|_| !inner.is_empty());
        let parts = places.find_map(|(at, _)| {
            let (before, after) = (&whole[..at], &whole[at + inner.len()..]);
            let fits = |(inner, whole): (&&Value, &&Value)| {
                let rest = whole.text()?.strip_prefix(before)?.strip_suffix(after)?;
                (rest == inner.text()?).then_some(())
            };
            let mut rows = column.iter().zip(values);
            rows.all(|row| fits(row).is_some())
                .then_some([before, after])
        })?;
        Some((name, parts))
    }

    /// Makes each row a plain value, if there is only one column. The expressions must be made
    /// again then.
    pub(super) fn unwrap_only(&mut self) -> bool {
        if let Some((name, _)) = self.by_name.first()
            && self.by_name.len() == 1
            && is_name(name)
        {
            self.variable.clone_from(name);
            self.is_unwrapped = true;
        }
        self.is_unwrapped
    }

    fn field(&self, name: &str) -> Expression {
        Expression::Name(if self.is_unwrapped {
            self.variable.clone()
        } else if is_name(name) {
            format!("{}.{name}", self.variable)
        } else {
            format!("{}[{}]", self.variable, quoted(name))
        })
    }

    /// The rows; secrets by their references.
    pub(super) fn rows(&self, count: usize) -> Vec<Value> {
        let cell = |value: &Value| {
            if let Value::Secret(reference) = value {
                reference.to_string().into()
            } else {
                value.clone()
            }
        };
        let row = |number: usize| {
            let mut cells = self.by_name.iter();
            if self.is_unwrapped {
                return cells
                    .next()
                    .map_or(Value::Unit, |(_, values)| cell(values[number]));
            }
            Value::map(cells.map(|(name, values)| (name.clone(), cell(values[number]))))
        };
        (0..count).map(row).collect()
    }
}

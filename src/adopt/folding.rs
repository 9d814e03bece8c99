//! Writes calls as statements. Calls of the same shape become a loop over what differs.

use std::collections::BTreeSet;

use super::columns::Columns;
use super::node_calls::{CallBlock, CallGroup};
use super::secrets::{AdoptedSecret, SecretNames};
use crate::bindings::{DATA, Value};
use crate::conf;
use crate::script_text::{Expression, ParamText, Statement};
use crate::state::{FastIndexMap, Secret};

/// So many things of the same shape are worth a loop.
const LEAST_ROWS: usize = 3;

/// So many rows are written in one list: a script may not write out 10,000.
const MOST_ROWS: usize = 5000;

/// So many rows a script reads from a file of data.
const MOST_DATA_ROWS: usize = 10_000;

/// Writes statements, and collects the parameters that they need.
pub(super) struct Folding<'a> {
    secrets: SecretNames,
    /// The file of data for the rows of users.
    file: Option<&'a str>,
    data: Option<Vec<Value>>,
    /// The secrets that are parameters.
    params: BTreeSet<Secret>,
    /// Those that rows have, by their references.
    in_rows: BTreeSet<Secret>,
}

impl<'a> Folding<'a> {
    pub(super) fn new(secrets: SecretNames, file: Option<&'a str>) -> Self {
        Self {
            secrets,
            file,
            data: None,
            params: BTreeSet::new(),
            in_rows: BTreeSet::new(),
        }
    }

    /// Appends the statements of a block.
    pub(super) fn write(&mut self, block: &CallBlock, statements: &mut Vec<Statement>) {
        let mut shapes = FastIndexMap::<String, Vec<&CallGroup>>::default();
        for group in &block.groups {
            shapes.entry(shape(group)).or_default().push(group);
        }
        for groups in shapes.values() {
            if groups.len() < LEAST_ROWS {
                let calls = groups.iter().copied().flatten();
                for call in calls {
                    let args = call.args.iter().map(|arg| self.plain(arg));
                    statements.push(Statement::call(call.binding.name, args.collect()));
                }
            } else if let Some(statement) = self.fold_into_data(block.noun, groups) {
                statements.push(statement);
            } else {
                let parts = groups.chunks(MOST_ROWS);
                statements.extend(parts.map(|groups| self.fold(block.noun, groups)));
            }
        }
    }

    /// The parameters, the secrets, and the rows of the file of data.
    pub(super) fn finish(self) -> (Vec<ParamText>, Vec<AdoptedSecret>, Option<Vec<Value>>) {
        let mut secrets = self.secrets.into_known();
        let is_param = |secret: &AdoptedSecret| self.params.contains(&secret.reference);
        secrets.retain(|it| is_param(it) || self.in_rows.contains(&it.reference));
        let params = secrets.iter().filter(|secret| is_param(secret));
        let params = params.map(|secret| {
            ParamText::secret(&secret.param, &secret.reference.to_string(), &secret.uses())
        });
        (params.collect(), secrets, self.data)
    }

    fn secret(&mut self, reference: &Secret) -> Expression {
        let Some(secret) = self.secrets.find(reference) else {
            return Expression::Call(
                "secret".to_owned(),
                vec![reference.to_string().as_str().into()],
            );
        };
        self.params.insert(reference.clone());
        Expression::param(&secret.param)
    }

    fn plain(&mut self, value: &Value) -> Expression {
        Expression::of_value(value, &mut |other| {
            if let Value::Secret(reference) = other {
                self.secret(reference)
            } else {
                Expression::Unit
            }
        })
    }

    /// A loop over the rows of the file of data, for the first users whose values it can hold.
    fn fold_into_data(&mut self, noun: &str, groups: &[&CallGroup]) -> Option<Statement> {
        let is_free = noun == "user" && self.data.is_none() && groups.len() <= MOST_DATA_ROWS;
        let file = self.file.filter(|_| is_free)?;
        let mut columns = Columns::new(noun);
        let body = self.body(groups, &mut columns);
        self.data = Some(csv_rows(columns.rows(groups.len()))?);
        Some(Statement::Loop {
            variable: noun.to_owned(),
            over: Expression::Call(DATA.to_owned(), vec![file.into()]),
            body,
        })
    }

    /// A loop over groups of the same shape.
    fn fold(&mut self, noun: &str, groups: &[&CallGroup]) -> Statement {
        let mut columns = Columns::new(noun);
        let mut body = self.body(groups, &mut columns);
        if columns.unwrap_only() {
            body = self.body(groups, &mut columns);
        }
        let rows = columns.rows(groups.len());
        let rows = rows.iter().map(|row| self.plain(row));
        Statement::Loop {
            over: Expression::List(rows.collect()),
            variable: columns.variable,
            body,
        }
    }

    /// The calls of each turn.
    fn body<'g>(&mut self, groups: &[&'g CallGroup], columns: &mut Columns<'g>) -> Vec<Statement> {
        let calls = groups[0].iter().enumerate();
        let calls = calls.map(|(number, call)| {
            let params = call.binding.params.iter().take(call.args.len()).enumerate();
            let args = params.map(|(at, param)| {
                let values = groups.iter().map(|group| &group[number].args[at]);
                self.place(param.name, &values.collect::<Vec<_>>(), columns)
            });
            Statement::call(call.binding.name, args.collect())
        });
        calls.collect()
    }

    /// The expression for one place of the calls: the value that all rows have, or a column.
    fn place<'g>(
        &mut self,
        name: &str,
        values: &[&'g Value],
        columns: &mut Columns<'g>,
    ) -> Expression {
        if values.windows(2).all(|pair| pair[0] == pair[1]) {
            return self.plain(values[0]);
        }
        if let Value::Map(entries) = values[0] {
            let parts = entries.iter().enumerate().map(|(at, (key, _))| {
                let values = values.iter().map(|value| {
                    if let Value::Map(entries) = value {
                        &entries[at].1
                    } else {
                        *value
                    }
                });
                let part = self.place(key, &values.collect::<Vec<_>>(), columns);
                (key.clone(), part)
            });
            return Expression::Map(parts.collect());
        }
        let field = columns.add(name, values);
        if matches!(values[0], Value::Secret(_)) {
            for value in values {
                if let Value::Secret(secret) = value {
                    self.in_rows.insert(secret.clone());
                }
            }
            Expression::Call("secret".to_owned(), vec![field])
        } else {
            field
        }
    }
}

/// Calls of the same shape differ only in their values: texts, numbers, lists, secrets.
fn shape(group: &CallGroup) -> String {
    let mut shape = String::new();
    for call in group {
        shape.push_str(call.binding.name);
        for arg in &call.args {
            shape.push('(');
            add_shape(arg, &mut shape);
        }
    }
    shape
}

fn add_shape(value: &Value, shape: &mut String) {
    match value {
        Value::Map(entries) => {
            for (key, value) in entries {
                shape.push_str(key);
                shape.push('{');
                add_shape(value, shape);
            }
        }
        Value::Secret(_) | Value::SecretText(_) => shape.push('*'),
        Value::Unit
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Outcome(_)
        | Value::Other(_) => shape.push('.'),
    }
}

/// The rows for CSV, if its cells, which are strings without blanks at their ends, mean the same.
fn csv_rows(rows: Vec<Value>) -> Option<Vec<Value>> {
    let row = |row| {
        let Value::Map(cells) = row else {
            return None;
        };
        let cells = cells.into_iter();
        let cells = cells.map(|(name, value)| Some((name, csv_cell(value)?)));
        Some(Value::map(cells.collect::<Option<Vec<_>>>()?))
    };
    rows.into_iter().map(row).collect()
}

fn csv_cell(value: Value) -> Option<Value> {
    let value = if let Value::List(items) = &value {
        let items: Vec<_> = items.iter().map(Value::text).collect::<Option<_>>()?;
        conf::join_list(&items)?.as_str().into()
    } else {
        value
    };
    let text = value.plain()?;
    let is_fit = !text.is_empty() && text.trim() == text && !text.contains('\r');
    is_fit.then_some(value)
}

//! Shorthands for the statements of a translation.

use crate::script_text::{Expression, Statement};

/// A call of a function.
pub(super) fn function_call(
    function: &str,
    args: impl IntoIterator<Item = Expression>,
) -> Statement {
    Statement::call(function, args.into_iter().collect())
}

/// A map; none without any entry, which an optional argument does not need.
pub(super) fn options_map(entries: Vec<(&str, Expression)>) -> Option<Expression> {
    (!entries.is_empty()).then(|| Expression::map(entries))
}

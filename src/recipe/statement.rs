//! Shorthands for the statements of a translation.

use crate::script_text::{Expression, Statement};
use crate::state::Scalar;

/// A call of a function.
pub(super) fn function_call(
    function: &str,
    args: impl IntoIterator<Item = Expression>,
) -> Statement {
    Statement::call(function, args.into_iter().collect())
}

/// A call whose last argument is a map of options. Without any option it has no map.
pub(super) fn call_with_options(
    function: &str,
    args: impl IntoIterator<Item = Expression>,
    options: Vec<(&str, Expression)>,
) -> Statement {
    let map = (!options.is_empty()).then(|| Expression::map(options));
    function_call(function, args.into_iter().chain(map))
}

/// The literal for a text that was read as this value.
pub(super) fn scalar_literal(value: Scalar<'_>, text: &str) -> Expression {
    match value {
        Scalar::Bool(flag) => Expression::Bool(flag),
        Scalar::Int(number) => {
            i64::try_from(number).map_or_else(|_| Expression::from(text), Expression::Int)
        }
        Scalar::Text(_) | Scalar::Secret | Scalar::Other(_) => Expression::from(text),
    }
}

//! Reports comparisons that have the same result on every node, properties that a map never has, and
//! defaults that are never used.

use rhai::{Expr, FnCallExpr};

use crate::bindings::Value;
use crate::fault::{Fault, Rule};
use crate::finding::{Edit, Fix};
use crate::script::name_faults::ask_for_property;
use crate::script::values;

use super::finding_collector::FindingCollector;
use super::possible_values::PossibleValues;
use super::readings::{PropertyChain, Reading, Readings};

/// The operators that compare two values of the same type.
const ORDERS: &[&str] = &["<", "<=", ">", ">="];

impl Readings<'_> {
    /// Checks an operator whose operands are a reading and a literal.
    pub(super) fn check_comparison(&self, call: &FnCallExpr, findings: &mut FindingCollector<'_>) {
        let operator = call.name.as_str();
        let [left, right] = &*call.args else {
            return;
        };
        if !call.is_operator_call() || !(ORDERS.contains(&operator) || is_equality(operator)) {
            return;
        }
        for (read, other) in [(left, right), (right, left)] {
            let literal = other.get_literal_value(None);
            if let (Some(Reading::Value(values)), Some(literal)) = (self.of(read), literal) {
                let value = values::value(&literal);
                let is_possible = if is_equality(operator) {
                    values.can_equal(&value)
                } else {
                    values.is_ordered_with(&value)
                };
                if !is_possible {
                    add_comparison(operator, values, read, (other, &value), findings);
                }
            }
        }
    }

    /// Checks the properties of a map that a binding returns.
    pub(super) fn check_properties(&self, expression: &Expr, findings: &mut FindingCollector<'_>) {
        let (Expr::Dot(parts, ..) | Expr::Index(parts, ..)) = expression else {
            return;
        };
        let chain = PropertyChain::behind_map(expression);
        let (Some(mut reading), Some(chain)) = (self.of(&parts.lhs), chain) else {
            return;
        };
        for property in &chain.properties {
            if let Reading::Value(_) = reading {
                return;
            }
            let Some(next) = reading.property(property.name) else {
                let span = findings.token_at(property.position);
                let map = findings.source.map_of(property.name, span.start);
                let fault = reading.no_property(property.name);
                let fault = fault.hint(ask_for_property(property.name, map));
                findings.add_name(&fault, Rule::UnknownProperty, span);
                return;
            };
            reading = next;
        }
    }

    /// Checks `a ?? b`: a setting that is absent is no property, and none reads as `()`.
    pub(super) fn check_default(&self, parts: &[Expr], findings: &mut FindingCollector<'_>) {
        let [read, ..] = parts else {
            return;
        };
        let (Some(Reading::Value(values)), Some(chain)) =
            (self.of(read), PropertyChain::behind_map(read))
        else {
            return;
        };
        let property = chain.properties.last().filter(|_| !values.may_be_unset());
        let Some(property) = property else {
            return;
        };
        let span = findings.token_at(property.position);
        let map = findings.source.map_of(property.name, span.start);
        let fault = Fault::script(format!(
            "the value behind `??` is never used: if `{}` is not set, the map has no such property",
            property.name
        ))
        .hint(ask_for_property(property.name, map));
        findings.add_fault(&fault, Rule::UnusedDefault, span);
    }
}

fn is_equality(operator: &str) -> bool {
    matches!(operator, "==" | "!=")
}

/// Reports a comparison of what `read` reads with a literal.
fn add_comparison(
    operator: &str,
    values: PossibleValues,
    read: &Expr,
    (literal, value): (&Expr, &Value),
    findings: &mut FindingCollector<'_>,
) {
    let mut span = findings.token_at(literal.position());
    if *value == Value::Unit {
        span.end += 1;
    }
    let written = &findings.source.text[span.clone()];
    let effect = match operator {
        "==" => "never equals",
        "!=" => "always differs from",
        _ => "cannot be compared with",
    };
    let name = values.name().unwrap_or_else(|| label(read));
    let fault = Fault::script(format!(
        "`{name}` is {}: it {effect} {written}",
        values.description()
    ));
    let property = PropertyChain::behind_map(read).and_then(|mut chain| chain.properties.pop());
    if let (Value::Unit, Some(property)) = (value, property) {
        let map = findings
            .source
            .map_of(property.name, findings.offset(property.position));
        let fault = fault.hint(ask_for_property(property.name, map));
        findings.add_fault(&fault, Rule::FixedComparison, span);
    } else if let Some(meant) = values.meant(value) {
        let fix = Fix {
            title: format!("write `{meant}`"),
            is_safe: true,
            edits: vec![Edit {
                span: span.clone(),
                text: meant.clone(),
            }],
        };
        let hints = [format!("write `{meant}`")];
        findings.add(
            Rule::FixedComparison,
            span,
            fault.message(),
            &hints,
            Some(fix),
        );
    } else {
        let fault = match value.text() {
            Some(text) => fault.suggest(text, values.words()),
            None => fault,
        };
        findings.add_value(&fault, Rule::FixedComparison, span.clone(), Some(span));
    }
}

/// The name of a variable or a parameter, as it is written.
fn label(expression: &Expr) -> String {
    let Expr::Variable(variable, ..) = expression else {
        return "this".to_owned();
    };
    match variable.2.path.first() {
        Some(root) => format!("{}.{}", root.name, variable.1),
        None => variable.1.to_string(),
    }
}

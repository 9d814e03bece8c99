//! Reports comparisons that have the same result on every node, properties that a map never has, and
//! defaults that are never used.

use std::collections::HashSet;

use rhai::{Expr, FnCallExpr};

use crate::bindings::Value;
use crate::fault::{Fault, Rule};
use crate::finding::{Edit, Fix};
use crate::script::name_faults::ask_for_property;
use crate::script::values;

use super::finding_collector::FindingCollector;
use super::possible_values::PossibleValues;
use super::readings::{Link, Property, PropertyChain, Reading, Readings};

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

    /// Checks the properties of a map that a binding returns, or that is data. `strings` has all
    /// strings of the script: a property among them may be asked for first.
    pub(super) fn check_properties(
        &self,
        expression: &Expr,
        strings: &HashSet<String>,
        findings: &mut FindingCollector<'_>,
    ) {
        let (Expr::Dot(parts, ..) | Expr::Index(parts, ..)) = expression else {
            return;
        };
        let chain = PropertyChain::behind_map(expression);
        let (Some(mut reading), Some(chain)) = (self.of(&parts.lhs), chain) else {
            return;
        };
        for link in &chain.links {
            let next = match link {
                Link::Item => reading.item(),
                Link::Property(_) if !reading.has_known_properties() => None,
                Link::Property(property) => {
                    let next = reading.property(property.name);
                    let is_optional = reading.is_of_file() && strings.contains(property.name);
                    if next.is_none() && !is_optional {
                        add_no_property(reading, property, findings);
                    }
                    next
                }
            };
            match next {
                Some(next) => reading = next,
                None => return,
            }
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
        let property = chain.last().filter(|_| !values.may_be_unset());
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

/// Reports a property that a map never has.
fn add_no_property(map: Reading<'_>, property: &Property<'_>, findings: &mut FindingCollector<'_>) {
    let span = findings.token_at(property.position);
    let mut fault = map.no_property(property.name);
    if !map.is_declared() && map.item().is_none() {
        let written = findings.source.map_of(property.name, span.start);
        fault = fault.hint(ask_for_property(property.name, written));
    }
    findings.add_name(&fault, Rule::UnknownProperty, span);
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
    let chain = PropertyChain::behind_map(read);
    let property = chain.as_ref().and_then(PropertyChain::last);
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

/// The name of a variable, a parameter or a property, as it is written.
fn label(expression: &Expr) -> String {
    let Expr::Variable(variable, ..) = expression else {
        let chain = PropertyChain::behind_map(expression);
        let property = chain.as_ref().and_then(PropertyChain::last);
        return property.map_or("this", |it| it.name).to_owned();
    };
    match variable.2.path.first() {
        Some(root) => format!("{}.{}", root.name, variable.1),
        None => variable.1.to_string(),
    }
}

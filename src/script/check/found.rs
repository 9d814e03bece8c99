//! What was found in one text so far: each thing once, in the end in order.

use std::ops::Range;

use crate::fault::{Fault, Rule};
use crate::finding::{Edit, Finding, Fix};

use super::text::Text;

/// The findings of one text.
pub(super) struct Found<'a> {
    pub(super) text: &'a Text,
    list: Vec<Finding>,
}

impl<'a> Found<'a> {
    /// Nothing yet.
    pub(super) fn new(text: &'a Text) -> Self {
        Self {
            text,
            list: Vec::new(),
        }
    }

    /// Adds a fault that a run would meet, or one in its words, about the
    /// name at these bytes, which may be replaced unseen by what was meant.
    pub(super) fn name(&mut self, fault: &Fault, rule: Rule, span: Range<usize>) {
        let fix = fault
            .suggestion()
            .map(|near| rename(near, self.text.inner(&span), true));
        self.add(rule, span, fault.message(), fault.hints(), fix);
    }

    /// Adds a fault about a value; `literal` is what could be replaced, if
    /// the fault says by what.
    pub(super) fn value(
        &mut self,
        fault: &Fault,
        rule: Rule,
        span: Range<usize>,
        literal: Option<Range<usize>>,
    ) {
        let near = fault.suggestion().zip(literal);
        let fix = near.map(|(near, literal)| rename(near, self.text.inner(&literal), false));
        self.add(rule, span, fault.message(), fault.hints(), fix);
    }

    /// Adds a finding at these bytes.
    pub(super) fn add(
        &mut self,
        rule: Rule,
        span: Range<usize>,
        message: impl Into<String>,
        hints: &[String],
        fix: Option<Fix>,
    ) {
        self.list.push(Finding {
            rule,
            place: self.text.place(span.start),
            span,
            message: message.into(),
            hints: hints.to_vec(),
            fix,
        });
    }

    /// All of them in the order of the text.
    pub(super) fn end(mut self) -> Vec<Finding> {
        let key = |finding: &Finding| (finding.span.start, finding.rule, finding.span.end);
        self.list.sort_by_key(key);
        self.list.dedup_by(|one, other| key(one) == key(other));
        self.list
    }
}

fn rename(near: &str, span: Range<usize>, is_safe: bool) -> Fix {
    Fix {
        title: format!("write `{near}`"),
        is_safe,
        edits: vec![Edit {
            span,
            text: last_part(near).to_owned(),
        }],
    }
}

/// Of `conf.set_user` the part that is replaced.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

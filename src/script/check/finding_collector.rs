//! Collects the findings of one script: each once, in the order of the text.

use std::collections::HashSet;
use std::ops::Range;

use rhai::Position;

use crate::fault::{Fault, Rule};
use crate::finding::{Edit, Finding, Fix, Region};
use crate::source::SourceText;

use super::super::foreign_syntax::ForeignSyntax;

/// How many problems of a script are reported. Behind that many the script is not checked: the
/// report would help nobody, and its size and time are bounded.
const MAX_FINDINGS: usize = 1000;

/// The findings of one script.
pub(super) struct FindingCollector<'a> {
    pub(super) source: &'a SourceText,
    foreign: ForeignSyntax<'a>,
    findings: Vec<Finding>,
    /// Where findings are, and their rules.
    seen: HashSet<(usize, Rule, usize)>,
}

impl<'a> FindingCollector<'a> {
    /// A collector without findings.
    pub(super) fn new(source: &'a SourceText) -> Self {
        Self {
            source,
            foreign: ForeignSyntax::new(source),
            findings: Vec::new(),
            seen: HashSet::new(),
        }
    }

    /// Whether there are so many findings that the rest of the script is not checked.
    pub(super) fn is_full(&self) -> bool {
        self.findings.len() > MAX_FINDINGS
    }

    /// The byte at a position of the engine's.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line();
        line.map_or(0, |line| {
            self.source.offset(line, position.position().unwrap_or(1))
        })
    }

    /// The token at a position of the engine's.
    pub(super) fn token_at(&self, position: Position) -> Range<usize> {
        self.source.token_span(self.offset(position))
    }

    /// Adds a fault about a name. If one other name is clearly meant, the safe fix writes that.
    pub(super) fn add_name(&mut self, fault: &Fault, rule: Rule, name: Range<usize>) {
        let fix = fault
            .suggestion()
            .map(|near| self.replacement(&name, near, true));
        self.add(rule, name, fault.message(), fault.hints(), fix);
    }

    /// Adds a fault about a value. If the fault names another value, the fix writes it in place
    /// of `literal`.
    pub(super) fn add_value(
        &mut self,
        fault: &Fault,
        rule: Rule,
        span: Range<usize>,
        literal: Option<Range<usize>>,
    ) {
        let near = fault.suggestion().zip(literal);
        let fix = near.map(|(near, literal)| self.replacement(&literal, near, false));
        self.add(rule, span, fault.message(), fault.hints(), fix);
    }

    /// Adds a fault at a span, without a fix.
    pub(super) fn add_fault(&mut self, fault: &Fault, rule: Rule, span: Range<usize>) {
        self.add_value(fault, rule, span, None);
    }

    /// Adds a finding. One about a name gets the hint that a run gives for the syntax of
    /// another language.
    pub(super) fn add(
        &mut self,
        rule: Rule,
        span: Range<usize>,
        message: impl Into<String>,
        hints: &[String],
        fix: Option<Fix>,
    ) {
        if self.is_full() || !self.seen.insert((span.start, rule, span.end)) {
            return;
        }
        if self.findings.len() == MAX_FINDINGS {
            self.add_end();
            return;
        }
        let message = message.into();
        let mut hints = hints.to_vec();
        if is_about_name(rule) {
            let fault = Fault::script("").with_hints(hints);
            let fault = fault.at(Some(self.source.location(span.start)));
            hints = self.foreign.with_hint(fault).hints().to_vec();
        }
        self.push(rule, span, message, hints, fix);
    }

    /// Adds the finding that says that the rest of the script is not checked. It is the last one.
    fn add_end(&mut self) {
        let text = self.source.text.trim_end();
        let last = text.char_indices().next_back();
        let span = last.map_or(0, |(index, _)| index)..text.len();
        let message = format!("the check stopped after {MAX_FINDINGS} problems");
        let hints = vec!["correct those, and check the script again".to_owned()];
        self.push(Rule::TooManyProblems, span, message, hints, None);
    }

    fn push(
        &mut self,
        rule: Rule,
        span: Range<usize>,
        message: String,
        hints: Vec<String>,
        fix: Option<Fix>,
    ) {
        self.findings.push(Finding {
            rule,
            region: Region::new(self.source, &span),
            span,
            message,
            hints,
            fix,
        });
    }

    /// All findings in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        let key = |finding: &Finding| (finding.span.start, finding.rule, finding.span.end);
        self.findings.sort_by_key(key);
        let unknown = self
            .findings
            .iter()
            .filter(|f| f.rule == Rule::UnknownVariable);
        let ends: HashSet<_> = unknown.map(|finding| finding.span.end).collect();
        // What an unknown name is asked for says nothing more.
        self.findings.retain(|finding| {
            let before = self.source.text[..finding.span.start].strip_suffix('.');
            finding.rule != Rule::UnknownFunction
                || !before.is_some_and(|text| ends.contains(&text.len()))
        });
        self.findings
    }

    /// A fix that replaces a token by a name; after `conf.` or `users::` by the last part of
    /// `conf.set_user` and `users::add`.
    fn replacement(&self, token: &Range<usize>, name: &str, is_safe: bool) -> Fix {
        let is_part = self.source.text[..token.start].ends_with(['.', ':']);
        let last_part = name.rsplit(['.', ':']).next().filter(|_| is_part);
        Fix {
            title: format!("write `{name}`"),
            is_safe,
            edits: vec![Edit {
                span: self.source.content_span(token),
                text: last_part.unwrap_or(name).to_owned(),
            }],
        }
    }
}

/// Whether a finding of that rule is about a name that does not exist.
fn is_about_name(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::UnknownVariable | Rule::UnknownFunction | Rule::UnknownNamespace
    )
}

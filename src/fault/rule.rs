//! What can be said against a script without running it: one table, in the
//! order of the manual. It holds no check.

use serde::Serialize;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The script would stop there.
    Error,
    /// The script runs, and perhaps not as it was meant.
    Warning,
}

/// A rule for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table says what each is")]
pub enum Rule {
    Syntax,
    NamespaceAsValue,
    UnknownNamespace,
    UnknownBinding,
    UnknownFunction,
    UnknownVariable,
    UnknownSetting,
    UnknownOption,
    MissingOption,
    UnknownParameter,
    WrongDeclaration,
    WrongCount,
    WrongType,
    WrongValue,
    PlainSecret,
    PublishedSecret,
    UnknownService,
    UnresolvedImport,
    HidesBinding,
    NamespaceColons,
    CallInModule,
    UnusedParameter,
    UnusedFunction,
}

/// Rule, identifier, severity, summary.
type Row = (Rule, &'static str, Severity, &'static str);

const TABLE: &[Row] = &[
    (
        Rule::Syntax,
        "syntax",
        Severity::Error,
        "The text is no script.",
    ),
    (
        Rule::NamespaceAsValue,
        "namespace-as-value",
        Severity::Error,
        "A namespace is used as a value, or its name for something else.",
    ),
    (
        Rule::UnknownNamespace,
        "unknown-namespace",
        Severity::Error,
        "There is no namespace or imported module of that name.",
    ),
    (
        Rule::UnknownBinding,
        "unknown-binding",
        Severity::Error,
        "The namespace has no such name.",
    ),
    (
        Rule::UnknownFunction,
        "unknown-function",
        Severity::Error,
        "There is no function of that name.",
    ),
    (
        Rule::UnknownVariable,
        "unknown-variable",
        Severity::Error,
        "There is no variable or constant of that name here.",
    ),
    (
        Rule::UnknownSetting,
        "unknown-setting",
        Severity::Error,
        "The section of aspera.conf has no such setting.",
    ),
    (
        Rule::UnknownOption,
        "unknown-option",
        Severity::Error,
        "The binding has no such option.",
    ),
    (
        Rule::MissingOption,
        "missing-option",
        Severity::Error,
        "An option that the binding requires is missing.",
    ),
    (
        Rule::UnknownParameter,
        "unknown-parameter",
        Severity::Error,
        "`PARAMS` declares no such parameter.",
    ),
    (
        Rule::WrongDeclaration,
        "wrong-declaration",
        Severity::Error,
        "`PARAMS` or `PLATFORM` is not declared as it must be.",
    ),
    (
        Rule::WrongCount,
        "wrong-count",
        Severity::Error,
        "A call has too few or too many arguments.",
    ),
    (
        Rule::WrongType,
        "wrong-type",
        Severity::Error,
        "A literal is of another type than is wanted there.",
    ),
    (
        Rule::WrongValue,
        "wrong-value",
        Severity::Error,
        "A literal is none of the values that fit there.",
    ),
    (
        Rule::PlainSecret,
        "plain-secret",
        Severity::Error,
        "A secret is written out instead of named by a reference.",
    ),
    (
        Rule::PublishedSecret,
        "published-secret",
        Severity::Warning,
        "A secret from a vendor's document is used, which everybody knows.",
    ),
    (
        Rule::UnknownService,
        "unknown-service",
        Severity::Warning,
        "No known service has that name, and one has nearly the same.",
    ),
    (
        Rule::UnresolvedImport,
        "unresolved-import",
        Severity::Error,
        "An imported module is not there, or cannot be imported.",
    ),
    (
        Rule::HidesBinding,
        "hides-binding",
        Severity::Error,
        "A function has the name of a built-in one.",
    ),
    (
        Rule::NamespaceColons,
        "namespace-colons",
        Severity::Warning,
        "A namespace is written with `::` instead of a dot.",
    ),
    (
        Rule::CallInModule,
        "call-in-module",
        Severity::Warning,
        "A module calls a function it was given, which may then see the module's names instead of its own.",
    ),
    (
        Rule::UnusedParameter,
        "unused-parameter",
        Severity::Warning,
        "A declared parameter is never read.",
    ),
    (
        Rule::UnusedFunction,
        "unused-function",
        Severity::Warning,
        "A function of the script is never called.",
    ),
];

impl Rule {
    /// Every rule, in the table's order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// Its lasting name.
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// How much it weighs.
    pub fn severity(self) -> Severity {
        self.row().2
    }

    /// What it says, in a sentence.
    pub fn summary(self) -> &'static str {
        self.row().3
    }

    /// Its place in the table.
    pub fn order(self) -> usize {
        self as usize
    }

    fn row(self) -> &'static Row {
        &TABLE[self.order()]
    }
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_rules() {
        for (index, rule) in Rule::all().enumerate() {
            assert_eq!(rule.order(), index, "{}", rule.id());
        }
    }
}

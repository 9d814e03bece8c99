//! The rules that `ascript check` enforces: one table, in the order of the
//! manual. The checks themselves are elsewhere.

use serde::Serialize;

/// How severe a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The script would stop there.
    Error,
    /// The script runs, but perhaps not as intended.
    Warning,
}

/// A rule that scripts must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the table describes each")]
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
    SecretAsString,
    PublishedSecret,
    UnknownService,
    RelativeDocroot,
    MissingFile,
    UnresolvedImport,
    HidesBinding,
    NamespaceColons,
    CallInModule,
    UnknownProperty,
    FixedComparison,
    DollarInString,
    LoopOverString,
    UnusedDefault,
    UnusedParameter,
    UnusedFunction,
    TooManyProblems,
}

/// Rule, identifier, severity, summary.
type Row = (Rule, &'static str, Severity, &'static str);

const TABLE: &[Row] = &[
    (
        Rule::Syntax,
        "syntax",
        Severity::Error,
        "The text is not a valid script.",
    ),
    (
        Rule::NamespaceAsValue,
        "namespace-as-value",
        Severity::Error,
        "A namespace is used as a value, or its name is used for something else.",
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
        "The declaration of `PARAMS` or `PLATFORM` is not valid.",
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
        "A literal has the wrong type.",
    ),
    (
        Rule::WrongValue,
        "wrong-value",
        Severity::Error,
        "A literal is not one of the values allowed there.",
    ),
    (
        Rule::PlainSecret,
        "plain-secret",
        Severity::Error,
        "A secret is written in the script instead of referenced.",
    ),
    (
        Rule::SecretAsString,
        "secret-as-string",
        Severity::Warning,
        "A parameter that names a secret is a string, which plans and reports show.",
    ),
    (
        Rule::PublishedSecret,
        "published-secret",
        Severity::Warning,
        "A secret is one that a vendor document publishes as an example.",
    ),
    (
        Rule::UnknownService,
        "unknown-service",
        Severity::Warning,
        "No known service has that name, and one has a similar name.",
    ),
    (
        Rule::RelativeDocroot,
        "relative-docroot",
        Severity::Warning,
        "A docroot is not an absolute path or a URL.",
    ),
    (
        Rule::MissingFile,
        "missing-file",
        Severity::Warning,
        "A file that the script names is not beside it, or cannot be read.",
    ),
    (
        Rule::UnresolvedImport,
        "unresolved-import",
        Severity::Error,
        "An imported module does not exist, or cannot be imported.",
    ),
    (
        Rule::HidesBinding,
        "hides-binding",
        Severity::Error,
        "A function has the name of a built-in function.",
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
        Rule::UnknownProperty,
        "unknown-property",
        Severity::Error,
        "A map never has a property of that name: one that a binding returns, a row of data or a declared parameter.",
    ),
    (
        Rule::FixedComparison,
        "fixed-comparison",
        Severity::Warning,
        "A comparison of a setting or a parameter has the same result on every node.",
    ),
    (
        Rule::DollarInString,
        "dollar-in-string",
        Severity::Warning,
        "A string contains `$name`, which nothing replaces.",
    ),
    (
        Rule::LoopOverString,
        "loop-over-string",
        Severity::Warning,
        "A loop goes through the characters of a string.",
    ),
    (
        Rule::UnusedDefault,
        "unused-default",
        Severity::Warning,
        "The value behind `??` is never used: a setting that is not set is no property of the map.",
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
    (
        Rule::TooManyProblems,
        "too-many-problems",
        Severity::Error,
        "The script has so many problems that the rest of it was not checked.",
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

    /// Returns how severe a finding of this rule is.
    pub fn severity(self) -> Severity {
        self.row().2
    }

    /// Returns the rule in one sentence.
    pub fn summary(self) -> &'static str {
        self.row().3
    }

    /// Returns its index in the table.
    pub fn order(self) -> usize {
        self as usize
    }

    fn row(self) -> &'static Row {
        &TABLE[self.order()]
    }
}

impl Severity {
    /// Returns its name in reports.
    pub fn name(self) -> &'static str {
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

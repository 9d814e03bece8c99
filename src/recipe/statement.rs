//! Statements of the script that a recipe becomes.

/// A statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    /// A comment of one line.
    Comment(String),
    /// An empty line.
    Blank,
    /// The call of a binding.
    Call(FunctionCall),
    /// Statements for each item of a list.
    For {
        variable: String,
        items: Expression,
        body: Vec<Statement>,
    },
    /// Code that is always the same.
    Fixed(&'static str),
}

/// The call of a function.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FunctionCall {
    pub(super) function: &'static str,
    pub(super) args: Vec<Expression>,
}

/// An expression of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// No value: resets a setting.
    Unit,
    Bool(bool),
    Int(i64),
    Text(String),
    /// A text with values in it.
    Template(Vec<TemplatePart>),
    /// A variable, a parameter or a property.
    Name(String),
    List(Vec<Expression>),
    Map(Vec<(String, Expression)>),
    Call(Box<FunctionCall>),
}

/// A part of a text with values in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TemplatePart {
    Text(String),
    Name(String),
}

impl Expression {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A map; none without any entry, which an optional argument does not need.
    pub(super) fn options(entries: Vec<(&str, Self)>) -> Option<Self> {
        let entries: Vec<_> = entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        (!entries.is_empty()).then_some(Self::Map(entries))
    }
}

impl Statement {
    pub(super) fn call(function: &'static str, args: impl IntoIterator<Item = Expression>) -> Self {
        Self::Call(FunctionCall {
            function,
            args: args.into_iter().collect(),
        })
    }
}

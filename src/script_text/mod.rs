//! A script as data, for commands that write scripts, and its text in the layout of the bundled
//! scripts. What a text holds never leaves its string or its comment.
//!
//! ```
//! use ascript::script_text::{Expression, ParamText, ScriptText, Statement};
//!
//! let settings = Expression::map([("absolute", "/srv/anna".into())]);
//! let script = ScriptText {
//!     header: vec!["One transfer user.".to_owned()],
//!     params: vec![ParamText::secret("key", "env:KEY", "the key of anna")],
//!     statements: vec![Statement::call("conf.set_user", vec!["anna".into(), settings])],
//!     ..ScriptText::default()
//! };
//! let last = script.to_string().lines().last().map(str::to_owned);
//! assert_eq!(last.as_deref(), Some(r#"conf.set_user("anna", #{ absolute: "/srv/anna" });"#));
//! ```

mod expression;
mod layout;
mod literal;

use crate::state::Platform;

pub use expression::{Expression, value_text};
pub use literal::{free_name, is_name, key, quoted};

/// A script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScriptText {
    /// Its paragraphs in `//!` comments: what it does, in its first sentence, and where it comes
    /// from.
    pub header: Vec<String>,
    /// The modules that it imports, such as `std/users`, each with its name in the script.
    pub imports: Vec<(String, String)>,
    /// The platform that it is for, if it is for one only.
    pub platform: Option<Platform>,
    /// Its parameters, in order.
    pub params: Vec<ParamText>,
    /// What it does.
    pub statements: Vec<Statement>,
}

/// The declaration of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamText {
    /// Its name; `params.NAME` is its value.
    pub name: String,
    /// The name of its type: `string`, `path`, `secret`.
    pub kind: &'static str,
    /// The name of the type of its items, if it is a list.
    pub of: Option<&'static str>,
    /// Its default; without one, it is required.
    pub default: Option<Expression>,
    /// What it is for, in a clause.
    pub help: String,
}

impl ParamText {
    /// A secret with its default reference, such as `env:KEY`.
    pub fn secret(name: &str, reference: &str, help: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: "secret",
            of: None,
            default: Some(reference.into()),
            help: help.to_owned(),
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// A comment of one paragraph.
    Comment(String),
    /// An empty line.
    Blank,
    /// A call, or another expression for its effect.
    Expression(Expression),
    /// `let NAME = …;`
    Let(String, Expression),
    /// A loop over a list. The maps of a list that is written out are on a line each.
    Loop {
        /// The variable.
        variable: String,
        /// The list.
        over: Expression,
        /// What is done for each item.
        body: Vec<Statement>,
    },
}

impl Statement {
    /// A call of a binding or a function.
    pub fn call(name: impl Into<String>, args: Vec<Expression>) -> Self {
        Self::Expression(Expression::Call(name.into(), args))
    }
}

//! The text of a script: its tokens, its lines, what surrounds a position, and which of its
//! strings are shown. The lexer accepts any text, so everything here also works on a line that
//! is still being typed and on a script that does not compile.

mod brackets;
mod cursor;
mod declarations;
mod format;
mod hostile;
mod lexer;
mod redaction;
mod source_text;
mod words;

pub use brackets::{BracketTracker, OpenBracket, matching_bracket, unclosed_bracket};
pub use cursor::{Cursor, Typed};
pub use declarations::{FunctionSource, functions, import_aliases, module_doc};
pub use format::format;
pub use hostile::{escaped, is_hostile};
pub use lexer::{Token, TokenKind, code_tokens, is_identifier, tokens};
pub use redaction::{SecretRules, StringLiteral, has_secret, redact};
pub use source_text::SourceText;
pub use words::{KEYWORDS, RESERVED_WORDS};

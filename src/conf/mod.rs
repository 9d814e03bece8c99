//! aspera.conf: a lossless document, and the table of its settings. Nothing here
//! reads or writes a file, or runs a program.

mod changed_lines;
mod check;
mod compare;
mod content;
mod diff;
mod document;
mod element_kind;
mod elements;
mod encoding;
mod entity;
mod findings;
mod fragment;
mod grammar;
mod index;
mod layout;
mod logins;
mod mask;
mod new_element;
mod noticed;
mod places;
mod read;
mod rules;
mod scan;
mod secret_elements;
mod secret_values;
mod section_tree;
mod setting_findings;
mod settings;
mod splices;
mod staged;
mod table;
mod unknown_elements;
mod unreadable;
mod variants;
mod well_formed;

pub use compare::ConfDifference;
pub use document::Document;
pub use findings::{ConfFinding, FindingLevel};
pub use grammar::join_list;
pub use mask::Masked;
pub use secret_values::secret_values;
pub use settings::{Certainty, Distinction, Notice, Setting};
pub use staged::{SavedEdits, SettingValue};
pub use table::{all_settings, find, is_secret, settings_of, unknown};
pub use unreadable::Unreadable;

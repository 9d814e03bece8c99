//! `ascript call`: performs one request of another program, and answers with one document.

mod commands;
mod keys;
mod request;
mod requested;

use std::path::PathBuf;

use clap::Args;

use crate::exec::{self, InputKind, is_stdin};
use crate::fault::Result;

use super::output::OutputOptions;
use super::requested_format;

use self::request::Request;

pub(super) use self::request::FORMATS;

/// Performs one JSON request of another program, and answers with one JSON document
///
/// The request has everything: the command, the script, its parameters, the secrets. Nothing is
/// asked. docs/wrappers.md describes its keys, docs/request.schema.json is their schema.
#[derive(Args)]
pub(super) struct Call {
    /// The request, or - for standard input
    #[arg(value_name = "REQUEST")]
    file: PathBuf,
}

impl Call {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        requested_format::answer_in_json();
        let bytes = if is_stdin(&self.file) {
            InputKind::REQUEST.read_stdin(std::io::stdin())
        } else {
            InputKind::REQUEST.read(&self.file)
        };
        let request = Request::parse(bytes?)?;
        if request.live {
            exec::check_input(&self.file, std::io::stdin())?;
        }
        commands::execute(request, options)
    }
}

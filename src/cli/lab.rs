//! `ascript lab`: creates an emulated node in a folder.

use std::path::PathBuf;

use clap::Args;

use crate::fault::{Fault, FaultKind, Result};
use crate::lab;
use crate::state::Platform;

use super::common::platforms;
use super::output::{self, OutputOptions};

/// Creates an emulated node, without any vendor software
#[derive(Args)]
pub(super) struct LabArgs {
    /// The folder to create; it must be empty or not exist
    dir: PathBuf,
    /// The operating system it emulates
    #[arg(long, value_name = "PLATFORM", value_parser = platforms(), default_value = "macos")]
    platform: Platform,
    /// Its license: server, client or expired
    #[arg(long, value_name = "KIND", default_value = "server")]
    license: String,
    /// Make a tool fail, be slow, or report success without acting: `asconfigurator=lie`
    #[arg(long, value_name = "PROGRAM=HOW")]
    fault: Vec<String>,
    /// Change an invented behavior: `password_prompts=2`
    #[arg(long, value_name = "NAME=VALUE")]
    knob: Vec<String>,
}

impl LabArgs {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        let to_fault = |error: std::io::Error| {
            let is_usage = error.kind() == std::io::ErrorKind::InvalidInput;
            let kind = if is_usage {
                FaultKind::Usage
            } else {
                FaultKind::Unknown
            };
            Fault::new(kind, error.to_string()).caused_by(error)
        };
        let executable = std::env::current_exe().map_err(to_fault)?;
        let options = lab::LabOptions {
            license: self.license.clone(),
            faults: self.fault.clone(),
            knobs: self.knob.clone(),
            ..lab::LabOptions::new(executable, self.platform.name())
        };
        lab::create(&self.dir, &options).map_err(to_fault)?;
        let dir = self.dir.display();
        // On a Mac, an administrator enables root.
        let parameters = match self.platform {
            Platform::Linux => "",
            Platform::Macos => " --set admin=admin",
        };
        output::document(&format!(
            "{dir} is a {} lab; try:\n  ascript run faspex-node-{} --node {dir}{parameters}\n",
            self.platform, self.platform
        ))?;
        Ok(0)
    }
}

//! `ascript lab`: creates an emulated node in a folder, and serves its Node API.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::lab::{self, Lab, NodeApiPorts};
use crate::state::Platform;

use super::common::platforms;
use super::output::{self, OutputOptions};

/// How often the server looks for a signal to stop.
const POLL: Duration = Duration::from_millis(50);

/// Creates an emulated node, without any vendor software
#[derive(Args)]
pub(super) struct LabArgs {
    /// The folder to create; it must be empty or not exist
    dir: PathBuf,
    /// The operating system it emulates
    #[arg(long, value_name = "PLATFORM", value_parser = platforms(), default_value = "macos")]
    platform: Platform,
    /// What starts its services, on Linux: systemd, init or none
    #[arg(
        long,
        value_name = "MANAGER",
        default_value = "",
        hide_default_value = true
    )]
    services: String,
    /// Its license: server, client or expired
    #[arg(long, value_name = "KIND", default_value = "server")]
    license: String,
    /// Make a tool fail, be slow, or report success without acting: `asconfigurator=lie`
    #[arg(long, value_name = "PROGRAM=HOW")]
    fault: Vec<String>,
    /// Change an invented behavior: `password_prompts=2`
    #[arg(long, value_name = "NAME=VALUE")]
    knob: Vec<String>,
    /// Serve the Node API of this lab, which may exist, on this machine until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// Serve HTTPS on this port, not on those in aspera.conf; 0 takes a free one
    #[arg(long, value_name = "PORT", requires = "serve")]
    https_port: Option<u16>,
    /// Serve HTTP on this port, likewise
    #[arg(long, value_name = "PORT", requires = "serve")]
    http_port: Option<u16>,
}

impl LabArgs {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        if !self.serve {
            self.create()?;
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
            return Ok(0);
        }
        let lab = match Lab::open(&self.dir) {
            Ok(lab) => lab,
            Err(_) => self.create()?,
        };
        self.serve(&lab)
    }

    fn create(&self) -> Result<Lab> {
        let executable = std::env::current_exe().map_err(to_fault)?;
        let options = lab::LabOptions {
            services: self.services.clone(),
            license: self.license.clone(),
            faults: self.fault.clone(),
            knobs: self.knob.clone(),
            ..lab::LabOptions::new(executable, self.platform.name())
        };
        Lab::create(&self.dir, &options).map_err(|error| {
            let fault = to_fault(error);
            if fault.kind() == FaultKind::Usage {
                return fault;
            }
            let dir = self.dir.display();
            let fault = fault.context(format!("cannot create the lab {dir}"));
            fault.hint("choose a folder that does not exist, in one that you may write to")
        })
    }

    fn serve(&self, lab: &Lab) -> Result<u8> {
        let stop = StopFlag::install()?;
        let ports = NodeApiPorts {
            https: self.https_port,
            http: self.http_port,
        };
        let api = lab.serve(ports).map_err(|error| {
            to_fault(error).hint("choose other ports with --https-port and --http-port")
        })?;
        let urls = api.urls().join(" and ");
        let pin = api.pin();
        output::document(&format!(
            "serving the Node API of {} at {urls}; Ctrl-C stops it\nits certificate has the pin {pin}\n",
            self.dir.display()
        ))?;
        while !stop.is_requested() {
            std::thread::sleep(POLL);
        }
        Ok(0)
    }
}

fn to_fault(error: io::Error) -> Fault {
    let is_usage = error.kind() == io::ErrorKind::InvalidInput;
    let kind = if is_usage {
        FaultKind::Usage
    } else {
        FaultKind::Unknown
    };
    let message = if is_usage {
        error.to_string()
    } else {
        reason(&error)
    };
    Fault::new(kind, message).caused_by(error)
}

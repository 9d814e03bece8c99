//! `ascript adopt`: writes a script that makes a node as it is.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;

use crate::adopt::{self, Adoption, Selection};
use crate::data_file;
use crate::exec::{BlankNode, DryRun, StopFlag, Vault, World};
use crate::facts::NodeReader as _;
use crate::fault::{Fault, Result};
use crate::state::Platform;

use super::common::{NodeArgs, OutputFormat};
use super::new_file;
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::runner::Runner;

/// Writes a script from a node: run there, it changes nothing
///
/// Run on a new node, the script makes the same settings, users, groups, virtual links, Node API
/// users and services. Values that are the default anyway are left out. Secrets become parameters;
/// what no call can express becomes a comment at the end, with its line of aspera.conf.
#[derive(Args)]
pub(super) struct AdoptArgs {
    /// Write the script to this file instead of standard output (`-`); an existing file is kept
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only this transfer user, with its Node API users; can be repeated
    #[arg(long = "user", value_name = "NAME")]
    users: Vec<String>,
    /// Only this section, such as server, group/partners, `api_user` or service; can be repeated
    #[arg(long = "section", value_name = "NAME")]
    sections: Vec<String>,
    /// Write the rows of transfer users to this CSV file, in the folder of the script
    #[arg(long, value_name = "FILE.csv")]
    as_data: Option<String>,
    #[command(flatten)]
    node: NodeArgs,
}

impl AdoptArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let selection = Selection::new(&self.users, &self.sections)?;
        let data = self.data_file()?;
        for path in [self.script(), data.as_deref()].into_iter().flatten() {
            new_file::refuse_existing(path)?;
        }
        let stop = StopFlag::install()?;
        let target = stop.while_waiting(|| NodeTarget::find(&self.node, None))?;
        if self.node.node.is_none() && target.folder.is_none() {
            return Err(Fault::usage(format!(
                "there is nothing to adopt: this is {}",
                target.substitute()
            ))
            .hint("name an installation, a lab or a snapshot with --node"));
        }
        let runner = Runner::new(target, &self.node, options, OutputFormat::Text, &stop)?;
        let mut world = runner.world()?;
        let mut blank = blank_node(world.node().platform, &stop);
        let data_name = self.as_data.as_deref();
        let adoption = adopt::adopt(&mut world, &mut blank, &selection, data_name)?;
        stop.check()?;
        self.write(&adoption, data.as_deref())?;
        if !options.is_quiet() {
            self.report(&adoption, data.as_deref());
        }
        Ok(0)
    }

    /// The path of the script; `None` for standard output.
    fn script(&self) -> Option<&Path> {
        self.output
            .as_deref()
            .filter(|path| *path != Path::new("-"))
    }

    /// The path of the file of data.
    fn data_file(&self) -> Result<Option<PathBuf>> {
        let Some(name) = &self.as_data else {
            return Ok(None);
        };
        let Some(script) = self.script() else {
            return Err(Fault::usage("--as-data needs a file for the script")
                .hint("write, for example, -o node.rhai"));
        };
        let is_csv = Path::new(name)
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("csv"));
        if !is_csv || name.contains('/') {
            let fault = Fault::usage(format!(
                "--as-data must be the name of a CSV file, not {name}"
            ));
            return Err(fault.hint("write, for example, --as-data users.csv"));
        }
        Ok(Some(script.with_file_name(name)))
    }

    fn write(&self, adoption: &Adoption, data: Option<&Path>) -> Result<()> {
        let Some(path) = self.script() else {
            return output::document(&adoption.script);
        };
        if let (Some(path), Some(rows)) = (data, &adoption.data) {
            new_file::write(path, &data_file::csv_text(rows)?)?;
        }
        new_file::write(path, &adoption.script.to_string())
    }

    fn report(&self, adoption: &Adoption, data: Option<&Path>) {
        if let Some(path) = self.script() {
            output::say(&format!("wrote {}", path.display()));
        }
        if adoption.script.statements.is_empty() {
            output::say("Nothing of that is set on the node, so the script does nothing.");
        }
        match (data, &adoption.data) {
            (Some(path), Some(rows)) => {
                output::say(&format!("wrote {}: {} rows", path.display(), rows.len()));
            }
            (Some(path), None) => output::say(&format!(
                "{} was not written: no three users have the same settings as plain text",
                path.display()
            )),
            (None, _) => {}
        }
        if !adoption.secrets.is_empty() {
            output::say("Supply these secrets before a live run:");
        }
        for secret in &adoption.secrets {
            output::say(&format!("  {}  {}", secret.reference, secret.uses()));
        }
        match adoption.left_out {
            0 => {}
            1 => output::say("1 thing is not in the script; a comment at its end names it."),
            count => output::say(&format!(
                "{count} things are not in the script; comments at its end name them."
            )),
        }
    }
}

/// Previews what an adopted script does on a blank node.
fn blank_node(platform: Platform, stop: &StopFlag) -> DryRun {
    let vault = Rc::new(RefCell::new(Vault::unattended()));
    let world = World::new(Box::new(BlankNode::new(platform)), vault);
    DryRun::new(world).stopped_by(stop)
}

//! `ascript processes`: services that run without a manager that shows them.

use super::RunReading;
use super::output::unknown_format;
use super::service_names::{ServiceStatus, service_name, service_names, short_name};
use crate::fault::Result;
use crate::state::Platform;
use crate::step::Command;

/// Reads a service by its process. One of the product that does not run may run later;
/// of others, nothing shows that the node has them.
pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<ServiceStatus>> {
    let program = service_name(Platform::Linux, name)?;
    let output = run(&Command::new("ascript").arg("processes").arg(program))?;
    let subject = format!("service/{name}");
    if !output.is_success() {
        return Err(output.unreadable("ascript", &subject));
    }
    let Some(line) = output.first_line() else {
        let short = short_name(Platform::Linux, name);
        let is_own = service_names(Platform::Linux).contains(&short);
        return Ok(is_own.then(ServiceStatus::default));
    };
    let words: Vec<_> = line.split_whitespace().map(str::parse::<u64>).collect();
    match words[..] {
        [Ok(pid), Ok(started)] => Ok(Some(ServiceStatus {
            running: true,
            pid: pid.try_into().ok(),
            unix_start: Some(started),
            ..ServiceStatus::default()
        })),
        _ => Err(unknown_format("ascript", &subject, line)),
    }
}

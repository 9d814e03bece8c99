//! The services of the product, what each platform calls them, and how one is
//! restarted. It does not say which change asks for which restart.

use super::asuserdata::validate;
use super::{launchctl, systemctl};
use crate::fault::{Fault, Result};
use crate::state::Platform;
use crate::step::Command;

/// What launchd puts before the names of the product's services.
const LABEL: &str = "com.aspera.";

/// The product's services, by the names scripts use.
pub fn service_names(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Macos => &[
            "asperacentral",
            "asperahttpd",
            "asperalee",
            "asperanoded",
            "asperaredisd",
            "asperarund",
        ],
        Platform::Linux => &[
            "asperacentral",
            "asperaejd",
            "asperahttpd",
            "asperalee",
            "asperanoded",
            "asperaredisd",
            "asperarund",
        ],
    }
}

/// What the platform calls a service: `com.aspera.asperahttpd` on macOS. A
/// name that is not one of [`service_names`] is taken as it is, but for the
/// label's prefix.
pub fn service_name(platform: Platform, name: &str) -> Result<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@');
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(is_word) {
        return Err(
            Fault::refused(format!("`{}` is no name of a service", name.escape_debug()))
                .nearest(name, service_names(platform).iter().copied()),
        );
    }
    Ok(match platform {
        Platform::Macos if !name.contains('.') => format!("{LABEL}{name}"),
        Platform::Linux if name == "asperalee" => "alee".to_owned(),
        Platform::Macos | Platform::Linux => name.to_owned(),
    })
}

/// The commands that restart a service. The vendor's validator goes first: a
/// service that cannot read aspera.conf does not come back.
pub fn restart(platform: Platform, name: &str) -> Result<Vec<Command>> {
    let name = service_name(platform, name)?;
    let mut made = vec![validate()];
    match platform {
        Platform::Macos => made.extend(launchctl::restart(&name)),
        Platform::Linux => made.extend(systemctl::restart(&name)),
    }
    Ok(made)
}

//! The license file of the lab, which contains one word for the kind of license,
//! and the lines that programs print about it.

use std::fs;
use std::io;

use super::lab_folder::{LICENSE, LabFolder, LabPlatform, invalid_input};
use super::program_call::ProgramCall;

/// The kinds of license, and the content of the file for each.
const KINDS: [(&str, Option<&str>); 6] = [
    ("server", Some("server")),
    ("client", Some("client")),
    ("expired", Some("expired")),
    ("none", None),
    ("empty", Some("")),
    ("garbage", Some("<license")),
];

/// The content of the file for a kind of license; `None` for no file.
pub(super) fn content(kind: &str) -> io::Result<Option<String>> {
    let known = KINDS.iter().find(|known| known.0 == kind);
    let Some((_, word)) = known else {
        let kinds = KINDS.map(|known| known.0).join(", ");
        return Err(invalid_input(format!(
            "unknown license `{kind}`; use one of {kinds}"
        )));
    };
    Ok(word.map(|word| format!("{word}\n")))
}

/// The version of the emulated product.
pub(super) const VERSION: &str = "4.4.5.1646";

/// Whether the license enables a feature.
pub(super) fn allows(folder: &LabFolder, feature: &str) -> bool {
    let word = fs::read_to_string(folder.path(LICENSE)).unwrap_or_default();
    word.trim() == "server" && ENABLED.contains(feature)
}

const ENABLED: &str = "connect, mobile, cargo, node, drive, http_fallback_server, \
    group_configuration, shared_endpoints, desktop_gui and sync2";

/// Prints the answer to `-A`, in the layout of published output.
pub(super) fn print_license(call: &ProgramCall, program: &str) -> io::Result<u8> {
    let file = fs::read_to_string(call.folder.path(LICENSE));
    let word = file.as_deref().unwrap_or_default().trim().to_owned();
    let product = match word.as_str() {
        "client" => "SDK version 1.1.1.52",
        _ => &format!("High-Speed Transfer Server version {VERSION}"),
    };
    let system = match call.folder.platform()? {
        LabPlatform::Macos => "MacOSX",
        LabPlatform::Linux => "Linux",
    };
    call.print_line(format_args!("IBM Aspera {product}"))?;
    call.print_line(format_args!("{program} version {VERSION}"))?;
    call.print_line(format_args!("Operating System: {system}"))?;
    call.print_line("FIPS 140-2-validated crypto ready to configure")?;
    call.print_line("AES-NI Supported")?;
    match word.as_str() {
        "server" => print_features(call, "Mon Dec 31 23:59:59 2035"),
        "expired" => print_features(call, "Thu Dec 31 15:59:59 2020"),
        "client" => {
            call.print_line("License max rate=(unlimited), account no.=1, license no.=57999")?;
            call.print_line("Enabled settings: desktop_gui")?;
            Ok(0)
        }
        _ if file.is_err() => {
            let dir = call.folder.path("etc");
            call.report_error(
                1,
                format_args!("'aspera-license' could not be found in '{}'", dir.display()),
            )
        }
        _ => call.report_error(1, "License Error: Ill-formed license"),
    }
}

fn print_features(call: &ProgramCall, date: &str) -> io::Result<u8> {
    call.print_line(format_args!(
        "Connect Server License max rate=10000 Mbps, account no.=1, license no.=1. \
         Expiration date: {date}"
    ))?;
    call.print_line(format_args!("Enabled settings: {ENABLED}"))?;
    Ok(0)
}

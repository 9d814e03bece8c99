//! Which programs there are, where the system keeps its own, and which calls
//! only read. It does not say where the product is installed.

use crate::state::Platform;
use crate::step::{Command, Piece, Stdin};

/// Programs of the product, in its `bin` or `sbin`.
pub const VENDOR_PROGRAMS: &[&str] = &[
    "asconfigurator",
    "ascp",
    "asnodeadmin",
    "asuserdata",
    "async",
];

/// Programs of the operating system, of either platform.
pub const SYSTEM_PROGRAMS: &[&str] = &[
    "chpasswd",
    "dscl",
    "dseditgroup",
    "dsenableroot",
    "getent",
    "gpasswd",
    "install",
    "launchctl",
    "rmdir",
    "stat",
    "sysadminctl",
    "systemctl",
    "uname",
    "useradd",
    "userdel",
    "usermod",
];

/// Where a program of the operating system is kept, best first; nowhere if
/// the platform has none of that name. `PATH` is never asked.
pub fn system_path(platform: Platform, program: &str) -> &'static [&'static str] {
    match platform {
        Platform::Macos => macos_path(program),
        Platform::Linux => linux_path(program),
    }
}

fn macos_path(program: &str) -> &'static [&'static str] {
    match program {
        "dscl" => &["/usr/bin/dscl"],
        "dseditgroup" => &["/usr/sbin/dseditgroup"],
        "dsenableroot" => &["/usr/sbin/dsenableroot"],
        "install" => &["/usr/bin/install"],
        "launchctl" => &["/bin/launchctl"],
        "rmdir" => &["/bin/rmdir"],
        "stat" => &["/usr/bin/stat"],
        "sysadminctl" => &["/usr/sbin/sysadminctl"],
        "uname" => &["/usr/bin/uname"],
        _ => &[],
    }
}

fn linux_path(program: &str) -> &'static [&'static str] {
    match program {
        "chpasswd" => &["/usr/sbin/chpasswd"],
        "getent" => &["/usr/bin/getent"],
        "gpasswd" => &["/usr/bin/gpasswd"],
        "install" => &["/usr/bin/install"],
        "rmdir" => &["/usr/bin/rmdir", "/bin/rmdir"],
        "stat" => &["/usr/bin/stat", "/bin/stat"],
        "systemctl" => &["/usr/bin/systemctl", "/bin/systemctl"],
        "uname" => &["/usr/bin/uname", "/bin/uname"],
        "useradd" => &["/usr/sbin/useradd"],
        "userdel" => &["/usr/sbin/userdel"],
        "usermod" => &["/usr/sbin/usermod"],
        _ => &[],
    }
}

/// The programs that read or change something of a node: of `conf`, say, or
/// of its `service`s.
pub fn programs_about(platform: Platform, about: &str) -> &'static [&'static str] {
    match (about, platform) {
        ("conf", _) => &["asconfigurator", "asuserdata"],
        ("node", _) => &["asnodeadmin"],
        ("license", _) => &["ascp"],
        ("sync", _) => &["async"],
        ("dir", _) => &["install", "rmdir", "stat"],
        ("service", Platform::Macos) => &["asuserdata", "launchctl"],
        ("service", Platform::Linux) => &["asuserdata", "systemctl"],
        ("account", Platform::Macos) => &["dscl", "dseditgroup", "sysadminctl"],
        ("account", Platform::Linux) => &[
            "chpasswd", "getent", "gpasswd", "useradd", "userdel", "usermod",
        ],
        ("root", Platform::Macos) => &["dscl", "dsenableroot"],
        ("node itself", _) => &["uname"],
        _ => &[],
    }
}

/// Whether a call only reads, so that a preview may start it.
pub fn is_reading(command: &Command) -> bool {
    if command.stdin != Stdin::Empty {
        return false;
    }
    let mut args = command.args.iter().map(|arg| match arg {
        Piece::Text(text) => text.as_ref(),
        Piece::Secret(_) => "",
    });
    let mut next = || args.next().unwrap_or_default();
    match command.program.as_ref() {
        "getent" | "stat" | "uname" | "asuserdata" => true,
        "ascp" => next() == "-A" && command.args.len() == 1,
        "asnodeadmin" => next() == "-l" && command.args.len() == 1,
        "launchctl" => next() == "list",
        "systemctl" => next() == "show",
        "dscl" => next() == "." && next() == "-read",
        "dseditgroup" => next() == "-o" && next() == "checkmember",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_program_has_a_fixed_place_somewhere() {
        for program in SYSTEM_PROGRAMS {
            let places = [Platform::Macos, Platform::Linux]
                .into_iter()
                .flat_map(|platform| system_path(platform, program));
            let places: Vec<_> = places.collect();
            assert!(!places.is_empty(), "{program}");
            for place in places {
                assert!(place.ends_with(&format!("/{program}")), "{place}");
            }
        }
        assert!(system_path(Platform::Linux, "launchctl").is_empty());
    }

    #[test]
    fn only_known_readings_are_readings() {
        let call = |program: &'static str, args: &[&'static str]| {
            Command::new(program).args(args.iter().copied())
        };
        assert!(is_reading(&call("ascp", &["-A"])));
        assert!(is_reading(&call("dscl", &[".", "-read", "/Users/a"])));
        assert!(!is_reading(&call("ascp", &["-A", "-d"])));
        assert!(!is_reading(&call("dscl", &[".", "-create", "/Users/a"])));
        assert!(!is_reading(&call("asnodeadmin", &["-d", "-u", "-l"])));
        assert!(!is_reading(&call("systemctl", &["restart", "a"])));
        assert!(!is_reading(&call("asconfigurator", &[])));
    }
}

//! The programs that commands and readings start: their names, the fixed paths
//! of the operating system's own, and which calls only read. Where the product
//! is installed is not known here.

use super::asyncadmin::ASYNCADMIN;
use super::init_script;
use super::node_api::NODE_API;
use super::user_services;
use crate::state::Platform;
use crate::step::{Command, Piece, Stdin};

use ProgramSource::{Absent, Own, System, Vendor};

/// A program that a command or a reading names.
struct ToolProgram {
    name: &'static str,
    on_macos: ProgramSource,
    on_linux: ProgramSource,
}

/// Where a program of one platform comes from.
enum ProgramSource {
    /// The platform has no such program.
    Absent,
    /// The product, in its `bin` or `sbin`.
    Vendor,
    /// This program itself.
    Own,
    /// The operating system, at the first of these paths that exists.
    System(&'static [&'static str]),
}

/// The name under which commands call this program itself.
pub const OWN_PROGRAM: &str = "ascript";

/// Every program that `tools` names.
const PROGRAMS: [ToolProgram; 37] = [
    this_program(),
    vendor("asconfigurator"),
    vendor("ascp"),
    vendor("asnodeadmin"),
    vendor("asperawatchd"),
    vendor("asperawatchfolderd"),
    vendor("asrun"),
    vendor("asuserdata"),
    vendor("async"),
    vendor(ASYNCADMIN),
    macos("dscl", &["/usr/bin/dscl"]),
    macos("dseditgroup", &["/usr/sbin/dseditgroup"]),
    macos("dsenableroot", &["/usr/sbin/dsenableroot"]),
    macos("launchctl", &["/bin/launchctl"]),
    macos("pwpolicy", &["/usr/bin/pwpolicy"]),
    macos("sysadminctl", &["/usr/sbin/sysadminctl"]),
    linux("chage", &["/usr/bin/chage"]),
    linux("chkconfig", &["/usr/sbin/chkconfig", "/sbin/chkconfig"]),
    linux("chpasswd", &["/usr/sbin/chpasswd"]),
    linux("find", &["/usr/bin/find", "/bin/find"]),
    linux("getent", &["/usr/bin/getent"]),
    linux("gpasswd", &["/usr/bin/gpasswd"]),
    linux("groupadd", &["/usr/sbin/groupadd"]),
    linux("groupdel", &["/usr/sbin/groupdel"]),
    linux("passwd", &["/usr/bin/passwd"]),
    linux("service", &["/usr/sbin/service", "/sbin/service"]),
    linux("systemctl", &["/usr/bin/systemctl", "/bin/systemctl"]),
    linux("update-rc.d", &["/usr/sbin/update-rc.d"]),
    linux("useradd", &["/usr/sbin/useradd"]),
    linux("userdel", &["/usr/sbin/userdel"]),
    linux("usermod", &["/usr/sbin/usermod"]),
    system("id", &["/usr/bin/id"], &["/usr/bin/id", "/bin/id"]),
    system("install", &["/usr/bin/install"], &["/usr/bin/install"]),
    system("rmdir", &["/bin/rmdir"], &["/usr/bin/rmdir", "/bin/rmdir"]),
    system("sudo", &["/usr/bin/sudo"], &["/usr/bin/sudo"]),
    system("stat", &["/usr/bin/stat"], &["/usr/bin/stat", "/bin/stat"]),
    system(
        "uname",
        &["/usr/bin/uname"],
        &["/usr/bin/uname", "/bin/uname"],
    ),
];

const fn this_program() -> ToolProgram {
    ToolProgram {
        name: OWN_PROGRAM,
        on_macos: Own,
        on_linux: Own,
    }
}

const fn vendor(name: &'static str) -> ToolProgram {
    ToolProgram {
        name,
        on_macos: Vendor,
        on_linux: Vendor,
    }
}

const fn macos(name: &'static str, paths: &'static [&'static str]) -> ToolProgram {
    ToolProgram {
        name,
        on_macos: System(paths),
        on_linux: Absent,
    }
}

const fn linux(name: &'static str, paths: &'static [&'static str]) -> ToolProgram {
    ToolProgram {
        name,
        on_macos: Absent,
        on_linux: System(paths),
    }
}

const fn system(
    name: &'static str,
    on_macos: &'static [&'static str],
    on_linux: &'static [&'static str],
) -> ToolProgram {
    ToolProgram {
        name,
        on_macos: System(on_macos),
        on_linux: System(on_linux),
    }
}

impl ToolProgram {
    fn source(&self, platform: Platform) -> &ProgramSource {
        match platform {
            Platform::Macos => &self.on_macos,
            Platform::Linux => &self.on_linux,
        }
    }
}

/// The names of the programs that commands and readings of a platform use.
pub fn program_names(platform: Platform) -> impl Iterator<Item = &'static str> {
    let present = PROGRAMS
        .iter()
        .filter(move |program| !matches!(program.source(platform), Absent));
    present.map(|program| program.name)
}

/// The fixed paths of a program of the operating system, best first; none for
/// a program of the product. `PATH` is never searched.
pub fn system_path(platform: Platform, program: &str) -> &'static [&'static str] {
    let row = PROGRAMS.iter().find(|row| row.name == program);
    match row.map(|row| row.source(platform)) {
        Some(System(paths)) => paths,
        Some(Own | Vendor | Absent) | None => &[],
    }
}

/// The programs that read or change one part of a node, such as `conf` or
/// `service`.
pub fn programs_about(platform: Platform, about: &str) -> &'static [&'static str] {
    match (about, platform) {
        ("conf", _) => &["asconfigurator", "asuserdata"],
        ("node", _) => &["asnodeadmin"],
        ("api" | "access_key", _) => &[NODE_API],
        ("license", _) => &["ascp"],
        ("license file", _) => &["ascp", "ascript", "stat", "sudo"],
        ("sync", _) => &["async", "sudo"],
        ("sync service", Platform::Macos) => &["ascript", "launchctl", "stat"],
        ("sync service", Platform::Linux) => &["ascript", "stat", "systemctl"],
        ("sync status", _) => &[ASYNCADMIN],
        ("dir", _) => &["install", "rmdir", "stat"],
        ("service", Platform::Macos) => &[
            "asnodeadmin",
            "asperawatchd",
            "asperawatchfolderd",
            "asrun",
            "asuserdata",
            "launchctl",
            "stat",
        ],
        ("service", Platform::Linux) => &[
            "ascript",
            "asnodeadmin",
            "asperawatchd",
            "asperawatchfolderd",
            "asrun",
            "asuserdata",
            "chkconfig",
            "find",
            "service",
            "systemctl",
            "update-rc.d",
        ],
        ("file", _) => &["ascript", "stat"],
        ("account", Platform::Macos) => &["dscl", "dseditgroup", "id", "pwpolicy", "sysadminctl"],
        ("account", Platform::Linux) => &[
            "chage", "chpasswd", "getent", "gpasswd", "id", "passwd", "useradd", "userdel",
            "usermod",
        ],
        ("ssh", Platform::Macos) => &["ascript", "dscl"],
        ("ssh", Platform::Linux) => &["ascript", "getent"],
        ("group", Platform::Macos) => &["dscl", "dseditgroup"],
        ("group", Platform::Linux) => &["getent", "gpasswd", "groupadd", "groupdel", "usermod"],
        ("root", Platform::Macos) => &["dscl", "dsenableroot"],
        ("node itself", _) => &["uname"],
        _ => &[],
    }
}

/// Whether a call only reads, so that a preview may start it.
pub fn is_reading(command: &Command) -> bool {
    if command.stdin != Stdin::Empty || command.user.is_some() {
        return false;
    }
    let args = command.args.iter().map(|arg| match arg {
        Piece::Text(text) => text.as_ref(),
        Piece::Secret(_) | Piece::File(_) => "",
    });
    let all: Vec<_> = args.collect();
    let mut args = all.iter().copied();
    let mut next = || args.next().unwrap_or_default();
    match command.program.as_ref() {
        "getent" | "id" | "stat" | "uname" | "asuserdata" => true,
        ASYNCADMIN => {
            next() == "--quiet" && next().starts_with("--name=") && command.args.len() == 3
        }
        "ascp" => next() == "-A" && command.args.len() == 1,
        NODE_API => next() == "GET",
        "asnodeadmin" => next() == "-l" && command.args.len() == 1,
        "launchctl" => match next() {
            "print" => next().starts_with("system/"),
            "print-disabled" => next() == "system",
            _ => false,
        },
        "systemctl" => matches!(next(), "show" | "is-enabled"),
        "dscl" => next() == "." && next() == "-read",
        "dseditgroup" => next() == "-o" && next() == "checkmember",
        "ascript" => match next() {
            "authorized-keys" => next() == "list",
            word => word == "processes",
        },
        "find" => init_script::is_links(&all),
        "asrun" => user_services::is_listing(&all),
        "service" => all.len() == 2 && all[1] == "status",
        "passwd" => next() == "-S",
        "chage" => next() == "-l",
        "pwpolicy" => args.nth(2) == Some("-authentication-allowed") && command.args.len() == 3,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_paths_are_absolute_and_end_with_the_program_name() {
        for platform in [Platform::Macos, Platform::Linux] {
            for program in program_names(platform) {
                for path in system_path(platform, program) {
                    assert!(path.starts_with('/') && path.ends_with(&format!("/{program}")));
                }
            }
        }
        assert!(system_path(Platform::Linux, "launchctl").is_empty());
        assert!(!system_path(Platform::Linux, "stat").is_empty());
    }

    #[test]
    fn the_programs_about_a_part_are_in_the_table() {
        for platform in [Platform::Macos, Platform::Linux] {
            let names: Vec<_> = program_names(platform).collect();
            for about in [
                "conf",
                "node",
                "license",
                "license file",
                "sync",
                "sync service",
                "sync status",
                "dir",
                "file",
                "service",
                "account",
                "group",
                "ssh",
                "root",
                "node itself",
            ] {
                for program in programs_about(platform, about) {
                    assert!(names.contains(program), "{about}: {program}");
                }
            }
        }
    }

    #[test]
    fn is_reading_accepts_only_known_reading_calls() {
        let call = |program: &'static str, args: &[&'static str]| {
            Command::new(program).args(args.iter().copied())
        };
        assert!(is_reading(&call("ascp", &["-A"])));
        assert!(is_reading(&call("dscl", &[".", "-read", "/Users/a"])));
        assert!(!is_reading(&call("ascp", &["-A", "-d"])));
        assert!(!is_reading(&call("dscl", &[".", "-create", "/Users/a"])));
        assert!(!is_reading(&call("asnodeadmin", &["-d", "-u", "-l"])));
        assert!(!is_reading(&call("systemctl", &["restart", "a"])));
        assert!(is_reading(&call("passwd", &["-S", "a"])));
        assert!(!is_reading(&call("passwd", &["--lock", "-S"])));
        assert!(!is_reading(&call("chage", &["-E", "-l"])));
        let policy = |verb| call("pwpolicy", &["-u", "a", verb]);
        assert!(is_reading(&policy("-authentication-allowed")));
        assert!(!is_reading(&policy("-disableuser")));
        assert!(!is_reading(&call("asconfigurator", &[])));
        assert!(is_reading(&call(NODE_API, &["GET", "/access_keys/k1"])));
        assert!(!is_reading(&call(NODE_API, &["DELETE", "/access_keys/k1"])));
        assert!(!is_reading(&call("ascp", &["-A"]).user("lion")));
    }
}

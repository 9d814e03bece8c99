//! The scripts and modules that the binary contains.

/// A script or module that the binary contains.
pub struct Bundled {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The bundled scripts.
pub static SCRIPTS: &[Bundled] = &[
    Bundled {
        name: "faspex-node-macos",
        text: include_str!("../../scripts/faspex-node-macos.rhai"),
    },
    Bundled {
        name: "faspex-node-linux",
        text: include_str!("../../scripts/faspex-node-linux.rhai"),
    },
    Bundled {
        name: "sync-access-key",
        text: include_str!("../../scripts/sync-access-key.rhai"),
    },
];

/// The modules under `std/`.
pub static STDLIB: &[Bundled] = &[
    Bundled {
        name: "std/api",
        text: include_str!("../../stdlib/api.rhai"),
    },
    Bundled {
        name: "std/bandwidth",
        text: include_str!("../../stdlib/bandwidth.rhai"),
    },
    Bundled {
        name: "std/cloud",
        text: include_str!("../../stdlib/cloud.rhai"),
    },
    Bundled {
        name: "std/console",
        text: include_str!("../../stdlib/console.rhai"),
    },
    Bundled {
        name: "std/docroot",
        text: include_str!("../../stdlib/docroot.rhai"),
    },
    Bundled {
        name: "std/faspex",
        text: include_str!("../../stdlib/faspex.rhai"),
    },
    Bundled {
        name: "std/security",
        text: include_str!("../../stdlib/security.rhai"),
    },
    Bundled {
        name: "std/server",
        text: include_str!("../../stdlib/server.rhai"),
    },
    Bundled {
        name: "std/shares",
        text: include_str!("../../stdlib/shares.rhai"),
    },
    Bundled {
        name: "std/tokens",
        text: include_str!("../../stdlib/tokens.rhai"),
    },
    Bundled {
        name: "std/users",
        text: include_str!("../../stdlib/users.rhai"),
    },
    Bundled {
        name: "std/sync",
        text: include_str!("../../stdlib/sync.rhai"),
    },
    Bundled {
        name: "std/watchfolders",
        text: include_str!("../../stdlib/watchfolders.rhai"),
    },
];

/// The bundled script of that name.
pub fn bundled(name: &str) -> Option<&'static Bundled> {
    SCRIPTS.iter().find(|script| script.name == name)
}

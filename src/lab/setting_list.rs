//! The settings that the lab's `asconfigurator` and `asuserdata` know: the path of
//! each in the file, and its name, which follows from the path by the vendor's
//! rules. The list is the lab's own.

use std::sync::LazyLock;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingShape {
    Text,
    Boolean,
    Number,
    /// Repeated elements; the first character of the value is the separator.
    List,
}

/// One setting of a section.
#[derive(Clone, Debug)]
pub(super) struct LabSetting {
    pub(super) name: String,
    pub(super) path: Vec<String>,
    pub(super) shape: SettingShape,
}

impl LabSetting {
    pub(super) fn steps(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }
}

/// A kind of section with settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingGroup {
    /// A user, a group, or the default for all.
    Body,
    Trunk,
    Central,
    Database,
    Server,
    HttpServer,
    Client,
    Logging,
}

const GROUPS: [SettingGroup; 8] = [
    SettingGroup::Body,
    SettingGroup::Trunk,
    SettingGroup::Central,
    SettingGroup::Database,
    SettingGroup::Server,
    SettingGroup::HttpServer,
    SettingGroup::Client,
    SettingGroup::Logging,
];

/// The paths by group.
const PATHS: &str = include_str!("setting_list.txt");

/// Names that do not follow from the path.
const EXCEPTIONS: [(SettingGroup, &str, &str); 11] = [
    (
        SettingGroup::Body,
        "authorization/token/key_file",
        "token_encryption_keyfile",
    ),
    (
        SettingGroup::Body,
        "pvcl/download_target_rate_strategy/target_rate",
        "pvcl_download_target_rate",
    ),
    (
        SettingGroup::Body,
        "pvcl/download_target_rate_strategy/policy",
        "pvcl_download_target_rate_policy",
    ),
    (
        SettingGroup::Body,
        "transfer/encryption/extension",
        "transfer_encryption_content_protection_extension",
    ),
    (
        SettingGroup::Body,
        "file_system/filters/filter",
        "file_filters",
    ),
    (
        SettingGroup::Body,
        "file_system/access/paths/path/restrictions/restriction",
        "file_restriction",
    ),
    (
        SettingGroup::Body,
        "aspshell_commands/command",
        "additional_shell_calls",
    ),
    (SettingGroup::Body, "watch/log_directory", "watch_log_dir"),
    (SettingGroup::Trunk, "capacity/schedule", "trunk_capacity"),
    (SettingGroup::Client, "default_ssh_key", "ssh_key"),
    (
        SettingGroup::Client,
        "encryption_cipher",
        "transport_cipher",
    ),
];

impl SettingGroup {
    /// The heading of this group in the list.
    fn heading(self) -> &'static str {
        match self {
            Self::Body => "[body]",
            Self::Trunk => "[trunk]",
            Self::Central => "[central_server]",
            Self::Database => "[database]",
            Self::Server => "[server]",
            Self::HttpServer => "[http_server]",
            Self::Client => "[client]",
            Self::Logging => "[logging]",
        }
    }

    /// Every setting of this group, in the order of the list.
    pub(super) fn settings(self) -> &'static [LabSetting] {
        static LISTS: LazyLock<[Vec<LabSetting>; 8]> =
            LazyLock::new(|| GROUPS.map(SettingGroup::parse_list));
        let at = GROUPS.iter().position(|group| *group == self);
        at.map_or(&[], |at| LISTS[at].as_slice())
    }

    pub(super) fn find(self, name: &str) -> Option<&'static LabSetting> {
        self.settings().iter().find(|setting| setting.name == name)
    }

    fn parse_list(self) -> Vec<LabSetting> {
        let mut lines = PATHS.lines().skip_while(|line| *line != self.heading());
        lines.next();
        let paths = lines
            .take_while(|line| !line.is_empty())
            .flat_map(expand_braces);
        paths.map(|path| self.setting(&path)).collect()
    }

    fn setting(self, path: &str) -> LabSetting {
        let shape = match path.chars().next_back() {
            Some('?') => SettingShape::Boolean,
            Some('#') => SettingShape::Number,
            Some('*') => SettingShape::List,
            _ => SettingShape::Text,
        };
        let path = path.trim_end_matches(['?', '#', '*']);
        LabSetting {
            name: self.name(path),
            path: path.split('/').map(str::to_owned).collect(),
            shape,
        }
    }

    fn name(self, path: &str) -> String {
        let exception = EXCEPTIONS.iter().find(|row| row.0 == self && row.1 == path);
        if let Some(row) = exception {
            return row.2.to_owned();
        }
        match self {
            Self::Body => body_name(path),
            Self::Trunk => format!("trunk_{}", path.replace('/', "_")),
            Self::Server => server_name(path),
            Self::Central | Self::Database | Self::HttpServer | Self::Client | Self::Logging => {
                path.replace('/', "_")
            }
        }
    }
}

/// The name of a setting of a user, a group or the default.
fn body_name(path: &str) -> String {
    let bare = [
        "file_system/access/paths/path/",
        "authorization/token",
        "file_system/",
    ];
    if let Some(leaf) = path.strip_prefix(bare[0]) {
        return leaf.to_owned();
    }
    if let Some(leaf) = path.strip_prefix(bare[1]) {
        return format!("token{}", leaf.replace('/', "_"));
    }
    let path = path.strip_prefix(bare[2]).unwrap_or(path);
    // Directly below `transfer`, only the two log settings keep the prefix.
    match path.strip_prefix("transfer/") {
        Some(leaf) if !leaf.contains('/') && !leaf.starts_with("log_") => leaf.to_owned(),
        _ => path.replace('/', "_"),
    }
}

/// The daemons under `watch` have no prefix, and most log folders a short name.
fn server_name(path: &str) -> String {
    let own = path
        .strip_prefix("watch/")
        .filter(|rest| rest.contains('/'));
    let name = own.unwrap_or(path).replace('/', "_");
    if name.starts_with("rproxy") {
        return name;
    }
    name.replace("log_directory", "log_dir")
}

/// Expands `a{b,c}d` to `abd` and `acd`.
fn expand_braces(pattern: &str) -> Vec<String> {
    let parts = pattern.split_once('{').and_then(|(head, rest)| {
        let (choices, tail) = rest.split_once('}')?;
        Some((head, choices, tail))
    });
    let Some((head, choices, tail)) = parts else {
        return vec![pattern.to_owned()];
    };
    let one = |choice: &str| expand_braces(&format!("{head}{choice}{tail}"));
    choices.split(',').flat_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(group: SettingGroup, name: &str) -> String {
        group
            .find(name)
            .map_or_else(|| format!("{name}?"), |setting| setting.path.join("/"))
    }

    #[test]
    fn names_follow_from_paths() {
        let rows = [
            ("absolute", "file_system/access/paths/path/absolute"),
            ("token_life_seconds", "authorization/token/life_seconds"),
            (
                "authorization_transfer_in_value",
                "authorization/transfer/in/value",
            ),
            (
                "lua_file_stop_script_path",
                "transfer/lua_file_stop_script_path",
            ),
            ("transfer_log_stats_interval", "transfer/log_stats_interval"),
            ("storage_rc_buf_min", "file_system/storage_rc/buf_min"),
            (
                "file_restriction",
                "file_system/access/paths/path/restrictions/restriction",
            ),
            (
                "transfer_out_bandwidth_flow_target_rate_cap",
                "transfer/out/bandwidth/flow/target_rate/cap",
            ),
        ];
        for (name, wanted) in rows {
            assert_eq!(path(SettingGroup::Body, name), wanted);
        }
        assert_eq!(
            path(SettingGroup::Trunk, "trunk_capacity"),
            "capacity/schedule"
        );
        assert_eq!(
            path(SettingGroup::Client, "transport_cipher"),
            "encryption_cipher"
        );
        assert_eq!(
            path(SettingGroup::Central, "persistent_store"),
            "persistent_store"
        );
        assert_eq!(
            path(SettingGroup::Server, "rund_log_dir"),
            "rund/log_directory"
        );
    }

    #[test]
    fn names_are_unique_in_a_group() {
        for group in GROUPS {
            let mut names: Vec<_> = group.settings().iter().map(|s| &s.name).collect();
            names.sort();
            let all = names.len();
            names.dedup();
            assert!(all > 0 && names.len() == all, "{group:?}");
        }
    }
}

//! `asuserdata`: effective values, and whether the file is one that a server
//! accepts. It changes nothing.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::conf_check::find_problems;
use crate::lab::conf_file::{ConfFile, ConfScope, first_value, setting_value};
use crate::lab::lab_folder::LabFolder;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::setting_list::{LabSetting, SettingGroup};
use crate::lab::xml_tree::XmlElement;

pub(super) const PROGRAM: LabProgram = LabProgram::new("asuserdata", ActingCalls::Never, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "avbt",
    values: "ug",
    long_flags: &[],
    long_values: &[],
};

/// The built-in values; all other settings have none.
const BUILT_IN: [(SettingGroup, &str, &str); 25] = [
    (
        SettingGroup::Body,
        "authorization_transfer_in_value",
        "allow",
    ),
    (
        SettingGroup::Body,
        "authorization_transfer_out_value",
        "allow",
    ),
    (SettingGroup::Body, "token_encryption_type", "aes-128"),
    (SettingGroup::Body, "token_life_seconds", "86400"),
    (SettingGroup::Body, "token_dynamic_key", "false"),
    (
        SettingGroup::Body,
        "transfer_in_bandwidth_flow_target_rate_cap",
        "Unlimited",
    ),
    (
        SettingGroup::Body,
        "transfer_in_bandwidth_flow_target_rate_default",
        "10000",
    ),
    (
        SettingGroup::Body,
        "transfer_in_bandwidth_aggregate_trunk_id",
        "Disabled",
    ),
    (
        SettingGroup::Body,
        "transfer_out_bandwidth_flow_target_rate_cap",
        "Unlimited",
    ),
    (
        SettingGroup::Body,
        "transfer_out_bandwidth_flow_target_rate_default",
        "10000",
    ),
    (
        SettingGroup::Body,
        "transfer_out_bandwidth_aggregate_trunk_id",
        "Disabled",
    ),
    (SettingGroup::Body, "absolute", ""),
    (SettingGroup::Body, "read_allowed", "true"),
    (SettingGroup::Body, "write_allowed", "true"),
    (SettingGroup::Body, "dir_allowed", "true"),
    (SettingGroup::Server, "http_port", "9091"),
    (SettingGroup::Server, "https_port", "9092"),
    (SettingGroup::Server, "enable_http", "false"),
    (SettingGroup::Server, "enable_https", "true"),
    (SettingGroup::Server, "ssh_port", "33001"),
    (SettingGroup::Server, "activity_logging", "false"),
    (SettingGroup::HttpServer, "http_port", "8080"),
    (SettingGroup::HttpServer, "https_port", "8443"),
    (SettingGroup::HttpServer, "enable_http", "false"),
    (SettingGroup::HttpServer, "enable_https", "false"),
];

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let conf = match ConfFile::load(&call.folder) {
        Ok(conf) => conf,
        Err(error) => return call.report_error(1, format_args!("aspera.conf is refused: {error}")),
    };
    let found = find_problems(&conf);
    for problem in &found {
        call.report_error(1, format_args!("aspera.conf is refused: {problem}"))?;
    }
    if !found.is_empty() {
        return Ok(1);
    }
    if options.has("v") {
        call.print_line("aspera.conf is accepted")?;
    } else if let Some(user) = options.value("u") {
        let layers = user_layers(&call.folder, &conf, user)?;
        print(call, SettingGroup::Body, &layers)?;
    } else if let Some(group) = options.value("g") {
        let mut layers = conf.sections(&ConfScope::Group(group.to_owned()));
        layers.extend(default(&conf));
        print(call, SettingGroup::Body, &layers)?;
    } else if options.has("t") {
        print(
            call,
            SettingGroup::HttpServer,
            &conf.sections(&ConfScope::Only(SettingGroup::HttpServer)),
        )?;
    } else if options.has("a") {
        print_all(call, &conf)?;
    } else {
        return call.report_error(1, "Usage: asuserdata -v | -a | -b -t | -u USER | -g GROUP");
    }
    Ok(0)
}

/// The effective default section.
fn default(conf: &ConfFile) -> Option<&XmlElement> {
    conf.sections(&ConfScope::Default).first().copied()
}

/// The sections for a user: its own, its groups' by precedence, the default. As
/// with the vendor's, an unknown user has the default.
fn user_layers<'a>(
    folder: &LabFolder,
    conf: &'a ConfFile,
    user: &str,
) -> io::Result<Vec<&'a XmlElement>> {
    let accounts = SystemAccounts::load(folder)?;
    let mut groups: Vec<(u32, &XmlElement)> = Vec::new();
    for group in conf.groups() {
        let name = first_value(group, &["name"]).unwrap_or_default();
        if accounts.is_member(user, &name) {
            let precedence = first_value(group, &["precedence"]).and_then(|text| text.parse().ok());
            groups.push((precedence.unwrap_or(1000), group));
        }
    }
    groups.sort_by_key(|(precedence, _)| *precedence);
    let mut layers = conf.sections(&ConfScope::User(user.to_owned()));
    layers.extend(groups.into_iter().map(|(_, group)| group));
    layers.extend(default(conf));
    Ok(layers)
}

/// The effective value of a setting of a user.
pub(in crate::lab) fn user_setting(
    folder: &LabFolder,
    conf: &ConfFile,
    user: &str,
    name: &str,
) -> io::Result<Option<String>> {
    let layers = user_layers(folder, conf, user)?;
    let setting = SettingGroup::Body.find(name);
    Ok(setting.and_then(|setting| effective(SettingGroup::Body, setting, &layers)))
}

/// The effective value of a setting of the server section.
pub(in crate::lab) fn server_setting(conf: &ConfFile, name: &str) -> Option<String> {
    let layers = conf.sections(&ConfScope::Only(SettingGroup::Server));
    let setting = SettingGroup::Server.find(name)?;
    effective(SettingGroup::Server, setting, &layers)
}

fn print_all(call: &ProgramCall, conf: &ConfFile) -> io::Result<()> {
    let layers: Vec<_> = default(conf).into_iter().collect();
    call.print_line("default option set:")?;
    print(call, SettingGroup::Body, &layers)?;
    for trunk in conf
        .root()
        .map(|root| root.all(&["trunks", "trunk"]))
        .unwrap_or_default()
    {
        call.print_line("trunk option set:")?;
        let id = first_value(trunk, &["id"]).unwrap_or_default();
        call.print_line(format_args!("  id: \"{id}\""))?;
        print(call, SettingGroup::Trunk, &[trunk])?;
    }
    let groups = [
        (SettingGroup::Central, "central server"),
        (SettingGroup::Database, "database"),
        (SettingGroup::Server, "server"),
        (SettingGroup::HttpServer, "http server"),
        (SettingGroup::Client, "client"),
    ];
    for (group, title) in groups {
        call.print_line(format_args!("{title} option set:"))?;
        print(call, group, &conf.sections(&ConfScope::Only(group)))?;
    }
    Ok(())
}

fn print(call: &ProgramCall, group: SettingGroup, layers: &[&XmlElement]) -> io::Result<()> {
    for setting in group.settings() {
        let value = effective(group, setting, layers);
        let value = match value.as_deref() {
            None => "AS_NULL",
            Some("") if setting.name == "absolute" => "<Empty String>",
            Some(value) => value,
        };
        call.print_line(format_args!("  {}: \"{value}\"", setting.name))?;
    }
    Ok(())
}

fn effective(group: SettingGroup, setting: &LabSetting, layers: &[&XmlElement]) -> Option<String> {
    let own = layers
        .iter()
        .find_map(|layer| setting_value(&[layer], setting));
    own.or_else(|| {
        let known = BUILT_IN
            .iter()
            .find(|row| row.0 == group && row.1 == setting.name);
        known.map(|row| row.2.to_owned())
    })
}

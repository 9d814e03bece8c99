//! Arguments that several subcommands share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::bindings::Value;
use crate::data_file;
use crate::exec::{ApiAddress, InputKind, Pin, SecretValue};
use crate::fault::{Fault, Result};
use crate::script::{self, Declared};
use crate::state::{Platform, Secret};

/// The node to read.
#[derive(Args, Clone, Default)]
pub(super) struct NodeArgs {
    /// A folder (an installation or a lab), a snapshot, `blank:macos` or `blank:linux`
    #[arg(long, value_name = "WHERE")]
    pub(super) node: Option<String>,
    /// The platform of the node; by default detected
    #[arg(long, value_name = "PLATFORM", value_parser = platforms())]
    pub(super) platform: Option<Platform>,
    /// The time limit of one vendor command, such as 90s or 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
    /// The address of the node's Node API; by default as aspera.conf says
    #[arg(long, value_name = "URL", value_parser = parsed(ApiAddress::parse))]
    pub(super) node_api: Option<ApiAddress>,
    /// Certificates of authorities that may sign the Node API's, besides the system's
    #[arg(long, value_name = "FILE")]
    pub(super) node_ca: Option<PathBuf>,
    /// The pin of the Node API's certificate: `sha256//` and base64, as curl takes it
    #[arg(long, value_name = "PIN", value_parser = parsed(Pin::parse))]
    pub(super) node_pin: Option<Pin>,
    /// The secrets of a request; `None` on a command line, where a person can be asked.
    #[arg(skip)]
    pub(super) secrets: Option<GivenSecrets>,
}

/// Secrets that are known in advance.
pub(super) type GivenSecrets = Rc<[(Secret, Rc<SecretValue>)]>;

/// A parser of a value of an option.
fn parsed<T>(
    parse: fn(&str) -> Result<T>,
) -> impl Fn(&str) -> std::result::Result<T, String> + Clone {
    move |text| parse(text).map_err(|fault| fault.message().to_owned())
}

/// Values for the script's parameters.
#[derive(Args, Default)]
pub(super) struct ParamArgs {
    /// Set a parameter of the script; of a list or map with JSON, or with @FILE (CSV, JSON, TOML, YAML)
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Read parameters from a TOML or JSON file; a later file wins, and --set wins over all
    #[arg(long, value_name = "FILE")]
    params: Vec<PathBuf>,
    /// The parameters of a request.
    #[arg(skip)]
    requested: Vec<(String, Value)>,
}

/// Where scripts are found by name, besides the bundled ones.
#[derive(Args, Default)]
pub(super) struct ScriptsArg {
    /// A folder of more scripts that can be given by name
    #[arg(long, value_name = "DIR")]
    pub(super) scripts: Option<PathBuf>,
    /// What a script named `-` is read from.
    #[arg(skip)]
    pub(super) input: StandardInput,
}

/// What `-` stands for: standard input, or what a request has in its place.
#[derive(Default)]
pub(super) struct StandardInput {
    given: Option<Vec<u8>>,
}

impl StandardInput {
    /// These bytes instead of standard input.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { given: Some(bytes) }
    }

    /// Reads all of it.
    pub(super) fn read(&self, kind: InputKind) -> Result<Vec<u8>> {
        match &self.given {
            Some(bytes) => kind.read_stdin(&bytes[..]),
            None => kind.read_stdin(std::io::stdin()),
        }
    }

    /// The same, which must be text.
    pub(super) fn read_text(&self, kind: InputKind) -> Result<String> {
        match &self.given {
            Some(bytes) => kind.read_stdin_text(&bytes[..]),
            None => kind.read_stdin_text(std::io::stdin()),
        }
    }
}

/// A format of documents. Each command takes some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// For people
    Text,
    /// For people, in a few lines; it has an option of its own
    #[value(skip)]
    Summary,
    /// For programs
    Json,
    /// For programs that need only the outcome; for requests
    #[value(skip)]
    JsonSummary,
    /// For programs that show the steps; for requests
    #[value(skip)]
    JsonSteps,
    /// For a wiki, or a comment on a pull request
    Markdown,
    /// A self-contained page for a browser
    Html,
    /// Markdown for a person who performs the steps without ascript
    Runbook,
    /// For code review in CI
    Sarif,
    /// For CI servers
    Junit,
}

impl OutputFormat {
    /// Whether it is for programs that read JSON.
    pub(super) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::JsonSummary | Self::JsonSteps)
    }
}

/// The formats that a command takes, each with what renders it.
pub(super) type Formats<R> = [(OutputFormat, R)];

/// Parses the name of one of the formats of a command.
pub(super) fn format_parser<R: Sync>(
    formats: &'static Formats<R>,
) -> impl TypedValueParser<Value = OutputFormat> {
    let values = formats.iter().map(|(format, _)| *format);
    PossibleValuesParser::new(values.filter_map(|format| format.to_possible_value()))
        .try_map(|word| parse_format(formats, &word).ok_or("there is no such format"))
}

/// One of the formats of a command, by its name.
pub(super) fn parse_format<R>(formats: &Formats<R>, name: &str) -> Option<OutputFormat> {
    let mut known = formats.iter().map(|(format, _)| *format);
    known.find(|format| {
        let value = format.to_possible_value();
        value.is_some_and(|value| value.get_name() == name)
    })
}

/// What renders a format that `format_parser` has accepted.
pub(super) fn renderer<R: Copy>(formats: &Formats<R>, format: OutputFormat) -> R {
    let row = formats.iter().find(|(known, _)| *known == format);
    row.expect("the parser takes no other format").1
}

impl ParamArgs {
    /// The parameters of a request.
    pub(super) fn requested(values: Vec<(String, Value)>) -> Self {
        Self {
            requested: values,
            ..Self::default()
        }
    }

    /// The files of parameters.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.params
    }

    /// The values given, by name. The environment may name parameters of other scripts.
    pub(super) fn given(&self, declared: &Declared) -> Result<BTreeMap<String, Value>> {
        let is_declared = |name: &str| declared.params.iter().any(|spec| spec.name == name);
        let mut given: BTreeMap<_, _> = variables().filter(|(name, _)| is_declared(name)).collect();
        for path in &self.params {
            given.extend(read_params(path)?);
        }
        given.extend(script::parse_param_settings(&self.set)?);
        given.extend(self.requested.iter().cloned());
        Ok(given)
    }
}

fn read_params(path: &Path) -> Result<Vec<(String, Value)>> {
    let name = path.display().to_string();
    let is_known = path
        .extension()
        .is_some_and(|end| data_file::extensions().any(|known| end.eq_ignore_ascii_case(known)));
    // A file of parameters may have any other name.
    let parsed = if is_known {
        data_file::parse(&name, &InputKind::PARAMS.read(path)?).map(|file| file.value)
    } else {
        let text = InputKind::PARAMS.read_text(path)?;
        data_file::parse_toml(&text).map_err(|fault| fault.context(&name))
    };
    let parsed = parsed?;
    let noun = parsed.noun();
    if let Value::Map(entries) = parsed {
        return Ok(entries);
    }
    let fault = Fault::usage(format!("{name} is {noun}, not a map of parameters"));
    Err(fault.hint(format!("for one parameter, write --set NAME=@{name}")))
}

/// The start of the name of a variable that sets a parameter.
const VARIABLE: &str = "ASCRIPT_SET_";

/// The values in the environment.
fn variables() -> impl Iterator<Item = (String, Value)> {
    std::env::vars_os().filter_map(|(name, value)| {
        let name = name.to_str()?.strip_prefix(VARIABLE)?.to_owned();
        Some((name, value.into_string().ok()?.into()))
    })
}

/// Parses `macos` or `linux`.
pub(super) fn platforms() -> impl TypedValueParser<Value = Platform> {
    let words = [Platform::Macos, Platform::Linux].map(Platform::name);
    let named = |word: String| Platform::parse(&word).ok_or("there is no such platform");
    PossibleValuesParser::new(words).try_map(named)
}

pub(super) fn duration(text: &str) -> std::result::Result<Duration, String> {
    let wrong = || "a number with a unit, such as 500ms, 90s, 5m or 1h".to_owned();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let milliseconds = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let total = number.checked_mul(milliseconds).filter(|total| *total > 0);
    total.map(Duration::from_millis).ok_or_else(wrong)
}

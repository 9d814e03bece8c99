//! A command as data: a program, its arguments, standard input and environment.
//! No shell is involved; the shell form is only shown.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::ser::{SerializeMap as _, SerializeStruct as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::state::{Piece, Secret};

/// The standard input of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stdin {
    /// Nothing.
    #[default]
    Empty,
    /// These pieces, through a pipe.
    Pipe(Vec<Piece>),
    /// These answers, one for each prompt, through a pseudo-terminal. A program
    /// that prompts more often gets the last answer again: how often some ask
    /// to confirm a password is not documented.
    Terminal(Vec<Piece>),
}

/// A program and all its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its file name, without a folder.
    pub program: Cow<'static, str>,
    /// Its arguments.
    pub args: Vec<Piece>,
    /// Its standard input.
    pub stdin: Stdin,
    /// Environment variables added to the usual ones, sorted by name.
    pub env: Vec<(Cow<'static, str>, Piece)>,
    /// The account that runs it; without one, the user who runs `ascript`.
    pub user: Option<String>,
}

impl Stdin {
    /// It in one line, with secrets by name; `None` if there is none.
    pub fn summary(&self) -> Option<String> {
        let (pieces, separator) = match self {
            Self::Empty => return None,
            Self::Pipe(pieces) => (pieces, ""),
            Self::Terminal(answers) => (answers, "\n"),
        };
        let texts: Vec<_> = pieces.iter().map(Piece::to_string).collect();
        let text = texts.join(separator);
        let lines = text.lines().filter(|line| !line.is_empty());
        Some(lines.collect::<Vec<_>>().join("; "))
    }
}

impl Command {
    /// That program without arguments.
    pub fn new(program: impl Into<Cow<'static, str>>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            stdin: Stdin::Empty,
            env: Vec::new(),
            user: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<Piece>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<T: Into<Piece>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        let args = args.into_iter();
        self.args.reserve_exact(args.size_hint().0);
        self.args.extend(args.map(Into::into));
        self
    }

    /// Sets its standard input.
    #[must_use]
    pub fn stdin(mut self, stdin: Stdin) -> Self {
        self.stdin = stdin;
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Piece>) -> Self {
        let (name, value) = (name.into(), value.into());
        let index = self.env.partition_point(|(other, _)| *other < name);
        self.env.insert(index, (name, value));
        self
    }

    /// Sets the account that runs it.
    #[must_use]
    pub fn user(self, name: impl Into<String>) -> Self {
        Self {
            user: Some(name.into()),
            ..self
        }
    }

    /// The arguments of `sudo` before the program, where another account runs it: no prompt, that
    /// account's home folder, and the variables of this command (sudo(8)).
    pub fn sudo_args(&self) -> Option<Vec<String>> {
        let user = self.user.clone()?;
        let mut args = vec!["-n".to_owned(), "-H".to_owned(), "-u".to_owned(), user];
        let names: Vec<_> = self.env.iter().map(|(name, _)| &**name).collect();
        if !names.is_empty() {
            args.push(format!("--preserve-env={}", names.join(",")));
        }
        args.push("--".to_owned());
        Some(args)
    }

    /// Whether it may run longer than the time-out of a command, since it
    /// transfers files.
    pub fn is_lengthy(&self) -> bool {
        self.program == "async"
    }

    /// Whether an argument, which every local user can see, holds a secret.
    pub fn exposes_secret(&self) -> bool {
        self.args.iter().any(|arg| arg.secret().is_some())
    }

    /// All its secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let input = match &self.stdin {
            Stdin::Empty => &[][..],
            Stdin::Pipe(pieces) | Stdin::Terminal(pieces) => pieces,
        };
        let env = self.env.iter().map(|(_, value)| value);
        let pieces = self.args.iter().chain(input).chain(env);
        pieces.filter_map(Piece::secret)
    }

    /// The line a person would type, with each secret as `‹reference›`.
    pub fn shell(&self) -> String {
        let mut line = String::with_capacity(128);
        for (name, value) in &self.env {
            line.extend([name, "="]);
            value.quote(&mut line);
            line.push(' ');
        }
        if let Some(args) = self.sudo_args() {
            line.push_str("sudo ");
            line.push_str(&args.join(" "));
            line.push(' ');
        }
        line.push_str(&self.program);
        for arg in &self.args {
            line.push(' ');
            arg.quote(&mut line);
        }
        line
    }
}

impl Piece {
    /// Appends it as one word of a shell line.
    fn quote(&self, line: &mut String) {
        let Self::Text(text) = self else {
            let _ = write!(line, "{self}");
            return;
        };
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&c);
        if !text.is_empty() && text.bytes().all(is_plain) {
            line.push_str(text);
            return;
        }
        line.push('\'');
        for part in text.split_inclusive('\'') {
            match part.strip_suffix('\'') {
                Some(before) => line.extend([before, r"'\''"]),
                None => line.push_str(part),
            }
        }
        line.push('\'');
    }
}

impl Serialize for Stdin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Pipe(pieces) => pieces.serialize(serializer),
            Self::Terminal(answers) => serializer.collect_map([("terminal", answers)]),
        }
    }
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Env<'a>(&'a [(Cow<'static, str>, Piece)]);
        impl Serialize for Env<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(self.0.len()))?;
                for (name, value) in self.0 {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
        let mut command = serializer.serialize_struct("Command", 6)?;
        command.serialize_field("program", &self.program)?;
        command.serialize_field("args", &self.args)?;
        command.serialize_field("stdin", &self.stdin)?;
        command.serialize_field("env", &Env(&self.env))?;
        // Documents of version 0.1 do not have it.
        match &self.user {
            Some(user) => command.serialize_field("user", user)?,
            None => command.skip_field("user")?,
        }
        command.serialize_field("shell", &self.shell())?;
        command.end()
    }
}

impl<'de> Deserialize<'de> for Stdin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Pipe(Vec<Piece>),
            Terminal { terminal: Vec<Piece> },
        }
        Ok(match Option::deserialize(deserializer)? {
            None => Self::Empty,
            Some(Raw::Pipe(pieces)) => Self::Pipe(pieces),
            Some(Raw::Terminal { terminal }) => Self::Terminal(terminal),
        })
    }
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            program: String,
            args: Vec<Piece>,
            stdin: Stdin,
            env: BTreeMap<String, Piece>,
            user: Option<String>,
            #[serde(rename = "shell")]
            _shell: String,
        }
        let raw = Raw::deserialize(deserializer)?;
        let env = raw
            .env
            .into_iter()
            .map(|(name, value)| (name.into(), value));
        Ok(Self {
            program: raw.program.into(),
            args: raw.args,
            stdin: raw.stdin,
            env: env.collect(),
            user: raw.user,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_form_quotes_what_a_shell_would_eat() {
        let command = Command::new("asconfigurator")
            .arg("-x")
            .arg("set_user_data;user_name,o'neil".to_owned())
            .arg("");
        assert_eq!(
            command.shell(),
            r"asconfigurator -x 'set_user_data;user_name,o'\''neil' ''"
        );
    }

    #[test]
    fn input_is_one_line_with_secrets_by_name() {
        let secret = || Piece::from(Secret::parse("env:KEY").unwrap());
        let lines = vec![
            Piece::Text("set\nkey,".into()),
            secret(),
            Piece::Text("\nend\n".into()),
        ];
        assert_eq!(
            Stdin::Pipe(lines).summary().unwrap(),
            "set; key,‹env:KEY›; end"
        );
        let typed = Stdin::Terminal(vec![secret(), secret()]);
        assert_eq!(typed.summary().unwrap(), "‹env:KEY›; ‹env:KEY›");
        assert_eq!(Stdin::Empty.summary(), None);
    }

    #[test]
    fn another_account_runs_a_command_by_sudo() {
        let secret = Secret::parse("env:KEY").unwrap();
        let command = Command::new("async").arg("-q").user("lion");
        assert_eq!(command.shell(), "sudo -n -H -u lion -- async -q");
        let command = command.env("ASPERA_SCP_TOKEN", secret);
        let line = "ASPERA_SCP_TOKEN=‹env:KEY› sudo -n -H -u lion --preserve-env=ASPERA_SCP_TOKEN -- async -q";
        assert_eq!(command.shell(), line);
        let json = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&json).unwrap(), command);
    }

    #[test]
    fn secrets_show_by_name() {
        let secret = Secret::parse("env:KEY").unwrap();
        let command = Command::new("async").env("ASPERA_SCP_TOKEN", secret.clone());
        assert_eq!(command.shell(), "ASPERA_SCP_TOKEN=‹env:KEY› async");
        assert!(!command.exposes_secret());
        assert!(command.arg(secret).exposes_secret());
    }
}

//! Resolves references of secrets to their values. A value leaves the vault only
//! for a program that is being spawned; no message ever contains one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::conf_secrets::ConfSecrets;
use super::file_contents::FileContents;
use super::scrub::Scrubber;
use super::secret_value::SecretValue;
use crate::exec::{InputKind, StopFlag};
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::login;
use crate::state::{Piece, Secret, SecretText};

/// The permission bits with which the group or all others can read a file.
const READABLE_BY_OTHERS: u32 = 0o044;

/// The characters of random secrets: every tool accepts them.
const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Prompts the operator for the secret with that label.
pub type PromptCallback = Box<dyn FnMut(&str) -> Result<String>>;

/// Reads a secret setting from the backup of aspera.conf that was made before a
/// run: takes the number of the run and the path of the setting.
pub type BackupReader = Box<dyn Fn(u32, &str) -> Result<String>>;

/// The secrets of a run. Each is resolved once, so that it has one value in the
/// whole run even if a file changes meanwhile.
pub struct Vault {
    prompt: Option<PromptCallback>,
    backups: Option<BackupReader>,
    files: FileContents,
    resolved: BTreeMap<Secret, Rc<SecretValue>>,
    scrubber: Scrubber,
    conf: Option<ConfSecrets>,
    /// Files of secrets that other users can read.
    readable_files: BTreeSet<Rc<str>>,
    fakes: Option<FakeSecrets>,
    stop: StopFlag,
}

/// Values for script tests in place of real secrets; `None` for a secret that
/// cannot be resolved.
pub type FakeSecrets = BTreeMap<Secret, Option<String>>;

impl Vault {
    /// A vault that calls `prompt` for `prompt:` secrets.
    pub fn new(prompt: PromptCallback) -> Self {
        Self {
            prompt: Some(prompt),
            ..Self::unattended()
        }
    }

    /// A vault that cannot prompt.
    pub fn unattended() -> Self {
        Self {
            prompt: None,
            backups: None,
            files: FileContents::default(),
            resolved: BTreeMap::new(),
            scrubber: Scrubber::default(),
            conf: None,
            readable_files: BTreeSet::new(),
            fakes: None,
            stop: StopFlag::new(),
        }
    }

    /// The files whose contents steps write.
    pub fn files(&mut self) -> &mut FileContents {
        &mut self.files
    }

    /// Lets `stop` end the wait for the file of a secret.
    pub fn stop_with(&mut self, stop: StopFlag) {
        self.stop = stop;
    }

    /// A vault that reads no real secret. A secret that is not in `secrets` gets
    /// a value that is derived from its reference.
    pub fn with_fakes(secrets: FakeSecrets) -> Self {
        Self {
            fakes: Some(secrets),
            ..Self::unattended()
        }
    }

    /// The value of a secret, which must be one line: prompts, reads or generates it if needed.
    pub fn resolve(&mut self, secret: &Secret) -> Result<Rc<SecretValue>> {
        let value = self.resolve_lines(secret)?;
        if !value.expose().contains(char::is_control) {
            return Ok(value);
        }
        let message = format!("the secret `{secret}` has more than one line");
        Err(Fault::new(FaultKind::Secret, message)
            .hint("only the content of a file may have several"))
    }

    /// The same of a secret that may have several lines, such as a private key.
    pub fn resolve_lines(&mut self, secret: &Secret) -> Result<Rc<SecretValue>> {
        if let Some(value) = self.resolved.get(secret) {
            return Ok(Rc::clone(value));
        }
        let value = match secret {
            Secret::Basic { id, secret } => {
                let key = self.resolve(secret)?;
                basic(id, &key)?
            }
            _ if self.fakes.is_some() => self.fake(secret)?,
            Secret::Env(name) => read_env(name)?,
            Secret::File(path) => self.read_file(path)?,
            Secret::Prompt(label) => self.prompt(label)?,
            Secret::Random { length, .. } => random(*length)?,
            Secret::Backup { run, subject } => self.read_backup(*run, subject)?,
        };
        self.keep(secret, Rc::new(value))
    }

    /// Sets the value of a secret that the operator typed, or that a request brings.
    pub fn provide(&mut self, secret: &Secret, value: Rc<SecretValue>) -> Result<()> {
        self.keep(secret, value).map(drop)
    }

    /// The files of the secrets resolved so far that other users can read.
    pub fn readable_files(&self) -> impl Iterator<Item = &str> {
        self.readable_files.iter().map(AsRef::as_ref)
    }

    fn keep(&mut self, secret: &Secret, value: Rc<SecretValue>) -> Result<Rc<SecretValue>> {
        check(secret, &value)?;
        self.scrubber.add(secret, value.expose());
        self.resolved.insert(secret.clone(), Rc::clone(&value));
        Ok(value)
    }

    fn read_file(&mut self, path: &Rc<str>) -> Result<SecretValue> {
        let (value, mode) = read_file(path, &self.stop)?;
        if mode.is_some_and(|mode| mode & READABLE_BY_OTHERS != 0) {
            self.readable_files.insert(Rc::clone(path));
        }
        Ok(value)
    }

    /// The value of a secret if no prompt is needed and nothing is generated: what
    /// a preview compares with.
    pub fn resolve_silently(&mut self, secret: &Secret) -> Option<Rc<SecretValue>> {
        let is_silent = match secret {
            Secret::Env(_) | Secret::File(_) | Secret::Backup { .. } => true,
            Secret::Prompt(_) | Secret::Random { .. } => self.is_known(secret),
            Secret::Basic { secret: key, .. } => self.resolve_silently(key).is_some(),
        };
        is_silent.then(|| self.resolve_lines(secret).ok()).flatten()
    }

    /// The value of a text with secrets in it.
    pub fn resolve_text(&mut self, text: &SecretText) -> Result<Rc<SecretValue>> {
        if let Some(secret) = text.alone() {
            return self.resolve(secret);
        }
        let mut value = SecretValue::new(String::new());
        for piece in text.pieces() {
            match piece {
                Piece::Text(text) => value.push_str(text),
                Piece::Secret(secret) => value.push_str(self.resolve(secret)?.expose()),
                // No setting has one.
                Piece::File(_) => {}
            }
        }
        Ok(Rc::new(value))
    }

    /// The same if no prompt is needed and nothing is generated.
    pub fn resolve_text_silently(&mut self, text: &SecretText) -> Option<Rc<SecretValue>> {
        let mut secrets = text.secrets();
        let is_known = secrets.all(|secret| self.resolve_silently(secret).is_some());
        is_known.then(|| self.resolve_text(text).ok()).flatten()
    }

    /// Replaces each secret resolved so far, in any encoding, by `‹reference›`, and hides the
    /// logins of URLs, which a tool may quote from aspera.conf.
    pub fn scrub(&self, text: String) -> String {
        login::hide_owned(self.scrubber.scrub(text))
    }

    /// The same for a text that is shown or recorded: also where a secret is cut off, wrapped or
    /// spaced, and for the secrets of the node's aspera.conf.
    pub fn scrub_shown(&mut self, text: String) -> String {
        let text = login::hide_owned(self.scrubber.scrub_shown(text));
        match &mut self.conf {
            Some(conf) => conf.replace(text),
            None => text,
        }
    }

    /// Sets the aspera.conf whose secrets are hidden in what is shown.
    pub(in crate::exec) fn hide_secrets_of(&mut self, conf: PathBuf) {
        self.conf = Some(ConfSecrets::new(conf));
    }

    /// Sets how secrets are read from the backups of earlier runs.
    pub fn set_backups(&mut self, reader: BackupReader) {
        self.backups = Some(reader);
    }

    fn read_backup(&self, run: u32, subject: &str) -> Result<SecretValue> {
        let read = self.backups.as_ref().ok_or_else(|| {
            Fault::new(
                FaultKind::Secret,
                format!("there is no backup of run {run} here"),
            )
        })?;
        read(run, subject).map(SecretValue::new)
    }

    fn is_known(&self, secret: &Secret) -> bool {
        let has_fake = |fakes: &FakeSecrets| fakes.contains_key(secret);
        self.resolved.contains_key(secret) || self.fakes.as_ref().is_some_and(has_fake)
    }

    fn fake(&self, secret: &Secret) -> Result<SecretValue> {
        match self.fakes.as_ref().and_then(|fakes| fakes.get(secret)) {
            Some(Some(text)) => Ok(SecretValue::new(text.clone())),
            Some(None) => Err(Fault::new(
                FaultKind::Secret,
                format!("the secret `{secret}` is not available in this test"),
            )),
            None => Ok(SecretValue::new(derived_value(secret))),
        }
    }

    fn prompt(&mut self, label: &str) -> Result<SecretValue> {
        match &mut self.prompt {
            Some(prompt) => prompt(label).map(SecretValue::new),
            None => Err(Fault::new(
                FaultKind::Secret,
                format!("cannot prompt for `{label}`: there is no terminal"),
            )
            .hint("run this in a terminal, or refer to the secret with `env:` or `file:`")),
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.resolved.keys().map(ToString::to_string))
            .finish()
    }
}

fn read_env(name: &str) -> Result<SecretValue> {
    // `var_os` panics on names that no variable can have.
    let value = if name.contains(['=', '\0']) {
        None
    } else {
        std::env::var_os(name)
    };
    let value = value.ok_or_else(|| {
        Fault::new(
            FaultKind::Secret,
            format!("the environment variable `{name}` is not set"),
        )
        .hint(format!(
            "set `{name}`, or use another reference for the secret"
        ))
    })?;
    utf8(value.into_encoded_bytes(), &Secret::Env(name.into()))
}

/// Reads a pipe, which may have no writer yet, in a thread of its own: a signal must
/// be able to stop the wait.
fn wait_for(path: &str, stop: &StopFlag) -> Result<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    let pipe = PathBuf::from(path);
    std::thread::spawn(move || sender.send(InputKind::SECRET.read_beyond_limit(&pipe)));
    loop {
        stop.check()?;
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(read) => return Ok(read),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Fault::new(
                    FaultKind::Internal,
                    "the reader of a pipe ended",
                ));
            }
        }
    }
}

/// Reads a secret from a file, and the permissions of the file, unless it is a pipe.
fn read_file(path: &str, stop: &StopFlag) -> Result<(SecretValue, Option<u32>)> {
    let unreadable = |cause: std::io::Error| {
        Fault::new(
            FaultKind::Secret,
            format!("cannot read the secret in `{path}`: {}", reason(&cause)),
        )
        .hint("check that the file exists and that this user can read it")
        .caused_by(cause)
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    let mode = metadata.is_file().then(|| metadata.permissions().mode());
    let read = if metadata.is_file() {
        InputKind::SECRET.read_beyond_limit(Path::new(path))
    } else {
        wait_for(path, stop)?
    };
    let mut bytes = read.map_err(unreadable)?;
    let checked = InputKind::SECRET.check(&bytes, &format!("`{path}`"));
    checked.map_err(|fault| fault.with_kind(FaultKind::Secret))?;
    // Editors end the last line; the secret is the line without its end.
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Ok((utf8(bytes, &Secret::File(path.into()))?, mode))
}

/// Random letters and digits.
pub(in crate::exec) fn random(length: u8) -> Result<SecretValue> {
    // Bytes from 248 on are skipped: 248 is the largest multiple of 62 in a
    // byte, and more would favor the first characters.
    let largest = u8::MAX - u8::MAX % 62 - 1;
    let mut value = String::with_capacity(length.into());
    let mut bytes = [0; 64];
    while value.len() < length.into() {
        getrandom::fill(&mut bytes).map_err(|cause| {
            Fault::new(
                FaultKind::Secret,
                "the operating system provides no random numbers",
            )
            .caused_by(cause)
        })?;
        let wanted = usize::from(length) - value.len();
        let fair = bytes.iter().filter(|byte| **byte <= largest);
        value.extend(
            fair.map(|byte| char::from(CHARACTERS[usize::from(byte % 62)]))
                .take(wanted),
        );
    }
    bytes.fill(0);
    std::hint::black_box(&bytes);
    Ok(SecretValue::new(value))
}

fn basic(id: &str, key: &SecretValue) -> Result<SecretValue> {
    if id.is_empty() || id.contains(|c: char| c == ':' || c.is_control()) {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("`{id}` is not a valid id of an access key"),
        )
        .hint("remove the colon: in a token, a colon ends the id"));
    }
    let pair = SecretValue::new(format!("{id}:{}", key.expose()));
    Ok(SecretValue::new(format!(
        "Basic {}",
        STANDARD.encode(pair.expose())
    )))
}

/// A strong value that is the same for the same reference only.
fn derived_value(secret: &Secret) -> String {
    let digest = Sha256::digest(secret.to_string());
    format!("Invented-Text-12-{}", hex::encode(&digest[..10]))
}

fn utf8(bytes: Vec<u8>, secret: &Secret) -> Result<SecretValue> {
    // The error contains the bytes, so it is not passed on.
    String::from_utf8(bytes).map(SecretValue::new).map_err(|_| {
        Fault::new(
            FaultKind::Secret,
            format!("the secret `{secret}` is not valid UTF-8"),
        )
        .hint("store it as UTF-8 text")
    })
}

fn check(secret: &Secret, value: &SecretValue) -> Result<()> {
    if value.expose().is_empty() {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("the secret `{secret}` is empty"),
        ));
    }
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if value.expose().contains(is_control) {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("the secret `{secret}` contains a control character"),
        )
        .hint("a secret must be text without control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_file(content: &[u8]) -> (tempfile::NamedTempFile, Secret) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let secret = Secret::File(file.path().to_str().unwrap().into());
        (file, secret)
    }

    #[test]
    fn the_last_line_end_of_a_file_is_ignored() {
        for content in ["key of it", "key of it\n", "key of it\r\n"] {
            let (_file, secret) = secret_file(content.as_bytes());
            let mut vault = Vault::unattended();
            assert_eq!(vault.resolve(&secret).unwrap().expose(), "key of it");
        }
    }

    #[test]
    fn values_that_cannot_be_typed_are_refused_and_not_shown() {
        let long = "canary".repeat(20_000);
        let cases: [&[u8]; 7] = [
            b"",
            b"\n",
            b"canary\n\n",
            b"a\ncanary",
            b"canary\0",
            b"canary\xff",
            long.as_bytes(),
        ];
        for content in cases {
            let (_file, secret) = secret_file(content);
            let fault = Vault::unattended().resolve(&secret).unwrap_err();
            assert_eq!(fault.kind(), FaultKind::Secret);
            assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
        }
    }

    #[test]
    fn only_what_is_written_to_a_file_may_have_several_lines() {
        let (_file, secret) = secret_file(b"one line\r\nand\tanother\n");
        let mut vault = Vault::unattended();
        let value = vault.resolve_lines(&secret).unwrap();
        assert_eq!(value.expose(), "one line\r\nand\tanother");
        assert_eq!(
            vault.resolve(&secret).unwrap_err().kind(),
            FaultKind::Secret
        );
    }

    #[test]
    fn a_missing_secret_is_a_fault() {
        let mut vault = Vault::unattended();
        for reference in [
            "env:ASCRIPT_NOT_SET",
            "env:A=B",
            "file:/no/such/file",
            "file:/",
            "prompt:Key",
        ] {
            let secret = Secret::parse(reference).unwrap();
            let fault = vault.resolve(&secret).unwrap_err();
            assert_eq!(fault.kind(), FaultKind::Secret, "{reference}");
            assert!(vault.resolve_silently(&secret).is_none());
        }
    }

    #[test]
    fn the_operator_is_prompted_once_and_not_for_a_preview() {
        let mut left = vec!["typed"];
        let mut vault = Vault::new(Box::new(move |label| {
            assert_eq!(label, "Key of node 1");
            Ok(left.pop().unwrap().to_owned())
        }));
        let secret = Secret::parse("prompt:Key of node 1").unwrap();
        assert!(vault.resolve_silently(&secret).is_none());
        assert_eq!(vault.resolve(&secret).unwrap().expose(), "typed");
        assert_eq!(vault.resolve(&secret).unwrap().expose(), "typed");
        assert_eq!(vault.resolve_silently(&secret).unwrap().expose(), "typed");
    }

    #[test]
    fn random_secrets_have_their_length_and_differ() {
        let mut vault = Vault::unattended();
        let of = |length, ordinal| Secret::Random { length, ordinal };
        assert!(vault.resolve_silently(&of(20, 1)).is_none());
        let first = vault.resolve(&of(20, 1)).unwrap();
        assert_eq!(first.expose().len(), 20);
        assert_ne!(first, vault.resolve(&of(20, 2)).unwrap());
        assert_eq!(first, vault.resolve(&of(20, 1)).unwrap());
        assert_eq!(vault.resolve(&of(255, 3)).unwrap().expose().len(), 255);
        assert!(vault.resolve(&of(0, 4)).is_err());
    }

    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = [0_u32; 256];
        for _ in 0..250 {
            for byte in random(248).unwrap().expose().bytes() {
                counts[usize::from(byte)] += 1;
            }
        }
        // 1000 of each are expected; six deviations are some 190.
        for letter in CHARACTERS {
            let count = counts[usize::from(*letter)];
            assert!((800..1200).contains(&count), "{count}");
        }
        assert_eq!(counts.iter().sum::<u32>(), 62_000);
    }

    #[test]
    fn the_basic_token_is_base64_of_the_pair() {
        let (_file, key) = secret_file(b"secret\n");
        let of = |id: &str| Secret::Basic {
            id: id.into(),
            secret: Rc::new(key.clone()),
        };
        let mut vault = Vault::unattended();
        assert_eq!(
            vault.resolve_silently(&of("id")).unwrap().expose(),
            "Basic aWQ6c2VjcmV0"
        );
        assert!(vault.resolve(&of("a:b")).is_err());
        assert!(vault.resolve(&of("")).is_err());
    }

    #[test]
    fn a_fake_secret_depends_on_its_reference_only() {
        let [a, b, missing] =
            ["env:A", "file:/b", "env:MISSING"].map(|reference| Secret::parse(reference).unwrap());
        let given = FakeSecrets::from([
            (b.clone(), Some("given".to_owned())),
            (missing.clone(), None),
        ]);
        let mut vault = Vault::with_fakes(given);
        let first = vault.resolve_silently(&a).unwrap();
        assert_eq!(vault.resolve(&a).unwrap(), first);
        assert_eq!(vault.resolve(&b).unwrap().expose(), "given");
        assert_ne!(derived_value(&a), derived_value(&b));
        assert!(vault.resolve_silently(&missing).is_none());
    }

    #[test]
    fn debug_output_contains_references_only() {
        let (_file, secret) = secret_file(b"canary");
        let mut vault = Vault::unattended();
        let value = vault.resolve(&secret).unwrap();
        let shown = format!("{vault:?} {vault:#?} {value:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains(&secret.to_string()));
    }
}

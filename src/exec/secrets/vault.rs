//! From the name of a secret to its bytes. They leave here for one place
//! only, a program that is being started; no message ever holds them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::scrub::Scrub;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::Secret;

/// More than any key, token or password; a wrong path should not fill memory.
const LONGEST_FILE: u64 = 64 * 1024;

/// Letters and digits: what every tool takes and every person can read out.
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Asks the operator for the secret of that label.
pub type Prompt = Box<dyn FnMut(&str) -> Result<String>>;

/// Finds what a setting was before an earlier run.
pub type Keeper = Box<dyn Fn(u32, &str) -> Result<String>>;

/// The bytes of a secret. They are wiped when the last user lets go, and
/// nothing prints them.
#[derive(PartialEq, Eq)]
pub struct Exposed(String);

impl Exposed {
    /// Bytes to be treated as those of a secret.
    pub(in crate::exec) fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for a program that is being started.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Exposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exposed")
    }
}

impl Drop for Exposed {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Otherwise the compiler may see that nobody reads the zeros.
        std::hint::black_box(&bytes);
    }
}

/// The secrets of one run that were asked for so far. Each is looked up
/// once: a file that changes, or a second answer, would split a run in two.
pub struct Vault {
    prompt: Option<Prompt>,
    keeper: Option<Keeper>,
    known: BTreeMap<Secret, Rc<Exposed>>,
    scrub: Scrub,
    invented: Option<Invented>,
}

/// Secrets that stand for real ones: a text, or nothing where it cannot be had.
pub type Invented = BTreeMap<Secret, Option<String>>;

impl Vault {
    /// A vault that asks for `prompt:` secrets in that way.
    pub fn new(prompt: Prompt) -> Self {
        Self {
            prompt: Some(prompt),
            ..Self::unattended()
        }
    }

    /// A vault with nobody to ask.
    pub fn unattended() -> Self {
        Self {
            prompt: None,
            keeper: None,
            known: BTreeMap::new(),
            scrub: Scrub::default(),
            invented: None,
        }
    }

    /// A vault that looks nowhere: what is not among these secrets has a text
    /// that is made of its reference.
    pub fn invented(secrets: Invented) -> Self {
        Self {
            invented: Some(secrets),
            ..Self::unattended()
        }
    }

    /// The bytes of a secret: asks, reads or makes them if need be.
    pub fn resolve(&mut self, secret: &Secret) -> Result<Rc<Exposed>> {
        if let Some(value) = self.known.get(secret) {
            return Ok(Rc::clone(value));
        }
        let value = match secret {
            Secret::Basic { id, secret } => {
                let key = self.resolve(secret)?;
                basic(id, &key)?
            }
            _ if self.invented.is_some() => self.invent(secret)?,
            Secret::Env(name) => env(name)?,
            Secret::File(path) => file(path)?,
            Secret::Prompt(label) => self.ask(label)?,
            Secret::Random { length, .. } => random(*length)?,
            Secret::Kept { run, subject } => self.recall(*run, subject)?,
        };
        checked(secret, &value)?;
        self.scrub.learn(secret, value.expose());
        let value = Rc::new(value);
        self.known.insert(secret.clone(), Rc::clone(&value));
        Ok(value)
    }

    /// The bytes of a secret if they can be had without asking anybody and
    /// without making any: what a preview compares with.
    pub fn peek(&mut self, secret: &Secret) -> Option<Rc<Exposed>> {
        let is_silent = match secret {
            Secret::Env(_) | Secret::File(_) | Secret::Kept { .. } => true,
            Secret::Prompt(_) | Secret::Random { .. } => self.is_at_hand(secret),
            Secret::Basic { secret: key, .. } => self.peek(key).is_some(),
        };
        is_silent.then(|| self.resolve(secret).ok()).flatten()
    }

    /// `text` with each secret known so far, in whatever form it is written
    /// there, replaced by `‹reference›`.
    pub fn scrub(&self, text: String) -> String {
        self.scrub.clean(text)
    }

    /// Lets secrets be found that were kept with earlier runs.
    pub fn remember(&mut self, keeper: Keeper) {
        self.keeper = Some(keeper);
    }

    fn recall(&self, run: u32, subject: &str) -> Result<Exposed> {
        let keeper = self.keeper.as_ref().ok_or_else(|| {
            Fault::new(
                FaultKind::Secret,
                format!("nothing is kept here of run {run}"),
            )
        })?;
        keeper(run, subject).map(Exposed)
    }

    fn is_at_hand(&self, secret: &Secret) -> bool {
        let is_given = |secrets: &Invented| secrets.contains_key(secret);
        self.known.contains_key(secret) || self.invented.as_ref().is_some_and(is_given)
    }

    fn invent(&self, secret: &Secret) -> Result<Exposed> {
        match self.invented.as_ref().and_then(|known| known.get(secret)) {
            Some(Some(text)) => Ok(Exposed(text.clone())),
            Some(None) => Err(Fault::new(
                FaultKind::Secret,
                format!("the secret `{secret}` cannot be had here"),
            )),
            None => Ok(Exposed(stand_in(secret))),
        }
    }

    fn ask(&mut self, label: &str) -> Result<Exposed> {
        match &mut self.prompt {
            Some(prompt) => prompt(label).map(Exposed),
            None => Err(Fault::new(
                FaultKind::Secret,
                format!("nobody is there to ask for `{label}`"),
            )
            .hint("run it at a terminal, or name the secret with `env:` or `file:`")),
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.known.keys().map(ToString::to_string))
            .finish()
    }
}

fn env(name: &str) -> Result<Exposed> {
    // `var_os` panics on names that the environment cannot hold.
    let found = if name.contains(['=', '\0']) {
        None
    } else {
        std::env::var_os(name)
    };
    let value = found.ok_or_else(|| {
        Fault::new(
            FaultKind::Secret,
            format!("the environment variable `{name}` is not set"),
        )
        .hint(format!(
            "set `{name}`, or name another source for the secret"
        ))
    })?;
    utf8(value.into_encoded_bytes(), &Secret::Env(name.into()))
}

fn file(path: &str) -> Result<Exposed> {
    let cannot = |cause: std::io::Error| {
        Fault::new(
            FaultKind::Secret,
            format!("the secret in `{path}` cannot be read: {cause}"),
        )
        .hint("check that the file is there and that this user may read it")
        .caused_by(cause)
    };
    let file = File::open(Path::new(path)).map_err(cannot)?;
    let mut bytes = Vec::with_capacity(256);
    file.take(LONGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("`{path}` is too long to be a secret"),
        ));
    }
    // Editors end the last line; the secret is what stands on it.
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    utf8(bytes, &Secret::File(path.into()))
}

/// Letters and digits by chance.
pub(in crate::exec) fn random(length: u8) -> Result<Exposed> {
    // 248 is the largest multiple of 62 in a byte: more would favour the
    // first letters.
    let fair = u8::MAX - u8::MAX % 62 - 1;
    let mut value = String::with_capacity(length.into());
    let mut bytes = [0; 64];
    while value.len() < length.into() {
        entropy(&mut bytes).map_err(|cause| {
            Fault::new(FaultKind::Secret, "the system gives no random numbers").caused_by(cause)
        })?;
        let wanted = usize::from(length) - value.len();
        let letters = bytes.iter().filter(|byte| **byte <= fair);
        value.extend(
            letters
                .map(|byte| char::from(LETTERS[usize::from(byte % 62)]))
                .take(wanted),
        );
    }
    bytes.fill(0);
    std::hint::black_box(&bytes);
    Ok(Exposed(value))
}

#[cfg(target_os = "linux")]
fn entropy(bytes: &mut [u8]) -> std::io::Result<()> {
    let mut filled = 0;
    while filled < bytes.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        filled +=
            rustix::io::retry_on_intr(|| rustix::rand::getrandom(&mut bytes[filled..], flags))?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn entropy(bytes: &mut [u8]) -> std::io::Result<()> {
    File::open("/dev/urandom")?.read_exact(bytes)
}

fn basic(id: &str, key: &Exposed) -> Result<Exposed> {
    if id.is_empty() || id.contains(|c: char| c == ':' || c.is_control()) {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("`{id}` cannot be the id of an access key"),
        )
        .hint("an id has no colon: that is what ends it in a token"));
    }
    let pair = Exposed(format!("{id}:{}", key.expose()));
    Ok(Exposed(format!("Basic {}", STANDARD.encode(pair.expose()))))
}

/// A strong text that is the same for the same reference, and for no other.
fn stand_in(secret: &Secret) -> String {
    let digest = Sha256::digest(secret.to_string());
    let hex = digest[..10].iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("Invented-Text-12-{hex}")
}

fn utf8(bytes: Vec<u8>, secret: &Secret) -> Result<Exposed> {
    // The error would carry the bytes; it goes no further.
    String::from_utf8(bytes).map(Exposed).map_err(|_| {
        Fault::new(
            FaultKind::Secret,
            format!("the secret `{secret}` is not text"),
        )
        .hint("it must be UTF-8")
    })
}

fn checked(secret: &Secret, value: &Exposed) -> Result<()> {
    if value.expose().is_empty() {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("the secret `{secret}` is empty"),
        ));
    }
    if value.expose().contains(char::is_control) {
        return Err(Fault::new(
            FaultKind::Secret,
            format!("the secret `{secret}` cannot be typed at a prompt"),
        )
        .hint("it must be one line without control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(content: &[u8]) -> (tempfile::NamedTempFile, Secret) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let secret = Secret::File(file.path().to_str().unwrap().into());
        (file, secret)
    }

    #[test]
    fn a_file_counts_without_its_last_line_end() {
        for content in ["key of it", "key of it\n", "key of it\r\n"] {
            let (_file, secret) = kept(content.as_bytes());
            let mut vault = Vault::unattended();
            assert_eq!(vault.resolve(&secret).unwrap().expose(), "key of it");
        }
    }

    #[test]
    fn what_no_prompt_takes_is_refused_and_not_shown() {
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
            let (_file, secret) = kept(content);
            let fault = Vault::unattended().resolve(&secret).unwrap_err();
            assert_eq!(fault.kind(), FaultKind::Secret);
            assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_a_fault() {
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
            assert!(vault.peek(&secret).is_none());
        }
    }

    #[test]
    fn the_operator_is_asked_once_and_not_for_a_preview() {
        let mut left = vec!["typed"];
        let mut vault = Vault::new(Box::new(move |label| {
            assert_eq!(label, "Key of node 1");
            Ok(left.pop().unwrap().to_owned())
        }));
        let secret = Secret::parse("prompt:Key of node 1").unwrap();
        assert!(vault.peek(&secret).is_none());
        assert_eq!(vault.resolve(&secret).unwrap().expose(), "typed");
        assert_eq!(vault.resolve(&secret).unwrap().expose(), "typed");
        assert_eq!(vault.peek(&secret).unwrap().expose(), "typed");
    }

    #[test]
    fn random_secrets_are_of_their_length_and_differ() {
        let mut vault = Vault::unattended();
        let of = |length, ordinal| Secret::Random { length, ordinal };
        assert!(vault.peek(&of(20, 1)).is_none());
        let first = vault.resolve(&of(20, 1)).unwrap();
        assert_eq!(first.expose().len(), 20);
        assert_ne!(first, vault.resolve(&of(20, 2)).unwrap());
        assert_eq!(first, vault.resolve(&of(20, 1)).unwrap());
        assert_eq!(vault.resolve(&of(255, 3)).unwrap().expose().len(), 255);
        assert!(vault.resolve(&of(0, 4)).is_err());
    }

    #[test]
    fn every_letter_is_as_likely() {
        let mut counts = [0_u32; 256];
        for _ in 0..250 {
            for byte in random(248).unwrap().expose().bytes() {
                counts[usize::from(byte)] += 1;
            }
        }
        // 1000 of each are expected; six deviations are some 190.
        for letter in LETTERS {
            let count = counts[usize::from(*letter)];
            assert!((800..1200).contains(&count), "{count}");
        }
        assert_eq!(counts.iter().sum::<u32>(), 62_000);
    }

    #[test]
    fn the_basic_token_is_base64_of_the_pair() {
        let (_file, key) = kept(b"secret\n");
        let of = |id: &str| Secret::Basic {
            id: id.into(),
            secret: Rc::new(key.clone()),
        };
        let mut vault = Vault::unattended();
        assert_eq!(
            vault.peek(&of("id")).unwrap().expose(),
            "Basic aWQ6c2VjcmV0"
        );
        assert!(vault.resolve(&of("a:b")).is_err());
        assert!(vault.resolve(&of("")).is_err());
    }

    #[test]
    fn an_invented_secret_is_the_same_for_its_reference_alone() {
        let [a, b, missing] =
            ["env:A", "file:/b", "env:MISSING"].map(|reference| Secret::parse(reference).unwrap());
        let given = Invented::from([
            (b.clone(), Some("given".to_owned())),
            (missing.clone(), None),
        ]);
        let mut vault = Vault::invented(given);
        let first = vault.peek(&a).unwrap();
        assert_eq!(vault.resolve(&a).unwrap(), first);
        assert_eq!(vault.resolve(&b).unwrap().expose(), "given");
        assert_ne!(stand_in(&a), stand_in(&b));
        assert!(vault.peek(&missing).is_none());
    }

    #[test]
    fn debugging_shows_names_only() {
        let (_file, secret) = kept(b"canary");
        let mut vault = Vault::unattended();
        let value = vault.resolve(&secret).unwrap();
        let shown = format!("{vault:?} {vault:#?} {value:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains(&secret.to_string()));
    }
}

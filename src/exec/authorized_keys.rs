//! The `authorized_keys` file of an account: what the command `ascript authorized-keys`
//! does as root. Keys are compared by themselves, whatever options and comments they have.

use std::path::Path;

use nix::unistd::User;

use super::folder::{AccountFile, AccountIds};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::PublicKey;
use crate::tools::authorized_keys_file;

/// The keys that may log in to an account.
pub struct AuthorizedKeys {
    file: AccountFile,
    text: String,
}

impl AuthorizedKeys {
    /// Those of the account of that name, in that file. Whoever is not that account names the
    /// file in its home folder and no other: the path may come from a plan that was edited.
    pub fn open(account: &str, path: &Path) -> Result<Self> {
        let unknown = || {
            Fault::new(
                FaultKind::Unknown,
                format!("there is no account `{account}`"),
            )
        };
        let found = User::from_name(account).map_err(|cause| {
            let cause = std::io::Error::from(cause);
            unknown().hint(format!("the system says: {}", crate::fault::reason(&cause)))
        })?;
        let user = found.ok_or_else(unknown)?;
        let own = authorized_keys_file(&user.dir.to_string_lossy());
        if user.uid != nix::unistd::geteuid() && path != Path::new(&own) {
            return Err(Fault::refused(format!(
                "`{}` is not the file of keys of `{account}`",
                path.display()
            ))
            .hint(format!("that is {own}")));
        }
        let ids = AccountIds {
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        };
        let file = AccountFile::open(path, ids)?;
        let text = file.read()?.unwrap_or_default();
        Ok(Self { file, text })
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = PublicKey> {
        self.text.lines().filter_map(PublicKey::parse)
    }

    /// Why SSH may not trust the file.
    pub fn exposure(&self) -> Result<Option<String>> {
        self.file.exposure()
    }

    /// Adds a key, or gives the key that is there these options.
    pub fn add(&mut self, wanted: &PublicKey) -> Result<()> {
        let text = with_key(&self.text, wanted);
        self.file.replace(&text)
    }

    /// Removes every line with that key.
    pub fn remove(&mut self, key: &PublicKey) -> Result<()> {
        let text = without_key(&self.text, key);
        self.file.replace(&text)
    }
}

fn is_key(line: &str, key: &PublicKey) -> bool {
    PublicKey::parse(line).is_some_and(|found| found.blob() == key.blob())
}

/// All other lines, and the comment of the key, stay as they are.
fn with_key(text: &str, wanted: &PublicKey) -> String {
    let mut is_there = false;
    let mut edited = String::with_capacity(text.len() + 1024);
    for line in text.split_inclusive('\n') {
        let found = PublicKey::parse(line).filter(|found| found.blob() == wanted.blob());
        match found {
            Some(found) if !is_there => {
                is_there = true;
                if found.options == wanted.options {
                    edited.push_str(line);
                } else {
                    let mut changed = found;
                    changed.options.clone_from(&wanted.options);
                    edited.push_str(&changed.line());
                    edited.push('\n');
                }
            }
            _ => edited.push_str(line),
        }
    }
    if !is_there {
        if !edited.is_empty() && !edited.ends_with('\n') {
            edited.push('\n');
        }
        edited.push_str(&wanted.line());
        edited.push('\n');
    }
    edited
}

fn without_key(text: &str, key: &PublicKey) -> String {
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !is_key(line, key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAABAQ==";
    const B: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAABAg==";

    fn key(line: &str) -> PublicKey {
        PublicKey::parse(line).expect(line)
    }

    #[test]
    fn other_lines_and_comments_stay_as_they_are() {
        let text = format!("# mine\n\n{A} lion@host\nfrom=\"a b\" {B} x");
        assert_eq!(with_key(&text, &key(A)), text);
        let restricted = key(&format!("restrict {A}"));
        let edited = with_key(&text, &restricted);
        assert_eq!(edited, text.replace(A, &format!("restrict {A}")));
        assert_eq!(with_key(&edited, &key(A)), text);
        assert_eq!(
            without_key(&text, &key(B)),
            format!("# mine\n\n{A} lion@host\n")
        );
    }

    #[test]
    fn a_new_key_gets_a_line_of_its_own() {
        assert_eq!(with_key("", &key(A)), format!("{A}\n"));
        let text = format!("{B} no line end");
        let edited = with_key(&text, &key(&format!("{A} aspera")));
        assert_eq!(edited, format!("{text}\n{A} aspera\n"));
        assert_eq!(without_key(&edited, &key(A)), format!("{text}\n"));
    }

    #[test]
    fn only_the_first_of_equal_keys_counts() {
        let text = format!("restrict {A}\n{A}\n");
        assert_eq!(with_key(&text, &key(A)), format!("{A}\n{A}\n"));
        assert_eq!(without_key(&text, &key(A)), "");
    }
}

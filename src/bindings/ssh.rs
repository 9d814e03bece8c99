//! `ssh.*`: keys that may log in, and the fingerprint of the node's own key.

use std::rc::Rc;

use sha1::{Digest as _, Sha1};

use crate::facts::Facts;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{AuthorizedKey, PublicKey, State, Subject, ValueType};
use crate::tools;

use super::{Args, Binding, Key, Made, Param, group};

const USER: Key<Rc<str>> = Key::text(
    "user",
    ValueType::AccountName,
    "Account that the key may log in to.",
);
const KEY: Key<Option<Rc<str>>> = Key::text("key", ValueType::Text, "The line of a `.pub` file.")
    .optional()
    .default("that of the installation, with which token transfers log in");
const OPTIONS: Key<Option<Rc<str>>> = Key::text(
    "options",
    ValueType::Line,
    "What sshd allows the key, such as `restrict`; see AUTHORIZED_KEYS FILE FORMAT in sshd(8).",
)
.optional()
.default("those that the key has there; a new one has none");

/// The options of a line of `authorized_keys`: sshd(8), "`AUTHORIZED_KEYS` FILE FORMAT".
/// Their names are not case-sensitive.
const KEY_OPTIONS: [&str; 22] = [
    "agent-forwarding",
    "cert-authority",
    "command",
    "environment",
    "expiry-time",
    "from",
    "no-agent-forwarding",
    "no-port-forwarding",
    "no-pty",
    "no-touch-required",
    "no-user-rc",
    "no-X11-forwarding",
    "permitlisten",
    "permitopen",
    "port-forwarding",
    "principals",
    "pty",
    "restrict",
    "tunnel",
    "user-rc",
    "verify-required",
    "X11-forwarding",
];

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "ssh.authorize",
        doc: "Lets a public key log in to an account.\n\nThe key is added to `.ssh/authorized_keys` in the account's home folder. The folder gets mode 700, the file 600, and both belong to the account. A key is found by itself, whatever its comment; all other lines stay as they are. Links and files of other users are refused.\n\nWithout `key` it is the key with which Aspera clients log in for transfers with a token: `var/aspera_tokenauth_id_rsa.pub` of the installation, or `var/aspera_id_dsa.pub` of old ones.",
        params: &[
            USER.param,
            KEY.param,
            Param::options(&[OPTIONS.param], "How the key may be used.").named("how"),
        ],
        example: r#"account.ensure("faspex");
ssh.authorize("faspex");"#,
        source: "IBM Aspera Faspex 4.4, node guide for Linux; sshd(8)",
        make: authorize,
    },
    Binding {
        name: "ssh.host_fingerprint",
        doc: "Returns the fingerprint of the node's RSA host key as `ssh_host_key_fingerprint` takes it: SHA-1 in hexadecimal digits.\n\nThe key is `/etc/ssh/ssh_host_rsa_key.pub`.",
        params: &[],
        example: "conf.set_server(#{ ssh_host_key_fingerprint: ssh.host_fingerprint() });",
        source: "laurent-martin/aspera-hsts-operations",
        make: host_fingerprint,
    },
];

fn authorize(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let user = args.get(&USER);
    let key = match args.get(&KEY) {
        Some(text) => given_key(&text)?,
        None => installed_key(facts)?,
    };
    let State::Account(account) = facts.read(&Subject::Account(Rc::clone(&user)))? else {
        return Err(group::no_account(&user, "user"));
    };
    let subject = Subject::AuthorizedKey(user, key.id().into());
    let options = match (args.get(&OPTIONS), facts.read(&subject)?) {
        (Some(options), _) => given_options(&options, &key)?,
        (None, State::AuthorizedKey(now)) => now.options,
        (None, _) => {
            refuse_unknown_options(&key).map_err(|fault| fault.in_argument("key"))?;
            key.options
        }
    };
    let wanted = State::AuthorizedKey(Box::new(AuthorizedKey {
        key: key.key,
        options,
        file: tools::authorized_keys_file(&account.home),
        owner_only: true,
    }));
    Ok(facts.change(vec![(subject, wanted)])?.made())
}

fn given_key(text: &str) -> Result<PublicKey> {
    let fault = |text: &str| Fault::script(text.to_owned()).in_argument("key");
    if text.contains("PRIVATE KEY") {
        return Err(fault("`key` is a private key").hint("give the line of its `.pub` file"));
    }
    PublicKey::parse(text).ok_or_else(|| {
        fault("`key` is not a public key").hint(
            "give the line of a `.pub` file: `ssh-rsa AAAA…`; a column of a CSV file can hold it",
        )
    })
}

/// The options that a call gives a key.
fn given_options(options: &str, key: &PublicKey) -> Result<String> {
    let options = options.trim();
    let fault = |fault: Fault| fault.in_argument("options");
    let with_options = PublicKey::parse(&format!("{options} {}", key.key))
        .filter(|parsed| parsed.options == options)
        .ok_or_else(|| {
            let message = "`options` is not one word, blanks in quotes apart";
            fault(Fault::script(format!("{message}: `{options}`")))
        })?;
    refuse_unknown_options(&with_options).map_err(fault)?;
    Ok(with_options.options)
}

/// Refuses options for which sshd would not accept the key.
fn refuse_unknown_options(key: &PublicKey) -> Result<()> {
    let is_known = |name: &&str| {
        let mut known = KEY_OPTIONS.iter();
        known.any(|known| known.eq_ignore_ascii_case(name))
    };
    let Some(name) = key.option_names().into_iter().find(|name| !is_known(name)) else {
        return Ok(());
    };
    if name.is_empty() {
        return Err(Fault::script(
            "a comma in the options has no option beside it",
        ));
    }
    let message = format!("sshd has no option `{name}` for a key, and would refuse the key");
    let fault = Fault::script(message).suggest(name, KEY_OPTIONS);
    Err(fault.hint("sshd(8) lists the options under AUTHORIZED_KEYS FILE FORMAT"))
}

fn installed_key(facts: &mut Facts<'_>) -> Result<PublicKey> {
    let state = facts.read(&Subject::TokenKey)?;
    let key = state.text().and_then(PublicKey::parse);
    key.ok_or_else(|| {
        Fault::refused("this installation has no public key for transfers with a token")
            .hint("it was searched in var/aspera_tokenauth_id_rsa.pub and var/aspera_id_dsa.pub; give a key")
            .in_argument("key")
    })
}

fn host_fingerprint(_: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let state = facts.read(&Subject::HostKey)?;
    let key = state.text().and_then(PublicKey::parse);
    let key = key.ok_or_else(|| {
        Fault::new(FaultKind::Refused, "this node has no RSA host key")
            .hint("it was searched in /etc/ssh/ssh_host_rsa_key.pub; `ssh-keygen -A` makes one")
    })?;
    Made::answer(hex::encode(Sha1::digest(key.blob())))
}

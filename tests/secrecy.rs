//! Secrecy: a secret appears in no output, argument or file, in any encoding, except
//! in the places that must contain it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::support::{Done, Node, SECRETS, each, hex};

const LINUX: &[&str] = &[
    "faspex-node-linux",
    "--set",
    "account_password=env:FASPEX_ACCOUNT_PASSWORD",
];

/// A platform, a script, and programs that fail and print all their input.
const RUNS: &[(&str, &[&str], &[&str])] = &[
    ("macos", &["faspex-node-macos"], &[]),
    ("linux", LINUX, &[]),
    (
        "linux",
        &["sync-access-key", "--set", "access_key=ak1"],
        &[],
    ),
    ("linux", &["sync-access-key", "--set", "role=server"], &[]),
    (
        "macos",
        &["faspex-node-macos"],
        &["asconfigurator", "dsenableroot"],
    ),
    ("macos", &["faspex-node-macos"], &["sysadminctl"]),
    ("macos", &["faspex-node-macos"], &["dsenableroot"]),
    ("macos", &["faspex-node-macos"], &["asconfigurator"]),
    ("macos", &["faspex-node-macos"], &["asnodeadmin"]),
    ("linux", LINUX, &["chpasswd"]),
    ("linux", &["faspex-node-linux"], &["asconfigurator"]),
    ("linux", &["faspex-node-linux"], &["asuserdata"]),
    (
        "linux",
        &["sync-access-key", "--set", "access_key=ak1"],
        &["async"],
    ),
];

/// Prints its input in many encodings and fails. The program itself answers a
/// reading.
const LEAKING_PROGRAM: &str = r#"case "$*" in
  -l) exec "${0%/*}/real/${0##*/}" "$@" ;;
esac
if [ -t 0 ]; then printf 'Password: '; read -r input; else input=$(cat); fi
# A message quotes one line, up to some length.
input=$(printf '%s' "$input $ASPERA_SCP_TOKEN" | tr '\n' ' ' | tail -c 60)
for out in 1 2; do
  printf 'bad: %s; ' "$input" >&$out
  printf '%s' "$input" | base64 -w0 >&$out
  printf ' %s' "$(printf '%s' "$input" | od -An -v -tx1 | tr -d ' \n')" >&$out
  printf ' %s\n' "$(printf '%s' "$input" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g')" >&$out
done
exit 1"#;

#[test]
fn no_secret_is_in_any_output() {
    let named = |run: &(&str, &[&str], &[&str])| format!("{} with {:?}", run.1.join(" "), run.2);
    each(RUNS, named, |(platform, script, leaking)| {
        let node = Node::new(platform);
        for program in *leaking {
            node.keep_real(program);
            node.replace(program, LEAKING_PROGRAM);
        }
        let text = [&["run"], *script, &["-v"]].concat();
        for args in [
            text.clone(),
            [&text[..], &["--format", "json"]].concat(),
            [&text[..], &["--live", "--yes"]].concat(),
            [&text[..], &["--live", "--yes", "--format", "json"]].concat(),
        ] {
            let is_live = args.contains(&"--live");
            let done = node.run(&args);
            assert_eq!(
                done.code != 0,
                is_live && !leaking.is_empty(),
                "{}",
                done.err
            );
            keeps_secrets(&node, &done);
        }
    });
}

#[test]
fn no_secret_is_in_plans_receipts_or_reports() {
    let jobs: &[(&str, &[&str])] = &[
        ("macos", &["faspex-node-macos"]),
        ("linux", LINUX),
        ("linux", &["sync-access-key", "--set", "access_key=ak1"]),
    ];
    each(
        jobs,
        |job| job.1.join(" "),
        |(platform, script)| {
            let node = Node::new(platform);
            let file = crate::plans::plan(&node, script);
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(node.lab.dir().join("var/plan.json"), text).unwrap();
            let uses: &[&[&str]] = &[
                &["apply", &file, "--rehearse"],
                &["apply", &file, "--yes"],
                &["apply", &file, "--yes"],
                &["runs"],
                &["undo", "--format", "json"],
                &["undo", "--live", "--yes"],
                &["undo", "2", "--live", "--yes", "--format", "json"],
                &["undo", "--format", "html"],
            ];
            for args in uses {
                keeps_secrets(&node, &node.run(args));
            }
            for format in ["text", "json", "markdown", "html"] {
                keeps_secrets(&node, &crate::plans::show(&[&file, "--format", format]));
            }
        },
    );
}

/// Fails, and prints a secret of aspera.conf that the run does not know.
const REPEATING_PROGRAM: &str = r"for out in 1 2; do
  printf 'bad key <k>Xq7-other-users-key-41</k> XQ7-OTHER-USERS-KEY-41 ' >&$out
  printf 'X q 7 - o t h e r - u s e r s - k e y - 4 1 Xq7-other-users-ke... ' >&$out
  echo 'nor Xq7-other&#45;users%2Dkey-41 of s3://K:b4ck3t@h: b4ck3t' >&$out
done
exit 1";

const OTHER_USER: &str = "<aaa><realms><realm><users><user><name>other</name><authorization>\
    <token><encryption_key>Xq7-other-users-key-41</encryption_key></token></authorization>\
    <file_system><access><paths><path><absolute>s3://K:b4ck3t@h/x</absolute></path></paths>\
    </access></file_system></user></users></realm></realms></aaa></CONF>";

#[test]
fn a_secret_of_another_user_that_a_tool_repeats_is_hidden() {
    let runs = [
        (
            "asconfigurator",
            "conf.set_server(#{ server_name: \"n.example\" });",
        ),
        (
            "asnodeadmin",
            "node.add_api_user(\"a\", #{ transfer_user: \"other\", password: secret(\"env:NODE_API_PASSWORD\") });",
        ),
    ];
    each(
        &runs,
        |run| run.0.to_owned(),
        |(program, script)| {
            let node = Node::new("linux");
            let conf = String::from_utf8(node.conf()).unwrap();
            node.set_conf(conf.replace("</CONF>", OTHER_USER));
            node.replace(program, REPEATING_PROGRAM);
            let script = node.script(script);
            let mut printed = String::new();
            for args in [
                &["run", &script, "-v"][..],
                &["run", &script, "--live", "--yes", "-v"],
                &["run", &script, "--live", "--yes", "--format", "json"],
                &["runs"],
                &["runs", "--format", "json"],
            ] {
                let done = node.run(args);
                let files = node.files().into_iter();
                let receipts = joined(files.filter(|(path, _)| !is_conf(path)).collect());
                let receipts = String::from_utf8_lossy(&receipts).replace(REPEATING_PROGRAM, "");
                let all = format!("{}{}{receipts}", done.out, done.err).to_lowercase();
                printed.push_str(&all);
                for part in ["other-users", "o t h e r", "other&#45;users", "b4ck3t"] {
                    assert!(
                        !all.contains(part),
                        "{args:?} {part}: {}{}",
                        done.out,
                        done.err
                    );
                }
            }
            assert!(
                printed.contains("nor ‹secret› of s3://‹secret›@h: ‹secret›"),
                "{printed}"
            );
        },
    );
}

#[track_caller]
pub(crate) fn keeps_secrets(node: &Node, done: &Done) {
    let log = std::fs::read(node.lab.dir().join("var/lab/calls.log")).unwrap();
    // Only aspera.conf and its backups may contain the token key.
    let (conf, files): (Vec<_>, Vec<_>) = node
        .files()
        .into_iter()
        .partition(|(path, _)| is_conf(path));
    let conf = joined(conf);
    let printed = [
        log,
        done.out.clone().into_bytes(),
        done.err.clone().into_bytes(),
    ];
    let all = [joined(files), printed.join(&0)].concat();
    let lacks = |text: &[u8], form: &str| memchr::memmem::find(text, form.as_bytes()).is_none();
    for (name, secret) in SECRETS {
        for form in encodings(secret) {
            assert!(lacks(&all, &form), "{name} appears as {form}");
            let is_allowed = name == "FASPEX_TOKEN_KEY";
            assert!(
                is_allowed || lacks(&conf, &form),
                "{name} as {form} in aspera.conf"
            );
        }
    }
}

/// Whether a file is aspera.conf or a backup of it, which only its owner can read.
fn is_conf(path: &Path) -> bool {
    let is_backup = path.parent().unwrap().ends_with("ascript/runs")
        && path
            .extension()
            .is_some_and(|extension| extension == "conf");
    if is_backup {
        let rights = std::fs::metadata(path).unwrap().permissions();
        assert_eq!(rights.mode() & 0o777, 0o600);
    }
    is_backup || path.ends_with("etc/aspera.conf")
}

fn joined(files: Vec<(PathBuf, Vec<u8>)>) -> Vec<u8> {
    let bytes: Vec<_> = files.into_iter().map(|(_, bytes)| bytes).collect();
    bytes.join(&0)
}

/// A secret in every encoding that a program may use.
pub(crate) fn encodings(secret: &str) -> Vec<String> {
    let hex = hex(secret.as_bytes());
    let percent = |is_kept: fn(char) -> bool, small: bool| -> String {
        let one = |c: char| match (is_kept(c), small) {
            (true, _) => c.to_string(),
            (false, true) => format!("%{:02x}", u32::from(c)),
            (false, false) => format!("%{:02X}", u32::from(c)),
        };
        secret.chars().map(one).collect()
    };
    let xml = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let json = serde_json::to_string(secret).unwrap();
    let json = json.trim_matches('"').to_owned();
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        percent(|c| c.is_ascii_alphanumeric(), false),
        percent(|c| c.is_ascii_alphanumeric(), true),
        percent(|c| c.is_ascii_alphanumeric() || "-._~".contains(c), false),
        percent(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c), false),
        percent(|c| c.is_ascii_alphanumeric(), false).replace("%20", "+"),
        xml.replace('"', "&quot;").replace('\'', "&apos;"),
        xml.replace('"', "&quot;").replace('\'', "&#39;"),
        xml,
        json.replace('/', "\\/"),
        json,
        STANDARD.encode(format!("ak1:{secret}")),
    ];
    // In the base64 of a longer text, the text before shifts the characters.
    for before in ["", "x", "xx"] {
        let text = format!("{before}{secret}");
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&text);
            let start = (before.len() * 8).div_ceil(6);
            forms.push(encoded[start..text.len() * 8 / 6].to_owned());
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

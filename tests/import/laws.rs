//! What holds for every file that is imported.

use ascript::recipe::{self, Recipe};
use proptest::prelude::*;

use super::{cases, folder};
use crate::schema::keeps;
use crate::transcript::shell;

/// Secrets that the cases spell out, whole or in parts.
const SECRETS: &[&str] = &[
    "hunter2",
    "Xk29fj3",
    "P4ss!w0rd",
    "s3cret",
    "t0psecret",
    "gj5o930t78m34ejme9dx",
    "XF324cd28",
    "S3KRET",
    "Hunter2Pw",
];

#[test]
fn every_script_passes_check_and_previews_on_a_blank_node() {
    for name in cases() {
        let (stem, _) = name.rsplit_once('.').unwrap();
        let text = std::fs::read_to_string(folder().join(format!("{stem}.rhai"))).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("script.rhai"), &text).unwrap();
        for file in std::fs::read_dir(folder().join("beside")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        }
        let params = folder().join(format!("{stem}.toml"));
        let given = if params.exists() {
            format!("--params {}", params.display())
        } else {
            String::new()
        };
        let platform = if text.contains("PLATFORM = \"macos\"") {
            "macos"
        } else {
            "linux"
        };
        for command in [
            "ascript check --deny-warnings ./script.rhai".to_owned(),
            format!("ascript run ./script.rhai --node blank:{platform} {given}"),
        ] {
            let done = shell(&command, dir.path());
            let error = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{name}: {command}: {error}\n{text}");
        }
    }
}

#[test]
fn every_document_keeps_the_schema() {
    for name in cases() {
        let command = format!("ascript import --format json --exit-code {name}");
        let done = shell(&command, &folder());
        let document = keeps(
            "import.schema.json",
            &String::from_utf8(done.stdout).unwrap(),
        );
        assert_eq!(document["script"], super::translation(&name).script);
        let comments = document["lines"].as_array().unwrap().iter();
        let comments = comments.filter(|line| line["answer"] == "comment").count();
        assert_eq!(document["summary"]["comment"], comments);
        let code = if comments > 0 { 10 } else { 0 };
        assert_eq!(done.status.code(), Some(code), "{name}");
        assert!(done.stderr.is_empty(), "{name}");
    }
}

#[test]
fn a_page_is_one_whatever_the_name_of_its_file() {
    for page in ["node-guide.txt", "sync-guide.txt"] {
        let text = std::fs::read_to_string(folder().join(page)).unwrap();
        let script = |name| {
            let script = recipe::translate(&[Recipe { name, text: &text }]).script;
            script.replace(name, "page")
        };
        let expected = script("page.txt");
        assert_eq!(script("page.sh"), expected);
        assert_eq!(script("page.md"), expected);
    }
}

#[test]
fn no_script_or_answer_shows_a_secret() {
    let mut seen = 0;
    for name in cases() {
        let source = std::fs::read_to_string(folder().join(&name)).unwrap();
        let translation = super::translation(&name);
        let shown = format!("{}{}", translation.script, super::answers(&translation));
        for secret in SECRETS {
            seen += usize::from(source.contains(secret));
            assert!(!shown.contains(secret), "{name} shows {secret}");
        }
    }
    assert!(seen > 3, "the cases have only {seen} secrets");
}

#[test]
fn no_line_shows_what_a_program_reads_as_a_password() {
    for line in [
        "echo S3KRET | passwd --stdin anna",
        "echo 'S3KRET two' |passwd --stdin anna",
        "echo \"anna:S3KRET\" | chpasswd",
        "printf '%s\\n' S3KRET|sudo -S chpasswd",
        "echo -n S3KRET | docker login --password-stdin",
        "(echo S3KRET; echo S3KRET) | passwd anna",
        "echo S3KRET | sudo -S systemctl restart x",
        "chpasswd <<< \"anna:S3KRET\"",
        "chpasswd <<<anna:S3KRET",
        "chpasswd <<EOF\nanna:S3KRET\nEOF",
    ] {
        assert_hides_secret(line);
    }
    let text = "echo net.core=1 | sudo tee /etc/sysctl.d/x";
    let recipe = Recipe { name: "a.sh", text };
    assert!(recipe::translate(&[recipe]).script.contains("net.core=1"));
}

fn assert_hides_secret(text: &str) {
    let name = "a.sh";
    let translation = recipe::translate(&[Recipe { name, text }]);
    let shown = format!("{}{}", translation.script, super::answers(&translation));
    assert!(!shown.contains("S3KRET"), "{shown}");
}

#[test]
fn no_line_shows_a_secret_in_or_after_a_flag() {
    for line in [
        "mysql -u root -pS3KRET db",
        "mysql -u root -p'S3KRET two' db",
        "sshpass -p S3KRET rsync -a /a host:/b",
        "mkdir -p /srv/a && mysql -p S3KRET db",
        "sudo ipmitool -PS3KRET lan print",
        "asnodeadmin -pS3KRET -a -u x --unknown",
        "async -N x -d /a -r u@h:/b -K push -WS3KRET",
        "async -N x -r u@h:/b -K push -WS3KRET",
        "async -N x -d /a -r u@h:/b -wS3KRET -C",
        "mount -t cifs //h/s /mnt -o username=x,password=S3KRET",
        "mount -t cifs //h/s /mnt -o ro,password=S3KRET,uid=0",
        "curl \"https://h/x?api_key=S3KRET&u=b\"",
        "usermod -p $(openssl passwd -1 S3KRET) x",
        "smbclient -U 'u%S3KRET' //h/s",
        "redis-cli -a S3KRET ping",
        "X=S3KRET\nmysql -p$X db",
        "X=S3KRET\necho \"a:$X\" | sudo -u b chpasswd -e",
        "setpw() { echo \"$1:$2\" | chpasswd; }\nsetpw anna S3KRET",
        "setpw() {\n  echo \"$1:$2\" | chpasswd\n}\nsetpw anna S3KRET && useradd x",
    ] {
        assert_hides_secret(line);
    }
    let text = "sudo /bin/cp -p /srv/a /srv/b";
    let recipe = Recipe { name: "a.sh", text };
    assert!(recipe::translate(&[recipe]).script.contains(text));
}

#[test]
fn no_file_that_is_written_shows_a_secret() {
    for line in [
        "cat > /etc/x <<EOF\npassword=S3KRET\nEOF",
        "cat > /etc/x <<'EOF'\n{ \"apiKey\": \"S3KRET\" }\nEOF",
        "cat > /etc/x <<EOF\nmachine a login b password S3KRET\nEOF",
        "cat > /etc/x <<EOF\nurl = https://a:S3KRET@b:1/c\nproxy = http://c:S3KRET@d\nEOF",
        "sudo tee /etc/x >/dev/null <<-EOF\n\t-----BEGIN PRIVATE KEY-----\n\tS3KRETS3KRET\n\t-----END\nEOF",
        "echo 'mysql -p S3KRET' > /etc/x",
        "echo \"db_pass: 'S3KRET'\" | sudo tee -a /etc/x",
        "echo the word is S3KRETS3KRET > /etc/x\nasnodeadmin -a -u n -p S3KRETS3KRET -x a",
        "echo \"anna S3KRET\" > /etc/rsync.secrets",
        "echo S3KRET > /etc/app/password",
        "cat > /root/.pgpass <<EOF\n*:*:a:b:S3KRET\nEOF",
        "DB_PASSWORD=S3KRET\necho \"user:$DB_PASSWORD\" > /etc/x",
    ] {
        assert_hides_secret(line);
    }
}

#[test]
fn no_script_has_the_value_of_a_variable_that_is_named_like_a_secret() {
    for name in ["dbPwd", "DB_PWD", "authToken", "apiKey"] {
        assert_hides_secret(&format!("{name}=S3KRET\nmkdir /srv/${name}"));
    }
}

proptest! {
    #[test]
    fn no_text_ends_a_comment(text in "[a-z]{1,8}[\n\r\u{85}\u{2028}\u{2029}\u{b}\u{c}\u{202e}]{1,3}throw 1;") {
        let line = format!("tar '{text}'");
        let translation = recipe::translate(&[Recipe { name: "a.sh", text: &line }]);
        for line in translation.script.lines() {
            prop_assert!(line.is_empty() || line.starts_with("//"), "{line:?}");
        }
    }
}

#[test]
fn deep_nesting_and_long_files_end() {
    let deep = ["$(", "`", "(", "{ ", "${a:-", "\"$(", "if "].map(|open| open.repeat(20_000));
    let long = "echo \"\n".repeat(20_000);
    let continued = "echo \\\n".repeat(50_000);
    let joined = "id a && id b || ".repeat(10_000) + "id c";
    let sets: Vec<_> = (0..4_000).map(|number| format!("A{number}=1;")).collect();
    let sets = sets.concat();
    let called = ["f() { ", &sets, " }\n", &"f\nX=1\n".repeat(4_000)].concat();
    let added = ["echo a > /x\n", &"echo b >> /x\n".repeat(8_000)].concat();
    for text in deep
        .into_iter()
        .chain([long, continued, joined, called, added])
    {
        let recipe = Recipe {
            name: "a.sh",
            text: &text,
        };
        assert!(!recipe::translate(&[recipe]).answers.is_empty());
    }
}

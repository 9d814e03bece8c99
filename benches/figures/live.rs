//! A live run with every step read back, compared with a shell script that runs the documented
//! commands and checks nothing, on the same stub tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::measure::{ASCRIPT, ratio, stub, timed};
use crate::promise::Table;

const TOOLS: [&str; 17] = [
    "asconfigurator",
    "ascp",
    "ascript",
    "asnodeadmin",
    "asuserdata",
    "async",
    "chmod",
    "chown",
    "cp",
    "dscl",
    "dseditgroup",
    "dsenableroot",
    "install",
    "launchctl",
    "mkdir",
    "stat",
    "sysadminctl",
];

/// The published procedure as one would paste it, with commands in place of the steps that the
/// guide does in a graphical interface.
const PASTED: &str = r#"
ascp -A
sysadminctl -addUser faspex -fullName faspex -password "$P" -admin
mkdir -p /Users/faspex/.ssh
cp /Library/Aspera/var/aspera_tokenauth_id_rsa.pub /Users/faspex/.ssh/authorized_keys
chmod 700 /Users/faspex/.ssh
chmod 600 /Users/faspex/.ssh/authorized_keys
chown -R faspex /Users/faspex/.ssh
dsenableroot -u admin -p "$P" -r "$P"
mkdir -p /Users/faspex/faspex_packages
chown faspex /Users/faspex/faspex_packages
asconfigurator -x "set_user_data;user_name,faspex;absolute,/Users/faspex/faspex_packages"
asconfigurator -x "set_user_data;user_name,faspex;authorization_transfer_in_value,allow"
asconfigurator -x "set_user_data;user_name,faspex;authorization_transfer_out_value,allow"
asconfigurator -x "set_user_data;user_name,faspex;token_encryption_key,$P"
asconfigurator -x "set_server_data;server_name,node1.example.com"
asconfigurator -x "set_http_server_data;enable_http,true"
asconfigurator -x "set_http_server_data;http_port,8080"
asconfigurator -x "set_http_server_data;enable_https,true"
asconfigurator -x "set_http_server_data;https_port,8443"
for service in asperahttpd asperacentral asperanoded; do
    launchctl stop com.aspera.$service
    launchctl start com.aspera.$service
done
asnodeadmin -a -u node_user -p "$P" -x faspex
asnodeadmin -l
"#;

const SECRETS: [&str; 5] = [
    "FASPEX_ACCOUNT_PASSWORD",
    "FASPEX_ADMIN_PASSWORD",
    "FASPEX_NODE_PASSWORD",
    "FASPEX_ROOT_PASSWORD",
    "FASPEX_TOKEN_KEY",
];

const SECRET: &str = "Xq7bTn2LwR9sKd4HvC8m";

pub(crate) fn measure(dir: &Path, table: &mut Table) {
    let node = Node::new(dir);
    let times = ratio(60, || node.live_run(), || node.pasted());
    table.row("live run of the Faspex script", times);
}

/// A node whose tools are stubs.
struct Node {
    folder: PathBuf,
    script: PathBuf,
}

impl Node {
    fn new(dir: &Path) -> Self {
        let stub = stub(dir);
        let folder = dir.join("node");
        for part in ["bin", "etc"] {
            fs::create_dir_all(folder.join(part)).expect("a folder in the node");
        }
        for tool in TOOLS {
            fs::hard_link(&stub, folder.join("bin").join(tool)).expect("a tool in the node");
        }
        fs::write(folder.join("etc/hostname"), "node1.example.com\n").expect("a name");
        let script = dir.join("pasted.sh");
        fs::write(&script, PASTED).expect("the script is written");
        Self { folder, script }
    }

    /// Brings the node to its first state.
    fn reset(&self) {
        let state = self.folder.join("var");
        // Before the first run there is none.
        let _ = fs::remove_dir_all(&state);
        fs::create_dir_all(state.join("stub")).expect("a folder for the stubs");
        let key = "ssh-rsa AAAAB3NzaC1yc2EAAAABYQ==\n";
        fs::write(state.join("aspera_tokenauth_id_rsa.pub"), key).expect("a key");
        // In a lab no program is that of this machine, not even `ascript` itself.
        fs::create_dir_all(state.join("lab")).expect("a folder for the marker");
        fs::write(state.join("lab/platform"), "macos\n").expect("a marker");
        let blank = "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n</CONF>\n";
        fs::write(self.folder.join("etc/aspera.conf"), blank).expect("a configuration");
    }

    fn pasted(&self) -> Duration {
        self.reset();
        let mut bash = Command::new("/bin/bash");
        bash.arg(&self.script)
            .env("PATH", self.folder.join("bin"))
            .env("P", SECRET);
        timed(&mut bash)
    }

    fn live_run(&self) -> Duration {
        self.reset();
        let mut ascript = Command::new(ASCRIPT);
        ascript
            .args(["run", "faspex-node-macos", "--set", "admin=admin"])
            .args(["--live", "--yes", "--node"])
            .arg(&self.folder)
            .envs(SECRETS.map(|name| (name, SECRET)));
        timed(&mut ascript)
    }
}

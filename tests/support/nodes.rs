//! Variants of nodes: each is a new lab with one peculiarity.

use super::Node;

/// A peculiarity of a node.
pub(crate) struct NodeVariant {
    pub(crate) name: &'static str,
    /// Its aspera.conf; `None` for the one of a new lab.
    conf: Option<fn() -> String>,
    /// Changes the node first.
    done: fn(&Node, &str),
    knobs: &'static [&'static str],
    /// What starts services on Linux; empty for systemd.
    services: &'static str,
}

impl NodeVariant {
    const fn conf(name: &'static str, conf: fn() -> String) -> Self {
        Self {
            conf: Some(conf),
            ..Self::done(name, |_, _| ())
        }
    }

    const fn done(name: &'static str, done: fn(&Node, &str)) -> Self {
        Self {
            name,
            conf: None,
            done,
            knobs: &[],
            services: "",
        }
    }

    const fn knobs(name: &'static str, knobs: &'static [&'static str]) -> Self {
        Self {
            knobs,
            ..Self::done(name, |_, _| ())
        }
    }

    const fn services(name: &'static str, services: &'static str) -> Self {
        Self {
            services,
            ..Self::done(name, |_, _| ())
        }
    }

    /// Whether it has an aspera.conf of its own.
    pub(crate) fn is_of_conf(&self) -> bool {
        self.conf.is_some()
    }

    /// Its own aspera.conf, if it has one.
    pub(crate) fn conf_text(&self) -> Option<String> {
        self.conf.map(|conf| conf())
    }

    /// The variant with this name.
    pub(crate) fn named(name: &str) -> &'static Self {
        ODD.iter().find(|kind| kind.name == name).unwrap()
    }

    /// Creates a node of this variant.
    pub(crate) fn node(&self, platform: &str) -> Node {
        let knobs = self.knobs.iter().map(|knob| (*knob).to_owned());
        let node = Node::with(platform, |options| {
            options.knobs.extend(knobs);
            if platform == "linux" {
                self.services.clone_into(&mut options.services);
            }
        });
        if let Some(conf) = self.conf {
            node.set_conf(conf());
        }
        (self.done)(&node, platform);
        node.lab.clear_calls().unwrap();
        node
    }
}

/// A new lab.
pub(crate) const PLAIN: NodeVariant = NodeVariant::done("fresh", |_, _| ());

/// All other variants.
pub(crate) const ODD: &[NodeVariant] = &[
    NodeVariant::conf("carriage returns", || USED.replace('\n', "\r\n")),
    NodeVariant::conf("byte order mark", || format!("\u{feff}{USED}")),
    NodeVariant::conf("tabs", || USED.replace("  ", "\t")),
    NodeVariant::conf("one line", || {
        USED.lines().map(str::trim).collect::<String>()
    }),
    NodeVariant::conf("namespace", || {
        USED.replace("</", "</a:")
            .replace('<', "<a:")
            .replace("<a:/a:", "</a:")
            .replace("<a:?", "<?")
            .replace("<a:CONF", "<a:CONF xmlns:a=\"urn:a\"")
    }),
    NodeVariant::conf("lower-case root", || USED.replace("CONF", "conf")),
    NodeVariant::conf("sections twice", || {
        USED.replace(
            "</CONF>",
            "  <default><file_system><directory_create_mode>750</directory_create_mode></file_system></default>
  <server><server_name>second.example.com</server_name></server>
  <http_server><http_port>9999</http_port><enable_http>false</enable_http></http_server>
</CONF>",
        )
    }),
    NodeVariant::conf("other values", || {
        with_users(&["faspex", "lion"], |name| {
            format!("<name>{name}</name>{}{}", transfer("deny"), key(OLD_KEY))
        })
    }),
    NodeVariant::conf("partly right", || {
        with_users(&["faspex", "lion"], |name| {
            format!("<!-- ours --><name>{name}</name>{}", transfer("allow"))
        })
        .replace(
            "</CONF>",
            "<http_server><http_port> 8080 </http_port></http_server>\n</CONF>",
        )
    }),
    NodeVariant::conf("comments everywhere", || {
        USED.replace('>', "><!-- a > b -->")
            .replacen("?><!-- a > b -->", "?>", 1)
    }),
    NodeVariant::conf("empty root", || "<CONF/>".to_owned()),
    NodeVariant::conf("no last line end", || USED.trim_end().to_owned()),
    NodeVariant::done("user of the Node API for another", |node, _| {
        node.does(
            "asnodeadmin",
            &["-a", "-u", "node_user", "-p", "pw", "-x", "other"],
        );
    }),
    NodeVariant::done("account without rights", |node, platform| {
        if platform == "macos" {
            node.does(
                "sysadminctl",
                &["-addUser", "faspex", "-fullName", "F", "-password", "pw"],
            );
        } else {
            node.does("useradd", &["-m", "faspex"]);
        }
    }),
    NodeVariant::done("root enabled", |node, platform| {
        if platform == "macos" {
            node.does("dsenableroot", &["-u", "admin", "-p", "pw", "-r", "pw"]);
        }
    }),
    NodeVariant::done("service stopped", |node, platform| {
        stop(node, platform, "asperahttpd");
        stop(node, platform, "asperanoded");
    }),
    NodeVariant::done("docroot of another", |node, platform| {
        let homes = if platform == "macos" { "Users" } else { "home" };
        let path = format!("/{homes}/faspex/faspex_packages");
        node.does("install", &["-d", "-o", "root", "-m", "700", &path]);
    }),
    NodeVariant::done("right but for the token key", |node, platform| {
        let script = format!("faspex-node-{platform}");
        let mut run = node.ascript(&["run", &script, "--live", "--yes"]);
        let output = run.env("FASPEX_TOKEN_KEY", OLD_KEY).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }),
    NodeVariant::knobs("list as in 4.x", &["listing=4.x", "password_prompts=2"]),
    NodeVariant::services("init scripts", "init"),
    NodeVariant::knobs("list as seeded", &["listing=seed", "keepalive=yes"]),
];

/// The token key of users before a run.
pub(crate) const OLD_KEY: &str = "another-key-than-that-one";

/// An aspera.conf with users and settings.
const USED: &str = "\
<?xml version='1.0' encoding='UTF-8'?>
<CONF version=\"2\">
  <default>
    <file_system>
      <access>
        <paths>
          <path>
            <absolute/>
          </path>
        </paths>
      </access>
    </file_system>
  </default>
  <aaa>
    <realms>
      <realm>
        <users>
          <user>
            <name>other</name>
            <file_system>
              <access>
                <paths>
                  <path>
                    <absolute>/data/M&amp;O</absolute>
                  </path>
                </paths>
              </access>
            </file_system>
          </user>
        </users>
      </realm>
    </realms>
  </aaa>
  <central_server>
    <persistent_store>enable</persistent_store>
  </central_server>
</CONF>
";

fn with_users(names: &[&str], user: impl Fn(&str) -> String) -> String {
    let users = names
        .iter()
        .map(|name| format!("<user>{}</user>\n", user(name)));
    let users: String = users.collect();
    USED.replacen("<users>\n", &format!("<users>\n{users}"), 1)
}

fn transfer(value: &str) -> String {
    format!(
        "<authorization><transfer><in><value>{value}</value></in><out><value>{value}</value></out></transfer></authorization>"
    )
}

fn key(key: &str) -> String {
    format!("<authorization><token><encryption_key>{key}</encryption_key></token></authorization>")
}

fn stop(node: &Node, platform: &str, service: &str) {
    match platform {
        "macos" => node.does("launchctl", &["stop", &format!("com.aspera.{service}")]),
        _ => node.does("systemctl", &["stop", service]),
    };
}

//! The words and signs of other languages, and what to write instead.

const NULL: &str = "write `()` for no value; a setting with the value `()` is reset to its default";
pub(super) const BLOCK: &str =
    "write blocks in braces: `if … { … }`, `for name in [\"asp1\", \"asp2\"] { … }`";
const VARIABLE: &str = "declare a variable with `let name = value;`";
const FUNCTION: &str = "write a function as `fn name(a, b) { … }`";
pub(super) const MAP: &str = "start a map with `#{`, as in `#{ absolute: \"/data\" }`";
pub(super) const PAIR: &str =
    "write a colon between key and value, as in `#{ absolute: \"/data\" }`";
pub(super) const SEPARATOR: &str = "separate options with `,`";
pub(super) const OPTIONS: &str = "pass options in a map, as in `#{ docroot: \"/data\" }`";
pub(super) const LIST: &str =
    "write a list in brackets and its strings in quotes: [\"asp1\", \"asp2\"]";
pub(super) const STRING: &str = "write strings in double quotes, as in \"/data/asp1\"";
pub(super) const TEMPLATE: &str =
    "write a string that contains values in back-ticks: `/data/${name}`";
const TERNARY: &str = "an `if` has a value: `let name = if condition { \"a\" } else { \"b\" };`";
pub(super) const COUNTED_LOOP: &str =
    "write `for i in 0..3 { … }`; a `while` loop takes any condition";
pub(super) const CLOSURE: &str = "write a function without a name as `|x| x + 1`";
const PROGRAM: &str =
    "a script cannot start programs; `ascript docs` lists the functions it can call";
const SET_USER: &str = "write `conf.set_user(\"asp1\", #{ absolute: \"/data/asp1\" });`";

/// Words and signs at the location of a fault, and the hint for them.
pub(super) const FOREIGN: &[(&[&str], &str)] = &[
    (
        &[
            "None",
            "null",
            "NULL",
            "nil",
            "Nothing",
            "undefined",
            "AS_NULL",
        ],
        NULL,
    ),
    (&["True", "TRUE", "yes", "on"], "write `true`"),
    (&["False", "FALSE", "no", "off"], "write `false`"),
    (&["and", "And", "AND"], "write `&&`"),
    (&["or", "Or", "OR"], "write `||`"),
    (&["not", "Not", "NOT"], "write `!`, as in `!flag`"),
    (
        &["elif", "elsif", "elseif", "ElseIf"],
        "write `else if … { … }`",
    ),
    (
        &[
            "then", "Then", "do", "Do", "end", "End", "endif", "fi", "done", "Next",
        ],
        BLOCK,
    ),
    (
        &["foreach", "For", "ForEach", "If", "While", "unless"],
        BLOCK,
    ),
    (
        &[
            "def", "function", "func", "Function", "Sub", "sub", "lambda",
        ],
        FUNCTION,
    ),
    (
        &["var", "Dim", "set", "Set", "local", "my", "export"],
        VARIABLE,
    ),
    (
        &[
            "echo", "puts", "printf", "Print", "print", "console", "MsgBox",
        ],
        "write `print(\"…\");`",
    ),
    (
        &["from", "require", "include", "using", "source", "std"],
        "import a module with `import \"std/users\" as users;`",
    ),
    (
        &["except", "Catch", "rescue", "finally"],
        "write `try { … } catch (e) { print(e.message); }`",
    ),
    (
        &["PARAMS", "PLATFORM"],
        "declare it as a constant: `const PARAMS = #{ … };`",
    ),
    (
        &["ENV", "env", "environ", "os", "getenv"],
        "read a parameter as `params.NAME`, and refer to a secret as `secret(\"env:NAME\")`",
    ),
    (
        &["asconfigurator", "set_user_data", "set_user", "set_data"],
        SET_USER,
    ),
    (
        &["set_group_data"],
        "write `conf.set_group(\"partners\", #{ … });`",
    ),
    (&["set_node_data"], "write `conf.set_node(#{ … });`"),
    (&["set_server_data"], "write `conf.set_server(#{ … });`"),
    (
        &["set_http_server_data"],
        "write `conf.set_fallback(#{ http: 8080, https: 8443 });`",
    ),
    (&["set_client_data"], "write `conf.set_client(#{ … });`"),
    (&["set_trunk_data"], "write `conf.set_trunk(109, #{ … });`"),
    (
        &["set_central_server_data"],
        "write `conf.set_central(#{ … });`",
    ),
    (
        &["asnodeadmin"],
        "write `node.add_api_user(\"node_user\", #{ transfer_user: \"asp1\" });`",
    ),
    (
        &["asuserdata"],
        "write `conf.user(\"asp1\")` to read the settings of a user",
    ),
    (
        &["useradd", "adduser", "dscl", "sysadminctl"],
        "write `account.ensure(\"asp1\");`",
    ),
    (
        &["mkdir", "chown", "chmod", "install"],
        "write `dir.ensure(\"/data/asp1\", #{ owner: \"asp1\" });`",
    ),
    (
        &["systemctl", "launchctl"],
        "write `service.refresh(\"asperanoded\");`",
    ),
    (&["exit"], "write `exit();`"),
    (
        &[
            "sudo",
            "ascp",
            "sh",
            "bash",
            "exec",
            "system",
            "popen",
            "subprocess",
            "spawn",
        ],
        PROGRAM,
    ),
    (&["range"], "write a range as `0..3`, or `range(0, 3)`"),
    (&["#", "--", "REM", "Rem"], "start a comment with `//`"),
    (
        &["'"],
        "write strings in \"double quotes\"; single quotes are for one character",
    ),
    (
        &["“", "”", "„", "‘", "’", "«"],
        "write plain \"double quotes\" instead of typographic ones",
    ),
    (
        &["$"],
        "write the name of a variable without `$`, and `${name}` inside back-ticks",
    ),
    (&["++"], "write `+= 1`"),
    (&["?"], TERNARY),
    (
        &["<"],
        "write settings as `conf.set_user(\"asp1\", #{ … });`, not as XML",
    ),
];

//! Recognizes the syntax of other languages at the location of a fault, and hints at what to write
//! instead.

use crate::fault::{Fault, Location};
use crate::source::{SourceText, code_tokens, import_of_alias, is_identifier};
use crate::state::rate_hint;

use super::bundled::STDLIB;

const NULL: &str = "write `()` for no value; a setting with the value `()` is reset to its default";
const BLOCK: &str =
    "write blocks in braces: `if … { … }`, `for name in [\"asp1\", \"asp2\"] { … }`";
const VARIABLE: &str = "declare a variable with `let name = value;`";
const FUNCTION: &str = "write a function as `fn name(a, b) { … }`";
const MAP: &str = "start a map with `#{`, as in `#{ absolute: \"/data\" }`";
const PAIR: &str = "write a colon between key and value, as in `#{ absolute: \"/data\" }`";
const OPTIONS: &str = "pass options in a map, as in `#{ docroot: \"/data\" }`";
const LIST: &str = "write a list in brackets and its strings in quotes: [\"asp1\", \"asp2\"]";
const STRING: &str = "write strings in double quotes, as in \"/data/asp1\"";
const TEMPLATE: &str = "write a string that contains values in back-ticks: `/data/${name}`";
const TERNARY: &str = "an `if` has a value: `let name = if condition { \"a\" } else { \"b\" };`";
const COUNTED_LOOP: &str = "write `for i in 0..3 { … }`; a `while` loop takes any condition";
const CLOSURE: &str = "write a function without a name as `|x| x + 1`";
const PROGRAM: &str =
    "a script cannot start programs; `ascript docs` lists the functions it can call";
const SET_USER: &str = "write `conf.set_user(\"asp1\", #{ absolute: \"/data/asp1\" });`";

/// Words and signs at the location of a fault, and the hint for them.
const FOREIGN: &[(&[&str], &str)] = &[
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

/// Adds a hint to a fault that has none, if the syntax of another language is at its location.
pub(super) fn with_hint(fault: Fault, source: &SourceText) -> Fault {
    if !fault.hints().is_empty() {
        return fault;
    }
    let site = fault
        .location()
        .and_then(|location| FaultSite::at(location, source));
    match site.and_then(|site| site.hint()) {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

/// The hint for a word of another language.
pub(super) fn word_hint(word: &str) -> Option<&'static str> {
    let row = FOREIGN.iter().find(|(all, _)| all.contains(&word));
    row.map(|(_, hint)| *hint)
}

/// The hint for a variable that is declared outside of the function that reads it.
pub(super) fn outer_variable(name: &str) -> String {
    format!("a function does not see variables outside of it: pass `{name}` as an argument")
}

/// Whether a word or sign of another language is at a location.
pub(super) fn is_foreign(location: &Location, source: &SourceText) -> bool {
    FaultSite::at(location, source)
        .is_some_and(|site| site.listed().is_some() || site.rate().is_some())
}

/// The text around the location of a fault.
struct FaultSite<'a> {
    text: &'a str,
    before: &'a str,
    rest: &'a str,
    /// The word that starts at the location; else empty.
    word: &'a str,
}

impl<'a> FaultSite<'a> {
    fn at(location: &Location, source: &'a SourceText) -> Option<Self> {
        let offset = source.offset_at(location);
        let text = &*source.text;
        let (before, rest) = text.split_at(offset);
        let is_empty = rest.is_empty() || rest.starts_with(['\r', '\n']);
        (!is_empty).then(|| Self {
            text,
            before,
            rest,
            word: leading_word(rest),
        })
    }

    /// The text behind the word.
    fn behind(&self) -> &'a str {
        self.rest[self.word.len()..].trim_start()
    }

    fn hint(&self) -> Option<String> {
        let listed = self.by_shape().or_else(|| self.listed());
        listed
            .map(str::to_owned)
            .or_else(|| self.rate())
            .or_else(|| self.by_sign().map(str::to_owned))
            .or_else(|| self.by_name())
    }

    fn listed(&self) -> Option<&'static str> {
        let is_here = |foreign: &&str| match self.word {
            "" => self.rest.starts_with(*foreign),
            word => word == *foreign,
        };
        let row = FOREIGN.iter().find(|(all, _)| all.iter().any(is_here));
        row.map(|(_, hint)| *hint)
    }

    /// The hint for `for (let i = 0; …)` and for `x => …` or `(x, y) => …`.
    fn by_shape(&self) -> Option<&'static str> {
        let before = self.before.trim_end();
        let is_counted = before
            .strip_suffix('(')
            .is_some_and(|before| before.trim_end().ends_with("for"));
        if is_counted && !self.word.is_empty() {
            return Some(COUNTED_LOOP);
        }
        let behind_list = self.rest.split_once(')').map_or("", |(_, behind)| behind);
        let is_parameter = before.ends_with(['(', ',', '=']) && !self.word.is_empty();
        let is_arrow =
            self.behind().starts_with("=>") || behind_list.trim_start().starts_with("=>");
        (is_parameter && is_arrow).then_some(CLOSURE)
    }

    /// The hint for `100Mbps`: the engine ends the number where its unit begins.
    fn rate(&self) -> Option<String> {
        let is_digit = |c: char| c.is_ascii_digit();
        let number = &self.before[self.before.trim_end_matches(is_digit).len()..];
        let is_rate = !number.is_empty() && !self.word.is_empty();
        is_rate.then(|| rate_hint(&format!("{number}{}", self.word)))
    }

    fn by_sign(&self) -> Option<&'static str> {
        let (before, behind) = (self.before.trim_end(), self.behind());
        let is_key = behind.starts_with(':') && !behind.starts_with("::");
        if is_key && before.ends_with(['(', ',']) {
            return Some(OPTIONS);
        }
        if is_key && (!self.word.is_empty() || is_in_bare_braces(before)) {
            return Some(MAP);
        }
        match self.rest.chars().next()? {
            ':' => Some(BLOCK),
            '=' => Some(PAIR),
            '/' => Some(STRING),
            'f' if self.word == "f" && behind.starts_with(['"', '\'']) => Some(TEMPLATE),
            _ => None,
        }
    }

    /// The hint for a name that is not defined.
    fn by_name(&self) -> Option<String> {
        let (word, behind) = (self.word, self.behind());
        let before = self.before.trim_end();
        let is_declared_here = before.ends_with("let") || before.ends_with("const");
        let is_name =
            word.starts_with(is_identifier) && !word.starts_with(|c: char| c.is_ascii_digit());
        if !is_name || is_declared_here {
            return None;
        }
        if let Some(rest) = behind.strip_prefix('.') {
            return self.module_call(leading_word(rest));
        }
        if behind.starts_with("::") {
            return import_hint(word);
        }
        if behind.starts_with('=') && !behind.starts_with("==") {
            return Some(if before.ends_with(['(', ',']) {
                OPTIONS.to_owned()
            } else {
                format!("declare the variable with `let {word} = …;`")
            });
        }
        if self.is_declared(word) {
            return Some(outer_variable(word));
        }
        if before.ends_with(" in") {
            return Some(LIST.to_owned());
        }
        if before.ends_with("catch") {
            return Some(format!("write `catch ({word}) {{ … }}`"));
        }
        if behind.starts_with('"') {
            return Some("check for a quote that is not closed before this".to_owned());
        }
        let is_alone = behind.starts_with([',', ')', ']', '}', ';']);
        is_alone.then(|| format!("write strings in double quotes: \"{word}\""))
    }

    /// The hint for `users.add(…)` where `users` is a module.
    fn module_call(&self, function: &str) -> Option<String> {
        let module = self.word;
        let call = format!("call a function of a module as `{module}::{function}(…)`");
        if import_of_alias(self.text, module).is_some() {
            return Some(call);
        }
        import_hint(module).map(|import| format!("{call}; {import}"))
    }

    /// Whether the script declares a variable of that name somewhere.
    fn is_declared(&self, name: &str) -> bool {
        let tokens: Vec<_> = code_tokens(self.text).collect();
        tokens
            .windows(3)
            .any(|window| window[0].is("let") && window[1].is(name) && window[2].is("="))
    }
}

/// How to import the bundled module of that name.
fn import_hint(alias: &str) -> Option<String> {
    let module = format!("std/{alias}");
    let is_bundled = STDLIB.iter().any(|bundled| bundled.name == module);
    is_bundled.then(|| format!("write `import \"{module}\" as {alias};` at the top"))
}

fn leading_word(text: &str) -> &str {
    &text[..text.find(|c| !is_identifier(c)).unwrap_or(text.len())]
}

/// Whether a text ends with `{ "user"` or `{ user` rather than with `#{ user`.
fn is_in_bare_braces(before: &str) -> bool {
    let before = before.trim_end_matches(|c| is_identifier(c) || c == '"');
    let before = before.trim_end();
    before.ends_with('{') && !before.ends_with("#{")
}

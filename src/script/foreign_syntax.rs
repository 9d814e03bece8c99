//! What people type who know another language, and what to write instead. It
//! looks at the text where a fault is and adds a hint; it refuses nothing.

use crate::conf;
use crate::fault::{Fault, Location};

use super::library::STDLIB;
use super::pages;

const NOTHING: &str =
    "nothing is written `()`; a setting that is given `()` goes back to its default";
const BLOCK: &str =
    "a block stands in braces: `if … { … }`, `for name in [\"asp1\", \"asp2\"] { … }`";
const VARIABLE: &str = "a variable is made with `let name = value;`";
const FUNCTION: &str = "a function is written `fn name(a, b) { … }`";
const MAP: &str = "a map starts with `#{`, as in `#{ absolute: \"/data\" }`";
const PAIR: &str = "in a map a value follows a colon, as in `#{ absolute: \"/data\" }`";
const OPTIONS: &str = "options stand in a map, as in `#{ docroot: \"/data\" }`";
const LIST: &str = "a list stands in brackets, its texts in quotes: [\"asp1\", \"asp2\"]";
const TEXT: &str = "a text stands in double quotes, as in \"/data/asp1\"";
const FILLED: &str = "a text with values in it stands in back-ticks: `/data/${name}`";
const OUTSIDE: &str = "a script starts no programs; `ascript docs` shows what it can say";
const SET_USER: &str = "write `conf.set_user(\"asp1\", #{ absolute: \"/data/asp1\" });`";

/// What stands at a fault's place, and the hint for it.
const SLIPS: &[(&[&str], &str)] = &[
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
        NOTHING,
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
        "a module is loaded with `import \"std/users\" as users;`",
    ),
    (
        &["except", "Catch", "rescue", "finally"],
        "write `try { … } catch (e) { print(e.message); }`",
    ),
    (
        &["PARAMS", "PLATFORM"],
        "it is declared as a constant: `const PARAMS = #{ … };`",
    ),
    (
        &["ENV", "env", "environ", "os", "getenv"],
        "a parameter is read as `params.NAME`; a secret is named with `secret(\"env:NAME\")`",
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
        "write `conf.user(\"asp1\")` for what is set",
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
    (&["sudo", "ascp", "sh", "bash", "exec", "system"], OUTSIDE),
    (&["#", "--", "REM", "Rem"], "a comment starts with `//`"),
    (
        &["'"],
        "a text stands in \"double quotes\"; single ones hold one letter",
    ),
    (
        &["“", "”", "„", "‘", "’", "«"],
        "these are a word processor's quotes; write plain \"double quotes\"",
    ),
    (
        &["$"],
        "a variable is read by its name alone, and as `${name}` within back-ticks",
    ),
    (&["++"], "write `+= 1`"),
    (
        &["<"],
        "this is no XML: settings are written `conf.set_user(\"asp1\", #{ … });`",
    ),
];

/// The fault, with what to write instead where somebody typed another
/// language.
pub(super) fn hinted(fault: Fault, text: &str) -> Fault {
    if !fault.hints().is_empty() {
        return fault;
    }
    let spot = fault.location().and_then(|place| Spot::at(place, text));
    match spot.and_then(|spot| spot.hint()) {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

/// Whether something else than a missing sign is wrong at a place.
pub(super) fn is_slip(place: &Location, text: &str) -> bool {
    let is_one = |spot: Spot<'_>| spot.listed().is_some() || spot.with_unit().is_some();
    Spot::at(place, text).is_some_and(is_one)
}

/// The place behind what stands in front of another place, comments left out.
pub(super) fn end_before(place: &Location, text: &str) -> Option<Location> {
    let spot = Spot::at(place, text)?;
    let mut line = place.line;
    for part in spot.before.rsplit('\n') {
        let comment = part.find("//");
        let comment = comment.filter(|at| part[..*at].matches('"').count() % 2 == 0);
        let code = part[..comment.unwrap_or(part.len())].trim_end();
        if !code.is_empty() {
            let column = u32::try_from(code.chars().count()).ok()? + 1;
            let file = place.file.clone();
            return Some(Location { file, line, column });
        }
        line = line.checked_sub(1)?;
    }
    None
}

/// What stands around a place in a text.
struct Spot<'a> {
    text: &'a str,
    before: &'a str,
    rest: &'a str,
    /// The word that starts here, if one does.
    word: &'a str,
}

impl<'a> Spot<'a> {
    fn at(place: &Location, text: &'a str) -> Option<Self> {
        let above = place.line.checked_sub(1)? as usize;
        let start: usize = text.split_inclusive('\n').take(above).map(str::len).sum();
        let line = text[start..].lines().next()?;
        let column = place.column.checked_sub(1)? as usize;
        let inside = line.char_indices().nth(column)?.0;
        let (before, rest) = text.split_at(start + inside);
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        Some(Self {
            text,
            before,
            rest,
            word,
        })
    }

    /// What follows the word.
    fn behind(&self) -> &'a str {
        self.rest[self.word.len()..].trim_start()
    }

    fn hint(&self) -> Option<String> {
        let told = self.listed().map(str::to_owned);
        told.or_else(|| self.with_unit())
            .or_else(|| self.by_sign().map(str::to_owned))
            .or_else(|| self.by_name())
    }

    fn listed(&self) -> Option<&'static str> {
        let is_here = |found: &&str| match self.word {
            "" => self.rest.starts_with(*found),
            word => word == *found,
        };
        let row = SLIPS.iter().find(|(found, _)| found.iter().any(is_here));
        row.map(|(_, hint)| *hint)
    }

    /// `100Mbps`: the number ended where its unit begins.
    fn with_unit(&self) -> Option<String> {
        let is_digit = |c: char| c.is_ascii_digit();
        let number = &self.before[self.before.trim_end_matches(is_digit).len()..];
        let is_one = !number.is_empty() && !self.word.is_empty();
        is_one.then(|| conf::rate_hint(&format!("{number}{}", self.word)))
    }

    fn by_sign(&self) -> Option<&'static str> {
        let (front, behind) = (self.before.trim_end(), self.behind());
        let is_key = behind.starts_with(':') && !behind.starts_with("::");
        if is_key && front.ends_with(['(', ',']) {
            return Some(OPTIONS);
        }
        if is_key && (!self.word.is_empty() || is_in_bare_braces(front)) {
            return Some(MAP);
        }
        match self.rest.chars().next()? {
            ':' => Some(BLOCK),
            '=' => Some(PAIR),
            '/' => Some(TEXT),
            'f' if self.word == "f" && behind.starts_with(['"', '\'']) => Some(FILLED),
            _ => None,
        }
    }

    /// For a name that nothing defines.
    fn by_name(&self) -> Option<String> {
        let (word, behind) = (self.word, self.behind());
        let front = self.before.trim_end();
        let is_made = front.ends_with("let") || front.ends_with("const");
        if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) || is_made {
            return None;
        }
        if let Some(rest) = behind.strip_prefix('.') {
            let function = rest.split(|c| !is_word(c)).next()?;
            let called = format!("a module's functions are called `{word}::{function}(…)`");
            return if pages::imported(self.text, word).is_some() {
                Some(called)
            } else {
                import(word).map(|import| format!("{called}; {import}"))
            };
        }
        if behind.starts_with("::") {
            return import(word);
        }
        if behind.starts_with('=') && !behind.starts_with("==") {
            return Some(if front.ends_with(['(', ',']) {
                OPTIONS.to_owned()
            } else {
                format!("a new name is made with `let {word} = …;`")
            });
        }
        if self.text.contains(&format!("let {word} =")) {
            return Some(format!(
                "a function sees what it is given and nothing around it: hand `{word}` to it"
            ));
        }
        if front.ends_with(" in") {
            return Some(LIST.to_owned());
        }
        if front.ends_with("catch") {
            return Some(format!("write `catch ({word}) {{ … }}`"));
        }
        if behind.starts_with('"') {
            return Some("is a quote in front of this left open?".to_owned());
        }
        let is_alone = behind.starts_with([',', ')', ']', '}', ';']);
        is_alone.then(|| format!("a text stands in double quotes: \"{word}\""))
    }
}

/// How a module of the binary is loaded under that name.
fn import(alias: &str) -> Option<String> {
    let module = format!("std/{alias}");
    let is_known = STDLIB.iter().any(|known| known.name == module);
    is_known.then(|| format!("write `import \"{module}\" as {alias};` at the top"))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `{ "user"` or `{ user` comes last, rather than `#{`.
fn is_in_bare_braces(front: &str) -> bool {
    let front = front.trim_end_matches(|c| is_word(c) || c == '"');
    let front = front.trim_end();
    front.ends_with('{') && !front.ends_with("#{")
}

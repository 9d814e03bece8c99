//! Reference entries for what scripts are made of: the declarations `PLATFORM` and `PARAMS`, and
//! the bundled modules with their functions, from their comments and signatures.

use crate::fault::FaultKind;
use crate::reference::{DocText, EntryKind, FieldDoc, ReferenceEntry};
use crate::source::{FunctionSource, functions, module_doc};

use super::bundled::{Bundled, STDLIB};
use super::declaration;

/// The entries: declarations, then each module before its functions.
pub fn reference_entries() -> Vec<ReferenceEntry> {
    let mut entries = declarations();
    for module in STDLIB {
        let functions = function_entries(module);
        let entry = module_entry(module, &functions);
        let sources = entry.sources.clone();
        entries.push(entry);
        entries.extend(functions.into_iter().map(|function| ReferenceEntry {
            sources: sources.clone(),
            ..function
        }));
    }
    entries
}

fn declarations() -> Vec<ReferenceEntry> {
    let platform = ReferenceEntry {
        usage: "const PLATFORM = \"linux\";".into(),
        example: "const PLATFORM = \"linux\";\nconf.set_server(#{ server_name: host.name });"
            .into(),
        ..ReferenceEntry::new(
            EntryKind::Declaration,
            "PLATFORM",
            "The platform a script is for: `macos` or `linux`. A node of the other platform is refused.",
        )
    };
    let params = ReferenceEntry {
        usage: "const PARAMS = #{ name: #{ type: \"…\", default: …, help: \"…\" }, … };".into(),
        fields: declaration::keys(),
        example: "const PARAMS = #{ docroot: #{ type: \"path\", default: \"/srv\", help: \"docroot of every user\" } };\nconf.set_node(#{ absolute: params.docroot });".into(),
        see: vec!["params".into()],
        ..ReferenceEntry::new(
            EntryKind::Declaration,
            "PARAMS",
            "The parameters of a script, as a literal map, known without running it.\n\n`--set NAME=VALUE`, `--params FILE` and the variable `ASCRIPT_SET_NAME` give values; the script reads `params.NAME`. A list or map is given as JSON, or as `@FILE` with a CSV, JSON, TOML or YAML file; the first row of a CSV file names the fields. One without a default is required, one whose default is `()` may be left out.",
        )
    };
    vec![platform, params, catch()]
}

/// The shape of every error that a script catches.
fn catch() -> ReferenceEntry {
    let kinds = FaultKind::ALL.map(|kind| FieldDoc {
        name: kind.name().into(),
        fits: format!("exit code {}", kind.exit_code()).into(),
        doc: kind.meaning().into(),
        ..FieldDoc::default()
    });
    let field = |name: &'static str, fits: &'static str, doc: &'static str| FieldDoc {
        name: name.into(),
        fits: fits.into(),
        doc: doc.into(),
        ..FieldDoc::default()
    };
    let kind = FieldDoc {
        fields: kinds.into(),
        ..field(
            "kind",
            "one of the words below",
            "What kind of error it is.",
        )
    };
    let message = field("message", "a string", "What is wrong, and where.");
    let hints = field(
        "hints",
        "a list of strings",
        "What to do next; it may be empty.",
    );
    ReferenceEntry {
        usage: "try { … } catch (e) { … }".into(),
        fields: vec![kind, message, hints],
        example: "try {\n    conf.set_user(\"anna\", #{ absolute: \"/srv/anna\" });\n} catch (e) {\n    advise(`${e.kind}: ${e.message}`);\n}".into(),
        see: vec!["ensure".into()],
        ..ReferenceEntry::new(
            EntryKind::Declaration,
            "catch",
            "Catches an error of a function, of the language, or a string from `throw`; `e` has the same properties for each. Another value from `throw`, such as a map, is caught as it is.\n\nA run in which a step failed exits with 3 even if the script caught the error.",
        )
    }
}

fn module_entry(module: &'static Bundled, functions: &[ReferenceEntry]) -> ReferenceEntry {
    let alias = default_alias(module);
    ReferenceEntry {
        usage: format!("import \"{}\" as {alias};", module.name).into(),
        members: functions.iter().map(|entry| entry.name.clone()).collect(),
        ..documented(
            EntryKind::Module,
            module.name.into(),
            module_doc(module.text),
        )
    }
}

/// The last part of a module's name.
fn default_alias(module: &'static Bundled) -> &'static str {
    module.name.rsplit('/').next().unwrap_or(module.name)
}

/// The public functions of a module that are documented. One without documentation is a shorter
/// form of the next one of its name, whose last parameters are then optional.
fn function_entries(module: &'static Bundled) -> Vec<ReferenceEntry> {
    let alias = default_alias(module);
    let functions = functions(module.text).into_iter();
    let mut shorter: Option<FunctionSource<'_>> = None;
    let mut entries = Vec::new();
    for function in functions.filter(|function| !function.is_private) {
        if function.doc.is_empty() {
            shorter = Some(function);
            continue;
        }
        let (name, params) = (function.name, &function.params);
        let short = shorter.as_ref().filter(|shorter| shorter.name == name);
        let required = short.map_or(params.len(), |shorter| shorter.params.len());
        entries.push(ReferenceEntry {
            usage: format!("{alias}::{name}({})", usage_params(params, required)).into(),
            see: vec![module.name.into()],
            ..documented(
                EntryKind::Function,
                format!("{}::{name}", module.name).into(),
                function.doc.into_iter(),
            )
        });
    }
    entries
}

/// Parameters as a usage line shows them: `id, [options]`.
fn usage_params(params: &[&str], required: usize) -> String {
    let params = params.iter().enumerate().map(|(index, param)| {
        if index < required {
            (*param).to_owned()
        } else {
            format!("[{param}]")
        }
    });
    params.collect::<Vec<_>>().join(", ")
}

/// Parses the lines of a comment into an entry: its paragraphs, a list of options, a fenced script
/// as the example, and what follows `Source:`.
fn documented(
    kind: EntryKind,
    name: DocText,
    lines: impl Iterator<Item = &'static str>,
) -> ReferenceEntry {
    let mut entry = ReferenceEntry::new(kind, name, "");
    let mut paragraphs: Vec<String> = vec![String::new()];
    let mut example: Option<Vec<&str>> = None;
    for line in lines {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (&mut example, line) {
            (None, "```rhai") => example = Some(Vec::new()),
            (Some(code), "```") => {
                entry.example = code.join("\n").into();
                example = None;
            }
            (Some(code), line) => code.push(line),
            (None, "") => paragraphs.push(String::new()),
            (None, line) if line.starts_with("- `") => paragraphs.push(line.to_owned()),
            (None, line) => append(&mut paragraphs, line),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let (options, paragraphs): (Vec<_>, Vec<_>) = paragraphs
        .into_iter()
        .partition(|paragraph| paragraph.starts_with("- `"));
    entry.fields = options.iter().filter_map(|text| option(text)).collect();
    let is_source = |paragraph: &String| paragraph.starts_with("Source: ");
    let (sources, prose): (Vec<_>, Vec<_>) = paragraphs.into_iter().partition(is_source);
    entry.doc = prose.join("\n\n").into();
    let sources = sources
        .iter()
        .filter_map(|text| text.strip_prefix("Source: "));
    entry.sources = sources
        .map(|text| text.trim_end_matches('.').to_owned().into())
        .collect();
    entry
}

/// Parses "- `cap_in_kbps`, `cap_out_kbps` (kbps, required): the highest rate.".
fn option(text: &str) -> Option<FieldDoc> {
    let (head, doc) = text.strip_prefix("- ")?.split_once("): ")?;
    let (names, ty) = head.split_once(" (")?;
    let (ty, required) = ty.split_once(", ").unwrap_or((ty, ""));
    Some(FieldDoc {
        name: names.replace('`', "").into(),
        ty: ty.to_owned().into(),
        fits: ty.to_owned().into(),
        is_required: !required.is_empty(),
        is_secret: ty == "secret",
        doc: doc.to_owned().into(),
        ..FieldDoc::default()
    })
}

fn append(paragraphs: &mut [String], line: &str) {
    if let Some(last) = paragraphs.last_mut() {
        if !last.is_empty() {
            last.push(' ');
        }
        last.push_str(line.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: Bundled = Bundled {
        name: "std/links",
        text: "//! Virtual links.
//!
//! ```rhai
//! import \"std/links\" as links;
//! ```
//!
//! Source: a manual,
//! and another.

const A = 1;

fn add(id) {
}

/// Makes a link,
/// or brings it to this state.
///
/// - `capacity` (kbps, required): what all its
///   transfers share.
/// - `in`, `out` (bool): which way.
///
/// It restarts nothing.
fn add(id, options) {
}

/// Nobody sees this.
private fn hidden() { }
",
    };

    #[test]
    fn comments_and_signatures_become_entries() {
        let functions = function_entries(&MODULE);
        let module = module_entry(&MODULE, &functions);
        assert_eq!(module.members, ["std/links::add"]);
        assert_eq!(module.example, "import \"std/links\" as links;");
        assert_eq!(
            (&*module.doc, &module.sources[..]),
            ("Virtual links.", &["a manual, and another".into()][..])
        );
        let [add] = &functions[..] else {
            panic!("{} functions", functions.len());
        };
        assert_eq!(add.usage, "links::add(id, [options])");
        assert_eq!(
            add.doc,
            "Makes a link, or brings it to this state.\n\nIt restarts nothing."
        );
        let fields: Vec<_> = add
            .fields
            .iter()
            .map(|f| (&*f.name, &*f.fits, f.is_required, &*f.doc))
            .collect();
        assert_eq!(
            fields,
            [
                ("capacity", "kbps", true, "what all its transfers share."),
                ("in, out", "bool", false, "which way."),
            ]
        );
    }

    #[test]
    fn every_module_and_function_is_documented() {
        for entry in reference_entries() {
            let summary = entry.summary();
            assert!(summary.ends_with('.'), "{}: {summary}", entry.name);
            let is_module = entry.kind == EntryKind::Module;
            assert!(
                !is_module || !entry.sources.is_empty(),
                "{} has no source",
                entry.name
            );
        }
    }
}

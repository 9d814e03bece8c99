//! What the reference says of scripts themselves: the modules under `std/`
//! and their functions, and the constants that a script declares itself by.
//! It reads comments and signatures, and runs nothing.

use crate::reference::{DocText, EntryKind, FieldDoc, ReferenceEntry};

use super::declaration;
use super::library::{Bundled, STDLIB};

/// Their pages: declarations, then each module before its functions.
pub fn pages() -> Vec<ReferenceEntry> {
    let mut pages = declarations();
    for module in STDLIB {
        let functions = functions(module);
        let page = of_module(module, &functions);
        let sources = page.sources.clone();
        pages.push(page);
        pages.extend(functions.into_iter().map(|function| ReferenceEntry {
            sources: sources.clone(),
            ..function
        }));
    }
    pages
}

fn declarations() -> Vec<ReferenceEntry> {
    let platform = ReferenceEntry {
        usage: "const PLATFORM = \"linux\";".into(),
        example: "const PLATFORM = \"linux\";\nconf.set_server(#{ server_name: host.name });"
            .into(),
        ..ReferenceEntry::new(
            EntryKind::Declaration,
            "PLATFORM",
            "The platform a script is for: `macos` or `linux`. It is refused on a node of the other.",
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
            "The parameters of a script, as a literal map, known without running it.\n\n`--set NAME=VALUE` and `--params FILE` give values; the script reads `params.NAME`. One without a default is required, one whose default is `()` may be left out.",
        )
    };
    vec![platform, params]
}

fn of_module(module: &'static Bundled, functions: &[ReferenceEntry]) -> ReferenceEntry {
    let lines = module
        .text
        .lines()
        .map_while(|line| line.strip_prefix("//!"));
    let alias = module.name.rsplit('/').next().unwrap_or(module.name);
    ReferenceEntry {
        usage: format!("import \"{}\" as {alias};", module.name).into(),
        members: functions.iter().map(|entry| entry.name.clone()).collect(),
        ..documented(EntryKind::Module, module.name.into(), lines)
    }
}

/// The functions a module shows, each with the `///` lines above it. One
/// without such lines calls another of its name with less to say.
fn functions(module: &'static Bundled) -> Vec<ReferenceEntry> {
    let alias = module.name.rsplit('/').next().unwrap_or(module.name);
    let mut comment: Vec<&str> = Vec::new();
    let mut functions = Vec::new();
    let mut shorter = ("", 0);
    for line in module.text.lines() {
        if let Some(text) = line.strip_prefix("///") {
            comment.push(text);
            continue;
        }
        let comment = std::mem::take(&mut comment);
        let Some((name, params)) = signature(line) else {
            continue;
        };
        if comment.is_empty() {
            shorter = (name, params.len());
            continue;
        }
        let optional_from = if shorter.0 == name {
            shorter.1
        } else {
            params.len()
        };
        functions.push(ReferenceEntry {
            usage: format!("{alias}::{name}({})", written(&params, optional_from)).into(),
            see: vec![module.name.into()],
            ..documented(
                EntryKind::Function,
                format!("{}::{name}", module.name).into(),
                comment.into_iter(),
            )
        });
    }
    functions
}

/// The module that a text loads under that name.
pub(super) fn imported<'t>(text: &'t str, alias: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (name, rest) = line
            .trim_start()
            .strip_prefix("import \"")?
            .split_once('"')?;
        let loaded = rest.trim_start().strip_prefix("as ")?.split(';').next()?;
        (loaded.trim() == alias).then_some(name)
    })
}

/// What can be called of a module: names and parameters.
pub(super) fn signatures(
    module: &'static Bundled,
) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    module.text.lines().filter_map(signature)
}

/// `fn name(a, b) {`
fn signature(line: &'static str) -> Option<(&'static str, Vec<&'static str>)> {
    let (name, rest) = line.strip_prefix("fn ")?.split_once('(')?;
    let params = rest.split(')').next()?.split(',').map(str::trim);
    Some((
        name.trim(),
        params.filter(|param| !param.is_empty()).collect(),
    ))
}

fn written(params: &[&str], optional_from: usize) -> String {
    let shown = params.iter().enumerate().map(|(index, param)| {
        if index < optional_from {
            (*param).to_owned()
        } else {
            format!("[{param}]")
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// An entry from the lines of a comment: its paragraphs, a list of options, a
/// fenced script as the example, and what follows `Source:`.
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
            (None, line) => add(&mut paragraphs, line),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let (options, paragraphs): (Vec<_>, Vec<_>) = paragraphs
        .into_iter()
        .partition(|paragraph| paragraph.starts_with("- `"));
    entry.fields = options.iter().filter_map(|text| option(text)).collect();
    let is_source = |paragraph: &String| paragraph.starts_with("Source: ");
    let (sources, texts): (Vec<_>, Vec<_>) = paragraphs.into_iter().partition(is_source);
    entry.doc = texts.join("\n\n").into();
    let sources = sources
        .iter()
        .filter_map(|text| text.strip_prefix("Source: "));
    entry.sources = sources
        .map(|text| text.trim_end_matches('.').to_owned().into())
        .collect();
    entry
}

/// "- `cap_in_kbps`, `cap_out_kbps` (kbps, required): the highest rate."
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

fn add(paragraphs: &mut [String], line: &str) {
    if let Some(last) = paragraphs.last_mut() {
        if !last.is_empty() {
            last.push(' ');
        }
        last.push_str(line.trim());
    }
}

/// A field of a declaration.
pub(super) fn field(name: &'static str, fits: impl Into<DocText>, doc: &'static str) -> FieldDoc {
    FieldDoc {
        name: name.into(),
        fits: fits.into(),
        doc: doc.into(),
        ..FieldDoc::default()
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
    fn comments_and_signatures_make_pages() {
        let functions = functions(&MODULE);
        let module = of_module(&MODULE, &functions);
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

    /// Whoever adds a module documents it; the reference shows what they wrote.
    #[test]
    fn every_module_and_function_says_what_it_does() {
        for page in pages() {
            let summary = page.summary();
            assert!(summary.ends_with('.'), "{}: {summary}", page.name);
            let is_module = page.kind == EntryKind::Module;
            assert!(
                !is_module || !page.sources.is_empty(),
                "{} has no source",
                page.name
            );
        }
    }
}

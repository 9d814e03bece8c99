//! The only room that knows the script engine: it compiles, converts and
//! forwards, and knows nothing of nodes.

mod bind;
mod calls;
mod check;
mod declaration;
mod errors;
mod foreign_syntax;
mod language;
#[expect(clippy::disallowed_methods, reason = "modules are files")]
mod library;
mod limits;
mod lines;
mod locate;
mod missing;
mod namespaces;
mod pages;
mod params;
mod shadowing;
mod testing;
mod unavailable;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::packages::Package as _;
use rhai::{AST, Dynamic, Engine, Module, Scope};

use crate::bindings::{Params, Value};
use crate::facts::Node;
use crate::fault::{Fault, Result};
use crate::run;
use crate::session::Session;

pub use calls::{Call, StaticValue};
pub use check::check;
pub use library::{Bundled, SCRIPTS, STDLIB, bundled};
pub use lines::{Compiled, Lines, Signature};
pub use pages::pages;
pub use params::{Declared, ParamSpec, ParamType};
pub use testing::{Compare, Load, Stage, Suite};

/// How many operations pass between two looks at the stop flag.
const POLL_MASK: u64 = 1023;

/// A script's text, and where it comes from.
#[derive(Clone, Debug)]
pub struct Script {
    /// As it was written on the command line.
    pub name: String,
    /// Its text.
    pub text: Rc<str>,
    /// The folder whose modules it may import.
    pub folder: Option<PathBuf>,
}

impl Script {
    /// The script of that name: bundled, or a path.
    pub fn find(name: &str, extra: Option<&Path>) -> Result<Self> {
        if is_path(name) {
            return Self::at(Path::new(name), name);
        }
        if let Some(folder) = extra {
            let path = folder.join(format!("{name}.rhai"));
            if path.is_file() {
                return Self::at(&path, name);
            }
        }
        match bundled(name) {
            Some(script) => Ok(Self {
                name: name.to_owned(),
                text: script.text.into(),
                folder: None,
            }),
            None => Err(no_script(name)),
        }
    }

    /// A script that came through a pipe.
    pub fn piped(text: String) -> Self {
        Self {
            name: "-".to_owned(),
            text: text.into(),
            folder: None,
        }
    }

    /// The script that this one calls by that name: bundled, or a path from its
    /// own folder.
    pub fn beside(&self, name: &str) -> Result<Self> {
        match &self.folder {
            Some(folder) if is_path(name) => Self::at(&folder.join(name), name),
            _ => Self::find(name, None),
        }
    }

    /// The script in that file, called by that name.
    pub fn at(path: &Path, name: &str) -> Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        Ok(Self {
            name: name.to_owned(),
            text: library::read(path)?.into(),
            folder: Some(folder.unwrap_or(Path::new(".")).to_owned()),
        })
    }

    /// The name that reports show: no folder of this machine.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// What stands in the leading `//!` lines.
    pub fn purpose(&self) -> String {
        let lines = self.text.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(str::trim).collect::<Vec<_>>().join("\n")
    }

    /// The first line of that.
    pub fn summary(&self) -> &str {
        let first = self.text.lines().next().unwrap_or_default();
        first.strip_prefix("//!").unwrap_or_default().trim()
    }

    /// The digest of its text.
    pub fn digest(&self) -> String {
        run::sha256(self.text.as_bytes())
    }
}

/// Whether a script is called by its path.
fn is_path(name: &str) -> bool {
    let extension = Path::new(name).extension();
    name.contains('/') || extension.is_some_and(|extension| extension == "rhai")
}

fn no_script(name: &str) -> Fault {
    let fault = Fault::usage(format!("there is no bundled script `{name}`"));
    let file = format!("{name}.rhai");
    let fault = if Path::new(&file).is_file() {
        fault.hint(format!("did you mean the file {file}?"))
    } else {
        fault.suggest(name, SCRIPTS.iter().map(|script| script.name))
    };
    fault.hint("`ascript list` shows them; a path ends in .rhai or has a / in it")
}

/// What the engine needs of its surroundings.
pub struct Surroundings {
    /// Where `print` goes.
    pub print: Box<dyn Fn(&str)>,
    /// Whether somebody asked for a stop.
    pub is_stopped: Box<dyn Fn() -> bool>,
}

impl Surroundings {
    /// Those of a script that is looked at and not run.
    pub fn none() -> Self {
        Self {
            print: Box::new(|_| ()),
            is_stopped: Box::new(|| false),
        }
    }
}

/// An engine with one compiled script.
pub struct Host {
    engine: Engine,
    ast: AST,
    script: Script,
    seat: bind::SessionSlot,
    sources: library::Sources,
    declared: Declared,
}

impl Host {
    /// Compiles a script without running any of it.
    pub fn new(script: Script, surroundings: Surroundings) -> Result<Self> {
        let seat = bind::SessionSlot::default();
        let sources = library::Sources::default();
        let mut engine = engine(&seat, surroundings);
        let resolver = library::Resolver::new(script.folder.clone(), Rc::clone(&sources));
        engine.set_module_resolver(resolver);
        let name = script.short_name().to_owned();
        sources
            .borrow_mut()
            .insert(name.clone(), Rc::clone(&script.text));
        let mut ast = compile(&engine, &Scope::new(), &script.text, &name)?;
        ast.set_source(name.as_str());
        let declared = Declared::read(&ast, &name)?;
        Ok(Self {
            engine,
            ast,
            script,
            seat,
            sources,
            declared,
        })
    }

    /// What the script says of itself.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// The script.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The text of a source by the name that faults give, as far as it was
    /// compiled.
    pub fn source(&self, name: &str) -> Option<Rc<str>> {
        self.sources.borrow().get(name).cloned()
    }

    /// What the script calls, in the order written: branches not taken,
    /// functions nobody calls and the modules it imports included.
    pub fn calls(&self) -> Vec<Call> {
        let folder = self.script.folder.clone();
        let resolver = library::Resolver::new(folder, Rc::clone(&self.sources));
        calls::Reader::read(&self.engine, &resolver, &self.ast)
    }

    /// Runs the script; its calls act on `session`, which comes back.
    ///
    /// # Panics
    ///
    /// Never: the session is put in its seat here, and nothing else takes it.
    pub fn run(&mut self, session: Session, params: &Params) -> (Session, Result<()>) {
        set_values(&mut self.engine, session.node(), params);
        *self.seat.borrow_mut() = Some(session);
        let outcome = self.engine.run_ast_with_scope(&mut Scope::new(), &self.ast);
        let session = self
            .seat
            .borrow_mut()
            .take()
            .expect("nothing else takes it");
        let fault = outcome
            .err()
            .and_then(|error| errors::running(error, self.script.short_name()));
        let outcome = fault.map_or(Ok(()), |fault| Err(self.refine(fault)));
        (session, outcome)
    }

    /// Lets go of what is only there to be run: of a long script that is as much
    /// as its report will take. Its text stays.
    pub fn forget(&mut self) {
        self.ast.clear_statements();
    }

    /// Points a fault at the very argument, where that can be found.
    fn refine(&self, fault: Fault) -> Fault {
        refine(fault, &self.ast, &self.engine, &self.sources)
    }
}

/// Gives `params` and `host` their values.
fn set_values(engine: &mut Engine, node: &Node, params: &Params) {
    let mut module = Module::new();
    for (name, value) in params {
        module.set_var(name.as_str(), values::dynamic(value.clone()));
    }
    engine.register_static_module("params", module.into());
    let mut module = Module::new();
    module.set_var("platform", node.platform.word());
    module.set_var("name", node.name.clone());
    engine.register_static_module("host", module.into());
}

/// Points a fault at the very argument, where that can be found: in `ast`, or
/// in another source, which is compiled once more.
fn refine(fault: Fault, ast: &AST, engine: &Engine, sources: &library::Sources) -> Fault {
    let keys: Vec<&str> = fault.argument().collect();
    let Some(place) = fault.location().filter(|_| !keys.is_empty()) else {
        return fault;
    };
    let exact = if ast.source() == Some(&*place.file) {
        locate::argument(ast, place, &keys)
    } else {
        let text = sources.borrow().get(&*place.file).cloned();
        let ast = text.and_then(|text| engine.compile(&*text).ok());
        ast.and_then(|ast| locate::argument(&ast, place, &keys))
    };
    match exact {
        Some(exact) => fault.at_exactly(exact),
        None => fault,
    }
}

/// What the engine is given of the bindings' table: each name, with each number
/// of arguments it is registered for.
pub fn registered() -> Vec<(String, usize)> {
    let mut engine = Engine::new_raw();
    bind::register(&mut engine, &bind::SessionSlot::default());
    let mut all = engine.collect_fn_metadata(
        None,
        |info| {
            let name = &info.metadata.name;
            let written = match &*info.namespace {
                "" => name.to_string(),
                namespace => format!("{namespace}.{name}"),
            };
            Some((written, info.metadata.num_params))
        },
        true,
    );
    all.sort();
    all
}

fn engine(seat: &bind::SessionSlot, surroundings: Surroundings) -> Engine {
    // A bare one interns no strings: past its limit that cache is searched for
    // the one to drop, at every new string.
    let mut engine = Engine::new_raw();
    engine.register_global_module(language::Language::new().as_shared_module());
    limits::set(&mut engine);
    engine.set_strict_variables(true);
    engine.set_fail_on_invalid_map_property(true);
    engine.disable_symbol("eval");
    let map = namespaces::mapper(bind::namespaces());
    #[expect(
        deprecated,
        reason = "the engine marks this hook as one that may change; the version is pinned"
    )]
    engine.on_parse_token(move |token, position, _| map(token, position));
    let Surroundings { print, is_stopped } = surroundings;
    let print = Rc::new(print);
    let debug = Rc::clone(&print);
    engine.on_print(move |text| print(text));
    engine.on_debug(move |text, _, _| debug(text));
    engine.on_progress(move |operations| {
        (operations & POLL_MASK == 0 && is_stopped()).then(|| Dynamic::from(errors::Stopped))
    });
    values::register(&mut engine);
    bind::register(&mut engine, seat);
    // A namespace must be known when a script is compiled.
    for name in crate::bindings::VALUE_NAMESPACES {
        engine.register_static_module(*name, Module::new().into());
    }
    unavailable::bar(&mut engine);
    engine.register_fn("exit", exit);
    engine.register_fn("exit", |_: Dynamic| exit());
    engine
}

fn exit() -> std::result::Result<Dynamic, Box<rhai::EvalAltResult>> {
    let token = Dynamic::from(errors::Exit);
    Err(rhai::EvalAltResult::ErrorTerminated(token, rhai::Position::NONE).into())
}

/// Compiles a text, and refuses functions that would hide native ones, and
/// calls of what no namespace has.
fn compile(engine: &Engine, scope: &Scope<'_>, text: &str, name: &str) -> Result<AST> {
    let ast = engine
        .compile_with_scope(scope, text)
        .map_err(|error| errors::parsing(&error, text, name))?;
    if ast.iter_functions().next().is_some() {
        shadowing::refuse(engine, &ast, text, name)?;
    }
    missing::refuse(&ast, name)?;
    Ok(ast)
}

/// Values for parameters from the command line: `NAME=VALUE`.
pub fn given(settings: &[String]) -> Result<BTreeMap<String, Value>> {
    settings
        .iter()
        .map(|setting| {
            let (name, value) = setting.split_once('=').ok_or_else(|| {
                Fault::usage(format!("`--set {setting}` has no value"))
                    .hint(format!("write --set {setting}=VALUE"))
            })?;
            Ok((name.to_owned(), Value::Text(value.into())))
        })
        .collect()
}

//! The scripts that are checked, with the modules they import: which file is
//! which, and what one knows of another.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

use rhai::{AST, Engine, Expr, Position, Stmt};

use crate::fault::{Fault, Rule};
use crate::script::{Script, errors, library};

use super::found::Found;
use super::outline::Outline;
use super::text::Text;

/// One script or module.
pub(super) struct SourceFile {
    pub(super) text: Text,
    pub(super) read: Result<(AST, Rc<Outline>), Fault>,
    /// Its file, where it has one: whoever imports it may call it otherwise.
    path: Option<PathBuf>,
    /// Below which folder its modules are, and what that is called here.
    folder: Option<PathBuf>,
    base: String,
    /// Where each import leads, in the order of the outline's.
    imports: Vec<Target>,
}

/// Where an import leads.
enum Target {
    /// To a module inside the binary.
    Bundled(Rc<Outline>),
    /// To one of the sources.
    SourceFile(usize),
    /// Nowhere.
    Nothing(Fault),
    /// To what only a run can tell.
    Unknown,
}

/// All that is checked.
pub(super) struct SourceFiles {
    pub(super) all: Vec<SourceFile>,
}

impl SourceFile {
    fn new(engine: &Engine, script: Script, base: String) -> Self {
        let name = script.name.as_str();
        let path = script.folder.as_ref().and_then(|folder| {
            let file = name.rsplit('/').next().unwrap_or(name);
            folder.join(file).canonicalize().ok()
        });
        let text = Text::new(name.into(), script.text);
        let read = match engine.compile(&*text.whole) {
            Ok(ast) => {
                let outline = Rc::new(Outline::of(&ast));
                Ok((ast, outline))
            }
            Err(error) => Err(errors::parsing(&error, &text.whole, &text.name)),
        };
        Self {
            text,
            read,
            path,
            folder: script.folder,
            base,
            imports: Vec::new(),
        }
    }

    /// Its modules are where those are of the one that leads to it.
    fn is_below(&mut self, folder: Option<PathBuf>, base: String) {
        self.folder = folder;
        self.base = base;
    }

    pub(super) fn outline(&self) -> Option<&Rc<Outline>> {
        self.read.as_ref().ok().map(|(_, outline)| outline)
    }

    fn is_module(&self) -> bool {
        self.outline().is_some_and(|outline| outline.is_module)
    }

    /// The names in `PARAMS`, and where they stand.
    fn declared(&self) -> Vec<(&str, Position)> {
        let Ok((ast, _)) = &self.read else {
            return Vec::new();
        };
        let maps = ast.statements().iter().filter_map(|statement| {
            if let Stmt::Var(definition, ..) = statement
                && definition.0.name == "PARAMS"
                && let Expr::Map(entries, _) = &definition.1
            {
                Some(&entries.0)
            } else {
                None
            }
        });
        maps.flatten()
            .map(|(key, _)| (key.name.as_str(), key.pos))
            .collect()
    }
}

impl SourceFiles {
    /// Reads scripts, and every module that they lead to.
    pub(super) fn read(engine: &Engine, scripts: Vec<Script>) -> Self {
        let mut sources = Self { all: Vec::new() };
        for script in scripts {
            let end = script.name.rfind('/').map_or(0, |slash| slash + 1);
            let base = script.name[..end].to_owned();
            sources.all.push(SourceFile::new(engine, script, base));
        }
        // A script first: where the modules of a module are is its affair.
        let (modules, mut queue): (Vec<_>, Vec<_>) =
            (0..sources.all.len()).partition(|index| sources.all[*index].is_module());
        queue.extend(modules);
        let mut is_led = HashSet::new();
        let mut next = 0;
        while let Some(index) = queue.get(next).copied() {
            next += 1;
            if is_led.insert(index) {
                let found = sources.lead(index, engine, &mut queue, &is_led);
                sources.all[index].imports = found;
            }
        }
        sources
    }

    fn lead(
        &mut self,
        index: usize,
        engine: &Engine,
        queue: &mut Vec<usize>,
        is_led: &HashSet<usize>,
    ) -> Vec<Target> {
        let Some(outline) = self.all[index].outline().cloned() else {
            return Vec::new();
        };
        let mut targets = Vec::with_capacity(outline.imports.len());
        for import in &outline.imports {
            let target = match &import.name {
                Some(name) => self.target(index, name, engine),
                None => Target::Unknown,
            };
            if let Target::SourceFile(other) = target {
                // It is reached from here, so its own modules are where ours are.
                if !is_led.contains(&other) {
                    let (folder, base) = (&self.all[index].folder, &self.all[index].base);
                    let (folder, base) = (folder.clone(), base.clone());
                    self.all[other].is_below(folder, base);
                }
                queue.push(other);
            }
            targets.push(target);
        }
        targets
    }

    fn target(&mut self, index: usize, name: &str, engine: &Engine) -> Target {
        let from = &self.all[index];
        let (text, path) = match library::module(from.folder.as_deref(), name) {
            Ok(found) => found,
            Err(fault) => return Target::Nothing(fault),
        };
        let Some(path) = path else {
            return match engine.compile(&text) {
                Ok(ast) => Target::Bundled(Rc::new(Outline::of(&ast))),
                Err(_) => Target::Unknown,
            };
        };
        let mut files = self.all.iter().map(|source| source.path.as_ref());
        if let Some(known) = files.position(|file| file == Some(&path)) {
            return Target::SourceFile(known);
        }
        let base = from.base.clone();
        let script = Script {
            name: format!("{base}{name}.rhai"),
            text: text.into(),
            folder: from.folder.clone(),
        };
        let mut source = SourceFile::new(engine, script, base);
        source.path = Some(path);
        self.all.push(source);
        Target::SourceFile(self.all.len() - 1)
    }

    /// The modules that a source imports, by its names for them; what cannot
    /// be imported is said.
    pub(super) fn modules(
        &self,
        source: &SourceFile,
        outline: &Outline,
        found: &mut Found<'_>,
    ) -> HashMap<String, Option<Rc<Outline>>> {
        let mut modules: HashMap<String, Option<Rc<Outline>>> = HashMap::new();
        for (import, target) in outline.imports.iter().zip(&source.imports) {
            let fault = match target {
                Target::Nothing(fault) => Some(fault),
                Target::Bundled(_) | Target::SourceFile(_) | Target::Unknown => None,
            };
            let circle = self.is_circle(source, target);
            let circle =
                circle.then(|| library::circle(import.name.as_deref().unwrap_or_default()));
            if let Some(fault) = fault.or(circle.as_ref()) {
                let span = found.text.word(found.text.offset(import.position));
                found.value(fault, Rule::UnresolvedImport, span.clone(), Some(span));
            }
            let module = match target {
                Target::Bundled(outline) => Some(Rc::clone(outline)),
                Target::SourceFile(index) => self.all[*index].outline().cloned(),
                Target::Nothing(_) | Target::Unknown => None,
            };
            // One name for two modules says nothing of either.
            let is_again = modules.contains_key(&import.alias);
            modules.insert(import.alias.clone(), module.filter(|_| !is_again));
        }
        modules
    }

    fn is_circle(&self, source: &SourceFile, target: &Target) -> bool {
        let Target::SourceFile(index) = target else {
            return false;
        };
        self.below(&self.all[*index])
            .iter()
            .any(|one| std::ptr::eq(*one, source))
    }

    /// A source and all that it leads to.
    fn below<'a>(&'a self, source: &'a SourceFile) -> Vec<&'a SourceFile> {
        let mut reached = vec![source];
        let mut next = 0;
        while let Some(source) = reached.get(next).copied() {
            next += 1;
            for target in &source.imports {
                if let Target::SourceFile(index) = target {
                    let other = &self.all[*index];
                    if !reached.iter().any(|one| std::ptr::eq(*one, other)) {
                        reached.push(other);
                    }
                }
            }
        }
        reached
    }

    /// Whether another one leads to it.
    pub(super) fn is_imported(&self, source: &SourceFile) -> bool {
        self.importers(source).next().is_some()
    }

    fn importers<'a>(&'a self, source: &'a SourceFile) -> impl Iterator<Item = &'a SourceFile> {
        let others = self
            .all
            .iter()
            .filter(|other| !std::ptr::eq(*other, source));
        others.filter(|other| {
            self.below(other)
                .iter()
                .any(|one| std::ptr::eq(*one, source))
        })
    }

    /// The parameters that a source may read: its own, and a module those of
    /// the scripts that lead to it. Nothing where these are not known.
    pub(super) fn params(&self, source: &SourceFile) -> Option<Vec<String>> {
        let scripts: Vec<_> = if source.is_module() {
            self.importers(source)
                .filter(|other| !other.is_module())
                .collect()
        } else {
            vec![source]
        };
        let declared = scripts.iter().flat_map(|source| source.declared());
        let names = declared.map(|(name, _)| name.to_owned()).collect();
        (!scripts.is_empty()).then_some(names)
    }

    /// Declared parameters that nothing reads.
    pub(super) fn unused_params(&self, source: &SourceFile, found: &mut Found<'_>) {
        let below = self.below(source);
        let is_whole = below.iter().all(|source| {
            let mut targets = source.imports.iter();
            let is_known =
                |target: &Target| !matches!(target, Target::Nothing(_) | Target::Unknown);
            source.read.is_ok() && targets.all(is_known)
        });
        if !is_whole {
            return;
        }
        for (name, position) in source.declared() {
            let mut outlines = below.iter().filter_map(|source| source.outline());
            if !outlines.any(|outline| outline.params.contains(name)) {
                let span = found.text.word(found.text.offset(position));
                let message = format!("the parameter `{name}` is never read");
                let hint = [format!("read `params.{name}` somewhere, or take it out")];
                found.add(Rule::UnusedParameter, span, message, &hint, None);
            }
        }
    }
}

//! The scripts that are checked and the modules they import, and which file imports which.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

use rhai::{AST, Engine, Expr, ParseError, Position, Stmt};

use crate::fault::{Fault, Rule};
use crate::script::bind::SessionSlot;
use crate::script::engine::{self, Surroundings};
use crate::script::script_source::Script;
use crate::script::{compile_errors, library, variable_limit};
use crate::source::SourceText;

use super::finding_collector::FindingCollector;
use super::script_outline::ScriptOutline;

/// One script or module.
pub(super) struct SourceFile {
    pub(super) source: SourceText,
    pub(super) compiled: Result<(AST, Rc<ScriptOutline>), Fault>,
    /// Its path, if it is a file. It identifies the file, which imports may name differently.
    path: Option<PathBuf>,
    /// The folder of the modules it imports, and the prefix of their names in findings.
    folder: Option<PathBuf>,
    prefix: String,
    /// What each import of the outline resolves to, in the same order.
    imports: Vec<ImportTarget>,
}

/// What an import resolves to.
#[derive(Clone)]
enum ImportTarget {
    /// A bundled module.
    Bundled(Rc<ScriptOutline>),
    /// The file of that index.
    File(usize),
    /// A module that cannot be imported.
    Unresolved(Fault),
    /// A module that is known only in a run.
    Unknown,
}

/// Compiles a text.
pub(super) fn compile(engine: &Engine, source: &SourceText) -> Result<AST, Fault> {
    variable_limit::refuse(source)?;
    let compiled = engine.compile(&*source.text);
    compiled.map_err(|error| syntax_error(&error, source))
}

/// The fault of a text that does not compile. A word of another language is often a name that
/// is not defined for a run, which then says more than what the engine expects behind it.
fn syntax_error(error: &ParseError, source: &SourceText) -> Fault {
    let fault = compile_errors::fault(error, source);
    let (strict, _) = engine::engine(&SessionSlot::default(), Surroundings::none());
    let first = strict.compile(&*source.text).err();
    let first = first.map(|error| compile_errors::fault(&error, source));
    first
        .filter(|first| !first.hints().is_empty())
        .unwrap_or(fault)
}

/// All files that are checked.
pub(super) struct SourceFiles {
    pub(super) all: Vec<SourceFile>,
    /// The index of each file that has a path.
    by_path: HashMap<PathBuf, usize>,
    /// For each file the files that import it.
    importers: Vec<Vec<usize>>,
}

impl SourceFile {
    fn new(engine: &Engine, script: Script, prefix: String) -> Self {
        let name = script.name.as_str();
        let path = script.folder.as_ref().and_then(|folder| {
            let file = name.rsplit('/').next().unwrap_or(name);
            folder.join(file).canonicalize().ok()
        });
        let source = SourceText::new(name, script.text);
        let compiled = compile(engine, &source).map(|ast| {
            let outline = Rc::new(ScriptOutline::new(&ast));
            (ast, outline)
        });
        Self {
            source,
            compiled,
            path,
            folder: script.folder,
            prefix,
            imports: Vec::new(),
        }
    }

    /// The folder of the files beside the script.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.folder.clone()
    }

    pub(super) fn outline(&self) -> Option<&Rc<ScriptOutline>> {
        self.compiled.as_ref().ok().map(|(_, outline)| outline)
    }

    /// The indexes of the files that it imports.
    fn imported(&self) -> impl Iterator<Item = usize> {
        self.imports.iter().filter_map(|target| match target {
            ImportTarget::File(index) => Some(*index),
            ImportTarget::Bundled(_) | ImportTarget::Unresolved(_) | ImportTarget::Unknown => None,
        })
    }

    fn is_module(&self) -> bool {
        self.outline().is_some_and(|outline| outline.is_module)
    }

    /// The names in `PARAMS` with their positions.
    pub(super) fn declared_params(&self) -> Vec<(&str, Position)> {
        let Ok((ast, _)) = &self.compiled else {
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
    /// Reads scripts and every module that they import, directly or not.
    pub(super) fn read(engine: &Engine, scripts: Vec<Script>) -> Self {
        let mut files = Self {
            all: Vec::new(),
            by_path: HashMap::new(),
            importers: Vec::new(),
        };
        for script in scripts {
            let end = script.name.rfind('/').map_or(0, |slash| slash + 1);
            let prefix = script.name[..end].to_owned();
            files.add(SourceFile::new(engine, script, prefix));
        }
        // Scripts first: the folder of a script is the one that its modules import from.
        let (modules, mut queue): (Vec<_>, Vec<_>) =
            (0..files.all.len()).partition(|index| files.all[*index].is_module());
        queue.extend(modules);
        let mut resolved = HashSet::new();
        let mut next = 0;
        while let Some(index) = queue.get(next).copied() {
            next += 1;
            if resolved.insert(index) {
                let imports = files.resolve_imports(index, engine, &mut queue, &resolved);
                files.all[index].imports = imports;
            }
        }
        files.importers = files.reverse_imports();
        files
    }

    /// Adds a file and returns its index. Of two with the same path, imports mean the first.
    fn add(&mut self, file: SourceFile) -> usize {
        let index = self.all.len();
        if let Some(path) = &file.path {
            self.by_path.entry(path.clone()).or_insert(index);
        }
        self.all.push(file);
        index
    }

    fn reverse_imports(&self) -> Vec<Vec<usize>> {
        let mut importers = vec![Vec::new(); self.all.len()];
        for (index, file) in self.all.iter().enumerate() {
            for imported in file.imported() {
                importers[imported].push(index);
            }
        }
        importers
    }

    fn resolve_imports(
        &mut self,
        index: usize,
        engine: &Engine,
        queue: &mut Vec<usize>,
        resolved: &HashSet<usize>,
    ) -> Vec<ImportTarget> {
        let Some(outline) = self.all[index].outline().cloned() else {
            return Vec::new();
        };
        let mut targets = Vec::with_capacity(outline.imports.len());
        let mut known: HashMap<&str, ImportTarget> = HashMap::new();
        for import in &outline.imports {
            let target = match &import.name {
                Some(name) => known
                    .entry(name)
                    .or_insert_with(|| self.resolve(index, name, engine))
                    .clone(),
                None => ImportTarget::Unknown,
            };
            if let ImportTarget::File(other) = target {
                // A module imports from the folder of the script that imports it.
                if !resolved.contains(&other) {
                    let importer = &self.all[index];
                    let (folder, prefix) = (importer.folder.clone(), importer.prefix.clone());
                    self.all[other].folder = folder;
                    self.all[other].prefix = prefix;
                }
                queue.push(other);
            }
            targets.push(target);
        }
        targets
    }

    fn resolve(&mut self, index: usize, name: &str, engine: &Engine) -> ImportTarget {
        let importer = &self.all[index];
        let (text, path) = match library::module(importer.folder.as_deref(), name) {
            Ok(module) => module,
            Err(fault) => return ImportTarget::Unresolved(fault),
        };
        let Some(path) = path else {
            return match engine.compile(&text) {
                Ok(ast) => ImportTarget::Bundled(Rc::new(ScriptOutline::new(&ast))),
                Err(_) => ImportTarget::Unknown,
            };
        };
        if let Some(known) = self.by_path.get(&path) {
            return ImportTarget::File(*known);
        }
        let prefix = importer.prefix.clone();
        let script = Script {
            name: format!("{prefix}{name}.rhai"),
            text: text.into(),
            folder: importer.folder.clone(),
        };
        let mut file = SourceFile::new(engine, script, prefix);
        file.path = Some(path);
        ImportTarget::File(self.add(file))
    }

    /// The modules that a file imports, by alias. Reports those that cannot be imported.
    pub(super) fn modules(
        &self,
        index: usize,
        outline: &ScriptOutline,
        findings: &mut FindingCollector<'_>,
    ) -> BTreeMap<String, Option<Rc<ScriptOutline>>> {
        let mut modules: BTreeMap<String, Option<Rc<ScriptOutline>>> = BTreeMap::new();
        let importing = self.importing(index);
        let targets = &self.all[index].imports;
        for (import, target) in outline.imports.iter().zip(targets) {
            let cycle;
            let (module, fault) = match target {
                ImportTarget::Bundled(outline) => (Some(Rc::clone(outline)), None),
                ImportTarget::File(index) => {
                    let module = &self.all[*index];
                    let imports_itself = importing.contains(index);
                    let name = import.name.as_deref().unwrap_or_default();
                    cycle = library::import_cycle(name);
                    (module.outline().cloned(), imports_itself.then_some(&cycle))
                }
                ImportTarget::Unresolved(fault) => (None, Some(fault)),
                ImportTarget::Unknown => (None, None),
            };
            if let Some(fault) = fault {
                let span = findings.token_at(import.position);
                findings.add_value(fault, Rule::UnresolvedImport, span.clone(), Some(span));
            }
            // An alias of two modules can mean either of them.
            let is_ambiguous = modules.contains_key(&import.alias);
            modules.insert(import.alias.clone(), module.filter(|_| !is_ambiguous));
        }
        modules
    }

    /// A file and all files that it imports, directly or not.
    fn reachable(&self, index: usize) -> Vec<&SourceFile> {
        let reached = walk(index, |index| self.all[index].imported());
        reached.into_iter().map(|index| &self.all[index]).collect()
    }

    /// A file and all files that import it, directly or not.
    fn importing(&self, index: usize) -> BTreeSet<usize> {
        walk(index, |index| self.importers[index].iter().copied())
    }

    /// Whether another file imports it, directly or not.
    pub(super) fn is_imported(&self, index: usize) -> bool {
        let mut importers = self.importers[index].iter();
        importers.any(|importer| *importer != index)
    }

    /// The parameters that a file may read: a script its own, a module those of the scripts that
    /// import it. `None` if no such script is known.
    pub(super) fn params(&self, index: usize) -> Option<BTreeSet<String>> {
        let file = &self.all[index];
        let scripts: Vec<_> = if file.is_module() {
            let importing = self.importing(index).into_iter();
            let importing = importing.map(|index| &self.all[index]);
            importing.filter(|other| !other.is_module()).collect()
        } else {
            vec![file]
        };
        let params = scripts.iter().flat_map(|script| script.declared_params());
        let names = params.map(|(name, _)| name.to_owned()).collect();
        (!scripts.is_empty()).then_some(names)
    }

    /// Reports declared parameters that nothing reads.
    pub(super) fn check_unused_params(&self, index: usize, findings: &mut FindingCollector<'_>) {
        let reachable = self.reachable(index);
        let is_known = |target: &ImportTarget| {
            !matches!(target, ImportTarget::Unresolved(_) | ImportTarget::Unknown)
        };
        let mut files = reachable.iter();
        if !files.all(|file| file.compiled.is_ok() && file.imports.iter().all(is_known)) {
            return;
        }
        for (name, position) in self.all[index].declared_params() {
            let mut outlines = reachable.iter().filter_map(|file| file.outline());
            if !outlines.any(|outline| outline.params.contains(name)) {
                let span = findings.token_at(position);
                let message = format!("the parameter `{name}` is never read");
                let hint = [format!("read it as `params.{name}`, or remove it")];
                findings.add(Rule::UnusedParameter, span, message, &hint, None);
            }
        }
    }
}

/// The indexes that are reached from one, itself included.
fn walk<I: Iterator<Item = usize>>(start: usize, next: impl Fn(usize) -> I) -> BTreeSet<usize> {
    let mut reached = BTreeSet::from([start]);
    let mut queue = vec![start];
    while let Some(index) = queue.pop() {
        queue.extend(next(index).filter(|index| reached.insert(*index)));
    }
    reached
}

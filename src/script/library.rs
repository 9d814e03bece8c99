//! The scripts and modules inside the binary, and where `import` may look:
//! `std/…` in the binary, else a file beside the script, and nowhere else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::module_resolvers::ModuleResolver;
use rhai::{Engine, EvalAltResult, GlobalRuntimeState, Module, Position, Scope, Shared};

use crate::fault::{Fault, FaultKind, Result, reason};

use super::values::thrown;

/// A script or module inside the binary.
pub struct Bundled {
    /// The name it goes by.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The bundled scripts.
pub static SCRIPTS: &[Bundled] = &[
    Bundled {
        name: "faspex-node-macos",
        text: include_str!("../../scripts/faspex-node-macos.rhai"),
    },
    Bundled {
        name: "faspex-node-linux",
        text: include_str!("../../scripts/faspex-node-linux.rhai"),
    },
    Bundled {
        name: "sync-access-key",
        text: include_str!("../../scripts/sync-access-key.rhai"),
    },
];

/// The modules under `std/`.
pub static STDLIB: &[Bundled] = &[
    Bundled {
        name: "std/api",
        text: include_str!("../../stdlib/api.rhai"),
    },
    Bundled {
        name: "std/bandwidth",
        text: include_str!("../../stdlib/bandwidth.rhai"),
    },
    Bundled {
        name: "std/cloud",
        text: include_str!("../../stdlib/cloud.rhai"),
    },
    Bundled {
        name: "std/console",
        text: include_str!("../../stdlib/console.rhai"),
    },
    Bundled {
        name: "std/docroot",
        text: include_str!("../../stdlib/docroot.rhai"),
    },
    Bundled {
        name: "std/faspex",
        text: include_str!("../../stdlib/faspex.rhai"),
    },
    Bundled {
        name: "std/security",
        text: include_str!("../../stdlib/security.rhai"),
    },
    Bundled {
        name: "std/server",
        text: include_str!("../../stdlib/server.rhai"),
    },
    Bundled {
        name: "std/shares",
        text: include_str!("../../stdlib/shares.rhai"),
    },
    Bundled {
        name: "std/tokens",
        text: include_str!("../../stdlib/tokens.rhai"),
    },
    Bundled {
        name: "std/users",
        text: include_str!("../../stdlib/users.rhai"),
    },
];

/// The largest script or module, in bytes.
const MAX_SIZE: u64 = 4 << 20;

/// The text of every source that was compiled, by name, for error messages.
pub(super) type Sources = Rc<RefCell<BTreeMap<String, Rc<str>>>>;

/// A bundled script.
pub fn bundled(name: &str) -> Option<&'static Bundled> {
    SCRIPTS.iter().find(|script| script.name == name)
}

/// Reads a script from a file.
pub(super) fn read(path: &Path) -> Result<String> {
    let trouble = |error: std::io::Error| {
        let shown = path.display();
        let is_missing = error.kind() == std::io::ErrorKind::NotFound;
        let fault = Fault::usage(format!("cannot read {shown}: {}", reason(&error)));
        let fault = if is_missing && path.extension().is_some() {
            fault.hint(format!("`ascript new {shown}` writes one to start from"))
        } else {
            fault
        };
        fault.caused_by(error)
    };
    let size = std::fs::metadata(path).map_err(trouble)?.len();
    if size > MAX_SIZE {
        return Err(Fault::usage(format!(
            "{} is larger than 4 MiB",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(trouble)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Fault::usage(format!("{} is not UTF-8 text (byte {at})", path.display()))
    })
}

/// The text of a module, and its file where it is not in the binary.
pub(super) fn module(folder: Option<&Path>, name: &str) -> Result<(String, Option<PathBuf>)> {
    if name.starts_with("std/") {
        let module = STDLIB.iter().find(|module| module.name == name);
        return module
            .map(|module| (module.text.to_owned(), None))
            .ok_or_else(|| {
                let known = STDLIB.iter().map(|module| module.name);
                Fault::script(format!("there is no module `{name}`")).suggest(name, known)
            });
    }
    let folder = folder.ok_or_else(|| {
        Fault::script(format!("there is no module `{name}`"))
            .hint("a bundled script imports from `std/` alone")
    })?;
    let path = inside(folder, name)?;
    Ok((read(&path)?, Some(path)))
}

/// Finds what `import` names, compiles it once, and keeps it. Clones share
/// what they keep.
#[derive(Clone)]
pub(super) struct Resolver {
    folder: Option<PathBuf>,
    sources: Sources,
    loaded: Rc<RefCell<BTreeMap<String, Shared<Module>>>>,
    loading: Rc<RefCell<Vec<String>>>,
}

impl Resolver {
    /// A resolver for a script in `folder`; a script without one has `std/`
    /// alone.
    pub(super) fn new(folder: Option<PathBuf>, sources: Sources) -> Self {
        Self {
            folder,
            sources,
            loaded: Rc::default(),
            loading: Rc::default(),
        }
    }

    /// A module that was imported by that name.
    pub(super) fn loaded(&self, name: &str) -> Option<Shared<Module>> {
        self.loaded.borrow().get(name).cloned()
    }

    /// The text of a module.
    pub(super) fn text(&self, name: &str) -> Result<String> {
        Ok(module(self.folder.as_deref(), name)?.0)
    }

    fn load(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        name: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        let (text, _) =
            module(self.folder.as_deref(), name).map_err(|fault| thrown(fault, Position::NONE))?;
        let source = if name.starts_with("std/") {
            name.to_owned()
        } else {
            format!("{name}.rhai")
        };
        self.sources
            .borrow_mut()
            .insert(source.clone(), text.as_str().into());
        let mut ast = super::compile(engine, &Scope::new(), &text, &source)
            .map_err(|fault| thrown(fault, Position::NONE))?;
        ast.set_source(source.as_str());
        match Module::eval_ast_as_new_raw(engine, &mut Scope::new(), global, &ast) {
            Ok(module) => Ok(module.into()),
            // Its place is one in the module, not in what imports it.
            Err(error) => Err(EvalAltResult::ErrorInModule(source, error, position).into()),
        }
    }
}

/// The fault of a module that its own imports lead back to.
pub(super) fn circle(name: &str) -> Fault {
    Fault::script(format!(
        "the module `{name}` imports itself, by way of others or not"
    ))
}

/// A file under `folder`, by a name that cannot lead out of it.
fn inside(folder: &Path, name: &str) -> Result<PathBuf> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    if !name.split('/').all(is_part) {
        return Err(Fault::script(format!(
            "`{}` cannot be a module's name",
            name.escape_debug()
        ))
        .hint(
            "write the path below the script's folder, without `.rhai`: letters, digits, - _ /",
        ));
    }
    let none = || {
        Fault::script(format!("there is no module `{name}`"))
            .hint(format!("it would be {name}.rhai beside the script"))
    };
    let root = folder.canonicalize().map_err(|_| none())?;
    let file = root
        .join(format!("{name}.rhai"))
        .canonicalize()
        .map_err(|_| none())?;
    if file.starts_with(&root) {
        Ok(file)
    } else {
        Err(Fault::script(format!(
            "the module `{name}` leads out of the script's folder"
        )))
    }
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        _: &Engine,
        _: Option<&str>,
        path: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        let message = format!("`{path}` was imported without its surroundings");
        Err(thrown(Fault::new(FaultKind::Internal, message), position))
    }

    fn resolve_raw(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        _: &mut Scope<'_>,
        path: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        if let Some(module) = self.loaded.borrow().get(path) {
            return Ok(module.clone());
        }
        // The engine would follow a circle until its stack ends.
        if self.loading.borrow().iter().any(|name| name == path) {
            return Err(thrown(circle(path), position));
        }
        self.loading.borrow_mut().push(path.to_owned());
        let loaded = self.load(engine, global, path, position);
        self.loading.borrow_mut().pop();
        let module = loaded.map_err(|mut error| {
            if error.position().is_none() {
                error.set_position(position);
            }
            error
        })?;
        self.loaded
            .borrow_mut()
            .insert(path.to_owned(), module.clone());
        Ok(module)
    }
}

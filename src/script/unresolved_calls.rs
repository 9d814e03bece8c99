//! Refuses calls that cannot work before anything runs: of functions that a namespace or a
//! bundled module does not have, and with a wrong number of arguments. The arguments themselves
//! are checked by the binding.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use crate::bindings;
use crate::fault::{Fault, FaultKind, Result, nearest};
use crate::source::{FunctionSource, functions};

use super::bundled::STDLIB;
use super::name_faults::{is_namespace, no_binding};
use super::positions::location;

/// A bundled module that a script imports.
struct ImportedModule {
    alias: String,
    name: &'static str,
    functions: Vec<FunctionSource<'static>>,
}

/// Refuses the first such call. `imported` are the modules that earlier inputs of a session
/// imported, each with its alias.
pub(super) fn refuse<'a>(
    ast: &AST,
    file: &str,
    imported: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<()> {
    let mut outcome = Ok(());
    let earlier = imported.into_iter();
    let earlier = earlier.filter_map(|(alias, name)| ImportedModule::find(alias, name));
    let modules: Vec<_> = imports(ast).chain(earlier).collect();
    ast.walk(&mut |path| {
        if let Some(
            ASTNode::Expr(Expr::FnCall(call, position))
            | ASTNode::Stmt(Stmt::FnCall(call, position)),
        ) = path.last()
        {
            outcome = check(call, &modules).map_err(|fault| {
                fault
                    .with_kind(FaultKind::Usage)
                    .at(location(file, *position))
            });
        }
        outcome.is_ok()
    });
    outcome
}

fn check(call: &FnCallExpr, modules: &[ImportedModule]) -> Result<()> {
    let namespace = match &call.namespace.path[..] {
        [] if call.is_operator_call() => return Ok(()),
        [] => "",
        [only] => only.as_str(),
        _ => return Ok(()),
    };
    if let Some(binding) = bindings::find_in(namespace, &call.name) {
        return binding.check_count(call.args.len());
    }
    if is_namespace(namespace) {
        return Err(no_binding(&format!("{namespace}.{}", call.name)));
    }
    let module = modules.iter().find(|module| module.alias == namespace);
    module.map_or(Ok(()), |module| module.check(call))
}

/// The bundled modules that a script imports.
fn imports(ast: &AST) -> impl Iterator<Item = ImportedModule> {
    ast.statements().iter().filter_map(|statement| {
        let Stmt::Import(import, _) = statement else {
            return None;
        };
        let (Expr::StringConstant(name, _), alias) = &**import else {
            return None;
        };
        ImportedModule::find(&alias.name, name)
    })
}

impl ImportedModule {
    /// The bundled module of that name.
    fn find(alias: &str, name: &str) -> Option<Self> {
        let module = STDLIB.iter().find(|module| module.name == name)?;
        let functions = functions(module.text).into_iter();
        Some(Self {
            alias: alias.to_owned(),
            name: module.name,
            functions: functions.filter(|function| !function.is_private).collect(),
        })
    }

    fn check(&self, call: &FnCallExpr) -> Result<()> {
        let (name, given) = (call.name.as_str(), call.args.len());
        let path = format!("{}::{name}", self.alias);
        let overloads = self.functions.iter();
        let overloads: Vec<_> = overloads.filter(|function| function.name == name).collect();
        let Some(longest) = overloads
            .iter()
            .max_by_key(|function| function.params.len())
        else {
            return Err(self.no_function(&path, name));
        };
        if overloads
            .iter()
            .any(|function| function.params.len() == given)
        {
            return Ok(());
        }
        let counts = overloads
            .iter()
            .map(|function| function.params.len().to_string());
        let counts = counts.collect::<Vec<_>>().join(" or ");
        let fault = Fault::script(format!("`{path}` takes {counts} arguments, not {given}"));
        Err(fault.hint(format!("write `{path}({})`", longest.params.join(", "))))
    }

    fn no_function(&self, path: &str, name: &str) -> Fault {
        let fault = Fault::script(format!("there is no `{path}`"));
        let known = self.functions.iter().map(|function| function.name);
        let fault = match nearest(name, known) {
            Some(near) => fault.hint(format!("did you mean `{}::{near}`?", self.alias)),
            None => fault,
        };
        fault.hint(format!("`ascript docs {}` lists its functions", self.name))
    }
}

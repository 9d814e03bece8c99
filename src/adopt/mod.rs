//! Makes a script from a node: run there, it changes nothing; run on a blank node, it makes the
//! same settings, users with their accounts and docroots, groups, virtual links, Node API users
//! and services.
//!
//! Each call is tried before it is written, on the node, where it must change nothing, and on a blank
//! node after the calls before it. What no call can express becomes a comment.

mod accounts;
mod api_users;
mod columns;
mod fallback;
mod folding;
mod leftovers;
mod membership;
mod node_calls;
mod secrets;
mod sections;
mod selection;
mod services;
mod std_calls;
mod system_groups;

use std::collections::BTreeMap;

use crate::exec::{Executor, World};
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::script_text::{ScriptText, Statement};
use crate::step::Value;

use folding::Folding;
use node_calls::NodeCalls;

pub use secrets::AdoptedSecret;
pub use selection::Selection;

/// A script that was made from a node.
pub struct Adoption {
    /// The script.
    pub script: ScriptText,
    /// The secrets that it names: none could be read.
    pub secrets: Vec<AdoptedSecret>,
    /// How many things the script cannot express; it has a comment for each.
    pub left_out: usize,
    /// The rows for the file of data, if the script reads one.
    pub data: Option<Vec<Value>>,
}

/// Makes a script from the node that `world` reads. `blank` previews the calls on a blank node of the
/// same platform. The rows of users go into a file of data of that name, if there is one.
pub fn adopt(
    world: &mut World,
    blank: &mut dyn Executor,
    selection: &Selection,
    data: Option<&str>,
) -> Result<Adoption> {
    let document = world.conf()?;
    selection.check(&document)?;
    let node = world.node().clone();
    let mut calls = NodeCalls::new(world, &document, blank);
    let api_users = api_users::read(selection, &mut calls)?;
    let other_accounts = api_users::other_accounts(&api_users, &calls);
    for kind in sections::ORDER {
        sections::add(*kind, selection, &other_accounts, &mut calls)?;
    }
    accounts::add_others(&other_accounts, &mut calls)?;
    api_users::add(&api_users, &mut calls)?;
    services::add(selection, &mut calls)?;
    let left_out = calls.leftovers.comments(&document, selection);
    let mut folding = Folding::new(calls.secrets, data);
    let (mut imports, mut statements) = (BTreeMap::new(), Vec::new());
    for mut block in calls.blocks {
        if !statements.is_empty() {
            statements.push(Statement::Blank);
        }
        statements.push(Statement::Comment(block.title.to_owned()));
        let functions = std_calls::take_from(&mut block);
        folding.write(&block, &mut statements);
        for function in functions {
            imports.insert(function.module.to_owned(), function.alias.to_owned());
            let path = format!("{}::{}", function.alias, function.name);
            statements.push(Statement::call(path, Vec::new()));
        }
    }
    let count = left_out.len();
    if count > 0 {
        statements.extend([
            Statement::Blank,
            Statement::Comment("Not in this script, which leaves it as it is:".to_owned()),
        ]);
        statements.extend(left_out.into_iter().map(Statement::Comment));
    }
    let (params, secrets, data) = folding.finish();
    Ok(Adoption {
        script: ScriptText {
            header: header(&node.name),
            imports: imports.into_iter().collect(),
            platform: Some(node.platform),
            params,
            statements,
        },
        secrets,
        left_out: count,
        data,
    })
}

fn header(node: &str) -> Vec<String> {
    vec![
        format!("Makes a node like {node}."),
        "Source: written by `ascript adopt`. On that node it changes nothing.".to_owned(),
    ]
}

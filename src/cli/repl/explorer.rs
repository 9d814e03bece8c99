//! A session at hand: takes inputs and commands, and says what came of them.
//! It does not know who types.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::bindings::Value;
use crate::exec::Stop;
use crate::fault::{Fault, Result, Rule};
use crate::repl::{self, Answer, Dropped, Outside, Staging};
use crate::report;
use crate::script::Script;

use super::super::common::{Format, NodeArgs};
use super::super::node::NodeTarget;
use super::super::output::{self, OutputOptions};
use super::super::runner::Runner;
use super::commands;

/// How many steps of one input are shown.
const MOST: usize = 8;

/// What follows an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one.
    Stay,
    /// The end, with that exit code.
    Leave(u8),
    /// What failed was told; who reads no answer stops with that exit code.
    Failed(u8),
}

/// A session of lines on a node.
pub(super) struct Explorer<'a> {
    pub(super) runner: Runner<'a>,
    pub(super) look: &'a OutputOptions,
    pub(super) stop: Stop,
    staging: Rc<RefCell<Staging>>,
    node: NodeArgs,
    scripts: Option<PathBuf>,
    number: usize,
}

impl<'a> Explorer<'a> {
    pub(super) fn new(
        node: &NodeArgs,
        scripts: Option<&Path>,
        given: BTreeMap<String, Value>,
        look: &'a OutputOptions,
        stop: &Stop,
    ) -> Result<Self> {
        let runner = runner(node, look, stop)?;
        let staging = Staging::new(runner.world()?, outside(stop), given);
        Ok(Self {
            runner,
            look,
            stop: stop.clone(),
            staging: Rc::new(RefCell::new(staging)),
            node: node.clone(),
            scripts: scripts.map(Path::to_owned),
            number: 0,
        })
    }

    /// What is staged.
    pub(super) fn staging(&self) -> Ref<'_, Staging> {
        self.staging.borrow()
    }

    /// What is staged, to be changed.
    pub(super) fn staging_mut(&self) -> RefMut<'_, Staging> {
        self.staging.borrow_mut()
    }

    /// What is staged, for somebody who looks while a line is written.
    pub(super) fn shared(&self) -> Rc<RefCell<Staging>> {
        Rc::clone(&self.staging)
    }

    /// Takes a line at a terminal: a command, a question, or an input of its
    /// own source.
    pub(super) fn take(&mut self, text: &str) -> Result<Flow> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Flow::Stay);
        }
        if let Some(flow) = commands::take(self, text)? {
            return Ok(flow);
        }
        self.number += 1;
        let name = format!("repl:{}", self.number);
        self.run(script(name, text), 1).map_err(with_help)
    }

    /// Runs an input, and shows what came of it.
    pub(super) fn run(&mut self, script: Script, first: usize) -> Result<Flow> {
        let answer = self.staging_mut().run(script, first);
        // Whoever asked for a stop has got it.
        self.stop.clear();
        let answer = answer?;
        self.show(&answer)?;
        Ok(if answer.is_exit {
            Flow::Leave(0)
        } else {
            Flow::Stay
        })
    }

    /// A script of that name, to be run here.
    pub(super) fn find(&self, name: &str) -> Result<Script> {
        Script::find(name, self.scripts.as_deref())
    }

    /// The node of that name instead of this one, or the same one read anew.
    pub(super) fn fresh(&self, name: Option<&str>) -> Result<(Runner<'a>, NodeArgs)> {
        let node = match name {
            Some(name) => NodeArgs {
                node: Some(name.to_owned()),
                platform: None,
                ..self.node.clone()
            },
            None => self.node.clone(),
        };
        Ok((runner(&node, self.look, &self.stop)?, node))
    }

    /// Goes on with that node.
    pub(super) fn settle(&mut self, (runner, node): (Runner<'a>, NodeArgs)) {
        self.runner = runner;
        self.node = node;
    }

    /// The node in a few words.
    pub(super) fn described(&self) -> String {
        let staging = self.staging();
        let node = staging.node();
        match &self.runner.place().remark {
            Some(remark) => remark.clone(),
            None => format!("{} ({})", report::line(&node.name), node.platform),
        }
    }

    /// `2 staged changes`.
    pub(super) fn staged_words(&self) -> String {
        match self.staging().staged() {
            1 => "1 staged change".to_owned(),
            count => format!("{count} staged changes"),
        }
    }

    /// What the prompt says.
    pub(super) fn prompt(&self) -> String {
        let label = self.runner.place().label();
        let label = report::line(&label);
        format!("{label} preview {}> ", self.staging().staged())
    }

    fn show(&self, answer: &Answer) -> Result<()> {
        let staging = self.staging();
        let style = self.look.of_stdout();
        let steps = staging.steps(answer.before);
        let mut text = String::new();
        let count = if steps.len() > MOST {
            MOST / 2
        } else {
            steps.len()
        };
        text.push_str(&report::steps(&steps[..count], answer.before + 1, style));
        if count < steps.len() {
            let more = steps.len() - count;
            let _ = writeln!(text, "    … {more} more steps; `:plan` shows all");
        }
        let is_told = !steps.is_empty() && matches!(answer.value, Value::Outcome(_));
        let value = repl::shown(&answer.value, style.width);
        if let Some(value) = value.filter(|_| !is_told) {
            text.push_str(&value);
            text.push('\n');
        }
        output::document(&text)
    }

    /// Says what went wrong, with the line it points at.
    pub(super) fn complain(&self, fault: &Fault) {
        let staging = self.staging();
        self.look.complain(fault, &|name| staging.source(name));
    }

    /// Says which inputs could not be played again.
    pub(super) fn tell_dropped(&self, dropped: &[Dropped]) {
        for Dropped { input, fault } in dropped {
            let name = input.name();
            output::say(&format!("{name} cannot stand any more, and is gone:"));
            self.complain(fault);
        }
    }
}

/// Adds a hint for someone at a prompt who knows neither the names nor the
/// language, unless the fault has a better one.
fn with_help(fault: Fault) -> Fault {
    const NAME_RULES: &[Rule] = &[
        Rule::UnknownFunction,
        Rule::UnknownBinding,
        Rule::UnknownNamespace,
        Rule::UnknownSetting,
    ];
    let (Some(rule), Some(name)) = (fault.rule(), fault.unknown_name()) else {
        return fault;
    };
    let hint = if !fault.hints().is_empty() {
        return fault;
    } else if rule == Rule::UnknownVariable {
        format!(
            "write a string in double quotes, a map as `#{{ … }}`; `:help {name}` looks the word up"
        )
    } else if NAME_RULES.contains(&rule) {
        format!("`:help {name}` looks the word up")
    } else {
        return fault;
    };
    fault.hint(hint)
}

fn script(name: String, text: &str) -> Script {
    Script {
        name,
        text: text.into(),
        folder: Some(PathBuf::from(".")),
    }
}

fn runner<'a>(node: &NodeArgs, look: &'a OutputOptions, stop: &Stop) -> Result<Runner<'a>> {
    let place = NodeTarget::find(node, None)?;
    Ok(Runner::new(place, node, look, Format::Text, stop))
}

fn outside(stop: &Stop) -> Outside {
    let (asked, met) = (stop.clone(), stop.clone());
    Outside {
        print: Rc::new(output::say),
        is_stopped: Rc::new(move || asked.is_requested()),
        forget_stop: Rc::new(move || met.clear()),
    }
}

//! A REPL session on a node: runs script lines and shows their results. It
//! does not know where the lines come from.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::bindings::Value;
use crate::exec::StopFlag;
use crate::fault::{Fault, Result, Rule};
use crate::repl::{self, Answer, Dropped, Outside, Staging};
use crate::report;
use crate::script::Script;

use super::super::common::{NodeArgs, OutputFormat};
use super::super::node_target::NodeTarget;
use super::super::output::{self, OutputOptions};
use super::super::runner::Runner;

/// How many steps of one input are shown.
const MAX_STEPS_SHOWN: usize = 8;

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineOutcome {
    /// The session goes on.
    Continue,
    /// The session ends, with that exit code.
    Exit(u8),
    /// The line failed, and the message was shown. Piped input stops with that
    /// exit code.
    Failed(u8),
}

/// A REPL session on a node.
pub(super) struct InteractiveSession<'a> {
    pub(super) runner: Runner<'a>,
    pub(super) options: &'a OutputOptions,
    pub(super) stop: StopFlag,
    staging: Rc<RefCell<Staging>>,
    node: NodeArgs,
    scripts: Option<PathBuf>,
    line_number: usize,
    /// The typed lines that failed, of which nothing was kept.
    failed: Vec<String>,
}

impl<'a> InteractiveSession<'a> {
    pub(super) fn new(
        node: &NodeArgs,
        scripts: Option<&Path>,
        given: BTreeMap<String, Value>,
        options: &'a OutputOptions,
        stop: &StopFlag,
    ) -> Result<Self> {
        let runner = runner(node, options, stop)?;
        let staging = Staging::new(runner.world()?, outside(stop), given);
        Ok(Self {
            runner,
            options,
            stop: stop.clone(),
            staging: Rc::new(RefCell::new(staging)),
            node: node.clone(),
            scripts: scripts.map(Path::to_owned),
            line_number: 0,
            failed: Vec::new(),
        })
    }

    /// The staged lines.
    pub(super) fn staging(&self) -> Ref<'_, Staging> {
        self.staging.borrow()
    }

    /// The staged lines, to be changed.
    pub(super) fn staging_mut(&self) -> RefMut<'_, Staging> {
        self.staging.borrow_mut()
    }

    /// The staged lines, shared with the completion of the line being typed.
    pub(super) fn shared_staging(&self) -> Rc<RefCell<Staging>> {
        Rc::clone(&self.staging)
    }

    /// Runs a typed line as a script of its own.
    pub(super) fn run_typed(&mut self, text: &str) -> Result<LineOutcome> {
        self.line_number += 1;
        let script = Script {
            name: format!("repl:{}", self.line_number),
            text: text.into(),
            folder: Some(PathBuf::from(".")),
        };
        self.run(script, 1).map_err(|fault| {
            let fault = self.with_lost_name(fault);
            self.failed.push(text.to_owned());
            with_hint(fault)
        })
    }

    /// Adds a hint to a name that is not defined because the line that defines it failed.
    fn with_lost_name(&self, fault: Fault) -> Fault {
        if fault.rule() != Some(Rule::UnknownVariable) {
            return fault;
        }
        let name = fault.unknown_name().unwrap_or_default().to_owned();
        let is_lost = self.failed.iter().any(|text| defines(text, &name));
        if is_lost {
            fault.hint(format!(
                "the line that defines `{name}` failed, and nothing of it was kept"
            ))
        } else {
            fault
        }
    }

    /// Runs an input and shows its result.
    pub(super) fn run(&mut self, script: Script, first: usize) -> Result<LineOutcome> {
        let answer = self.staging_mut().run(script, first);
        // The user's Ctrl-C has been handled.
        self.stop.clear();
        let answer = answer?;
        self.show(&answer)?;
        Ok(if answer.is_exit {
            LineOutcome::Exit(0)
        } else {
            LineOutcome::Continue
        })
    }

    /// Finds a script by its name or path.
    pub(super) fn find(&self, name: &str) -> Result<Script> {
        Script::find(name, self.scripts.as_deref())
    }

    /// Opens another node, or this one again, without switching to it.
    pub(super) fn open_node(&self, name: Option<&str>) -> Result<(Runner<'a>, NodeArgs)> {
        let node = match name {
            Some(name) => NodeArgs {
                node: Some(name.to_owned()),
                platform: None,
                ..self.node.clone()
            },
            None => self.node.clone(),
        };
        Ok((runner(&node, self.options, &self.stop)?, node))
    }

    /// Switches to an opened node.
    pub(super) fn use_node(&mut self, (runner, node): (Runner<'a>, NodeArgs)) {
        self.runner = runner;
        self.node = node;
    }

    /// Describes the node in a few words.
    pub(super) fn node_description(&self) -> String {
        let staging = self.staging();
        let node = staging.node();
        match &self.runner.target().remark {
            Some(remark) => remark.clone(),
            None => format!(
                "{} ({})",
                report::line(&node.name),
                report::platform_name(node.platform)
            ),
        }
    }

    /// `2 staged changes`.
    pub(super) fn staged_count(&self) -> String {
        match self.staging().staged() {
            1 => "1 staged change".to_owned(),
            count => format!("{count} staged changes"),
        }
    }

    /// The prompt: node, mode, number of staged changes.
    pub(super) fn prompt(&self) -> String {
        let label = self.runner.target().label();
        let label = report::line(&label);
        format!("{label} preview {}> ", self.staging().staged())
    }

    fn show(&self, answer: &Answer) -> Result<()> {
        let staging = self.staging();
        let style = self.options.of_stdout();
        let steps = staging.steps(answer.before);
        let mut text = String::new();
        let count = if steps.len() > MAX_STEPS_SHOWN {
            MAX_STEPS_SHOWN / 2
        } else {
            steps.len()
        };
        text.push_str(&report::steps(&steps[..count], answer.before + 1, style));
        if count < steps.len() {
            let more = steps.len() - count;
            let _ = writeln!(text, "    … {more} more steps; `:plan` shows all");
        }
        let is_shown_as_step = !steps.is_empty() && matches!(answer.value, Value::Outcome(_));
        let value = repl::format_value(&answer.value, style.width);
        if let Some(value) = value.filter(|_| !is_shown_as_step) {
            text.push_str(&value);
            text.push('\n');
        }
        output::document(&text)
    }

    /// Shows an error on standard error, with the line it points at.
    pub(super) fn complain(&self, fault: &Fault) {
        let staging = self.staging();
        self.options.complain(fault, &|name| staging.source(name));
    }

    /// Reports the inputs that failed when they were run again.
    pub(super) fn report_dropped(&self, dropped: &[Dropped]) {
        for Dropped { input, fault } in dropped {
            let name = input.name();
            output::say(&format!("{name} no longer works and was removed:"));
            self.complain(fault);
        }
    }
}

/// Whether a line has `let NAME` or `const NAME`.
fn defines(line: &str, name: &str) -> bool {
    let is_part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words = line.split(|letter| !is_part_of_name(letter));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let mut pairs = words.windows(2);
    pairs.any(|pair| ["let", "const"].contains(&pair[0]) && pair[1] == name)
}

/// Adds a hint for newcomers to the names and the language, unless the fault has a
/// better hint.
fn with_hint(fault: Fault) -> Fault {
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
        format!("write a string in double quotes, a map as `#{{ … }}`; try `:help {name}`")
    } else if NAME_RULES.contains(&rule) {
        format!("`:help {name}` searches the reference")
    } else {
        return fault;
    };
    fault.hint(hint)
}

fn runner<'a>(node: &NodeArgs, options: &'a OutputOptions, stop: &StopFlag) -> Result<Runner<'a>> {
    let place = stop.while_reading(|| NodeTarget::find(node, None))?;
    Runner::new(place, node, options, OutputFormat::Text, stop)
}

fn outside(stop: &StopFlag) -> Outside {
    let (requested, handled) = (stop.clone(), stop.clone());
    Outside {
        print: Rc::new(output::say),
        is_stopped: Rc::new(move || requested.is_requested()),
        forget_stop: Rc::new(move || handled.clear()),
    }
}

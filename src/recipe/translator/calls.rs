//! Commands of a shell as calls of programs.

use super::Translator;
use crate::recipe::context::ToolCall;
use crate::recipe::parameters::Parameters;
use crate::recipe::shell::{Invocation, ShellWord};

/// Programs that start the program behind them.
const WRAPPERS: &[&str] = &[
    "sudo", "env", "exec", "nohup", "time", "command", "builtin", "doas",
];

impl Translator<'_> {
    /// The call with the values of variables; none where only a shell knows them.
    pub(super) fn call(&mut self, invocation: &Invocation) -> Option<ToolCall> {
        let mut resolve = |word: &ShellWord| self.context.resolve(word);
        let words: Option<Vec<_>> = invocation.words.iter().map(&mut resolve).collect();
        let input = invocation.input.as_ref().map(&mut resolve);
        let output = invocation.output.as_ref().map(&mut resolve);
        let environment = invocation.environment.iter();
        let environment = environment.map(|(name, word)| Some((name.clone(), resolve(word)?)));
        let mut call = ToolCall {
            args: words?,
            environment: environment.collect::<Option<_>>()?,
            appends: invocation.appends,
            ..ToolCall::default()
        };
        if let Some(input) = input {
            call.input = Some(input?);
        }
        if let Some(output) = output {
            call.output = Some(output?);
        }
        if let Some(feeder) = &invocation.feeder {
            call.feeder = Some(Box::new(self.call(feeder)?));
        }
        unwrap_program(&mut call, &self.context.parameters);
        Some(call)
    }
}

/// Removes the programs that only start another one, such as sudo.
fn unwrap_program(call: &mut ToolCall, parameters: &Parameters) {
    while let Some(first) = call.args.first()
        && (call.program.is_empty() || WRAPPERS.contains(&call.program.as_str()))
    {
        if call.program.is_empty() {
            let program = call.args.remove(0);
            // A variable with the path of the program.
            let program = parameters.default_text(&program).unwrap_or(&program);
            let name = program.rsplit('/').next().unwrap_or_default();
            name.clone_into(&mut call.program);
        } else if first == "-u" && call.args.len() > 1 {
            call.args.remove(0);
            call.account = Some(call.args.remove(0));
        } else if first.starts_with('-') {
            call.args.remove(0);
        } else if let Some((name, value)) = first.split_once('=') {
            let variable = (name.to_owned(), value.to_owned());
            call.environment.push(variable);
            call.args.remove(0);
        } else {
            call.program.clear();
        }
    }
}

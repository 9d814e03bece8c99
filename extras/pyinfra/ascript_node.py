"""Runs ascript on IBM Aspera transfer nodes from pyinfra.

The request goes to `ascript call -` on standard input, so that secrets are in no argument, environment or file.
"""

from __future__ import annotations

import json
import shlex

from pyinfra import host
from pyinfra.api import FactBase, OperationError, StringCommand, operation

# The exit codes with which ascript answers, whether or not it did what was asked.
ANSWERED = (0, 1, 2, 3, 4, 5, 10)


class Request(list):
    """Standard input of `ascript call -`. A log shows its name only, since it may contain secrets."""

    def __init__(self, command, **keys):
        given = {key: value for key, value in keys.items() if value is not None}
        super().__init__([json.dumps({"format": 1, "command": command, **given})])

    def __repr__(self):
        return "<request>"


class Secrets(dict):
    """The values of secrets by their references, which a log does not show."""

    def __repr__(self):
        return "<secrets>"


class Answer(FactBase):
    """The document with which ascript answers a request, which is given as `_stdin`."""

    def command(self, binary="ascript"):
        return call(binary)

    def process(self, output):
        return json.loads("\n".join(output))


def call(binary):
    return "%s call -" % shlex.quote(binary)


def ask(command, binary="ascript", **keys):
    """The answer of the host to a request, with the keys of docs/wrappers.md."""
    answer = host.get_fact(Answer, binary=binary, _stdin=Request(command, **keys), _success_exit_codes=ANSWERED)
    if answer is None:
        raise OperationError("there is no answer of %s on %s" % (binary, host.name))
    fault = answer.get("fault")
    if fault:
        raise OperationError("%s: %s" % (host.name, ". ".join([fault["message"], *fault["hints"]])))
    return answer


@operation()
def run(script=None, text=None, params=None, secrets=None, node=None, binary="ascript"):
    """Brings a node to what a script says. With `--dry`, pyinfra previews it.

    + script: the name of a bundled script, or the path of a script on the host
    + text: the text of a script, instead of `script`
    + params: the parameters of the script
    + secrets: the values of secrets, by references such as `env:FASPEX_TOKEN_KEY`, as `Secrets`
    + node: the folder of the installation; by default the installation of the host
    + binary: the ascript program on the host
    """
    keys = dict(script=script, text=text, params=params, secrets=secrets, node=node, want="summary")
    summary = ask("run", binary, **keys)["summary"]
    if not any(summary[kind] for kind in ("change", "act", "manual")):
        host.noop("the node is as the script says")
        return
    yield StringCommand(call(binary), _stdin=Request("run", live=True, **keys))

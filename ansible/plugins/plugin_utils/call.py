# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the ascript program of a managed host, over the connection itself.

A request and its answer are one JSON document each, on standard input and output of `ascript call -`. So the host
needs no Python, and secrets are in no argument, environment or file.
"""

from __future__ import annotations

import json
import os
import shlex

from ansible.errors import AnsibleActionFail, AnsibleError, AnsibleFileNotFound
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.ascript.node.plugins.plugin_utils.diff import diff
from ansible_collections.ascript.node.plugins.plugin_utils.names import (
    as_variables,
    check_options,
    check_rollout_variables,
    rollout_role,
)
from ansible_collections.ascript.node.plugins.plugin_utils.words import MOST_CHARACTERS, bounded, joined, place, translate, translated

# Where the role ascript.node.install puts the program; `sudo` may search for programs elsewhere only.
PROGRAMS = ("ascript", "/usr/local/bin/ascript")

NODE_OPTIONS = dict(
    binary=dict(type="str"),
    node=dict(type="str"),
    node_api=dict(type="str"),
    node_ca=dict(type="str"),
    node_pin=dict(type="str"),
    secrets=dict(type="dict", default={}, no_log=True),
    timeout=dict(type="str"),
    allow_argv_secrets=dict(type="bool", default=False),
)
SCRIPT_OPTIONS = dict(
    script=dict(type="str"),
    text=dict(type="str"),
    src=dict(type="path"),
    params=dict(type="dict", default={}),
)
RETURNED_OPTION = dict(returned=dict(type="str", choices=["summary", "steps", "full"], default="summary"))
SOURCES = ("script", "text", "src")
ONE_SCRIPT = dict(mutually_exclusive=[SOURCES], required_one_of=[SOURCES])

# What is copied from an answer to the result of a task.
SUMMARY_KEYS = ("digest", "change_digest", "summary")
STEP_KEYS = ("advisories", "steps", "conf_diff", "file_diffs")

# The part of a result where nothing was done.
NOTHING = dict(summary=dict(change=0, settled=0, act=0, manual=0), notes=[])

# How many notes are returned.
MOST_NOTES = 20

# A text that is not a block ends where YAML sees a comment, as in `conf.set_user("anna", #{`.
CUT_BY_YAML = "In YAML a blank and `#` start a comment: write the script as a block, below `text: |`"

# After a live request that got no answer.
MAY_BE_DONE = "steps may have been done: ascript.node.node_info lists the runs; do the same again"

NO_NODE = "there is no Aspera installation on this host"
NO_NODE_HINT = (
    "install it, or give `%snode`, the folder of an installation or a lab; `blank:linux` plans for a node that is yet to come"
)


class NodeAction(ActionBase):
    """An action that asks the program of a managed host."""

    _requires_connection = True
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = False

    OPTIONS = {}
    RULES = {}

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        del tmp
        self.host = task_vars["inventory_hostname"]
        options = {**NODE_OPTIONS, **self.OPTIONS}
        check_options(self._task.args, options)
        role = rollout_role(self._task)
        if role:
            check_rollout_variables(role, task_vars, load_extra_vars(self._loader))
        self.prefix = "rollout_" if role else ""
        arguments = self.validated(options)
        check_secrets(arguments["secrets"], self.prefix)
        try:
            result.update(self.perform(arguments))
        except Unanswered as cause:
            result.update(self.failed(cause.code, dict(fault=cause.fault), changed=False))
        return result

    def validated(self, options):
        """The arguments. One that is null counts as absent."""
        self._task.args = {name: value for name, value in self._task.args.items() if value is not None}
        try:
            return self.validate_argument_spec(argument_spec=options, **self.RULES)[1]
        except AnsibleError as cause:
            if not self.prefix:
                raise
            raise AnsibleActionFail(as_variables(str(cause))) from None

    def perform(self, arguments):
        """Returns the result of the task."""
        raise NotImplementedError

    def is_live(self):
        return not self._task.check_mode

    def request(self, command, arguments, **more):
        """A request, without the keys that have no value."""
        keys = {*NODE_OPTIONS, *SCRIPT_OPTIONS, "expect", "done", "partial"} - {"binary", "src"}
        if command not in ("run", "apply", "undo"):
            keys -= {"partial"}
        if command != "apply" and not more.get("live"):
            # A preview takes no consent.
            keys -= {"allow_argv_secrets", "done"}
        given = {key: arguments[key] for key in sorted(keys) if arguments.get(key)}
        if arguments.get("src"):
            given["text"] = self.controller_text(arguments["src"])
        return dict(format=1, command=command, **given, **more)

    def controller_text(self, path):
        """The text of a script on the controller, found as other actions find files, or in the current folder."""
        try:
            path = self._find_needle("files", path)
        except AnsibleFileNotFound:
            path = os.path.abspath(os.path.expanduser(path))
        try:
            with open(path, encoding="utf-8") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as cause:
            reason = getattr(cause, "strerror", None) or "it is not UTF-8"
            raise AnsibleActionFail("the script %s on the controller cannot be read: %s" % (path, reason)) from None

    def ask(self, arguments, request):
        """The exit code and the document of an answer, which may say what went wrong."""
        given = arguments["binary"]
        for binary in [given] if given else PROGRAMS:
            # Without an `executable`, as `raw` does it: two processes less on the host.
            answer = self._low_level_execute_command(
                "%s call -" % shlex.quote(binary), in_data=json.dumps(request).encode(), executable=False
            )
            if answer["rc"] != 127:
                break
        try:
            document = json.loads(answer["stdout"])
            # Another program may have written what it read.
            if document["tool"]["name"] != "ascript":
                raise ValueError()
        except (ValueError, TypeError, KeyError):
            message = no_answer(given or " or ".join(PROGRAMS), answer, arguments["secrets"])
            hints = [MAY_BE_DONE] if request.get("live") and answer["rc"] != 127 else []
            raise Unanswered(answer["rc"], "node", message, *hints) from None
        if self.lacks_node(document):
            raise Unanswered(answer["rc"] or 2, "usage", NO_NODE, NO_NODE_HINT % self.prefix)
        return answer["rc"], answer["stdout"], document

    def runs(self, arguments):
        """The live runs of the node."""
        code, dummy, listed = self.ask(arguments, self.request("runs", {**arguments, "expect": None}))
        if code != 0:
            raise AnsibleActionFail(self.failed(code, listed)["msg"])
        return listed["runs"]

    def failed(self, code, document, **more):
        """The result of a task that failed: the host, what is wrong, and what to do."""
        fault = bounded(translated(document.get("fault") or {}, self.prefix))
        first = fault.get("message") or "exit code %d" % code
        sentences = [first + place(fault), *fault.get("hints", [])]
        if self._task.args.get("text") and "unexpected end of script" in first:
            sentences.append(CUT_BY_YAML)
        if "run" in document:
            sentences.append(self.how_to_go_on(document))
        return dict(failed=True, rc=code, fault=fault, msg="%s: %s" % (self.host, joined(sentences)), **more)

    def how_to_go_on(self, receipt):
        """What to do with a run that stopped part-way."""
        done, run = steps_done(receipt["summary"]), receipt["run"]
        return "%s as run %d: ascript.node.undo with `run: %d` takes it back" % (done, run, run)

    def outcome(self, code, text, document, returned):
        """The result of a task that performs or previews steps."""
        # A run that stopped part-way may have changed something.
        changed = is_pending(document) and (code == 0 or document["kind"] == "receipt")
        done = self.done(document, text, returned) if "node" in document else {}
        if code == 0:
            return dict(done, changed=changed)
        if "run" not in document:
            # Those of what was left out would be taken for those of the plan.
            done = {key: value for key, value in done.items() if not key.endswith("digest")}
        return {**done, **self.failed(code, document, changed=changed)}

    def lacks_node(self, document):
        """Whether the program found no installation, and took a blank node in its place."""
        if self._task.args.get("node"):
            return False
        fault = document.get("fault") or {}
        is_refused = fault.get("kind") == "usage" and "a blank node" in fault["message"]
        return is_refused or document.get("node", {}).get("source") == "blank"

    def done(self, document, text, returned):
        """What is returned of the document of a run, by how much is wanted."""
        result = {key: document[key] for key in SUMMARY_KEYS if key in document}
        result["node"] = document["node"]["name"]
        result["notes"] = [translate(note, self.prefix) or note for note in notes(document)]
        if "run" in document:
            result["run"] = document["run"]
        if returned == "steps":
            result.update((key, document[key]) for key in STEP_KEYS if key in document)
        if returned == "full":
            # As text: nested values cost Ansible five times the time.
            result["document"] = text
        if self._task.diff:
            result["diff"] = dict(prepared=diff(document))
        return result

    @staticmethod
    def wanted(returned):
        """How much of a document is needed: the notes on steps, and what diff mode shows, are in the steps."""
        return "full" if returned == "full" else "steps"


class Unanswered(Exception):
    """A program that wrote no document, or one that is about no node of the host."""

    def __init__(self, code, kind, message, *hints):
        super().__init__(message)
        self.code = code
        self.fault = dict(kind=kind, message=message, hints=list(hints))


def no_answer(binary, answer, secrets):
    if answer["rc"] == 127:
        return "there is no program %s. The role ascript.node.install puts it there; `binary` is its path elsewhere" % binary
    words = (answer["stderr"] or answer["stdout"]).strip() or "no output"
    # A program that is not ascript may repeat the request.
    for secret in secrets.values():
        words = words.replace(secret, "***").replace(json.dumps(secret)[1:-1], "***")
    return "%s ended with %d and wrote no answer. Is it ascript? It wrote: %s" % (binary, answer["rc"], words[-MOST_CHARACTERS:])


def check_secrets(secrets, prefix):
    """Refuses values that are no secrets, without showing one."""
    for reference, value in secrets.items():
        if value is None or isinstance(value, (int, float, list, dict)):
            raise AnsibleActionFail("`%ssecrets`: the value of %s must be text. Put it in quotes." % (prefix, reference))
        if not value:
            raise AnsibleActionFail("`%ssecrets`: the value of %s is empty." % (prefix, reference))


def steps_done(summary):
    count = sum(summary[kind] for kind in ("change", "act", "manual"))
    return "1 step done" if count == 1 else "%d steps done" % count


def notes(document):
    """The notes on the run, and those on steps that warn, or that say what a step leaves as it is."""
    # As texts: each nested value costs Ansible time on the controller.
    found = ["%s: %s" % (note["level"], note["text"]) for note in document["advisories"]]
    for step in document.get("steps", []):
        for note in step["advisories"]:
            if note["level"] != "note" or step["kind"] == "settled":
                subject = note["subject"] + ": " if note.get("subject") else ""
                found.append("%s: %s%s" % (note["level"], subject, note["text"]))
    found = list(dict.fromkeys(found))
    left = len(found) - MOST_NOTES
    return found if left <= 0 else [*found[:MOST_NOTES], "and %d more" % left]


def is_pending(document):
    """Whether a preview has something to do, or whether a live run did something."""
    summary = document.get("summary", {})
    return any(summary.get(kind) for kind in ("change", "act", "manual"))

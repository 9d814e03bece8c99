# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the ascript program of a managed host, over the connection itself.

A request and its answer are one JSON document each, on standard input and output of `ascript call -`. So the host
needs no Python, and secrets are in no argument, environment or file.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import shlex

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

NODE_OPTIONS = dict(
    binary=dict(type="str", default="ascript"),
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
    params=dict(type="dict", default={}),
)
RETURNED_OPTION = dict(returned=dict(type="str", choices=["summary", "steps", "full"], default="summary"))
ONE_SCRIPT = dict(mutually_exclusive=[("script", "text")], required_one_of=[("script", "text")])

# What is copied from an answer to the result of a task.
SUMMARY_KEYS = ("digest", "change_digest", "summary")
STEP_KEYS = ("advisories", "steps", "conf_diff", "file_diffs")

# How much of a fault is returned: Ansible prints it, and one host must not bury what the others say.
MOST_HINTS = 8
MOST_CHARACTERS = 400

# A text that is not a block ends where YAML sees a comment, as in `conf.set_user("anna", #{`.
CUT_BY_YAML = "In YAML a blank and `#` start a comment: write the script as a block, below `text: |`"


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
        options = {**NODE_OPTIONS, **self.OPTIONS}
        dummy, arguments = self.validate_argument_spec(argument_spec=options, **self.RULES)
        self.host = task_vars["inventory_hostname"]
        result.update(self.perform(arguments))
        return result

    def perform(self, arguments):
        """Returns the result of the task."""
        raise NotImplementedError

    def is_live(self):
        return not self._task.check_mode

    def request(self, command, arguments, **more):
        """A request, without the keys that have no value."""
        keys = {*NODE_OPTIONS, *SCRIPT_OPTIONS, "expect", "done", "partial"} - {"binary"}
        if command not in ("run", "apply", "undo"):
            keys -= {"allow_argv_secrets", "done", "partial"}
        given = {key: arguments[key] for key in sorted(keys) if arguments.get(key)}
        return dict(format=1, command=command, **given, **more)

    def ask(self, binary, request):
        """The exit code and the document of an answer, which may say what went wrong."""
        # Without an `executable`, as `raw` does it: two processes less on the host.
        answer = self._low_level_execute_command(
            "%s call -" % shlex.quote(binary), in_data=json.dumps(request).encode(), executable=False
        )
        try:
            document = json.loads(answer["stdout"])
        except ValueError:
            raise AnsibleActionFail(self.no_answer(binary, answer)) from None
        return answer["rc"], answer["stdout"], document

    def no_answer(self, binary, answer):
        if answer["rc"] == 127:
            return "%s: there is no program %s. The role ascript.node.install puts it there." % (self.host, binary)
        words = (answer["stderr"] or answer["stdout"]).strip() or "no output"
        end = words[-MOST_CHARACTERS:]
        return "%s: %s ended with %d and no document: %s" % (self.host, binary, answer["rc"], end)

    def failed(self, code, document, **more):
        """The result of a task that failed: the host, what is wrong, and what to do."""
        fault = bounded(document.get("fault", {}))
        sentences = [fault.get("message", "exit code %d" % code), *fault.get("hints", [])]
        if self._task.args.get("text") and "unexpected end of script" in sentences[0]:
            sentences.append(CUT_BY_YAML)
        return dict(failed=True, rc=code, fault=fault, msg="%s: %s" % (self.host, ". ".join(sentences)), **more)

    def outcome(self, code, text, document, returned):
        """The result of a task that performs or previews steps."""
        # A run that stopped part-way may have changed something.
        changed = is_pending(document) and (code == 0 or document["kind"] == "receipt")
        if code != 0:
            return self.failed(code, document, changed=changed)
        return dict(self.done(document, text, returned), changed=changed)

    def done(self, document, text, returned):
        """The result of a task that succeeded, by how much of the document is to be returned."""
        result = {key: document[key] for key in SUMMARY_KEYS if key in document}
        result["node"] = document["node"]["name"]
        # As texts: each nested value costs Ansible time on the controller.
        result["notes"] = ["%s: %s" % (note["level"], note["text"]) for note in document["advisories"]]
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

    def wanted(self, returned):
        """How much of a document is needed."""
        return "steps" if self._task.diff and returned == "summary" else returned


def bounded(fault):
    """The fault, of which a long message and many hints are cut."""
    shortened = dict(fault)
    if "message" in fault:
        shortened["message"] = cut(fault["message"])
    hints = [cut(hint) for hint in fault.get("hints", [])]
    if len(hints) > MOST_HINTS:
        # The last one says what to do.
        left = len(hints) - MOST_HINTS
        hints = [*hints[: MOST_HINTS - 1], "and %d more" % left, hints[-1]]
    if hints:
        shortened["hints"] = hints
    return shortened


def cut(text):
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + " …"


def reviewed_digest(folder, host, digest=None):
    """The digest of the plan of a host in the review of that folder, which may have to have a digest itself.

    None if the review says that the host has no plan."""
    path = os.path.join(os.path.expanduser(folder), "fleet.json")
    try:
        with open(path, encoding="utf-8") as file:
            review = json.load(file)
    except (OSError, ValueError) as cause:
        raise AnsibleActionFail("there is no review in %s: %s. ascript.node.review writes it." % (folder, cause)) from None
    if digest not in (None, review["digest"]):
        raise AnsibleActionFail("the review in %s has the digest %s, not the expected one" % (folder, review["digest"]))
    if host in review["hosts"]:
        return review["hosts"][host]
    if host in review["missing"] or host in review["failed"]:
        return None
    raise AnsibleActionFail("%s is not part of the review in %s. Plan again with all hosts." % (host, folder))


def is_pending(document):
    """Whether a preview has something to do, or whether a live run did something."""
    summary = document.get("summary", {})
    return any(summary.get(kind) for kind in ("change", "act", "manual"))


def diff(document):
    """The differences of aspera.conf and of other files."""
    diffs = [document.get("conf_diff", "")]
    diffs += [entry.get("diff", "") for entry in document.get("file_diffs", [])]
    return "".join(diffs)


def pack(text):
    """A plan as opaque text of a few kilobytes, which `apply` and `review` take."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def unpack(plan):
    """The text of a plan."""
    try:
        return gzip.decompress(base64.b64decode(plan, validate=True)).decode()
    except (ValueError, OSError, EOFError) as cause:
        raise AnsibleActionFail("this is no plan that ascript.node.plan returned: %s" % cause) from None

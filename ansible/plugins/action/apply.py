# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs a plan that was reviewed; in check mode, checks whether it could be performed."""

from __future__ import annotations

import json

from ansible.errors import AnsibleActionFail, AnsibleActionSkip, AnsibleConnectionFailure
from ansible_collections.ascript.node.plugins.plugin_utils.call import (
    MAY_BE_DONE,
    NOTHING,
    RETURNED_OPTION,
    NodeAction,
    Unanswered,
    steps_done,
)
from ansible_collections.ascript.node.plugins.plugin_utils.review import plan_digest, plan_text, unpack

# The exit code of ssh for a host that cannot be reached.
UNREACHABLE = 255
TAKE_BACK = (
    "take it back: ascript.node.undo with `run: %d`, or the playbook ascript.node.undo with --limit %s; then repair what "
    "failed, and do the same again"
)
AGAIN = "if the undo says that something stays, such as a folder, plan again and approve again instead"
TAKEN_BACK = "run %d of this plan was taken back, which may leave something, such as a folder: plan again and approve again"


class ActionModule(NodeAction):
    OPTIONS = dict(
        # A lookup of a file with a plan is a map in some versions of Ansible.
        plan=dict(type="raw"),
        review=dict(type="path"),
        expect=dict(type="str", required=True),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )
    RULES = dict(mutually_exclusive=[("plan", "review")], required_one_of=[("plan", "review")])

    def perform(self, arguments):
        returned = arguments["returned"]
        if not arguments["expect"]:
            raise AnsibleActionFail("`expect` is empty. Give the digest that was approved, which ascript.node.review returns.")
        if arguments["review"]:
            arguments.update(self.reviewed_plan(arguments["review"], arguments["expect"]))
        plan = whole(arguments["plan"])
        request = self.request("apply", arguments, plan=plan, live=self.is_live(), want=self.wanted(returned))
        code, text, document = self.ask_in_batch(arguments, request)
        fault = document.get("fault") or {}
        if fault.get("holds"):
            known = dict(node=planned_node(plan), run=fault["run"], digest=arguments["expect"])
            return dict(NOTHING, changed=False, already_applied=True, **known)
        if fault.get("kind") == "stale":
            self.add_half_done(fault, arguments)
        result = self.outcome(code, text, document, returned)
        more = dict(already_applied=False) if code == 0 else {}
        return dict(result, digest=arguments["expect"], **more)

    def ask_in_batch(self, arguments, request):
        """The answer. In the rollout, a host that goes down while its plan is applied fails.

        Ansible goes on to the next batch after one in which a host is unreachable, in spite of `any_errors_fatal`."""
        try:
            return self.ask(arguments, request)
        except AnsibleConnectionFailure as cause:
            if not (self.prefix and self.is_live()):
                raise
            raise Unanswered(UNREACHABLE, "node", "the host went down: %s" % cause, MAY_BE_DONE) from None

    def reviewed_plan(self, folder, digest):
        """The plan of this host in the review with that digest."""
        expect = plan_digest(folder, self.host, digest)
        if expect is None:
            raise AnsibleActionSkip("the review in %s has no plan of %s" % (folder, self.host))
        return dict(plan=plan_text(folder, self.host), expect=expect)

    def add_half_done(self, fault, arguments):
        """Says if a run of this very plan stopped part-way, which is then why the node is not as the plan says."""
        runs = [one for one in self.runs(arguments) if one.get("plan") == arguments["expect"]]
        stopped = next((one for one in reversed(runs) if one.get("fault") and not one["undone"]), None)
        if stopped is None:
            if runs and runs[-1]["undone"]:
                fault["hints"] = [*fault["hints"][:-1], TAKEN_BACK % runs[-1]["run"]]
            return
        fault["message"] = "run %d of this plan failed on this host with %s, so %s" % (
            stopped["run"],
            steps_done(stopped["summary"]),
            fault["message"],
        )
        fault["hints"] = [*fault["hints"][:-1], TAKE_BACK % (stopped["run"], self.host), AGAIN]


def planned_node(plan):
    """The name of the node that a plan was made of."""
    if isinstance(plan, str):
        plan = json.loads(plan if plan.startswith("{") else unpack(plan))
    return plan["node"]["name"]


def whole(plan):
    """The plan; as a text, with the end of its last line, which a lookup of the file strips."""
    if isinstance(plan, str) and plan.startswith("{") and not plan.endswith("\n"):
        return plan + "\n"
    return plan

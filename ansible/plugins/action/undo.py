# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a live run back; in check mode, previews that."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible_collections.ascript.node.plugins.plugin_utils.call import NOTHING, RETURNED_OPTION, NodeAction, steps_done
from ansible_collections.ascript.node.plugins.plugin_utils.review import earlier_digests, load_existing


class ActionModule(NodeAction):
    OPTIONS = dict(
        run=dict(type="int"),
        review=dict(type="path"),
        last=dict(type="bool", default=False),
        partial=dict(type="bool", default=False),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )
    RULES = dict(mutually_exclusive=[("run", "review", "last")])

    def perform(self, arguments):
        number, folder = arguments["run"], arguments["review"]
        more = {}
        if folder:
            found = self.run_of_review(folder, arguments)
            if "run" not in found or found["already_undone"]:
                return found
            more = dict(run=found["run"])
        elif number is not None:
            if self.is_undone(number, arguments):
                return nothing(self.host, "run %d was taken back already" % number, already_undone=True, run=number)
            more = dict(run=number)
        elif not arguments["last"]:
            raise AnsibleActionFail(
                "give `run`, the number of the run that is to be taken back, such as that of a registered result; "
                "`review`, the folder of a review; or `last: true` for the last run that stands, whoever did it"
            )
        returned = arguments["returned"]
        request = self.request("undo", arguments, live=self.is_live(), want=self.wanted(returned), **more)
        result = self.outcome(*self.ask(arguments, request), returned)
        return result if result.get("failed") else dict(result, already_undone=False, was_applied=True)

    def how_to_go_on(self, receipt):
        return "%s of the way back, as run %d: repair what failed, and do the same again" % (
            steps_done(receipt["summary"]),
            receipt["run"],
        )

    def is_undone(self, number, arguments):
        return any(one["undone"] for one in self.runs(arguments) if one["run"] == number)

    def run_of_review(self, folder, arguments):
        """The run that performed the host's plan of a review, and if there is nothing to take back, the result."""
        plan = load_existing(folder)["hosts"].get(self.host)
        earlier = earlier_digests(folder, self.host)
        if plan is None:
            message = "the review in %s has no plan of it" % folder
            if earlier:
                message += ". Earlier reviews have: " + ", ".join(sorted(earlier))
            return nothing(self.host, message, was_applied=False)
        runs = self.runs(arguments)
        performed = [one for one in runs if one.get("plan") == plan]
        standing = [one["run"] for one in performed if not one["undone"]]
        if standing:
            return dict(run=standing[-1], already_undone=False)
        if performed:
            run = performed[-1]["run"]
            return nothing(self.host, "run %d was taken back already" % run, already_undone=True, run=run)
        message = "the plan in %s was never applied on this node" % folder
        for place, digest in earlier.items():
            if any(one.get("plan") == digest and not one["undone"] for one in runs):
                message += ". That of an earlier review was, which is in %s: undo that" % place
        return nothing(self.host, message, was_applied=False)


def nothing(host, message, already_undone=False, was_applied=True, **more):
    """The result where there is nothing to take back."""
    message = "%s: nothing to take back: %s" % (host, message)
    return dict(NOTHING, changed=False, already_undone=already_undone, was_applied=was_applied, msg=message, **more)

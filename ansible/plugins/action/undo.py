# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a live run back; in check mode, previews that."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import RETURNED_OPTION, NodeAction, reviewed_digest


class ActionModule(NodeAction):
    OPTIONS = dict(
        run=dict(type="int"),
        review=dict(type="path"),
        partial=dict(type="bool", default=False),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )
    RULES = dict(mutually_exclusive=[("run", "review")])

    def perform(self, arguments):
        returned = arguments["returned"]
        run = arguments["run"]
        if run or arguments["review"]:
            code, dummy, listed = self.ask(arguments["binary"], self.request("runs", arguments))
            if code != 0:
                return self.failed(code, listed, changed=False)
            wanted = run or self.run_of_review(arguments["review"], listed["runs"])
            if wanted is None or any(one["run"] == wanted and one["undone"] for one in listed["runs"]):
                return dict(changed=False, already_undone=True)
            run = wanted
        more = dict(run=run) if run else {}
        request = self.request("undo", arguments, live=self.is_live(), want=self.wanted(returned), **more)
        result = self.outcome(*self.ask(arguments["binary"], request), returned)
        return result if result.get("failed") else dict(result, already_undone=False)

    def run_of_review(self, folder, runs):
        """The number of the run that stands and that performed this host's plan of the review."""
        plan = reviewed_digest(folder, self.host)
        numbers = [one["run"] for one in runs if plan and one.get("plan") == plan and not one["undone"]]
        return numbers[-1] if numbers else None

# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a live run back; in check mode, previews that."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
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
        more = {}
        if arguments["run"] or arguments["review"]:
            run = self.standing_run(arguments)
            if run is None:
                return dict(changed=False, already_undone=True)
            more = dict(run=run)
        request = self.request("undo", arguments, live=self.is_live(), want=self.wanted(returned), **more)
        result = self.outcome(*self.ask(arguments["binary"], request), returned)
        return result if result.get("failed") else dict(result, already_undone=False)

    def standing_run(self, arguments):
        """The number of the run to take back, or None if there is none or it was taken back."""
        number = arguments["run"]
        plan = None if number else reviewed_digest(arguments["review"], self.host)
        if number is None and plan is None:
            return None
        code, dummy, listed = self.ask(arguments["binary"], self.request("runs", arguments))
        if code != 0:
            raise AnsibleActionFail(self.failed(code, listed)["msg"])
        undone = [one["run"] for one in listed["runs"] if one["undone"]]
        if plan:
            performed = [one["run"] for one in listed["runs"] if one.get("plan") == plan]
            return next((run for run in reversed(performed) if run not in undone), None)
        return None if number in undone else number

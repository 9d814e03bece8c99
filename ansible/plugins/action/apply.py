# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs a plan that was reviewed; in check mode, checks whether it could be performed."""

from __future__ import annotations

import os

from ansible.errors import AnsibleActionSkip
from ansible_collections.ascript.node.plugins.plugin_utils.call import RETURNED_OPTION, NodeAction, reviewed_digest


class ActionModule(NodeAction):
    OPTIONS = dict(
        plan=dict(type="str"),
        review=dict(type="path"),
        expect=dict(type="str", required=True),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )
    RULES = dict(mutually_exclusive=[("plan", "review")], required_one_of=[("plan", "review")])

    def perform(self, arguments):
        returned = arguments["returned"]
        live = self.is_live()
        if arguments["review"]:
            arguments.update(self.reviewed_plan(arguments["review"], arguments["expect"]))
        plan = arguments["plan"]
        request = self.request("apply", arguments, plan=plan, live=live, want=self.wanted(returned))
        code, text, document = self.ask(arguments["binary"], request)
        fault = document.get("fault", {})
        if fault.get("holds"):
            return dict(changed=False, already_applied=True, run=fault["run"], digest=arguments["expect"])
        result = self.outcome(code, text, document, returned)
        return result if code != 0 else dict(result, already_applied=False)

    def reviewed_plan(self, folder, digest):
        """The plan of this host in the review with that digest."""
        expect = reviewed_digest(folder, self.host, digest)
        if expect is None:
            raise AnsibleActionSkip("the review in %s has no plan of %s" % (folder, self.host))
        with open(os.path.join(folder, "plans", self.host + ".json"), encoding="utf-8") as file:
            return dict(plan=file.read(), expect=expect)

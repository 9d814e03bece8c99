# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs a plan that was reviewed; in check mode, checks whether it could be performed."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import RETURNED_OPTION, NodeAction


class ActionModule(NodeAction):
    OPTIONS = dict(
        plan=dict(type="str", required=True),
        expect=dict(type="str", required=True),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )

    def perform(self, arguments):
        returned = arguments["returned"]
        live = self.is_live()
        plan = arguments["plan"]
        request = self.request("apply", arguments, plan=plan, live=live, want=self.wanted(returned))
        code, text, document = self.ask(arguments["binary"], request)
        fault = document.get("fault", {})
        if fault.get("holds"):
            return dict(changed=False, already_applied=True, run=fault["run"], digest=arguments["expect"])
        result = self.outcome(code, text, document, returned)
        return result if code != 0 else dict(result, already_applied=False)

# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans what a script would do. Changes nothing, and says `changed` if changes are pending."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import (
    ONE_SCRIPT,
    RETURNED_OPTION,
    SCRIPT_OPTIONS,
    NodeAction,
    is_pending,
)
from ansible_collections.ascript.node.plugins.plugin_utils.review import pack


class ActionModule(NodeAction):
    OPTIONS = dict(**SCRIPT_OPTIONS, **RETURNED_OPTION)
    RULES = ONE_SCRIPT

    def perform(self, arguments):
        request = self.request("plan", arguments, want="full")
        code, text, document = self.ask(arguments, request)
        result = dict(self.outcome(code, text, document, arguments["returned"]), changed=False)
        if result.get("failed"):
            return result
        return dict(result, plan=pack(text), changed=is_pending(document))

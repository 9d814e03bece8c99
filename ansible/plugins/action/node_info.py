# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Returns the version of the program on a node, the node's live runs, and what drifted since."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import NodeAction


class ActionModule(NodeAction):
    OPTIONS = dict(drift=dict(type="bool", default=False))

    def perform(self, arguments):
        code, dummy, version = self.ask(arguments, dict(format=1, command="version"))
        if code != 0:
            return self.failed(code, version, changed=False)
        code, dummy, runs = self.ask(arguments, self.request("runs", arguments))
        if code != 0:
            return self.failed(code, runs, changed=False)
        result = dict(changed=False, version=version["tool"]["version"], runs=runs["runs"])
        if arguments["drift"]:
            code, dummy, drift = self.ask(arguments, self.request("drift", arguments))
            if code not in (0, 10):
                return self.failed(code, drift, changed=False)
            result["drift"] = drift
        return result

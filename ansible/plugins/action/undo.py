# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a live run back; in check mode, previews that."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import RETURNED_OPTION, NodeAction


class ActionModule(NodeAction):
    OPTIONS = dict(
        run=dict(type="int"),
        partial=dict(type="bool", default=False),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )

    def perform(self, arguments):
        returned = arguments["returned"]
        more = dict(run=arguments["run"]) if arguments["run"] else {}
        request = self.request("undo", arguments, live=self.is_live(), want=self.wanted(returned), **more)
        return self.outcome(*self.ask(arguments["binary"], request), returned)

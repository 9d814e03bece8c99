# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a node to what a script says; in check mode, previews it."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import (
    ONE_SCRIPT,
    RETURNED_OPTION,
    SCRIPT_OPTIONS,
    NodeAction,
)


class ActionModule(NodeAction):
    OPTIONS = dict(**SCRIPT_OPTIONS, **RETURNED_OPTION, done=dict(type="list", elements="int", default=[]))
    RULES = ONE_SCRIPT

    def perform(self, arguments):
        returned = arguments["returned"]
        request = self.request("run", arguments, live=self.is_live(), want=self.wanted(returned))
        return self.outcome(*self.ask(arguments, request), returned)

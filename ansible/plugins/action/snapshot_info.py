# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Returns a snapshot of a node: its whole state, with secrets hidden, as one text."""

from __future__ import annotations

from ansible_collections.ascript.node.plugins.plugin_utils.call import NodeAction


class ActionModule(NodeAction):
    OPTIONS = dict(script=dict(type="str"), params=dict(type="dict", default={}))

    def perform(self, arguments):
        code, text, document = self.ask(arguments, self.request("snapshot", arguments))
        if code != 0:
            return self.failed(code, document, changed=False)
        return dict(changed=False, snapshot=text)

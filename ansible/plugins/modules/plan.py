#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: plan
short_description: Plan what a script would do on an Aspera transfer node
version_added: 0.1.0
description:
  - Makes a plan, which M(ascript.node.review) shows and M(ascript.node.apply) performs. Changes nothing.
  - The task is B(changed) if changes are pending, with and without check mode, so that later tasks can ask for that.
extends_documentation_fragment:
  - ascript.node.node
  - ascript.node.node.script
  - ascript.node.node.returned
  - ascript.node.node.attributes
"""

EXAMPLES = r"""
- name: Plan the setup for Faspex
  ascript.node.plan:
    script: faspex-node-linux
  register: planned
"""

RETURN = r"""
plan:
  description: The plan, packed. It contains no secrets.
  type: str
  returned: success
digest:
  description: The digest of all that a reader of the document sees and the node gets.
  type: str
  returned: success
  sample: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
change_digest:
  description: The digest of the changes alone, which is the same on all nodes with the same changes.
  type: str
  returned: success
node:
  description: The name of the node.
  type: str
  returned: success, and when steps fail
  sample: node1.example.com
summary:
  description: How many steps there are of each kind.
  type: dict
  returned: success, and when steps fail
  sample: {"change": 2, "settled": 7, "act": 1, "manual": 0}
notes:
  description: The notes on the whole run, and those on steps that warn or that are left as they are, each after its level.
  type: list
  elements: str
  returned: success, and when steps fail
  sample: ["caution: the docroot `/srv/anna` does not exist"]
advisories:
  description: The notes on the whole run, each with O(ignore:id), level, text and source.
  type: list
  elements: dict
  returned: O(returned=steps), unless the task failed
steps:
  description: Each step with its changes and commands. Secrets are names.
  type: list
  elements: dict
  returned: O(returned=steps), unless the task failed
conf_diff:
  description: The difference of C(aspera.conf).
  type: str
  returned: O(returned=steps), unless the task failed
file_diffs:
  description: The differences of other files, each with its path and its diff, if there are some.
  type: list
  elements: dict
  returned: O(returned=steps), unless the task failed
document:
  description: The whole document as text.
  type: str
  returned: O(returned=full), unless the task failed
rc:
  description: The exit code of the program.
  type: int
  returned: failure
  sample: 4
fault:
  description:
    - What went wrong; its C(kind) is one of those in the documentation of the command line.
    - If the program gave no answer, the C(kind) is V(node).
  type: dict
  returned: failure
  sample: {"kind": "stale", "message": "the plan is outdated", "hints": ["plan again"]}
"""

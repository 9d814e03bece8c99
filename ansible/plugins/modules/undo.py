#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: undo
short_description: Take a live run on an Aspera transfer node back
version_added: 0.1.0
description:
  - Restores what a live run changed. In check mode, previews that.
  - A run that was taken back already is not changed.
options:
  run:
    description:
      - The number of the live run.
      - Without O(run) and O(review), the last one that stands. Doing that again takes back an earlier run.
    type: int
  review:
    description:
      - A folder on the controller that M(ascript.node.review) wrote. The run that performed the host's plan is taken back.
      - A host on which the plan was not applied is not changed.
    type: path
  partial:
    description: Undoes the rest of a run of which a part cannot be undone.
    type: bool
    default: false
extends_documentation_fragment:
  - ascript.node.node
  - ascript.node.node.returned
  - ascript.node.node.done
  - ascript.node.node.attributes
"""

EXAMPLES = r"""
- name: Take a run back
  ascript.node.undo:
    run: "{{ applied.run }}"

- name: Take back what was applied of a review
  ascript.node.undo:
    review: review
"""

RETURN = r"""
already_undone:
  description: Whether nothing of the run was left to take back.
  type: bool
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
  returned: success
  sample: node1.example.com
summary:
  description: How many steps there are of each kind.
  type: dict
  returned: success
  sample: {"change": 2, "settled": 7, "act": 1, "manual": 0}
notes:
  description: The notes on the whole run, each after its level.
  type: list
  elements: str
  returned: success
  sample: ["caution: the docroot `/srv/anna` does not exist"]
advisories:
  description: The notes on the whole run, each with O(ignore:id), level, text and source.
  type: list
  elements: dict
  returned: O(returned=steps)
steps:
  description: Each step with its changes and commands. Secrets are names.
  type: list
  elements: dict
  returned: O(returned=steps)
conf_diff:
  description: The difference of C(aspera.conf).
  type: str
  returned: O(returned=steps)
document:
  description: The whole document as text.
  type: str
  returned: O(returned=full)
run:
  description: The number of the live run on the node, which M(ascript.node.undo) takes back.
  type: int
  returned: when a live run was done
fault:
  description: What went wrong; its C(kind) is one of those in the documentation of the command line.
  type: dict
  returned: failure
  sample: {"kind": "stale", "message": "the plan is outdated", "hints": ["plan again"]}
"""

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
  - Exactly one of O(run), O(review) and O(last) says which run.
  - A run that was taken back already is not changed.
  - What an undo leaves, such as a folder or a home folder that may hold files, is named in RV(msg). A plan that was made before
    then no longer holds; plan again.
options:
  run:
    description:
      - The number of the live run, such as that of a result that was registered.
      - A task that failed before it did anything returned none; ask for that with C(when).
    type: int
  review:
    description:
      - A folder on the controller that M(ascript.node.review) wrote. The run that performed the host's plan is taken back.
      - A host on which the plan was not applied is not changed.
    type: path
  last:
    description: The last run that stands, whoever did it. Doing that again takes back an earlier run.
    type: bool
    default: false
  partial:
    description: Undoes the rest of a run of which a part cannot be undone.
    type: bool
    default: false
  later:
    description:
      - Takes the run back although later runs that stand changed the same, of which this is taken back, too.
      - Without it, the task with O(run) or O(review) changes nothing then, and names these runs.
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

- name: Take back what was done of a run that failed
  block:
    - ascript.node.run:
        src: site.rhai
      register: site
  rescue:
    - ascript.node.undo:
        run: "{{ site.run }}"
      when: site.run is defined

- name: Take back what was applied of a review
  ascript.node.undo:
    review: review
"""

RETURN = r"""
already_undone:
  description: Whether the run was taken back before.
  type: bool
  returned: success
was_applied:
  description: Whether there was such a run on the node; V(false) if the plan of the review was never applied there.
  type: bool
  returned: success
msg:
  description: Why nothing was taken back, what stays as the run left it, and which run of an earlier review stands.
  type: str
  returned: when there is something of this to say, and on failure
digest:
  description: The digest of all that a reader of the document sees and the node gets.
  type: str
  returned: when something was taken back, in whole or in part
  sample: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
change_digest:
  description: The digest of the changes alone, which is the same on all nodes with the same changes.
  type: str
  returned: when something was taken back, in whole or in part
node:
  description: The name of the node.
  type: str
  returned: when something was taken back
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
  returned: O(returned=steps), unless nothing was taken back or the task failed before the first step
steps:
  description: Each step with its changes and commands. Secrets are names.
  type: list
  elements: dict
  returned: O(returned=steps), unless nothing was taken back or the task failed before the first step
conf_diff:
  description: The difference of C(aspera.conf).
  type: str
  returned: O(returned=steps), unless nothing was taken back or the task failed before the first step
file_diffs:
  description: The differences of other files, each with its path and its diff, if there are some.
  type: list
  elements: dict
  returned: O(returned=steps), unless nothing was taken back or the task failed before the first step
document:
  description: The whole document as text.
  type: str
  returned: O(returned=full), unless nothing was taken back or the task failed before the first step
run:
  description:
    - The number of the live run that took the other one back; of a run that was taken back before, its own number.
  type: int
  returned: when a live run was done, in whole or in part, or earlier
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

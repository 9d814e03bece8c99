#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: apply
short_description: Perform a reviewed plan on an Aspera transfer node
version_added: 0.1.0
description:
  - Performs exactly the steps of a plan, and only the plan that was reviewed.
  - If the node is no longer as it was when the plan was made, nothing is changed, and the task fails with the differences.
  - A plan that was applied already and still holds is not changed.
  - If a step fails, the node keeps the steps before it, and so is no longer as the plan says. Take that run back with
    M(ascript.node.undo), and apply the same plan again. If the undo leaves something, such as a folder or a home folder, plan
    again and approve again.
  - In check mode, reads all premises of the plan again and performs no step.
options:
  plan:
    description:
      - The plan that M(ascript.node.plan) returned, or the text of a plan.
      - Exactly one of O(plan) and O(review) is required.
    type: raw
  review:
    description:
      - A folder on the controller that M(ascript.node.review) wrote. The plan of the host is taken from it.
      - A host that has no plan in the review is skipped.
    type: path
  expect:
    description: The digest that was approved, of the plan or of the review.
    type: str
    required: true
extends_documentation_fragment:
  - ascript.node.node
  - ascript.node.node.returned
  - ascript.node.node.done
  - ascript.node.node.attributes
"""

EXAMPLES = r"""
- name: Perform what was reviewed
  ascript.node.apply:
    plan: "{{ planned.plan }}"
    expect: "{{ planned.digest }}"
    secrets:
      env:FASPEX_TOKEN_KEY: "{{ vault_faspex_token_key }}"

- name: Perform this host's part of a review
  ascript.node.apply:
    review: review
    expect: "{{ approved }}"
"""

RETURN = r"""
already_applied:
  description: Whether the plan was applied before.
  type: bool
  returned: success
digest:
  description: The digest of the plan that was approved.
  type: str
  returned: success, and on failure if the program answered
  sample: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
change_digest:
  description: The digest of the changes alone, which is the same on all nodes with the same changes.
  type: str
  returned: success, unless the plan was applied already; and when steps fail
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
  returned: O(returned=steps), unless the plan was applied already or the task failed before the first step
steps:
  description: Each step with its changes and commands. Secrets are names.
  type: list
  elements: dict
  returned: O(returned=steps), unless the plan was applied already or the task failed before the first step
conf_diff:
  description: The difference of C(aspera.conf).
  type: str
  returned: O(returned=steps), unless the plan was applied already or the task failed before the first step
file_diffs:
  description: The differences of other files, each with its path and its diff, if there are some.
  type: list
  elements: dict
  returned: O(returned=steps), unless the plan was applied already or the task failed before the first step
document:
  description: The whole document as text.
  type: str
  returned: O(returned=full), unless the plan was applied already or the task failed before the first step
run:
  description:
    - The number of the live run on the node, which M(ascript.node.undo) takes back.
    - If the task failed after some steps, M(ascript.node.undo) takes these back.
  type: int
  returned: when a live run was done now or earlier, in whole or in part
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

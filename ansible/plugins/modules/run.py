#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run
short_description: Bring an Aspera transfer node to what a script says
version_added: 0.1.0
description:
  - Performs an ascript script on the node of a managed host. In check mode, previews it.
  - Each step is verified by reading the node again. A second run changes nothing.
extends_documentation_fragment:
  - ascript.node.node
  - ascript.node.node.script
  - ascript.node.node.returned
  - ascript.node.node.done
  - ascript.node.node.attributes
seealso:
  - module: ascript.node.plan
    description: A plan that can be reviewed before M(ascript.node.apply) performs it.
"""

EXAMPLES = r"""
- name: Set up a transfer node for Faspex
  ascript.node.run:
    script: faspex-node-linux
    params:
      docroot: /srv/faspex
    secrets:
      env:FASPEX_NODE_PASSWORD: "{{ vault_faspex_node_password }}"
      env:FASPEX_TOKEN_KEY: "{{ vault_faspex_token_key }}"

- name: Run a script of this site, from files/ beside the playbook
  ascript.node.run:
    src: users.rhai
    params:
      users: "{{ lookup('ansible.builtin.file', 'users.csv') | community.general.from_csv }}"
"""

RETURN = r"""
digest:
  description: The digest of all that a reader of the document sees and the node gets.
  type: str
  returned: success, and when steps fail
  sample: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
change_digest:
  description: The digest of the changes alone, which is the same on all nodes with the same changes.
  type: str
  returned: success, and when steps fail
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
  returned: O(returned=steps), unless the task failed before the first step
steps:
  description: Each step with its changes and commands. Secrets are names.
  type: list
  elements: dict
  returned: O(returned=steps), unless the task failed before the first step
conf_diff:
  description: The difference of C(aspera.conf).
  type: str
  returned: O(returned=steps), unless the task failed before the first step
file_diffs:
  description: The differences of other files, each with its path and its diff, if there are some.
  type: list
  elements: dict
  returned: O(returned=steps), unless the task failed before the first step
document:
  description: The whole document as text.
  type: str
  returned: O(returned=full), unless the task failed before the first step
run:
  description:
    - The number of the live run on the node, which M(ascript.node.undo) takes back.
    - If the task failed after some steps, M(ascript.node.undo) takes these back.
  type: int
  returned: when a live run was done, in whole or in part
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

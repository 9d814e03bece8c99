#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot_info
short_description: Return a snapshot of an Aspera transfer node
version_added: 0.1.0
description:
  - Returns the state of a node as one document, which previews and plans on other machines take for the node.
  - Secrets are hidden in it.
options:
  script:
    description: A script whose readings the snapshot is to contain, too.
    type: str
  params:
    description: The parameters of that script.
    type: dict
    default: {}
extends_documentation_fragment:
  - ascript.node.node
  - ascript.node.node.without_diff
"""

EXAMPLES = r"""
- name: Take a snapshot
  ascript.node.snapshot_info:
  register: taken

- name: Keep it on the controller
  ansible.builtin.copy:
    content: "{{ taken.snapshot }}"
    dest: "snapshots/{{ inventory_hostname }}.json"
    mode: "0600"
  delegate_to: localhost
"""

RETURN = r"""
snapshot:
  description: The document, as text.
  type: str
  returned: success
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

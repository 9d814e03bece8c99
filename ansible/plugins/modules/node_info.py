#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_info
short_description: Return the version of ascript and the live runs of an Aspera transfer node
version_added: 0.1.0
description:
  - Returns which version of the program a managed host has, which live runs its node has had, and what drifted since.
options:
  drift:
    description: Whether to read the node again and return what is no longer as the live runs left it.
    type: bool
    default: false
extends_documentation_fragment:
  - ascript.node.node
  - ascript.node.node.without_diff
"""

EXAMPLES = r"""
- name: See what drifted
  ascript.node.node_info:
    drift: true
  register: info
"""

RETURN = r"""
version:
  description: The version of the program.
  type: str
  returned: success
  sample: 0.1.0
runs:
  description: The live runs, each with its number, time, script and summary.
  type: list
  elements: dict
  returned: success
drift:
  description: The document of C(ascript drift).
  type: dict
  returned: O(drift=true)
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

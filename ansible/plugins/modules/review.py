#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: review
short_description: Make one review of the plans of many nodes
version_added: 0.1.0
description:
  - Writes one page that shows each distinct change once, with the hosts under it, and one digest over all plans.
  - Runs once, on the controller, where the ascript program is required.
  - Hosts without a plan are listed as missing, and those whose planning failed with what went wrong.
options:
  planned:
    description:
      - The variable in which M(ascript.node.plan) was registered.
      - Without it, reviews the plans that are in O(dest) from an earlier review, and gives the same digest if none was altered.
    type: str
  dest:
    description:
      - A folder on the controller for C(fleet.json), C(fleet.md), C(fleet.html) and the plans.
    type: path
    required: true
  hosts:
    description: The hosts that must have a plan, if O(planned) is given; by default all hosts of the play.
    type: list
    elements: str
  binary:
    description: The C(ascript) program on the controller.
    type: str
    default: ascript
extends_documentation_fragment:
  - ascript.node.node.without_diff
requirements:
  - The ascript program on the controller.
author:
  - the ascript contributors (@ascript)
"""

EXAMPLES = r"""
- name: Review all plans
  ascript.node.review:
    planned: planned
    dest: review
  register: review
"""

RETURN = r"""
digest:
  description: The digest over host and plan of all hosts, which a reviewer approves.
  type: str
  returned: success
hosts:
  description: The number of hosts.
  type: int
  returned: success
groups:
  description: The number of distinct changes.
  type: int
  returned: success
missing:
  description: The hosts without a plan.
  type: list
  elements: str
  returned: success
failed_hosts:
  description: The hosts on which planning failed.
  type: list
  elements: str
  returned: success
"""

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
  - Runs once for all hosts of the play, on the controller, where the ascript program is required. With C(run_once), the result
    is registered on all hosts, and without it on the first one only.
  - It needs the strategy C(linear). In a play with C(serial), it runs once for each batch; so plan and review in a play without.
  - Hosts without a plan are listed as missing, and those that failed or are unreachable with what went wrong.
  - A review with another digest that is in O(dest) is kept in C(dest/earlier), since M(ascript.node.undo) needs it.
  - In check mode, writes into the folder O(dest) with C(.check) after its name, and leaves O(dest) as it is.
options:
  planned:
    description:
      - The name of the variable in which M(ascript.node.plan) was registered.
      - Without it, reviews the plans that are in O(dest) from an earlier review, and fails if one was altered.
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
  run_once: true
  register: review
"""

RETURN = r"""
dest:
  description: The folder of the review, which is another one in check mode.
  type: str
  returned: success
earlier:
  description: The folder of the review that was in O(dest) before, if that is another one.
  type: str
  returned: when there was another one
kept:
  description: The folders of the reviews that others replaced, by the digests of these reviews.
  type: dict
  returned: success
reasons:
  description: What went wrong on each host on which planning failed.
  type: dict
  returned: success
  sample: {"node3": "there is no Aspera installation on this host"}
digest:
  description: The digest over the names and plans of all hosts, which a reviewer approves and M(ascript.node.apply) expects.
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
  description: The hosts on which planning failed, or that are unreachable.
  type: list
  elements: str
  returned: success
"""

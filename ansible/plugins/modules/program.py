#!/usr/bin/python
# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: program
short_description: Put the ascript program on a managed host
version_added: 0.1.0
description:
  - Asks the program of the managed host for its version, and copies another one only if that is different.
  - Needs no Python on the managed host.
options:
  programs:
    description:
      - The programs on the controller, by system and machine as C(uname -sm) prints them, joined by a hyphen.
      - Each is the archive of a release (C(.tar.gz)) or the program itself, which is looked up in C(files) as by
        M(ansible.builtin.copy).
    type: dict
    required: true
  version:
    description: The version that is wanted.
    type: str
    required: true
  binary:
    description: Where the program goes.
    type: str
    default: /usr/local/bin/ascript
extends_documentation_fragment:
  - ascript.node.node.without_diff
author:
  - the ascript contributors (@ascript)
"""

EXAMPLES = r"""
- name: Put the program there
  ascript.node.program:
    version: 0.1.0
    programs:
      Linux-x86_64: ascript-0.1.0-linux-x86_64.tar.gz
      Linux-aarch64: ascript-0.1.0-linux-aarch64.tar.gz
"""

RETURN = r"""
before:
  description: The version that was there, if any.
  type: str
  returned: success
version:
  description: The version that is there now.
  type: str
  returned: success
"""

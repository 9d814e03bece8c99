# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  node:
    description:
      - The node on the managed host, which is a folder with an installation or a lab.
      - Without it, the installation of the managed host, such as C(/opt/aspera). A host without one fails.
      - V(blank:linux) and V(blank:macos) preview and plan for a node that is yet to come.
    type: str
  binary:
    description:
      - The C(ascript) program on the managed host.
      - Without it, C(ascript) where the login or C(become) finds programs, or else C(/usr/local/bin/ascript).
    type: str
  node_api:
    description: The address of the Node API, such as V(https://node.example.com:9092); by default as C(aspera.conf) says.
    type: str
  node_ca:
    description: A file on the managed host with certificates (PEM) of authorities that may sign the certificate of the Node API.
    type: str
  node_pin:
    description: The pin of the certificate of the Node API, as V(sha256//…).
    type: str
  secrets:
    description:
      - The values of the secrets that a script or plan names, by their references, such as V(env:FASPEX_TOKEN_KEY).
      - Each is a text that is not empty; put a number in quotes.
      - They reach the program on its standard input only. Do not use C(environment), which is part of a command line.
    type: dict
    default: {}
  timeout:
    description: How long one command of a vendor tool may take, such as V(90s) or V(5m).
    type: str
  allow_argv_secrets:
    description: Lets a secret be an argument of a vendor tool that takes it no other way.
    type: bool
    default: false
requirements:
  - The ascript program on the managed host; the role P(ascript.node.install#role) puts it there. No Python.
author:
  - the ascript contributors (@ascript)
"""

    RETURNED = r"""
options:
  returned:
    description:
      - How much of the document is returned.
      - V(steps) returns each step and the differences of files. V(full) returns the whole document as text in RV(ignore:document).
    type: str
    choices: [summary, steps, full]
    default: summary
"""

    SCRIPT = r"""
options:
  script:
    description:
      - The name of a bundled script, or the path of a script on the managed host.
      - Exactly one of O(script), O(src) and O(text) is required.
    type: str
  src:
    description:
      - The path of a script on the controller. A relative one is looked up as that of M(ansible.builtin.script), and then in
        the current folder.
      - Only its text reaches the host. So it imports only from C(std/), and has no files beside it; give it the rows of a
        file of data as a parameter of the type C(list).
    type: path
  text:
    description:
      - The text of a script.
      - It has no files beside it, as that of O(src).
    type: str
  params:
    description: The parameters of the script. Lists and maps are allowed where the script declares them.
    type: dict
    default: {}
"""

    DONE = r"""
options:
  done:
    description: The numbers of the manual steps that a person has done.
    type: list
    elements: int
    default: []
"""

    ATTRIBUTES = r"""
attributes:
  check_mode:
    description: Can run in check mode and predict the changes without making them.
    support: full
  diff_mode:
    description: Returns each step, and the differences of C(aspera.conf) and other files in diff mode.
    support: full
"""

    WITHOUT_DIFF = r"""
attributes:
  check_mode:
    description: Can run in check mode and predict the changes without making them.
    support: full
  diff_mode:
    description: Returns the differences of C(aspera.conf) and other files in diff mode.
    support: none
"""

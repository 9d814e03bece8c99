# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds misspelt options, and misspelt variables of the role `rollout`."""

from __future__ import annotations

import difflib
import os
import re
from functools import cache

import yaml

from ansible.errors import AnsibleActionFail

# What the tasks of the role register.
REGISTERED = {"rollout_planned", "rollout_reviewed", "rollout_rehearsed", "rollout_applied", "rollout_undone"}

# The variables with another name than the option.
VARIABLES = dict(src="rollout_script_file")


def check_options(given, options):
    """Refuses an option that is misspelt. One that is like no other is refused later, with the list of all."""
    for name in given:
        nearest = None if name in options else nearest_name(name, options)
        if nearest:
            raise AnsibleActionFail("there is no option `%s`. Did you mean `%s`?" % (name, nearest))


def rollout_role(task):
    """The folder of the role `rollout`, if the task is part of it."""
    role = getattr(task, "_role", None)
    if role is None or role.get_name(include_role_fqcn=True) != "ascript.node.rollout":
        return None
    return role._role_path


def check_rollout_variables(role, variables, extra):
    """Refuses a variable that is nearly one of the role, and each other of `extra`, which the command line gives.

    Others of the site may start with `rollout_`, too."""
    known = rollout_variables(role)
    for name in variables:
        if not name.startswith("rollout_") or name in known or name in REGISTERED:
            continue
        nearest = nearest_name(name, known)
        if nearest:
            raise AnsibleActionFail("the rollout has no variable `%s`. Did you mean `%s`?" % (name, nearest))
        if name in extra:
            raise AnsibleActionFail("the rollout has no variable `%s`. It has: %s" % (name, ", ".join(sorted(known))))


def as_variables(message):
    """What Ansible says of options that are missing or exclude each other, with the variables of the rollout."""
    first, separator, options = message.rpartition(": ")
    if not first.endswith(("is required", "exclusive")):
        return message
    return first + separator + re.sub(r"\w+", lambda found: VARIABLES.get(found[0], "rollout_" + found[0]), options)


@cache
def rollout_variables(role):
    with open(os.path.join(role, "meta", "argument_specs.yml"), encoding="utf-8") as file:
        return frozenset(yaml.safe_load(file)["argument_specs"]["plan"]["options"])


def nearest_name(name, names):
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.85)), None)

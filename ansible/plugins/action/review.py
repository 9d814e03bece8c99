# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one review of the plans of many hosts, on the controller and once."""

from __future__ import annotations

import json
import os
import subprocess

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ascript.node.plugins.plugin_utils.call import unpack


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    BYPASS_HOST_LOOP = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        dummy, arguments = self.validate_argument_spec(
            argument_spec=dict(
                planned=dict(type="str"),
                dest=dict(type="path", required=True),
                hosts=dict(type="list", elements="str"),
                binary=dict(type="str", default="ascript"),
            )
        )
        folder = arguments["dest"]
        if arguments["planned"]:
            hosts = sorted(arguments["hosts"] or task_vars["ansible_play_hosts_all"])
            answers = {host: task_vars["hostvars"][host].get(arguments["planned"], {}) for host in hosts}
            write_answers(folder, answers)
        review = run_review(arguments["binary"], folder)
        result.update(
            changed=False,
            dest=folder,
            digest=review["digest"],
            hosts=len(review["hosts"]),
            groups=len(review["groups"]),
            missing=review["missing"],
            failed_hosts=sorted(review["failed"]),
        )
        return result


def write_answers(folder, answers):
    """Writes the plans of all hosts, in place of earlier ones, and the names of the hosts."""
    plans = os.path.join(folder, "plans")
    os.makedirs(plans, mode=0o700, exist_ok=True)
    for name in os.listdir(plans):
        os.remove(os.path.join(plans, name))
    for host, planned in answers.items():
        write_answer(os.path.join(plans, host + ".json"), planned)
    write(os.path.join(folder, "hosts.txt"), "".join(host + "\n" for host in answers))


def write_answer(path, planned):
    """Writes the plan of a host, or the fault of one whose planning failed; nothing of one that was not reached."""
    if "plan" in planned:
        write(path, unpack(planned["plan"]))
    elif planned.get("fault"):
        write(path, json.dumps(dict(format=1, kind="fault", fault=planned["fault"])))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run_review(binary, folder):
    """Writes fleet.json, fleet.md and fleet.html, and returns the first."""
    fleet = os.path.join(folder, "fleet.json")
    command = [binary, "review", os.path.join(folder, "plans"), "--hosts", os.path.join(folder, "hosts.txt")]
    for options, name in ((["-o", fleet, "--format", "markdown"], "fleet.md"), (["--format", "html"], "fleet.html")):
        try:
            done = subprocess.run(command + options, capture_output=True, check=False)
        except OSError as cause:
            raise AnsibleActionFail("%s on the controller cannot be started: %s" % (binary, cause)) from None
        # 3: a host has no plan.
        if done.returncode not in (0, 3):
            raise AnsibleActionFail("ascript review failed: %s" % done.stderr.decode(errors="replace").strip())
        with open(os.path.join(folder, name), "wb") as file:
            file.write(done.stdout)
    with open(fleet, encoding="utf-8") as file:
        return json.load(file)

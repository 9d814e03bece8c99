# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one review of the plans of many hosts, on the controller and once."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ascript.node.plugins.plugin_utils.review import kept_reviews, left_out, load, replace, unpack

# What a name that is the value of the variable is cut to.
MOST_NAME = 40


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
        folder = arguments["dest"].rstrip("/") or "/"
        try:
            if arguments["planned"]:
                hosts = sorted(arguments["hosts"] or task_vars["ansible_play_hosts_all"])
                answers = planned_answers(arguments["planned"], hosts, task_vars["hostvars"])
                result.update(self.write_review(folder, answers, arguments["binary"]))
            else:
                review = self.review_again(folder, arguments["binary"])
                result.update(returned(folder, review), warnings=left_out(folder, review, task_vars, "applied"))
        except OSError as cause:
            message = "the review cannot be written to %s: %s. Give `dest` a folder that you may write to."
            raise AnsibleActionFail(message % (folder, cause.strerror)) from None
        return result

    def write_review(self, folder, answers, binary):
        """Writes a review of these answers. In check mode, not in the place of one that may be applied."""
        if self._task.check_mode:
            folder += ".check"
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as new:
            write_answers(new, answers)
            review = run_review(binary, new)
            kept = replace(folder, new, keep=not self._task.check_mode)
        result = returned(folder, review)
        if kept:
            kept = os.path.join(folder, kept)
            result["earlier"] = kept
            result["warnings"] = ["the review that was in %s is another one, and is kept in %s" % (folder, kept)]
        return result

    def review_again(self, folder, binary):
        """Reviews the plans that are in a folder, which must not have changed since they were reviewed."""
        if not os.path.isdir(os.path.join(folder, "plans")):
            message = "there are no plans in %s. Give `planned`, the name of the variable that has them."
            raise AnsibleActionFail(message % folder)
        former = load(folder)
        with tempfile.TemporaryDirectory() as new:
            for name in ("plans", "hosts.txt"):
                os.symlink(os.path.abspath(os.path.join(folder, name)), os.path.join(new, name))
            review = run_review(binary, new)
        if former and former["digest"] != review["digest"]:
            others = [host for host, digest in former["hosts"].items() if digest != review["hosts"].get(host)]
            message = "the plans in %s are not those that were reviewed: %s. Put them back, or plan again."
            raise AnsibleActionFail(message % (folder, ", ".join(sorted(others)) or "there are more"))
        if not former and not self._task.check_mode:
            run_review(binary, folder)
        return review


def planned_answers(name, hosts, hostvars):
    """What planning registered on each host in the variable with that name."""
    answers = {host: hostvars[host].get(name) if host in hostvars else None for host in hosts}
    if not any(isinstance(answer, Mapping) for answer in answers.values()):
        name = name if len(name) <= MOST_NAME else name[:MOST_NAME] + " …"
        message = "no host has registered a variable `%s`. Give `planned` the name of the variable, not its value."
        raise AnsibleActionFail(message % name)
    for host, answer in answers.items():
        if "/" in host or host.startswith("."):
            raise AnsibleActionFail("`%s`: the plan is a file with the name of the host, which may not contain `/`" % host)
        if "changed" in (answer or {}) and not {"plan", "failed", "unreachable", "skipped"} & set(answer):
            raise AnsibleActionFail("%s: `%s` has no plan. It must be what ascript.node.plan returned." % (host, name))
    return {host: answer or {} for host, answer in answers.items()}


def returned(folder, review):
    """The result of the task."""
    return dict(
        changed=False,
        dest=folder,
        digest=review["digest"],
        kept=kept_reviews(folder),
        hosts=len(review["hosts"]),
        groups=len(review["groups"]),
        missing=review["missing"],
        failed_hosts=sorted(review["failed"]),
        reasons={host: fault["message"] for host, fault in review["failed"].items()},
    )


def write_answers(folder, answers):
    """Writes the plans of all hosts, and the names of the hosts."""
    plans = os.path.join(folder, "plans")
    os.makedirs(plans, mode=0o700)
    for host, planned in answers.items():
        write_answer(os.path.join(plans, host + ".json"), planned)
    write(os.path.join(folder, "hosts.txt"), "".join(host + "\n" for host in answers))


def write_answer(path, planned):
    """Writes the plan of a host, or why it has none; nothing of one on which planning was not tried."""
    if "plan" in planned:
        write(path, unpack(planned["plan"]))
    elif planned.get("failed") or planned.get("unreachable"):
        fault = planned.get("fault") or dict(kind="node", message=str(planned.get("msg", "")), hints=[])
        write(path, json.dumps(dict(format=1, kind="fault", fault=fault)))


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
            raise AnsibleActionFail(not_started(binary, cause)) from None
        # 3: a host has no plan.
        if done.returncode not in (0, 3):
            raise AnsibleActionFail("ascript review failed: %s" % done.stderr.decode(errors="replace").strip())
        with open(os.path.join(folder, name), "wb") as file:
            file.write(done.stdout)
    return load(folder)


def not_started(binary, cause):
    message = "%s on the controller cannot be started: %s. Install ascript there, or give its path (`binary`, or %s)."
    return message % (binary, cause.strerror, "rollout_controller_binary in the rollout")

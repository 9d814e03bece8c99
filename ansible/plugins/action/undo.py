# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a live run back; in check mode, previews that."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible_collections.ascript.node.plugins.plugin_utils.call import NOTHING, RETURNED_OPTION, NodeAction, steps_done
from ansible_collections.ascript.node.plugins.plugin_utils.review import earlier_digests, left_out, load_existing
from ansible_collections.ascript.node.plugins.plugin_utils.words import joined

# The exit code of the program for a fault of the kind `refused`.
REFUSED = 1


class ActionModule(NodeAction):
    OPTIONS = dict(
        run=dict(type="int"),
        review=dict(type="path"),
        last=dict(type="bool", default=False),
        partial=dict(type="bool", default=False),
        later=dict(type="bool", default=False),
        done=dict(type="list", elements="int", default=[]),
        **RETURNED_OPTION,
    )
    RULES = dict(mutually_exclusive=[("run", "review", "last")])

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        folder = self._task.args.get("review")
        if folder:
            # Ansible prints the same warning of many hosts once.
            warnings = left_out(folder, load_existing(folder), task_vars, "taken back")
            result["warnings"] = [*result.get("warnings", []), *warnings]
        return result

    def perform(self, arguments):
        number, folder = arguments["run"], arguments["review"]
        more, still = {}, []
        if folder:
            found = self.run_of_review(folder, arguments)
            if "run" not in found or found["already_undone"]:
                return found
            more, still = dict(run=found["run"]), found["earlier"]
        elif number is not None:
            if self.is_undone(number, arguments):
                return nothing(self.host, "run %d was taken back already" % number, already_undone=True, run=number)
            more = dict(run=number)
        elif not arguments["last"]:
            raise AnsibleActionFail(
                "give `run`, the number of the run that is to be taken back, such as that of a registered result; "
                "`review`, the folder of a review; or `last: true` for the last run that stands, whoever did it"
            )
        refused = self.later_runs(arguments, more) if more and self.is_live() and not arguments["later"] else None
        return refused or self.undo(arguments, more, still)

    def undo(self, arguments, which, still):
        """Takes a run back, or previews that. `still` says which runs of earlier reviews stand."""
        answer = self.answer(arguments, which, live=self.is_live(), want=self.wanted(arguments["returned"]))
        result = self.outcome(*answer, arguments["returned"])
        if result.get("failed"):
            return result
        message = joined([*self.left_as_it_is(result, which.get("run")), *still])
        more = dict(msg="%s: %s" % (self.host, message)) if message else {}
        return dict(result, already_undone=False, was_applied=True, **more)

    def answer(self, arguments, which, **more):
        return self.ask(arguments, self.request("undo", arguments, **which, **more))

    def later_runs(self, arguments, which):
        """The result of a task that would take later runs back, too; None if there is none that changed the same."""
        code, text, document = self.answer(arguments, which, live=False, want="summary")
        if code != 0:
            return self.outcome(code, text, document, arguments["returned"])
        later = [note["text"] for note in document["advisories"] if note["id"] == "later-run"]
        if not later:
            return None
        message = "run %d is not taken back, since later runs stand on it" % which["run"]
        hint = "take these runs back first, or give `%slater: true` to take back what they changed of the same, too" % self.prefix
        fault = dict(kind="refused", message=message, hints=[*later, hint])
        return self.failed(REFUSED, dict(fault=fault), changed=False)

    def left_as_it_is(self, result, run):
        """Sentences on what the undo leaves, or takes back of other runs."""
        cautions = [note.partition(": ")[2] for note in result["notes"] if not note.startswith("note: ")]
        if not cautions:
            return []
        name = "the last run" if run is None else "run %d" % run
        is_something = result["changed"]
        verb = "was" if self.is_live() else "would be"
        first = "%s %s taken back, except" % (name, verb) if is_something else "nothing of %s %s taken back" % (name, verb)
        return ["%s: %s" % (first, "; ".join(cautions))]

    def how_to_go_on(self, receipt):
        return "%s of the way back, as run %d: repair what failed, and do the same again" % (
            steps_done(receipt["summary"]),
            receipt["run"],
        )

    def is_undone(self, number, arguments):
        return any(one["undone"] for one in self.runs(arguments) if one["run"] == number)

    def run_of_review(self, folder, arguments):
        """The run that performed the host's plan of a review, and if there is nothing to take back, the result."""
        plan = load_existing(folder)["hosts"].get(self.host)
        earlier = earlier_digests(folder, self.host)
        if plan is None:
            message = "the review in %s has no plan of it" % folder
            if earlier:
                message += ". Earlier reviews have: " + ", ".join(sorted(earlier))
            return nothing(self.host, message, was_applied=False)
        runs = self.runs(arguments)
        still = still_standing(runs, earlier)
        performed = [one for one in runs if one.get("plan") == plan]
        standing = [one["run"] for one in performed if not one["undone"]]
        if standing:
            return dict(run=standing[-1], already_undone=False, earlier=still)
        if performed:
            run = performed[-1]["run"]
            message = joined(["run %d was taken back already" % run, *still])
            return nothing(self.host, message, already_undone=True, run=run)
        message = joined(["the plan in %s was never applied on this node" % folder, *still])
        return nothing(self.host, message, was_applied=False)


def still_standing(runs, earlier):
    """Sentences on the runs of earlier reviews that stand."""
    found = [
        (one["run"], place)
        for place, digest in sorted(earlier.items())
        for one in runs
        if one.get("plan") == digest and not one["undone"]
    ]
    return ["run %d of an earlier review stands: give %s as the review to undo that" % pair for pair in found]


def nothing(host, message, already_undone=False, was_applied=True, **more):
    """The result where there is nothing to take back."""
    message = "%s: nothing to take back: %s" % (host, message)
    return dict(NOTHING, changed=False, already_undone=already_undone, was_applied=was_applied, msg=message, **more)

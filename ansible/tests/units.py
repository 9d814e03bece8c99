"""Functions of the plugins that need no node; `ansible/test units` runs it."""

import json
import os
import tempfile
import types

from ansible_collections.ascript.node.plugins.plugin_utils import call, diff, names, review, words

TRANSLATED = {
    "set it with --set name=…": "give it in `params`, as name",
    "set `KEY`, or use another reference for the secret": "give it in `secrets` as env:KEY, or use another reference for the secret",
    "do it, then confirm it with --done 2": "do it, then confirm it with `done` [2]",
    "`ascript undo 3 --node /x` takes it back; `ascript plan` makes a plan of the rest": (
        "ascript.node.undo with `run: 3` takes it back; ascript.node.plan makes a plan of the rest"
    ),
    "to undo that run first: `ascript undo 2`": "to undo that run first: ascript.node.undo with `run: 2`",
    "set it with --set users=@FILE": "give it in `params`, as users",
    "allow more time with `--timeout`": "allow more time with `timeout`",
    "then pass `--node-pin sha256//a=`": "then pass `node_pin: sha256//a=`",
    "with `admin` (`--set admin=NAME` for faspex)": "with `admin` (`params: {admin: NAME}` for faspex)",
    "ascript undo 1 --node /x takes it back": "ascript.node.undo with `run: 1` takes it back",
    "`ascript undo 1 --node …` takes it back": "ascript.node.undo with `run: 1` takes it back",
    "`ascript runs` lists the runs that stand": "ascript.node.node_info lists the runs that stand",
    "--node takes a folder with bin/ and etc/aspera.conf": "`node` takes a folder with bin/ and etc/aspera.conf",
    "allow it with --allow-argv-secrets": "allow it with `allow_argv_secrets: true`",
    "`ascript lab /nope` creates an emulated node there": None,
    "the element <name> is empty": "the element <name> is empty",
}
for said, wanted in TRANSLATED.items():
    found = words.translate(said, "")
    assert found == wanted, found
assert words.translate("allow it with --node-ca", "rollout_") == "allow it with `rollout_node_ca`"
assert words.translate("allow more time with `--timeout`", "rollout_") == "allow more time with `rollout_timeout`"
assert words.joined(["node1: no", "did you mean `x`?", "conf/a: was b", "plan again."]) == (
    "node1: no. Did you mean `x`? conf/a: was b. Plan again"
)

# A playbook has variables in place of options.
assert names.as_variables("one of the following is required: script, text, src") == (
    "one of the following is required: rollout_script, rollout_text, rollout_script_file"
)
assert names.as_variables("parameters are mutually exclusive: script|text") == (
    "parameters are mutually exclusive: rollout_script|rollout_text"
)

assert diff.move_line("account/a", None, {"admin": True, "password": {"secret": "env:P"}}) == (
    "+ account/a  admin: true; password: secret env:P"
)
assert diff.move_line("service/a", {"running": True, "current": False}, {"running": True, "current": True}) == (
    "~ service/a  current: false -> true"
)
assert diff.move_line("dir/a", {"mode": "755"}, None) == "- dir/a  mode: 755"

assert names.nearest_name("txt", call.SCRIPT_OPTIONS) == "text"
assert names.nearest_name("rollout_window", {"rollout_hosts", "rollout_node"}) is None

# A review that another one replaces is kept, unless it is that of a preview.
with tempfile.TemporaryDirectory() as folder:
    for number, keep, kept in ((1, True, None), (1, True, None), (2, True, "earlier/1"), (3, False, None), (2, True, "earlier/3")):
        new = os.path.join(folder, "new")
        os.makedirs(os.path.join(new, "plans"))
        with open(os.path.join(new, "fleet.json"), "w", encoding="utf-8") as file:
            json.dump(dict(digest="sha256:%d" % number, hosts={"a": str(number)}, missing=[], failed={}), file)
        found = review.replace(folder, new, keep)
        os.rmdir(new)
        assert found == kept, found
        assert review.load(folder)["digest"] == "sha256:%d" % number
    try:
        found = review.plan_digest(folder, "a", "sha256:1")
    except call.AnsibleActionFail as cause:
        found = str(cause)
    assert "is kept in %s/earlier/1" % folder in found, found
    assert review.earlier_digests(folder, "a") == {folder + "/earlier/1": "1", folder + "/earlier/3": "3"}


class Action(call.NodeAction):
    """An action on a host that has the program in one place only."""

    def __init__(self, there, answer=None, **args):
        self.there, self.started, self.prefix = there, [], ""
        self.answer = dict(tool=dict(name="ascript"), **(answer or {}))
        self._task = types.SimpleNamespace(args=args)

    def _low_level_execute_command(self, cmd, **dummy):
        program = cmd.split()[0]
        self.started.append(program)
        if program != self.there:
            return dict(rc=127, stdout="", stderr="not found")
        return dict(rc=0, stdout=json.dumps(self.answer), stderr="")


def started(there, binary):
    action = Action(there)
    try:
        action.ask(dict(binary=binary, secrets={}), {})
    except call.Unanswered:
        action.started.append("none")
    return action.started


assert started("ascript", None) == ["ascript"]
assert started("/usr/local/bin/ascript", None) == ["ascript", "/usr/local/bin/ascript"]
assert started("/usr/local/bin/ascript", "/opt/ascript") == ["/opt/ascript", "none"]


def is_without_node(answer, **args):
    return Action("ascript", answer, **args).lacks_node(answer)


# A host has no installation where the program takes a blank node that nobody asked for.
blank = dict(node=dict(source="blank"))
assert is_without_node(blank)
assert not is_without_node(blank, node="blank:linux")
assert not is_without_node(dict(node=dict(source="folder")))
assert is_without_node(dict(fault=dict(kind="usage", message="a blank node has no live runs")))
assert not is_without_node(dict(fault=dict(kind="refused", message="not for a blank node")))

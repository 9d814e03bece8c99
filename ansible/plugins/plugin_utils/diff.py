# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible shows in diff mode: each step that no difference of a file shows, and the differences of files."""

from __future__ import annotations


def diff(document):
    lines = [line + "\n" for step in document.get("steps", []) for line in step_lines(step)]
    files = [document.get("conf_diff", "")]
    files += [entry.get("diff", "") for entry in document.get("file_diffs", [])]
    return "".join(lines + files)


def step_lines(step):
    if step["kind"] == "manual":
        return ["? manual: " + note["text"] for note in step["advisories"] if note["id"] == "manual-step"]
    if step["kind"] == "act":
        return ["! " + command["shell"] for command in step["commands"]]
    # The settings are in the difference of aspera.conf.
    moves = [move for move in step["moves"] if not move["subject"].startswith("conf/")]
    return [move_line(move["subject"], move["before"], move["after"]) for move in moves]


def move_line(subject, before, after):
    if before is None:
        return "+ %s%s" % (subject, detail(after))
    if after is None:
        return "- %s%s" % (subject, detail(before))
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        parts = ["%s: %s -> %s" % (key, shown(before.get(key)), shown(after.get(key))) for key in keys]
        return "~ %s  %s" % (subject, "; ".join(parts))
    return "~ %s  %s -> %s" % (subject, shown(before), shown(after))


def detail(state):
    return "" if state is True else "  " + shown(state)


def shown(value):
    """A value as a reader of the diff needs it."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return "secret " + value["secret"]
        return "; ".join("%s: %s" % (key, shown(part)) for key, part in value.items())
    if isinstance(value, list):
        return "[%s]" % ", ".join(shown(part) for part in value)
    return {None: "absent", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else str(value)

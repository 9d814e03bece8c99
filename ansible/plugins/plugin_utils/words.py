# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program says, in the words of a playbook: options of an action in place of those of a command line."""

from __future__ import annotations

import re

# How much of a fault is returned: Ansible prints it, and one host must not bury what the others say.
MOST_HINTS = 8
MOST_CHARACTERS = 400

# Patterns and what stands for them; a hint that is None then is left out. `<x>` is an option of the action, which is
# `rollout_x` in the role ascript.node.rollout.
TABLE = (
    (r"^`ascript lab .*` creates .*", None),
    (r"^`ascript new .*", None),
    (r"\bset it with --set (\w+)=(?:…|@FILE)", r"give it in <params>, as \1"),
    (r"\bwrite JSON, or `@FILE` for a [^;.]*", "give a list or a map"),
    (r"\bset `(\w+)`, or use another reference\b", r"give it in <secrets> as env:\1, or use another reference"),
    (r"\bconfirm it with --done (\d+)", r"confirm it with <done> [\1]"),
    (r"\b(?:pass|name) an installation or a lab with --node(?:; `ascript lab DIR` .*)?", r"give <node>, the folder of an installation"),
    (r"`ascript undo (\d+)[^`]*`", r"ascript.node.undo with `run: \1`"),
    (r"\bascript undo (\d+)(?: --node \S+)?", r"ascript.node.undo with `run: \1`"),
    (r"`ascript (undo|plan|apply)\b[^`]*`", r"ascript.node.\1"),
    (r"`ascript runs[^`]*`", "ascript.node.node_info"),
    (r"^another plan was reviewed$", "another plan was reviewed: give the digest of this one as <expect>, or plan again"),
    (r"`--set (\w+)=([^`]*)`", r"<params: {\1: \2}>"),
    (r"`?--(set|params)\b`?", "<params>"),
    (r"`?--(partial|allow-argv-secrets)\b`?", r"<\1: true>"),
    (r"`--(node-api|node-ca|node-pin|node|timeout|done) ([^`<>]+)`", r"<\1: \2>"),
    (r"`--(node-api|node-ca|node-pin|node|timeout|done)`", r"<\1>"),
    (r"--(node-api|node-ca|node-pin|node|timeout|done)\b", r"<\1>"),
)


def translated(fault, prefix=""):
    """The fault in the words of a playbook."""
    hints = (translate(hint, prefix) for hint in fault.get("hints", []))
    return dict(fault, message=translate(fault.get("message", ""), prefix), hints=[hint for hint in hints if hint])


def translate(text, prefix):
    for pattern, replacement in TABLE:
        if not re.search(pattern, text):
            continue
        if replacement is None:
            return None
        text = re.sub(pattern, lambda found, words=replacement: named(found.expand(words), prefix), text)
    return text


def named(words, prefix):
    """The words, with the names of options in place of `<x>`."""
    return re.sub(r"<([a-z-]+)(: [^<>]+)?>", lambda found: "`%s%s%s`" % (prefix, found[1].replace("-", "_"), found[2] or ""), words)


def bounded(fault):
    """The fault, of which a long message and many hints are cut."""
    shortened = dict(fault)
    if "message" in fault:
        shortened["message"] = cut(fault["message"])
    hints = [cut(hint) for hint in fault.get("hints", [])]
    if len(hints) > MOST_HINTS:
        # The last one says what to do.
        left = len(hints) - MOST_HINTS
        hints = [*hints[: MOST_HINTS - 1], "and %d more" % left, hints[-1]]
    if hints:
        shortened["hints"] = hints
    return shortened


def cut(text):
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + " …"


def place(fault):
    """Where in the script that was, such as ` (line 3, column 7)`."""
    at = fault.get("at")
    if not at:
        return ""
    file = "" if at["file"] == "-" else at["file"] + ", "
    return " (%sline %d, column %d)" % (file, at["line"], at["column"])


def joined(sentences):
    """One text of these sentences. A first word that is a name, such as a path, keeps its letters."""
    text = ""
    for sentence in sentences:
        if text and sentence.split(" ")[0].isalpha():
            sentence = sentence[0].upper() + sentence[1:]
        text += sentence if sentence.endswith("?") else sentence.rstrip(".") + "."
        text += " "
    return text.rstrip(" ").removesuffix(".")

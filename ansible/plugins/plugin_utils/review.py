# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a review on the controller: `fleet.json`, the plans, and below `earlier` what it replaced."""

from __future__ import annotations

import base64
import glob
import gzip
import json
import os
import shutil

from ansible import context
from ansible.errors import AnsibleActionFail

# Where a review goes that another one replaces: undoing what was applied of it needs it.
EARLIER = "earlier"

KEPT = "That review was replaced, and is kept in %s: give that folder to apply it."


def expanded(folder):
    return os.path.expanduser(folder)


def fleet_path(folder):
    return os.path.join(expanded(folder), "fleet.json")


def load(folder):
    """The review in a folder, or None if there is none."""
    path = fleet_path(folder)
    try:
        with open(path, encoding="utf-8") as file:
            review = json.load(file)
        if not {"digest", "hosts", "missing", "failed"} <= set(review):
            raise ValueError("it is another document")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as cause:
        raise AnsibleActionFail("%s cannot be read as a review: %s" % (path, cause)) from None
    return review


def load_existing(folder):
    review = load(folder)
    if review is None:
        raise AnsibleActionFail("there is no review in %s. ascript.node.review writes it there." % folder)
    return review


def plan_digest(folder, host, digest):
    """The digest of the plan of a host in the review of that folder, which must have that digest itself.

    None if the review says that the host has no plan."""
    review = load_existing(folder)
    if digest != review["digest"]:
        kept = kept_reviews(folder).get(digest)
        message = "the review in %s has the digest %s, not %s. " % (folder, review["digest"], digest)
        hint = KEPT % kept if kept else "Read its fleet.md and approve that digest, or plan again."
        raise AnsibleActionFail(message + hint)
    if host in review["hosts"]:
        return review["hosts"][host]
    if host in review["missing"] or host in review["failed"]:
        return None
    raise AnsibleActionFail("%s is not part of the review in %s. Plan again with all hosts." % (host, folder))


def left_out(folder, review, variables, verb):
    """Warnings of the hosts with a plan in a review that the play does not have."""
    hosts = sorted(set(review["hosts"]) - set(variables["ansible_play_hosts_all"]))
    if not hosts:
        return []
    why = "--limit leaves it out" if context.CLIARGS.get("subset") else "is it still in the inventory?"
    message = "the review in %s has a plan of %s, which is not in this play: nothing is %s there (%s)"
    return [message % (folder, ", ".join(hosts), verb, why)]


def plan_text(folder, host):
    path = os.path.join(expanded(folder), "plans", host + ".json")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or cause
        raise AnsibleActionFail("the plan of %s cannot be read from %s: %s. Plan again." % (host, path, reason)) from None


def kept_reviews(folder):
    """The folders of the reviews that were replaced, by the digests of these reviews."""
    paths = glob.glob(os.path.join(glob.escape(expanded(folder)), EARLIER, "*", "fleet.json"))
    names = sorted(os.path.basename(os.path.dirname(path)) for path in paths)
    folders = [os.path.join(folder, EARLIER, name) for name in names]
    return {load(kept)["digest"]: kept for kept in folders}


def earlier_digests(folder, host):
    """The digests of the plans of a host in the reviews that were replaced, by their folders."""
    plans = {kept: load(kept)["hosts"].get(host) for kept in kept_reviews(folder).values()}
    return {kept: digest for kept, digest in plans.items() if digest}


def replace(folder, new, keep):
    """Puts what is in the folder `new` in the place of the review in a folder.

    Returns where that one went, if it is another one that is to be kept."""
    kept = None
    former = load(folder)
    if keep and former and former["digest"] != load(new)["digest"]:
        kept = os.path.join(EARLIER, former["digest"].rpartition(":")[2][:12])
        shutil.rmtree(os.path.join(folder, kept), ignore_errors=True)
        os.makedirs(os.path.join(folder, kept), mode=0o700)
    for name in os.listdir(new):
        place = os.path.join(folder, name)
        if kept and os.path.exists(place):
            os.rename(place, os.path.join(folder, kept, name))
        elif os.path.isdir(place):
            shutil.rmtree(place)
        os.rename(os.path.join(new, name), place)
    return kept


def pack(text):
    """A plan as opaque text of a few kilobytes, which `apply` and `review` take."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def unpack(plan):
    """The text of a plan."""
    try:
        return gzip.decompress(base64.b64decode(plan, validate=True)).decode()
    except (ValueError, OSError, EOFError) as cause:
        raise AnsibleActionFail("this is no plan that ascript.node.plan returned: %s" % cause) from None

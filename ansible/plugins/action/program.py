# Copyright (c) the ascript contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the ascript program on a managed host, unless that version is there. Needs no Python on the host."""

from __future__ import annotations

import os
import shlex
import shutil
import tarfile
import tempfile
import zlib

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# What reading a broken or truncated archive raises.
BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError)


class ActionModule(ActionBase):
    _requires_connection = True
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        dummy, arguments = self.validate_argument_spec(
            argument_spec=dict(
                programs=dict(type="dict", required=True),
                version=dict(type="str", required=True),
                binary=dict(type="str", default="/usr/local/bin/ascript"),
            )
        )
        self.host = task_vars["inventory_hostname"]
        binary = arguments["binary"]
        found = self.version_of(binary)
        result.update(changed=found != arguments["version"], before=found, version=arguments["version"])
        if result["changed"]:
            with tempfile.TemporaryDirectory() as folder:
                path = self.program_for_host(arguments["programs"])
                program = self.unpacked(path, folder)
                if not self._task.check_mode:
                    self.put(program, binary, arguments["version"], path)
        return result

    def shell(self, line):
        return self._low_level_execute_command(line, sudoable=True)

    def version_of(self, binary):
        """The version that is there, if any."""
        answer = self.shell("%s --version" % shlex.quote(binary))
        words = answer["stdout"].split()
        return words[1] if answer["rc"] == 0 and len(words) == 2 and words[0] == "ascript" else None

    def program_for_host(self, programs):
        """The file on the controller for the system and the machine of the host."""
        system = "-".join(self.shell("uname -sm")["stdout"].split())
        program = programs.get(system)
        if program is None:
            raise AnsibleActionFail(
                "%s is a %s, for which `programs` has no file. It has: %s"
                % (self.host, system, ", ".join(sorted(programs)))
            )
        path = self._find_needle("files", program)
        if not os.path.isfile(path):
            raise AnsibleActionFail("%s is not a file" % path)
        return path

    def unpacked(self, path, folder):
        try:
            return unpacked(path, folder)
        except BROKEN as cause:
            raise AnsibleActionFail("%s: %s cannot be unpacked: %s" % (self.host, path, cause)) from None

    def put(self, program, binary, version, path):
        """Copies it beside its place, and renames it if it runs, so that a program that works stays until then.

        `path` is the file that the program comes from."""
        new = binary + ".new"
        folder = self._make_tmp_path()
        copied = self._transfer_file(program, self._connection._shell.join_path(folder, "ascript"))
        self.do("cp %s %s && chmod 0755 %s" % (shlex.quote(copied), shlex.quote(new), shlex.quote(new)), binary)
        self._remove_tmp_path(folder)
        found = self.version_of(new)
        if found != version:
            self.shell("rm -f %s" % shlex.quote(new))
            raise AnsibleActionFail(self.not_as_wanted(path, found, version))
        self.do("mv -f %s %s" % (shlex.quote(new), shlex.quote(binary)), binary)

    def do(self, line, binary):
        answer = self.shell(line)
        if answer["rc"] != 0:
            raise AnsibleActionFail("%s: %s could not be written: %s" % (self.host, binary, answer["stderr"].strip()))

    def not_as_wanted(self, path, found, version):
        if found is None:
            return "%s: %s does not run there. Is it built for this host?" % (self.host, path)
        return "%s: %s is version %s, not %s" % (self.host, path, found, version)


def unpacked(path, folder):
    """The program: the file itself, or that in an archive of a release, which is put into the folder."""
    if not path.endswith(".tar.gz"):
        return path
    program = os.path.join(folder, "ascript")
    with tarfile.open(path) as archive:
        member = next((one for one in archive if one.isfile() and os.path.basename(one.name) == "ascript"), None)
        if member is None:
            raise AnsibleActionFail("%s is not a release of ascript: it has no file `ascript`" % path)
        with archive.extractfile(member) as source, open(program, "wb") as file:
            shutil.copyfileobj(source, file)
    return program

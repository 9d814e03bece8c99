//! The README in a lab's folder.

use std::fmt::Write;

use super::knobs::KNOBS;

/// The text, with the list of knobs at its end.
pub(super) fn text() -> String {
    let mut text = TEXT.to_owned();
    for knob in KNOBS {
        let values = knob.values.join(" | ");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {} = {values}: {}", knob.name, knob.meaning);
    }
    text
}

const TEXT: &str = "\
An emulated Aspera transfer node, made by `ascript lab`.

Nothing in this folder is vendor software. The programs in bin/ are one
executable under many names. They accept the arguments of the tools whose names
they have, store everything in this folder and change nothing outside it.
Accounts, services, and folders with their owners exist only in the files of
var/lab. On a lab, ascript starts no program of this machine.

  etc/aspera.conf      the configuration, edited by bin/asconfigurator
  etc/aspera-license   one word: server, client or expired. Any other text is an
                       ill-formed license; without the file there is no license.
  etc/hostname         what `uname -n` prints
  root/                files outside the installation, such as root/etc/ssh/x for
                       /etc/ssh/x; one that you put there belongs to root
  var/lab/calls.log    every call with its arguments, one JSON object per line
  etc/aspera_server_*  the key and the self-signed certificate of the Node API
  var/lab/*.json       the state; passwords and tokens as fingerprints only

Passwords
---------

The administrator of this node is `admin`. A new lab accepts the first password
that a tool is given for it, and from then on only this one. To set another:

  bin/dscl . -passwd /Users/admin NEW

dsenableroot, sysadminctl, dseditgroup and dscl fail with a wrong password, as
the real ones do: dsenableroot prints `***Failed` and exits with 0. Without -u it
uses $USER, which is root under sudo and fails. In a script on a lab, name `admin`
as the administrator: `--set admin=admin` for faspex-node-macos.

What is invented
----------------

No public text says otherwise, so the lab invents: what asconfigurator prints
and how it fails; all messages of `asuserdata -v` and the headings of `-a`; the
prompts and messages of asnodeadmin, except its listing; the output of async;
most exit codes; the prompts and messages of sysadminctl, dsenableroot,
dseditgroup and dscl; the version numbers. A procedure that works here has steps
that fit together. A real server may still refuse it.

Services
--------

`ascript lab DIR --platform linux --services init` makes a lab with init scripts
in place of systemd: bin/service, and bin/chkconfig or bin/update-rc.d. With `none`,
nothing manages the services: bin/asperanoded, bin/asperahttpd and
bin/asperacentral end the process of that name and start another one.

Faults
------

To make a program fail, write a line into var/lab/faults (# starts a comment):

  PROGRAM[@N][~TEXT]=FAULT

  fail         does nothing, exits with 1
  fail-after   does everything, exits with 1
  lie          does nothing, reports success
  slow:500ms   waits first; also slow:2s
  hang         never exits
  drop-rights  does everything, and removes each <read_allowed> that is false
               from aspera.conf; drop-comments and drop-indent likewise
  edit-before:COMMAND
               does everything, after another program has edited aspera.conf;
               COMMAND is a command string of asconfigurator such as
               set_user_data;user_name,ana;absolute,/a or a comment <!-- c -->
  edit-during:COMMAND
               the same, but that program writes between the reading and the
               writing of this one, so that its edit is lost
  edit-after:COMMAND
               the same when this program is done

@N selects the Nth call in calls.log that changes something, ~TEXT the calls
with this text in their arguments or standard input. Faults apply to calls that
change something, and to all calls of a program that only reads. read-fail,
read-slow:1s and so on apply to the reading calls of the other programs.

The Node API has its own faults, for requests in place of calls (~/info selects
a path, ~POST a method, @N the Nth one that reads, or that changes something):

  node-api~/info=wrong-user

  closed               acts, and closes the connection within the answer
  expired-certificate  shows a certificate that expired in 2021 (for all requests)
  huge-body            answers with 64 MiB
  lie                  does nothing, reports success
  redirect             sends the client to another address
  slow:500ms           waits first
  status-500           does nothing, answers with an internal error
  wrong-json           answers with half a JSON text
  wrong-user           names another transfer user

Node API
--------

  ascript lab DIR --serve

serves /ping, /info and /access_keys on 127.0.0.1, on the ports in aspera.conf or
those that --https-port and --http-port name (0 takes a free port). The logins are
those of bin/asnodeadmin. Requests are in var/lab/calls.log as calls of node-api.
An access key can be created by a user whose transfer user has no docroot and a
restriction that allows the storage. Its secret is in that answer only. It answers
while the service asperanoded runs. Messages and the code 403 are invented.

Knobs
-----

To change an invented behavior, write NAME=VALUE lines into var/lab/knobs. The
first value is the default:

";

//! The file that tells whoever opens a lab's folder what it is.

use std::fmt::Write;

use super::folder::KNOBS;

/// The text, with the knobs as they are.
pub(super) fn text() -> String {
    let mut text = TEXT.to_owned();
    for (name, values, meaning) in KNOBS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name} = {}: {meaning}", values.join(" | "));
    }
    text
}

const TEXT: &str = "\
An emulated Aspera transfer node, made by ascript lab.

Nothing in this folder is vendor software. The programs in bin/ are one small
program under many names; they take the arguments of the tools they are named
after, keep everything in this folder and change nothing outside it. Accounts,
services, and folders with their owners exist only in the files of var/lab.

  etc/aspera.conf      the configuration, edited by bin/asconfigurator
  etc/aspera-license   one word: server, client or expired; anything else is
                       ill-formed, no file is no license_file
  etc/hostname         what uname -n prints
  var/lab/calls.log    every call, one JSON object per line, arguments and all
  var/lab/*.json       the state; passwords and tokens as fingerprints only

Invented, since nothing public says otherwise: what asconfigurator prints and
how it fails; all messages of asuserdata -v and the headings of -a; the prompts
and messages of asnodeadmin, apart from its listing; the output of async; most
exit codes; the wording of prompts in sysadminctl, dsenableroot and dscl; the
version numbers. That a procedure works here says that its steps fit together,
not that a certain server would take them.

Faults: var/lab/faults, one per line, # for remarks.

  PROGRAM[@N][~TEXT]=FAULT

  fail         nothing is done, exit 1
  fail-after   all is done, exit 1
  lie          nothing is done, and it says success
  slow:500ms   waits first; also slow:2s
  hang         never ends

@N is the Nth acting call of that program in calls.log, ~TEXT a part of its
arguments or piped input. Faults meet calls that act, and any call of a program
that only reads; read-fail, read-slow:1s and so on meet the readings of a
program that also acts.

Knobs: var/lab/knobs, NAME=VALUE lines; the first value is the default.

";

#!/bin/bash
# What ends a shell script.
log() { echo "$(date) $*"; }
stop() { log "$1"; exit 1; }
prepare() { useradd helper; }
useradd() { echo "useradd $1"; }
trap 'rm -f /tmp/lock' EXIT
trap 'systemctl start asperahttpd' EXIT
: ${REGION:=eu}
: "${SITE:=bern}"
[ "$(id -u)" = 0 ] || { echo run as root; exit 1; }
[[ $EUID -ne 0 ]] && exit 1
(( EUID == 0 )) || stop "run as root"
if [ $# -lt 1 ]; then
  echo "usage: $0 name" >&2
  exit 1
fi
[ -z "$1" ] && exit 1
command -v asconfigurator >/dev/null || stop "not installed"
[ -x /opt/aspera/bin/ascp ] || exit 1
[ "$(hostname)" = staging ] || exit 0
[ -e /etc/prod ] && exit 0
if [ "$1" != yes ]; then exit 1; fi
case "$1" in stop) exit 0;; esac
mkdir -p "/srv/$REGION/$SITE" || exit 1
userdel former || exit 0
useradd ben
prepare
groupadd team
exit 0
userdel anna
# It never runs.

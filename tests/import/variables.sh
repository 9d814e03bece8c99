#!/bin/bash
# Variables that only comments use.
CAP=200000
USERS=(alice bob)
ROOT=/srv
DB_PASS=hunter2hunter2
tc qdisc add dev eth0 rate $CAP
for u in "${USERS[@]}"; do useradd "$u"; done
mkdir -p "$ROOT/in"
mysql -p$DB_PASS -e "set global x=${CAP}"
choose() { SITE=basel; }
SITE=bern
mkdir "/srv/$SITE"
choose
mkdir "/srv/$SITE"
mkdir "/srv/$1"
shift
mkdir "/srv/$1"

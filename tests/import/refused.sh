#!/bin/bash
# Values that no account, service or group can have.
ROOT=/srv/aspera
SHARED=nobody
useradd -m "a;b"
usermod -aG "$SHARED" "x y"
useradd -m anna
systemctl stop "},"; systemctl start "},"
for user in anna ben; do
  groupadd -g -1 "team"
  mkdir -p "$ROOT/$user"
  usermod -s "bin sh" "$user"
done
asconfigurator -x "set_user_data;user_name,a b;absolute,/srv/a"

#!/bin/bash
# Texts that are no commands.
while read -r cmd; do echo "$cmd"; done <<EOF1
userdel -r anna
EOF1
while read -r name password; do
  echo "$name:$password" | chpasswd
done <<'EOF2'
anna Hunter2Pw
EOF2
for u in anna; do cat; done <<EOF3
userdel -r ben
EOF3
{ cat; } <<EOF4
userdel -r carla
EOF4
( cat ) <<-EOF5
	userdel -r dora
	EOF5
if true; then cat; fi <<EOF6
userdel -r eva
EOF6
show() { cat; } <<EOF7
userdel -r fred
EOF7
: <<COMMENT
userdel -r gina
COMMENT
<<COMMENT
userdel -r hans
COMMENT
cat <<END | while read -r name; do useradd "$name"; done
ian
END
> /etc/trunc
FOO=1 > /etc/y
mkdir /srv/last

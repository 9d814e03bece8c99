#!/bin/bash
# Commands behind conditions.
id anna || useradd anna
id -u ben &>/dev/null || useradd -m ben
getent passwd carla >/dev/null && echo "carla exists" || useradd carla
getent group team || groupadd team
grep -q '^dora:' /etc/passwd || useradd dora
if ! id "$1" &>/dev/null; then
  useradd -m "$1"
  echo "$1:hunter2hunter2" | chpasswd
else
  echo "$1 exists"
fi
[ -d /srv/in ] || mkdir -p /srv/in
[[ -d /srv/out ]] || { mkdir /srv/out && chown anna /srv/out; }
test ! -d /srv/old || echo "old"
[ -d /srv/log ] || mkdir /srv/log || exit 1
if [ ! -d "/srv/$1" ]; then mkdir "/srv/$1"; fi
id eva && userdel eva
[ -f /etc/old.conf ] && rm -f /etc/old.conf
mkdir /srv/x && chown anna /srv/x && chmod 750 /srv/x
cd /opt/aspera/bin && ./asconfigurator -x "set_node_data;absolute,/srv"
systemctl daemon-reload && systemctl enable --now asperanoded || { echo failed; exit 1; }
# Those that say something else.
id anna || useradd fred
[ -d /srv ] || mkdir /srv/y
id ben && usermod -s /bin/bash ben
[ "$1" = keep ] || userdel anna
[ -f /etc/site/keep-users ] || userdel ben
if [ ! -f /etc/prod ]; then userdel gina; fi
if ! grep -q x /etc/y; then userdel ian; fi
confirm "really?" && userdel -r kim
ping -c1 node2 && asnodeadmin -d -u nodeuser
rpm -q foo || userdel lara
[[ $ENV == prod ]] || asconfigurator -x "set_node_data;absolute,/dev-data"
$FLAG && useradd flag2
systemctl is-active --quiet asperanoded && userdel mia
useradd nora || usermod -aG team nora
userdel olaf && [ -f /etc/prod ] && userdel paul
for u in a b; do
  [ -d /home/$u ] && continue
  useradd $u
done
while read -r name; do
  [ "$name" = root ] || userdel "$name"
done < users.csv
[ -f /etc/motd ] || echo welcome > /etc/motd
grep -q "Port 33001" /etc/ssh/sshd_config || echo "Port 33001" >> /etc/ssh/sshd_config
grep -q "^Port" /etc/ssh/sshd_config || echo "Port 33002" >> /etc/ssh/sshd_config

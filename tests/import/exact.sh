#!/bin/bash
# Commands that must not become more than they are.
ASCFG=/opt/aspera/bin/asconfigurator
useradd -e 2030-01-01 anna
useradd -e -1 ben
usermod -rG team ben
chage -E 0 ben
chage -d 0 ben
chage -E -1 ben
chage -M 99999 ben
chage -l ben
umask 022
umask 077
$ASCFG -x "set_user_data;user_name,ben;absolute,/srv/ben;read_allowed,maybe;absolut,/srv"
$ASCFG -x "set_user_data;user_name,kim;absolut,/k;read_allowed,maybe"
sudo $ASCFG -x "set_node_data;token_life_seconds,60" -x "set_node_data;absolute,/srv"
systemctl --user enable foo
systemctl -H other restart asperanoded
systemctl --now enable asperanoded
for u; do useradd $u; done
asnodeadmin -a -u n1 -p hunter2hunter2 -x ben
asnodeadmin -m -u n1 -x kim
asnodeadmin -l

#!/bin/bash
# What is set several times.
echo a > /etc/first
echo b >> /etc/first
chmod 600 /etc/first
mkdir -p /srv/a
asconfigurator -x "set_user_data;user_name,anna;absolute,/srv/a;read_allowed,true"
asconfigurator -x "set_user_data;user_name,ben;absolute,/srv/b"
asconfigurator -x "set_user_data;user_name,anna;absolute,/srv/c"
mkdir -m 700 /srv/d
mkdir /srv/e
chmod 750 /srv/d
rm -f /etc/second
echo x > /etc/second
systemctl stop asperanoded
asconfigurator -x "set_node_data;token_life_seconds,60"
systemctl start asperanoded
cp list.conf /etc/third/
echo more >> /etc/third/list.conf
echo start > /etc/fourth
for name in a b; do
  echo "$name" >> /etc/fourth
  echo one > "/etc/fifth.$name"
  echo two >> "/etc/fifth.$name"
done
echo "/data 10.0.0.5(rw)" >> /etc/exports
echo "10.0.0.5 node5" >> /etc/hosts
echo "net.core.rmem_max=16777216" >> /etc/sysctl.conf

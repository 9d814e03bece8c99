#!/bin/sh
useradd media
install -d -o media /srv/live
# Options of async in their short and long forms.
async --alt-logdir=/var/log/sync -N one -d /srv/one -r ops@10.0.0.2:/one --user-id -l 200m
async -L /var/log/sync -N two --local-dir=/srv/two --host=10.0.0.2 --user=ops -r /two --symbolic-links=follow --scan-intensity high --preserve-uid -j -i /root/a.key -i /root/b.key -N three -d /srv/three -r ops@10.0.0.2:/three -I '*.tif' -E '*' --cookie S3KRETcookie
ASPERA_SCP_COOKIE=S3KRETcookie sudo -u media async -C -N live -d /srv/live -r ops@10.0.0.2:/live --exclude='*.tmp'
async -C -x -N again -d /srv/live -r ops@10.0.0.2:/live
async -A

#!/bin/sh
# Nightly sync of the images. Called by cron.
id media >/dev/null 2>&1 || useradd media
install -d -o media /srv/{images,films} /var/log/app
KEY=diDeuFLc
SECRET=$(cat /root/.aspera_secret)
REMOTE=lion@10.0.0.1:/daimages
TOKEN=$(echo -n "$KEY:$SECRET" | base64 -w0)
for folder in images films; do
  sudo -u media async -N "nightly_$folder" -d "/srv/$folder" -r "$REMOTE/$folder" -K push \
    -l 200m --exclude='*.tmp' --include '*.tif' -W "Basic $TOKEN"
done
export ASPERA_SCP_PASS=hunter2hunter2
async -N logs -d /var/log/app -r ops@10.0.0.2:/logs -K push
async -C -N live -d /srv/live -r ops@10.0.0.2:/live
